"""The administrator of one cloud, or of one gateway, has no power beyond it."""

import pytest

from console.access.guard import Refused
from console.access.models import Grant, Person
from console.access.reach import Scope
from console.access.roles import Role
from console.people.actions import grants, groups, people
from console.people.actions.rules import Administrator
from tests.factories import PASSWORD, GroupFactory, PersonFactory
from tests.pages import Browser
from tests.people.last_rows import last_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def local(db: None, grace: Person, browse) -> Browser:
    """Administers the cloud demo, and nothing else."""
    return browse(PersonFactory(username="lola", role=Role.ADMINISTRATOR, cloud="demo"))


@pytest.fixture
def nina(db: None) -> Person:
    return PersonFactory(username="nina", home=("demo", "g1"))


def give(browser: Browser, person: Person, **place: str):
    page = browser.open(f"/people/{person.pk}/roles/add/")
    return browser.submit(page, "Add", **({"role": "administrator", "cloud": "", "gateway_id": ""} | place))


def test_they_give_roles_inside_their_cloud(local: Browser, nina: Person) -> None:
    assert give(local, nina, cloud="demo").status == 200
    assert give(local, nina, cloud="demo", gateway_id="g1").status == 200
    assert Grant.objects.filter(person=nina).count() == 2


def test_they_give_nothing_on_everything(local: Browser, nina: Person) -> None:
    page = local.open(f"/people/{nina.pk}/roles/add/")
    offered = [option["value"] for option in page.soup.find(id="id_cloud").find_all("option")]
    assert offered == ["demo"]

    assert give(local, nina).status == 403

    assert not Grant.objects.filter(person=nina).exists()
    assert (last_row()["action"], last_row()["state"], last_row()["actor"]) == ("grant.add", "refused", "lola")


def test_they_do_not_raise_themselves(local: Browser) -> None:
    assert give(local, Person.objects.get(username="lola")).status == 403


def test_a_gateways_administrator_gives_roles_there_only(grace: Person, nina: Person, browse) -> None:
    browser = browse(PersonFactory(role=Role.ADMINISTRATOR, cloud="demo", gateway_id="g1"))

    assert give(browser, nina, cloud="demo", gateway_id="g1").status == 200
    assert give(browser, nina, cloud="demo", gateway_id="g2").status == 403
    assert give(browser, nina, cloud="demo").status == 403
    assert "You administer g1" in browser.open(f"/people/{nina.pk}/roles/add/").text


@pytest.mark.parametrize("act", ["disable", "enable", "password", "end-sessions", "change"])
def test_they_do_not_touch_people_with_roles_elsewhere(local: Browser, grace: Person, act: str) -> None:
    assert local.open(f"/people/{grace.pk}/{act}/").status == 403
    token = local.open("/preferences/").form("Save").fields["csrfmiddlewaretoken"]
    sent = {"csrfmiddlewaretoken": token, "display_name": "x"}
    assert local.client.post(f"/people/{grace.pk}/{act}/", sent).status_code == 403

    assert last_row()["state"] == "refused"
    grace.refresh_from_db()
    assert grace.is_active
    assert grace.check_password(PASSWORD)
    assert grace.display_name == "Grace H."
    assert "person-disable" not in local.open(f"/people/{grace.pk}/").html


def test_roles_elsewhere_through_a_group_count_too(local: Browser, nina: Person) -> None:
    GroupFactory(members=[nina], role=Role.VIEWER)
    assert local.open(f"/people/{nina.pk}/password/").status == 403


def test_they_see_no_roles_elsewhere(local: Browser, nina: Person) -> None:
    Grant.objects.create(person=nina, role=Role.OPERATOR, cloud="secret-cloud", gateway_id="gateway-elsewhere")
    Grant.objects.create(person=nina, role=Role.VIEWER, cloud="demo")

    for address in ("/people/", f"/people/{nina.pk}/"):
        page = local.open(address)
        assert "secret-cloud" not in page.html
        assert "gateway-elsewhere" not in page.html
    assert "Roles elsewhere" in local.open("/people/").row("All people", "nina").get_text()


def test_a_grant_elsewhere_does_not_exist_for_them(local: Browser, grace: Person) -> None:
    grant = Grant.objects.get(person=grace)
    assert local.open(f"/people/roles/{grant.pk}/remove/").status == 404


def test_they_do_not_join_groups_with_roles_elsewhere(local: Browser) -> None:
    lola = Person.objects.get(username="lola")
    group = GroupFactory(role=Role.ADMINISTRATOR)
    for act in ("members/add", "rename", "delete", f"members/{lola.pk}/remove"):
        assert local.open(f"/people/groups/{group.pk}/{act}/").status == 403
    assert "members-add" not in local.open(f"/people/groups/{group.pk}/").html


def test_the_acts_themselves_check_without_any_page(nina: Person, grace: Person) -> None:
    """A script that goes around the views meets the same rules (ASVS 8.3.1)."""
    from console.access.actor import SYSTEM
    from console.access.reach import Reach

    nobody = Administrator(SYSTEM, Reach(((Role.OPERATOR, Scope()),)))
    with pytest.raises(Refused):
        grants.give_role(nobody, nina, Role.VIEWER, Scope())
    with pytest.raises(Refused):
        people.add_person(nobody, username="x", display_name="")
    with pytest.raises(Refused):
        groups.add_group(nobody, name="x")
    for person in (grace, nina):
        with pytest.raises(Refused):
            people.disable_person(nobody, person)
    with pytest.raises(Refused):
        people.set_initial_password(nobody, grace)
    with pytest.raises(Refused):
        grants.take_role(nobody, Grant.objects.get(person=grace))
