"""Who acts, and from where."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory, override_settings

from console.access.actor import SYSTEM, Actor, actor_of
from console.access.address import client_address
from console.access.reach import reach_of
from console.access.roles import Role
from tests.factories import GrantFactory, PersonFactory


@pytest.mark.django_db
def test_the_actor_has_the_role_of_the_place() -> None:
    person = PersonFactory(username="otto", role=Role.OPERATOR, cloud="eu")
    GrantFactory(person=person, role=Role.AUDITOR)
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7")
    request.user, request.reach, request.request_id = person, reach_of(person), "abc"

    assert actor_of(request, "eu", "g1") == Actor(person.pk, "otto", "Operator, Auditor", "192.0.2.7", "abc", 0)
    assert actor_of(request, "us", "g1").role == "Auditor"
    assert actor_of(request).role == "Operator, Auditor"


def test_a_stranger_is_an_actor_without_a_role() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7")
    assert actor_of(request) == Actor(None, "anonymous", "", "192.0.2.7", "")
    request.user = AnonymousUser()
    assert actor_of(request).name == "anonymous"


def test_the_console_itself_is_an_actor() -> None:
    assert SYSTEM.person_id is None
    assert SYSTEM.name == "system"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "address"),
    [
        (0, None, "192.0.2.7", "192.0.2.7"),
        (0, "10.1.1.1", "192.0.2.7", "192.0.2.7"),
        (1, "10.1.1.1", "192.0.2.7", "10.1.1.1"),
        (1, "6.6.6.6, 10.1.1.1", "192.0.2.7", "10.1.1.1"),
        (2, "6.6.6.6, 10.1.1.1, 10.2.2.2", "192.0.2.7", "10.1.1.1"),
        (2, "10.2.2.2", "192.0.2.7", "192.0.2.7"),
        (1, "", "192.0.2.7", "192.0.2.7"),
        (1, "<script>", "192.0.2.7", "192.0.2.7"),
        (0, None, "", ""),
        (0, None, "::ffff:192.0.2.7", "192.0.2.7"),
        (0, None, "2001:db8::1", "2001:db8::1"),
        (1, "10.1.1.1:51234", "192.0.2.7", "10.1.1.1"),
        (1, "[2001:db8::1]:443", "192.0.2.7", "2001:db8::1"),
        (1, "[2001:db8::1]", "192.0.2.7", "2001:db8::1"),
        (1, "2001:db8::1", "192.0.2.7", "2001:db8::1"),
        (1, '6.6.6.6, "[2001:db8::1]:443"', "192.0.2.7", "192.0.2.7"),
        (2, "6.6.6.6, 10.1.1.1:1, 10.2.2.2:2", "192.0.2.7", "10.1.1.1"),
        (1, "[::ffff:10.1.1.1]:443", "192.0.2.7", "10.1.1.1"),
        (1, "10.1.1.1:", "192.0.2.7", "192.0.2.7"),
        (1, "10.1.1.1:http", "192.0.2.7", "192.0.2.7"),
        (1, "[10.1.1.1", "192.0.2.7", "192.0.2.7"),
        (1, "[10.1.1.1]x", "192.0.2.7", "192.0.2.7"),
    ],
)
def test_the_address_is_what_the_trusted_proxies_saw(
    proxies: int, forwarded: str | None, remote: str, address: str
) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    request = RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers)
    with override_settings(TRUSTED_PROXIES=proxies):
        assert client_address(request) == address
