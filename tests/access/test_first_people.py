"""The people of the demo, and the first administrator of a real installation."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from console.access.demo_people import ensure_demo_people, renew_demo_password
from console.access.models import Grant, Person
from console.access.passwords import initial_password
from console.access.reach import reach_of
from console.access.roles import Role
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def test_the_demo_has_one_person_of_each_role() -> None:
    assert ensure_demo_people("tall-trees-in-autumn") == ["admin", "operator", "owner", "auditor", "viewer"]

    roles = {person.username: reach_of(person).role_text() for person in Person.objects.all()}
    assert roles == {
        "admin": "Administrator",
        "operator": "Operator",
        "owner": "Account owner",
        "auditor": "Auditor",
        "viewer": "Viewer",
    }
    assert not any(person.must_change_password for person in Person.objects.all())


def test_started_again_the_demo_keeps_its_people() -> None:
    ensure_demo_people("tall-trees-in-autumn")
    Grant.objects.filter(person__username="viewer").delete()

    assert ensure_demo_people("another-password-now") == []

    assert Person.objects.get(username="admin").check_password("tall-trees-in-autumn")
    assert not Grant.objects.filter(person__username="viewer").exists()
    Person.objects.get(username="owner").delete()
    assert ensure_demo_people("another-password-now") == ["owner"]


def test_a_new_password_of_the_demo_leaves_those_alone_who_have_it_already() -> None:
    ensure_demo_people("tall-trees-in-autumn")
    owner = Person.objects.get(username="owner")
    owner.set_password("short-days-in-winter")
    owner.save()
    PersonFactory(username="grace")

    renew_demo_password("short-days-in-winter")

    assert Person.objects.get(username="owner").password == owner.password
    fits = {person.username: person.check_password("short-days-in-winter") for person in Person.objects.all()}
    assert fits == {"admin": True, "operator": True, "owner": True, "auditor": True, "viewer": True, "grace": False}


def test_the_first_administrator_gets_a_password_good_for_one_thing(client: Client) -> None:
    out = StringIO()
    call_command("add_administrator", "grace", stdout=out)

    password = re.search(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", out.getvalue()).group(0)
    person = Person.objects.get(username="grace")
    assert Grant.objects.get(person=person).role == Role.ADMINISTRATOR
    client.post("/sign-in/", {"login": "grace", "password": password})
    assert client.get("/")["Location"] == "/account/password/"


@pytest.mark.parametrize("name", ["grace", "GRACE", "not a name", "", "grâce", "x" * 61])
def test_the_command_refuses_names_that_do_not_work(name: str) -> None:
    call_command("add_administrator", "grace", stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("add_administrator", name, stdout=StringIO())
    assert Person.objects.count() == 1


def test_initial_passwords_are_random_and_easy_to_copy() -> None:
    made = {initial_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", password) for password in made)
    assert not any(set(password) & set("01oil") for password in made)
