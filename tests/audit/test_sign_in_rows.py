import re

import pytest
from django.contrib.auth.signals import user_login_failed
from django.test import Client, RequestFactory, override_settings

from console.access.models import Grant, Person
from console.access.names import fit_to_keep
from console.access.roles import Role
from console.audit.models import Entry, RefusalCount

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
def test_a_failed_sign_in_keeps_a_known_name_only_and_never_the_password(anna, typed):
    Client().post("/sign-in/", {"login": typed, "password": TYPED})
    assert _rows() == []
    (kept,) = RefusalCount.objects.values_list("kind", "person_id", "name", "count")
    assert kept[:2] == ("person.sign_in_failed", 0)
    assert kept[3] == 1
    assert kept[2] == "anna" if typed == "anna" else re.fullmatch("unknown:[0-9a-f]{16}", kept[2])


@pytest.mark.parametrize("typed", ["x" * 100_000, "\x00" * 500, "\ud800", "a\nb", 5, "ann\u0131", "anna@example.org"])
def test_odd_names_are_kept_as_a_keyed_hash(anna, typed):
    request = RequestFactory().post("/sign-in/")
    for _ in range(2):
        user_login_failed.send(sender="test", credentials={"username": typed, "password": TYPED}, request=request)
    (kept,) = RefusalCount.objects.values_list("name", "count")
    assert re.fullmatch("unknown:[0-9a-f]{16}", kept[0])
    assert kept[1] == 2


@pytest.mark.parametrize("typed", ["", None, "  "])
def test_without_a_name_there_is_none(typed):
    request = RequestFactory().post("/sign-in/")
    user_login_failed.send(sender="test", credentials={"username": typed, "password": TYPED}, request=request)
    assert RefusalCount.objects.get().name == ""


@override_settings(SECRET_KEY="another-key-" * 8)
def test_without_the_key_nobody_can_tell_which_name_it_was(anna):
    with_this_key = fit_to_keep("nobody")
    with override_settings(SECRET_KEY="one-more-key" * 8):
        assert fit_to_keep("nobody") != with_this_key
    assert fit_to_keep(" NOBODY ") == with_this_key
    assert fit_to_keep(" ANNA ") == "anna"


def test_a_failed_sign_in_outside_a_request_is_the_systems(anna):
    user_login_failed.send(sender="test", credentials={"username": "anna"}, request=None)
    assert _rows() == [("person.sign_in_failed", "refused", "system", "anna")]


def test_a_changed_password_is_a_row_without_the_password(anna):
    client = Client()
    client.post("/sign-in/", {"login": "anna", "password": PASSWORD})
    new = "another horse, new battery"
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    anna.refresh_from_db()
    assert anna.check_password(new)
    assert ("person.change_password", "succeeded", "anna", "anna") in _rows()
    assert new not in str(list(Entry.objects.values_list()))
