"""An administrator's day with people, through the pages, without scripts."""

import re

import pytest
from django.test import Client

from console.access.models import Person
from console.access.roles import Role
from console.audit.models import Entry
from tests.factories import PASSWORD, GroupFactory, PersonFactory
from tests.pages import Browser
from tests.people.last_rows import last_row

pytestmark = pytest.mark.django_db


def add_person(admin: Browser, username: str = "nina", name: str = "Nina N."):
    form = admin.click(admin.open("/people/"), "Add person")
    return admin.submit(form, "Add", username=username, display_name=name)


def password_on(page) -> str:
    return page.soup.find(id="initial-password").get_text()


def sign_in(name: str, password: str) -> tuple[Client, int]:
    client = Client()
    return client, client.post("/sign-in/", {"login": name, "password": password}).status_code


def test_the_list_shows_who_holds_what(admin: Browser) -> None:
    otto = PersonFactory(username="otto", role=Role.OPERATOR, cloud="demo", gateway_id="g1")
    GroupFactory(name="night shift", members=[otto], role=Role.VIEWER)
    PersonFactory(username="dora", is_active=False)

    rows = {row["Username"]: row for row in admin.open("/people/").table("All people")}

    assert list(rows) == ["dora", "grace", "otto"]
    assert rows["otto"]["Roles"] == "Operator on gateway g1 in Simulated cloud Viewer on everything"
    assert rows["dora"]["Status"] == "Disabled"
    assert rows["dora"]["Roles"] == "No role"
    assert rows["dora"]["Last sign-in"] == "Never"
    assert rows["grace"]["Name"] == "Grace H."


def test_the_list_is_searched_sorted_and_cut_into_pages(admin: Browser) -> None:
    for number in range(30):
        PersonFactory(username=f"p{number:02}", role=Role.AUDITOR if number == 7 else Role.VIEWER)

    assert [row["Username"] for row in admin.open("/people/?q=auditor").table("All people")] == ["p07"]
    assert [row["Username"] for row in admin.open("/people/?sort=-username").table("All people")][:2] == ["p29", "p28"]
    page = admin.open("/people/?page=2")
    assert len(page.table("All people")) == 11
    assert "page 2 of 2" in page.soup.title.get_text()
    assert "Nobody matches" in admin.open("/people/?q=zzz").text


def test_the_list_takes_the_same_queries_for_any_number(admin: Browser, django_assert_max_num_queries) -> None:
    for _ in range(15):
        GroupFactory(members=[PersonFactory(role=Role.VIEWER)], role=Role.OPERATOR)
    with django_assert_max_num_queries(12):
        admin.open("/people/")


def test_a_new_person_gets_a_password_that_is_shown_once(admin: Browser) -> None:
    page = add_person(admin)

    password = password_on(page)
    assert page.status == 200
    assert password not in page.url
    assert page.headers["Cache-Control"] == "no-store"
    assert password not in admin.open("/people/").html
    person = Person.objects.get(username="nina")
    assert password not in admin.open(f"/people/{person.pk}/").html
    assert not Entry.objects.filter(words__contains=password).exists()
    row = last_row()
    assert (row["action"], row["state"], row["target"], row["actor"]) == ("person.add", "succeeded", "nina", "grace")
    assert password not in str(row)

    client, status = sign_in("nina", password)
    assert status == 302
    assert client.get("/gateways/")["Location"] == "/account/password/"


def test_a_new_person_holds_nothing(admin: Browser) -> None:
    add_person(admin)
    page = admin.open(f"/people/{Person.objects.get(username='nina').pk}/")
    assert "No roles yet" in page.text
    assert page.heading == "Nina N."


@pytest.mark.parametrize(
    ("username", "complaint"),
    [
        ("", "required"),
        ("grace", "already"),
        ("GRACE", "already"),
        ("no blanks", "valid"),
        ("grâce", "valid"),
        ("<b>x</b>", "valid"),
        ("x" * 61, "60 characters"),
    ],
)
def test_a_bad_user_name_is_named_beside_its_field(admin: Browser, username: str, complaint: str) -> None:
    page = add_person(admin, username=username, name="Kept")

    assert page.status == 422
    assert page.soup.title.get_text().startswith("Error: ")
    assert complaint in page.soup.find(id="id_username_error").get_text()
    assert page.soup.find(id="id_display_name")["value"] == "Kept"
    assert Person.objects.count() == 1


def test_fields_that_nobody_asked_for_are_ignored(admin: Browser) -> None:
    form = admin.open("/people/add/")
    admin.submit(form, "Add", username="nina", is_superuser="on", is_active="", password="known-to-the-attacker")
    person = Person.objects.get(username="nina")
    assert not person.is_superuser
    assert person.is_active
    assert not person.check_password("known-to-the-attacker")


def test_the_name_that_people_see_can_be_changed(admin: Browser) -> None:
    person = PersonFactory(username="nina", display_name="Nina")
    page = admin.click(admin.open(f"/people/{person.pk}/"), "Change name")

    done = admin.submit(page, "Save", display_name="Nina Simone <b>")

    assert done.heading == "Nina Simone <b>"
    assert "<b>" not in done.html.split("<main")[1].split("</h1>")[0].split("<h1>")[1]
    assert last_row()["before"] == {"name": "Nina"}
    assert last_row()["after"] == {"name": "Nina Simone <b>"}


def test_disabling_asks_first_and_ends_sessions_for_good(admin: Browser) -> None:
    person = PersonFactory(username="nina", role=Role.VIEWER)
    client, _ = sign_in("nina", PASSWORD)
    asked = admin.click(admin.open(f"/people/{person.pk}/"), "Disable")
    assert "will not be able to sign in" in asked.text
    assert Person.objects.get(pk=person.pk).is_active

    done = admin.submit(asked, "Disable")

    assert "nina is disabled" in done.messages
    assert done.has_button("Sign out")
    assert client.get("/gateways/").status_code == 302
    assert sign_in("nina", PASSWORD)[1] == 422
    assert last_row("person.disable")["before"] == {"active": True}

    admin.submit(admin.click(admin.open(f"/people/{person.pk}/"), "Enable"), "Enable")

    assert last_row()["action"] == "person.enable"
    assert client.get("/gateways/").status_code == 302, "the old session must not come back"
    assert sign_in("nina", PASSWORD)[1] == 302


def test_an_administrator_ends_the_sessions_of_another(admin: Browser) -> None:
    person = PersonFactory(username="nina", role=Role.VIEWER)
    client, _ = sign_in("nina", PASSWORD)

    admin.submit(admin.click(admin.open(f"/people/{person.pk}/"), "End sessions"), "End sessions")

    assert client.get("/gateways/").status_code == 302
    assert sign_in("nina", PASSWORD)[1] == 302
    assert last_row("person.change")["after"] == {"sessions": "ended"}


def test_a_new_initial_password_replaces_the_old_one(admin: Browser) -> None:
    person = PersonFactory(username="nina", role=Role.VIEWER)
    client, _ = sign_in("nina", PASSWORD)

    page = admin.submit(admin.click(admin.open(f"/people/{person.pk}/"), "Set new password"), "Set new password")

    assert client.get("/gateways/").status_code == 302
    assert sign_in("nina", PASSWORD)[1] == 422
    assert sign_in("nina", password_on(page))[1] == 302
    assert last_row()["action"] == "person.sign_in"
    assert Entry.objects.filter(action="person.set_password", target="nina", state="succeeded").count() == 1
    assert not re.search(password_on(page), str(list(Entry.objects.values_list())))


@pytest.mark.parametrize("act", ["disable", "password"])
def test_nobody_does_it_to_themselves(admin: Browser, grace: Person, act: str) -> None:
    PersonFactory(role=Role.ADMINISTRATOR)
    page = admin.open(f"/people/{grace.pk}/{act}/")

    done = admin.submit(page, "Disable" if act == "disable" else "Set new password")

    assert done.status == 422
    assert "You cannot do this to yourself" in done.text
    assert last_row()["state"] == "refused"
    assert last_row()["error_code"] == "yourself"
    grace.refresh_from_db()
    assert grace.is_active
    assert grace.check_password(PASSWORD)
    html = admin.open(f"/people/{grace.pk}/").html
    assert "person-disable" not in html
    assert "person-password" not in html


def test_a_person_that_does_not_exist_is_not_found(admin: Browser) -> None:
    for address in ("/people/999/", "/people/999/disable/", "/people/groups/999/", "/people/roles/999/remove/"):
        assert admin.open(address).status == 404


def test_the_dialog_gets_the_fragment_of_the_same_address(admin: Browser) -> None:
    person = PersonFactory(username="nina")
    page = admin.open(f"/people/{person.pk}/disable/", **{"HX-Request": "true"})
    assert page.html.lstrip().startswith("<form")
    assert 'data-dialog-title="Disable nina"' in page.html
    assert "csrfmiddlewaretoken" in page.html
    assert admin.open(f"/people/{person.pk}/disable/").heading == "Disable nina"


def test_others_do_not_see_the_page_in_their_navigation(browse) -> None:
    operator = browse(PersonFactory(role=Role.OPERATOR))
    assert "/people/" not in operator.open("/preferences/").html
    assert operator.open("/people/").status == 403
    assert last_row()["action"] == "page.open"
    assert last_row()["state"] == "refused"
