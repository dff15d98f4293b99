import pytest
from django.contrib.auth.signals import user_login_failed
from django.test import Client, RequestFactory

from console.access.models import Grant, Person
from console.access.roles import Role
from console.audit.models import Entry

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
TYPED = "canary-mistyped-password"


@pytest.fixture
def anna() -> Person:
    person = Person.objects.create_user(username="anna", password=PASSWORD)
    Grant.objects.create(person=person, role=Role.OPERATOR)
    return person


def _rows() -> list[tuple[str, str, str, str]]:
    return list(Entry.objects.order_by("seq").values_list("action", "state", "actor", "target"))


def test_signing_in_and_out_are_rows_with_person_and_address(anna):
    client = Client(REMOTE_ADDR="192.0.2.44")
    assert client.post("/sign-in/", {"login": "anna", "password": PASSWORD}).status_code == 302
    client.post("/sign-out/")
    assert _rows() == [
        ("person.sign_in", "succeeded", "anna", "anna"),
        ("person.sign_out", "succeeded", "anna", "anna"),
    ]
    row = Entry.objects.get(seq=1)
    assert (row.actor_id, row.role, row.ip) == (anna.pk, "Operator", "192.0.2.44")
    assert row.request_id


def test_signing_in_without_a_page_names_the_person_too(anna):
    Client().force_login(anna, backend="django.contrib.auth.backends.ModelBackend")
    row = Entry.objects.get()
    assert (row.actor, row.actor_id, row.role) == ("anna", anna.pk, "Operator")


@pytest.mark.parametrize("typed", ["anna", "nobody", "<b>\u202e", "x" * 60])
def test_a_failed_sign_in_names_what_was_typed_as_target_and_never_the_password(anna, typed):
    Client().post("/sign-in/", {"login": typed, "password": TYPED})
    ((action, state, actor, target),) = _rows()
    assert (action, state, actor) == ("person.sign_in_failed", "refused", "anonymous")
    assert target.startswith(typed[:3].replace("\u202e", "\\u202e"))
    assert TYPED not in "".join(str(value) for value in Entry.objects.values_list().get())


@pytest.mark.parametrize("typed", ["x" * 100_000, "\x00" * 500, "\ud800", "", "a\nb", None, 5])
def test_odd_names_are_cut_and_made_visible(typed):
    request = RequestFactory().post("/sign-in/")
    user_login_failed.send(sender="test", credentials={"username": typed, "password": TYPED}, request=request)
    row = Entry.objects.get()
    assert row.action == "person.sign_in_failed"
    assert len(row.target) <= 300
    assert not any(sign in row.target for sign in "\n\x00\ud800")


def test_a_failed_sign_in_outside_a_request_is_the_systems():
    user_login_failed.send(sender="test", credentials={"email": "anna@example.org"}, request=None)
    assert _rows() == [("person.sign_in_failed", "refused", "system", "anna@example.org")]


def test_a_changed_password_is_a_row_without_the_password(anna):
    client = Client()
    client.post("/sign-in/", {"login": "anna", "password": PASSWORD})
    new = "another horse, new battery"
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    anna.refresh_from_db()
    assert anna.check_password(new)
    assert ("person.change_password", "succeeded", "anna", "anna") in _rows()
    assert new not in str(list(Entry.objects.values_list()))
