"""No two people, and no two groups, have names that look alike; nobody is called like the console."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from console.access.look_alikes import look_alikes_of_before, skeleton
from console.access.models import Person, TakenName
from tests.factories import GroupFactory, PersonFactory
from tests.pages import Browser

pytestmark = pytest.mark.django_db


def add(browser: Browser, address: str, **typed: str):
    return browser.submit(browser.open(address), "Add", **typed)


@pytest.mark.parametrize(
    "name",
    ["Ops", "ops", "Ops\u200b", "\u202eOps", "\u039f\u03c1s", "O\u0440s", "0ps", "\uff2fps", "O\ufe0fps", "Ops\u3164"],
)
def test_a_group_that_looks_like_another_is_refused(admin: Browser, name: str) -> None:
    GroupFactory(name="Ops")
    page = add(admin, "/people/groups/add/", name=name)
    assert page.status == 422
    assert Group.objects.count() == 1
    assert page.soup.find(id="id_name")["aria-invalid"] == "true"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Oncall", "On\u200acall"),
        ("Musik", "Musik\U0001d159"),
        ("Caf\u00e9", "Cafe\u034f\u0301"),
        ("Billing", "Bi\u01c1ing"),
        ("Aachen", "\ua732chen"),
        ("drama", "clrama"),
        ("Ops", "O\u0334ps"),
        ("Night shift", "Nightshift"),
    ],
)
def test_names_that_differ_by_what_is_hardly_seen_look_alike(first: str, second: str) -> None:
    assert skeleton(first) == skeleton(second)


@pytest.mark.parametrize(("first", "second"), [("Caf\u00e9", "Cafe"), ("Ops", "Op"), ("Night shift", "Day shift")])
def test_names_that_can_be_told_apart_do_not(first: str, second: str) -> None:
    assert skeleton(first) != skeleton(second)


@pytest.mark.parametrize("name", ["Ada Lovelace", "\u0410da Lovelace", "Ada  Lovelace\u2060", "Ada Love1ace"])
def test_a_name_that_looks_like_another_persons_is_refused(admin: Browser, name: str) -> None:
    PersonFactory(username="secretname", display_name="Ada Lovelace")
    page = add(admin, "/people/add/", username="other", display_name=name)
    assert page.status == 422
    assert "looks like this one is taken" in page.text
    assert "secretname" not in page.text
    nina = PersonFactory(username="nina")
    assert admin.submit(admin.open(f"/people/{nina.pk}/change/"), "Save", display_name=name).status == 422


@pytest.mark.parametrize("name", ["adm1n", "admln", "ADMIN", "adrnin"])
def test_a_username_that_looks_like_another_is_refused(admin: Browser, name: str) -> None:
    PersonFactory(username="admin")
    assert add(admin, "/people/add/", username=name, display_name="").status == 422
    with pytest.raises(CommandError):
        call_command("add_administrator", name)


@pytest.mark.parametrize("name", ["system", "anonymous", "Console", "w0rker", "systern"])
def test_nobody_is_called_like_the_console(admin: Browser, name: str) -> None:
    page = add(admin, "/people/add/", username=name, display_name="")
    assert "stands for the console itself" in page.text
    assert add(admin, "/people/add/", username="nina", display_name=name).status == 422
    assert add(admin, "/people/groups/add/", name=name).status == 422
    with pytest.raises(CommandError, match="stands for the console"):
        call_command("add_administrator", name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("group 1", "group 10"), ("turn", "tuna"), ("nina", "mina"), ("gateway", "gatekeeper"), ("r", "u")],
)
def test_different_names_look_different(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


def test_a_name_of_nothing_visible_is_refused(admin: Browser) -> None:
    assert add(admin, "/people/groups/add/", name="\u3164\u200b").status == 422


def test_the_database_refuses_what_a_form_did_not_see(db: None) -> None:
    PersonFactory(username="admin")
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonFactory(username="adm1n")
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonFactory(username="nina", display_name="\u0410dmin")
    assert Person.objects.count() == 1


def test_a_name_that_was_given_up_is_free_again(admin: Browser) -> None:
    group = GroupFactory(name="Ops")
    admin.submit(admin.open(f"/people/groups/{group.pk}/rename/"), "Rename", name="Release")
    assert add(admin, "/people/groups/add/", name="0ps").status == 200


def test_look_alikes_of_before_are_kept_and_named() -> None:
    first = GroupFactory(name="Ops")
    TakenName.objects.all().delete()
    Group.objects.bulk_create([Group(name="Ops\u200b")])
    import_module("console.access.migrations.0005_names_that_look_alike").take_names(apps, None)

    assert [warning.msg for warning in look_alikes_of_before()] == ["group 'Ops\\u200b' looks like another one."]
    for group in (first, Group.objects.get(name="Ops\u200b")):
        group.save()
    assert skeleton("Ops") == skeleton("Ops\u200b")
