"""The first address, and help."""

from collections.abc import Callable

import pytest
from django.test import Client

from console.access.roles import ROLE_PERMISSIONS, Permission, Role
from console.clouds.types import ConnectionStatus
from tests.pages import Browser

pytestmark = pytest.mark.django_db

SignedIn = Callable[[str], Client]


def test_the_work_begins_at_the_gateways(signed_in: SignedIn, world: object) -> None:
    response = signed_in("viewer").get("/")
    assert (response.status_code, response.headers["Location"]) == (302, "/gateways/")


def test_help_explains_every_status_and_which_act_is_legal(signed_in: SignedIn, world: object) -> None:
    table = Browser(signed_in("viewer")).open("/help/").table("Status of a connection")
    assert len(table) == len(ConnectionStatus)
    by_name = {row["Status"]: (row["Accept"], row["Reject"]) for row in table}
    assert by_name["Pending acceptance"] == ("Yes", "Yes")
    assert by_name["Accepted"] == ("No", "Yes")
    assert by_name["Rejected"] == ("Yes", "No")
    assert by_name["Creating"] == by_name["Failed"] == by_name["Deleting"] == ("No", "No")


def test_help_shows_what_each_role_may(signed_in: SignedIn, world: object) -> None:
    table = Browser(signed_in("viewer")).open("/help/").table("Who may do what")
    acts = {row["Act"]: row for row in table}
    assert len(acts) == len(Permission)
    for permission in Permission:
        for role in Role:
            assert (acts[permission.label][role.label] == "Yes") == (permission in ROLE_PERMISSIONS[role])


def test_help_is_for_people_who_signed_in(client: Client, world: object) -> None:
    assert client.get("/help/").status_code == 302
