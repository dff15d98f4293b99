"""Who holds no role belongs to who created it, and a wider decision is not undone by a narrower one."""

import pytest
from django.contrib.auth.models import Group

from console.access.models import Grant, Person
from console.access.roles import Role
from tests.factories import PASSWORD, GroupFactory, PersonFactory
from tests.pages import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def lola(db: None, grace: Person) -> Person:
    return PersonFactory(username="lola", role=Role.ADMINISTRATOR, cloud="demo")


@pytest.fixture
def local(lola: Person, browse) -> Browser:
    """Administers the cloud demo, and nothing else."""
    return browse(lola)


def add_person(browser: Browser, username: str) -> Person:
    browser.submit(browser.open("/people/add/"), "Add", username=username, display_name="")
    return Person.objects.get(username=username)


def add_group(browser: Browser, name: str) -> Group:
    browser.submit(browser.open("/people/groups/add/"), "Add", name=name)
    return Group.objects.get(name=name)


def post(browser: Browser, address: str, **sent: object) -> int:
    token = browser.open("/preferences/").form("Save").fields["csrfmiddlewaretoken"]
    return browser.client.post(address, {"csrfmiddlewaretoken": token, **sent}).status_code


def test_between_create_and_grant_a_scoped_administrator_takes_nobody_over(admin: Browser, local: Browser) -> None:
    nina = add_person(admin, "nina")
    for act in ("password", "disable", "enable", "end-sessions", "change"):
        assert post(local, f"/people/{nina.pk}/{act}/", display_name="x") == 404
    role = {"role": "viewer", "cloud": "demo", "gateway_id": ""}
    assert post(local, f"/people/{nina.pk}/roles/add/", **role) == 404
    assert local.open(f"/people/{nina.pk}/").status == 404
    assert "nina" not in local.open("/people/").text
    assert not Grant.objects.filter(person=nina).exists()


def test_nor_joins_a_group_that_waits_for_its_role(admin: Browser, local: Browser, lola: Person) -> None:
    group = add_group(admin, "release")
    assert post(local, f"/people/groups/{group.pk}/members/add/", person=lola.pk) == 404
    assert local.open(f"/people/groups/{group.pk}/").status == 404
    assert "release" not in local.open("/people/groups/").text
    assert not group.user_set.exists()


def test_nor_takes_somebody_without_roles_into_their_own_group(admin: Browser, local: Browser) -> None:
    nina, group = add_person(admin, "nina"), GroupFactory(role=Role.VIEWER, cloud="demo")
    assert "nina" not in local.open(f"/people/groups/{group.pk}/members/add/").html
    assert post(local, f"/people/groups/{group.pk}/members/add/", person=nina.pk) == 422
    assert not group.user_set.exists()


def test_whom_they_created_is_theirs_until_a_wider_role_is_given(admin: Browser, local: Browser) -> None:
    nina = add_person(local, "nina")
    assert local.open(f"/people/{nina.pk}/password/").status == 200
    assert "Added by lola" in admin.open(f"/people/{nina.pk}/roles/add/").text
    assert post(admin, f"/people/{nina.pk}/roles/add/", role="viewer", cloud="", gateway_id="") == 303
    assert post(local, f"/people/{nina.pk}/password/") == 403


def test_whom_another_scope_created_is_not_theirs(local: Browser) -> None:
    nina = PersonFactory(home=("elsewhere", ""))
    assert post(local, f"/people/{nina.pk}/password/") == 404
    nina.refresh_from_db()
    assert nina.check_password(PASSWORD)


def test_who_was_disabled_by_an_administrator_of_everything_stays_disabled(admin: Browser, local: Browser) -> None:
    nina = PersonFactory(role=Role.VIEWER, cloud="demo")
    assert post(admin, f"/people/{nina.pk}/disable/") == 303
    assert post(local, f"/people/{nina.pk}/disable/") == 303, "a second disabling does not narrow the first"
    assert post(local, f"/people/{nina.pk}/enable/") == 403
    assert "Ask them to enable it" in local.open(f"/people/{nina.pk}/").text
    nina.refresh_from_db()
    assert not nina.is_active
    assert post(admin, f"/people/{nina.pk}/enable/") == 303


def test_whom_they_disabled_they_enable(local: Browser) -> None:
    nina = PersonFactory(role=Role.VIEWER, cloud="demo")
    assert post(local, f"/people/{nina.pk}/disable/") == 303
    assert post(local, f"/people/{nina.pk}/enable/") == 303


@pytest.mark.parametrize("role", ["operator", "administrator"])
@pytest.mark.parametrize("gateway_id", ["", "g1"])
def test_a_role_taken_by_more_is_not_given_back_by_less(
    admin: Browser, local: Browser, role: str, gateway_id: str
) -> None:
    nina = PersonFactory(role=Role.VIEWER, cloud="demo")
    grant = Grant.objects.create(person=nina, role=Role.OPERATOR, cloud="demo")
    assert post(admin, f"/people/roles/{grant.pk}/remove/") == 303
    again = {"role": role, "cloud": "demo", "gateway_id": gateway_id}
    assert post(local, f"/people/{nina.pk}/roles/add/", **again) == 403
    with_role = GroupFactory(role=Role.OPERATOR, cloud="demo")
    assert post(local, f"/people/groups/{with_role.pk}/members/add/", person=nina.pk) == 403
    without = GroupFactory(role=Role.VIEWER, cloud="demo", members=[nina])
    assert post(local, f"/people/groups/{without.pk}/roles/add/", **again) == 403
    assert post(admin, f"/people/{nina.pk}/roles/add/", **again) == 303


def test_who_was_taken_out_of_a_group_by_more_is_not_let_in_by_less(admin: Browser, local: Browser) -> None:
    nina = PersonFactory(role=Role.VIEWER, cloud="demo")
    group = GroupFactory(role=Role.VIEWER, cloud="demo", members=[nina])
    assert post(admin, f"/people/groups/{group.pk}/members/{nina.pk}/remove/") == 303
    assert post(local, f"/people/groups/{group.pk}/members/add/", person=nina.pk) == 403
    assert not group.user_set.exists()


def test_the_page_that_grants_shows_who_gets_the_role(admin: Browser) -> None:
    group = GroupFactory(members=[PersonFactory(username="nina"), PersonFactory(username="omar")])
    assert "These members get the role: nina, omar." in admin.open(f"/people/groups/{group.pk}/roles/add/").text


def test_the_page_that_adds_to_a_group_shows_what_they_get(admin: Browser) -> None:
    group = GroupFactory(role=Role.OPERATOR)
    assert "Who joins gets: Operator on everything." in admin.open(f"/people/groups/{group.pk}/members/add/").text
