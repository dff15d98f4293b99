"""Giving roles and taking them away, to people and groups, through the pages."""

from typing import Any

import pytest

from console.access.models import Grant, Person
from console.access.reach import reach_of
from console.access.roles import Role
from tests.factories import GrantFactory, GroupFactory, PersonFactory
from tests.pages import Browser
from tests.people.last_rows import last_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def nina(db: None) -> Person:
    return PersonFactory(username="nina")


def give(browser: Browser, address: str, role: Role, cloud: str = "", gateway_id: str = "") -> Any:
    page = browser.click(browser.open(address), "Add role")
    return browser.submit(page, "Add", role=role.value, cloud=cloud, gateway_id=gateway_id)


@pytest.mark.parametrize(
    ("cloud", "gateway_id", "where"),
    [("", "", "everything"), ("demo", "", "Simulated cloud"), ("demo", "g-1", "gateway g-1 in Simulated cloud")],
)
def test_a_role_is_given_on_everything_in_a_cloud_or_at_a_gateway(
    admin: Browser, nina: Person, cloud: str, gateway_id: str, where: str
) -> None:
    page = give(admin, f"/people/{nina.pk}/", Role.OPERATOR, cloud, gateway_id)

    assert f"nina is Operator on {where} now" in page.messages
    assert [row["Role"] for row in page.table("Roles")] == ["Operator"]
    assert reach_of(nina).role_at(cloud or "x", gateway_id) == "Operator"
    row = last_row()
    assert (row["action"], row["target"], row["cloud"], row["gateway_id"]) == ("grant.add", "nina", cloud, gateway_id)
    assert row["after"] == {"role": "operator"}
    assert row["role"] == "Administrator"


def test_giving_what_is_held_already_changes_nothing(admin: Browser, nina: Person) -> None:
    GrantFactory(person=nina, role=Role.VIEWER)
    page = give(admin, f"/people/{nina.pk}/", Role.VIEWER)
    assert "already" in page.messages
    assert Grant.objects.filter(person=nina).count() == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"role": "emperor"}, "role"),
        ({"role": ""}, "role"),
        ({"cloud": "nowhere"}, "cloud"),
        ({"gateway_id": "g1"}, "cloud"),
        ({"cloud": "demo", "gateway_id": "../../x"}, "gateway_id"),
        ({"cloud": "demo", "gateway_id": "<script>"}, "gateway_id"),
        ({"cloud": "demo", "gateway_id": "x" * 65}, "gateway_id"),
    ],
)
def test_wrong_input_is_named_beside_its_field(admin: Browser, nina: Person, sent: dict, field: str) -> None:
    page = admin.open(f"/people/{nina.pk}/roles/add/")
    done = admin.submit(page, "Add", **({"role": "viewer", "cloud": "", "gateway_id": ""} | sent))
    assert done.status == 422
    assert done.soup.find(id=f"id_{field}_error")
    assert not Grant.objects.filter(person=nina).exists()


def test_a_role_taken_away_is_gone_from_the_next_request_on(admin: Browser, nina: Person, browse) -> None:
    GrantFactory(person=nina, role=Role.AUDITOR)
    hers = browse(nina)
    assert hers.open("/audit/").status == 200
    page = admin.open(f"/people/{nina.pk}/")

    asked = admin.click(page, "Remove", within=page.row("Roles", "Auditor"))
    assert "nina is no longer Auditor on everything" in asked.text
    done = admin.submit(asked, "Remove")

    assert "nina is no longer Auditor" in done.messages
    assert hers.open("/audit/").status == 403
    rows = [row for row in (last_row(),) if row["actor"] == "nina"]
    assert rows[0]["state"] == "refused"


def test_taking_a_role_is_recorded_with_what_it_was(admin: Browser, nina: Person) -> None:
    grant = GrantFactory(person=nina, role=Role.OPERATOR, cloud="demo", gateway_id="g1")
    admin.submit(admin.open(f"/people/roles/{grant.pk}/remove/"), "Remove")
    row = last_row()
    assert (row["action"], row["state"], row["target"]) == ("grant.remove", "succeeded", "nina")
    assert (row["cloud"], row["gateway_id"], row["before"]) == ("demo", "g1", {"role": "operator"})


def test_roles_of_a_group_are_shown_but_taken_from_the_group(admin: Browser, nina: Person) -> None:
    GroupFactory(name="night shift", members=[nina], role=Role.OPERATOR)
    page = admin.open(f"/people/{nina.pk}/")
    assert page.table("Roles")[0]["Through"] == "Group night shift"
    assert not page.row("Roles", "Operator").find("a")


def test_a_group_is_made_filled_and_given_a_role(admin: Browser, nina: Person) -> None:
    page = admin.click(admin.open("/people/groups/"), "Add group")
    page = admin.submit(page, "Add", name="night shift")
    assert page.heading == "Group night shift"
    assert last_row()["action"] == "group.add"
    address = page.url

    page = admin.submit(admin.click(page, "Add member"), "Add", person=str(nina.pk))
    assert [row["Username"] for row in page.table("Members")] == ["nina"]
    assert last_row()["after"] == {"member_added": "nina"}
    page = give(admin, address, Role.OPERATOR, "demo")

    assert reach_of(nina).role_at("demo") == "Operator"
    assert last_row()["target"] == "group night shift"
    page = admin.submit(admin.click(page, "Rename"), "Rename", name="day shift")
    assert page.heading == "Group day shift"
    assert last_row()["before"] == {"name": "night shift"}

    page = admin.submit(admin.click(page, "Remove", within=page.row("Members", "nina")), "Remove")
    assert "no longer in the group" in page.messages
    assert reach_of(nina).role_text() == "No role"
    page = admin.submit(admin.click(page, "Delete"), "Delete")
    assert page.heading == "Groups"
    assert "No groups yet" in page.text
    assert last_row()["before"] == {
        "name": "day shift",
        "members": [],
        "roles": [{"role": "operator", "cloud": "demo", "gateway_id": ""}],
    }


@pytest.mark.parametrize("name", ["", "Night Shift", "x" * 151])
def test_a_bad_group_name_is_named_beside_its_field(admin: Browser, name: str) -> None:
    GroupFactory(name="night shift")
    page = admin.submit(admin.open("/people/groups/add/"), "Add", name=name)
    assert page.status == 422
    assert page.soup.find(id="id_name_error")


def test_the_last_administrator_stays(admin: Browser, grace: Person) -> None:
    grant = Grant.objects.get(person=grace)

    done = admin.submit(admin.open(f"/people/roles/{grant.pk}/remove/"), "Remove")

    assert done.status == 422
    assert "Nobody would be left" in done.text
    assert Grant.objects.filter(pk=grant.pk).exists()
    assert (last_row()["state"], last_row()["error_code"]) == ("refused", "last_administrator")


def test_administrators_that_are_disabled_or_scoped_do_not_count(admin: Browser, grace: Person) -> None:
    PersonFactory(role=Role.ADMINISTRATOR, is_active=False)
    PersonFactory(role=Role.ADMINISTRATOR, cloud="demo")
    grant = Grant.objects.get(person=grace)

    assert admin.submit(admin.open(f"/people/roles/{grant.pk}/remove/"), "Remove").status == 422


def test_with_another_administrator_one_may_go(admin: Browser, grace: Person) -> None:
    GroupFactory(members=[PersonFactory()], role=Role.ADMINISTRATOR)
    grant = Grant.objects.get(person=grace)

    assert admin.submit(admin.open(f"/people/roles/{grant.pk}/remove/"), "Remove").status == 403
    assert not Grant.objects.filter(pk=grant.pk).exists()


def test_the_last_administrator_does_not_vanish_with_a_group(browse) -> None:
    chief = PersonFactory(username="chief")
    group = GroupFactory(members=[chief], role=Role.ADMINISTRATOR)
    other = PersonFactory(username="other", role=Role.ADMINISTRATOR)
    browser = browse(other)
    Grant.objects.filter(person=other).delete()
    GrantFactory(person=other, role=Role.ADMINISTRATOR)
    own = Grant.objects.get(person=other)
    browser.submit(browser.open(f"/people/roles/{own.pk}/remove/"), "Remove")
    hers = browse(chief)

    assert hers.submit(hers.open(f"/people/groups/{group.pk}/delete/"), "Delete").status == 422
    assert hers.submit(hers.open(f"/people/groups/{group.pk}/members/{chief.pk}/remove/"), "Remove").status == 422
    assert group.user_set.get() == chief
