"""No way round: a role that somebody gives, or a detour through groups, makes nobody theirs and undoes nothing."""

import pytest
from django.contrib.auth.models import Group

from console.access.models import Grant, Person
from console.access.roles import Role
from tests.factories import GroupFactory, PersonFactory
from tests.pages import Browser

pytestmark = pytest.mark.django_db

VIEWER_IN_DEMO = {"role": "viewer", "cloud": "demo", "gateway_id": ""}
OPERATOR_IN_DEMO = {"role": "operator", "cloud": "demo", "gateway_id": ""}
ADMINISTRATOR = {"role": "administrator", "cloud": "", "gateway_id": ""}


@pytest.fixture
def lola(db: None, grace: Person) -> Person:
    return PersonFactory(username="lola", role=Role.ADMINISTRATOR, cloud="demo")


@pytest.fixture
def local(lola: Person, browse) -> Browser:
    """Administers the cloud demo, and nothing else."""
    return browse(lola)


def post(browser: Browser, address: str, **sent: object) -> int:
    token = browser.open("/preferences/").form("Save").fields["csrfmiddlewaretoken"]
    return browser.client.post(address, {"csrfmiddlewaretoken": token, **sent}).status_code


def add_person(browser: Browser, username: str) -> Person:
    assert post(browser, "/people/add/", username=username, display_name="") == 200
    return Person.objects.get(username=username)


def add_group(browser: Browser, name: str) -> Group:
    assert post(browser, "/people/groups/add/", name=name) == 303
    return Group.objects.get(name=name)


def refused_every_act(browser: Browser, person: Person) -> None:
    for act in ("password", "disable", "enable", "end-sessions", "change"):
        assert browser.open(f"/people/{person.pk}/{act}/").status == 403, act
        assert post(browser, f"/people/{person.pk}/{act}/", display_name="x") == 403, act
    assert "person-password" not in browser.open(f"/people/{person.pk}/").html


def test_a_narrow_role_makes_nobody_theirs_who_waits_for_a_wider_one(admin: Browser, local: Browser) -> None:
    nina = add_person(admin, "nina")
    assert post(admin, f"/people/{nina.pk}/roles/add/", **VIEWER_IN_DEMO) == 303

    refused_every_act(local, nina)

    assert post(admin, f"/people/{nina.pk}/roles/add/", **ADMINISTRATOR) == 303


def test_a_role_that_they_gave_makes_nobody_theirs_when_the_others_are_gone(admin: Browser, local: Browser) -> None:
    nina = PersonFactory(username="nina", role=Role.VIEWER, cloud="elsewhere")
    assert post(local, f"/people/{nina.pk}/roles/add/", **VIEWER_IN_DEMO) == 303
    assert post(admin, f"/people/roles/{Grant.objects.get(person=nina, cloud='elsewhere').pk}/remove/") == 303

    refused_every_act(local, nina)


@pytest.mark.parametrize("known", [True, False], ids=["added here", "from before"])
def test_a_role_for_their_group_makes_no_member_theirs(admin: Browser, local: Browser, known: bool) -> None:
    group = add_group(local, "night shift")
    nina = add_person(admin, "nina") if known else PersonFactory(username="nina")
    assert post(admin, f"/people/groups/{group.pk}/members/add/", person=nina.pk) == 303
    assert post(local, f"/people/groups/{group.pk}/roles/add/", **VIEWER_IN_DEMO) == 303

    refused_every_act(local, nina)


def test_a_role_for_others_group_makes_it_not_theirs(admin: Browser, local: Browser, lola: Person) -> None:
    group = add_group(admin, "release")
    assert post(admin, f"/people/groups/{group.pk}/roles/add/", **VIEWER_IN_DEMO) == 303

    assert post(local, f"/people/groups/{group.pk}/members/add/", person=lola.pk) == 403
    assert post(local, f"/people/groups/{group.pk}/rename/", name="x") == 403
    assert not group.user_set.exists()


def test_whom_they_added_is_theirs_with_roles_of_their_cloud(local: Browser) -> None:
    nina = add_person(local, "nina")
    assert post(local, f"/people/{nina.pk}/roles/add/", **VIEWER_IN_DEMO) == 303
    assert post(local, f"/people/{nina.pk}/password/") == 200
    assert post(local, f"/people/{nina.pk}/disable/") == 303


@pytest.mark.parametrize("way", ["leave", "take", "delete"])
def test_a_role_lost_with_a_group_is_not_given_back_directly(admin: Browser, local: Browser, way: str) -> None:
    nina = PersonFactory(username="nina", role=Role.VIEWER, cloud="demo")
    group = GroupFactory(members=[nina], role=Role.OPERATOR, cloud="demo")
    address = {
        "leave": f"/people/groups/{group.pk}/members/{nina.pk}/remove/",
        "take": f"/people/roles/{Grant.objects.get(group=group).pk}/remove/",
        "delete": f"/people/groups/{group.pk}/delete/",
    }[way]
    assert post(admin, address) == 303

    assert post(local, f"/people/{nina.pk}/roles/add/", **OPERATOR_IN_DEMO) == 403
    another = add_group(local, "another")
    assert post(local, f"/people/groups/{another.pk}/members/add/", person=nina.pk) == 303
    assert post(local, f"/people/groups/{another.pk}/roles/add/", **OPERATOR_IN_DEMO) == 403
    assert post(admin, f"/people/{nina.pk}/roles/add/", **OPERATOR_IN_DEMO) == 303


def test_what_nobody_may_know_of_is_not_found_whatever_is_tried(admin: Browser, local: Browser) -> None:
    nina, group = add_person(admin, "nina"), add_group(admin, "release")
    for act in ("password", "disable", "enable", "end-sessions", "change", "roles/add"):
        assert local.open(f"/people/{nina.pk}/{act}/").status == 404, act
        assert post(local, f"/people/{nina.pk}/{act}/", **VIEWER_IN_DEMO, display_name="x") == 404, act
    for act in ("rename", "delete", "members/add", "roles/add"):
        assert local.open(f"/people/groups/{group.pk}/{act}/").status == 404, act
        assert post(local, f"/people/groups/{group.pk}/{act}/", **VIEWER_IN_DEMO, name="x") == 404, act


def test_of_others_people_they_see_names_only(admin: Browser, local: Browser) -> None:
    nina = add_person(admin, "nina")
    group = GroupFactory(name="secret plans", members=[nina], role=Role.VIEWER)

    assert "nina" in local.open("/people/").text
    assert "nina" not in local.open("/people/?q=initial").text
    page = local.open(f"/people/{nina.pk}/").text
    assert "secret plans" not in page
    assert "Initial password" not in page
    assert "nina" not in local.open(f"/people/groups/{group.pk}/").text
    assert local.open("/people/groups/").table("All groups")[0]["Members"] == "--"


def test_the_page_that_grants_tells_of_those_who_could_have_the_password(admin: Browser, local: Browser) -> None:
    nina, omar = add_person(local, "nina"), add_person(admin, "omar")
    group = GroupFactory(members=[nina, omar])

    asked = admin.open(f"/people/groups/{group.pk}/roles/add/").text
    assert "nina (added by lola, who administers less than you)" in asked
    assert "omar (" not in asked

    legacy = PersonFactory(username="paul", role=Role.VIEWER, cloud="demo")
    assert post(local, f"/people/{legacy.pk}/password/") == 200
    assert "lola, who administers less than you, set the password" in admin.open(f"/people/{legacy.pk}/roles/add/").text

    assert post(admin, f"/people/{nina.pk}/password/") == 200
    assert "nina (" not in admin.open(f"/people/groups/{group.pk}/roles/add/").text


def test_a_password_that_they_handed_over_ends_with_a_role_beyond_theirs(admin: Browser, local: Browser) -> None:
    mole = add_person(local, "mole")
    mole.set_password("known-to-lola-too")
    mole.initial_password_until = None
    mole.save()
    generation = mole.session_generation

    assert post(admin, f"/people/{mole.pk}/roles/add/", **VIEWER_IN_DEMO) == 303
    mole.refresh_from_db()
    assert mole.check_password("known-to-lola-too")  # lola could have given that herself

    page = admin.submit(admin.open(f"/people/{mole.pk}/roles/add/"), "Add", **ADMINISTRATOR)
    mole.refresh_from_db()
    assert not mole.has_usable_password()
    assert mole.session_generation > generation
    assert "The password of mole was handed over by somebody who administers less" in page.messages


def test_the_same_holds_for_who_joins_a_group_and_for_the_members_of_one(admin: Browser, local: Browser) -> None:
    wide, empty = add_group(admin, "wide"), add_group(admin, "empty")
    assert post(admin, f"/people/groups/{wide.pk}/roles/add/", **ADMINISTRATOR) == 303
    first, second, own = add_person(local, "first"), add_person(local, "second"), add_person(admin, "own")
    assert post(admin, f"/people/groups/{wide.pk}/members/add/", person=first.pk) == 303
    for one in (second, own):
        assert post(admin, f"/people/groups/{empty.pk}/members/add/", person=one.pk) == 303
    assert post(admin, f"/people/groups/{empty.pk}/roles/add/", **ADMINISTRATOR) == 303

    usable = {one.username: Person.objects.get(pk=one.pk).has_usable_password() for one in (first, second, own)}
    assert usable == {"first": False, "second": False, "own": True}


def test_a_password_that_an_administrator_of_everything_handed_over_afterwards_stays(
    admin: Browser, local: Browser
) -> None:
    mole = add_person(local, "mole")
    assert post(admin, f"/people/{mole.pk}/password/") == 200
    assert post(admin, f"/people/{mole.pk}/roles/add/", **ADMINISTRATOR) == 303
    assert Person.objects.get(pk=mole.pk).has_usable_password()


def test_who_joined_after_the_page_was_shown_gets_no_role(admin: Browser, local: Browser) -> None:
    oncall = add_group(local, "oncall")
    page = admin.open(f"/people/groups/{oncall.pk}/roles/add/")
    assert "no members yet" in page.text
    mole = add_person(local, "mole")
    assert post(local, f"/people/groups/{oncall.pk}/members/add/", person=mole.pk) == 303

    answer = admin.submit(page, "Add", **ADMINISTRATOR)

    assert answer.status == 409
    assert "Others would get the role than this page showed" in answer.text
    assert "mole" in answer.text
    assert not Grant.objects.filter(group=oncall).exists()
