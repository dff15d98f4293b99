from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client, RequestFactory

from console.access.guard import Hidden, Refused
from console.access.models import Grant, Person
from console.access.reach import reach_of
from console.access.roles import Permission, Role
from console.audit.models import Entry, Head
from console.audit.refusals import forbidden, forged_request, not_found
from tests.audit.factories import entry, reader

pytestmark = pytest.mark.django_db

AT_GATEWAY = ("connection.reject", Permission.DECIDE_CONNECTIONS, "demo", "gateway-1")


@pytest.fixture
def anna() -> Person:
    return Person.objects.create_user(username="anna")


ADDRESS = "/demo/gateways/gateway-1/vpc-endpoints/connections/reject/"


def _request(person: Any, method: str = "POST", form: Any = None, **raw: Any):
    request = RequestFactory().post(ADDRESS, form) if form else RequestFactory().generic(method, ADDRESS, **raw)
    request.user, request.reach = person, reach_of(person)
    return request


def _last() -> Entry:
    return Entry.objects.latest("seq")


def test_a_refused_act_names_person_act_place_and_objects(anna, monkeypatch):
    monkeypatch.setattr("console.audit.places._witnesses", [lambda *place: place == ("demo", "gateway-1")])
    Grant.objects.create(person=anna, role=Role.VIEWER)
    response = forbidden(_request(anna, form={"id": ["endpoint-1", "endpoint-2"]}), Refused(*AT_GATEWAY))
    assert response.status_code == 403
    row = _last()
    assert (row.action, row.state, row.actor, row.actor_id) == ("connection.reject", "refused", "anna", anna.pk)
    assert (row.cloud, row.gateway_id, row.target) == ("demo", "gateway-1", "endpoint-1, endpoint-2")
    assert row.reason == "POST /demo/gateways/gateway-1/vpc-endpoints/connections/reject/"


def test_many_objects_are_counted_and_long_ones_cut(anna):
    forbidden(_request(anna, form={"id": ["x" * 5_000, "\x00\n<b>", *map(str, range(500))]}), Refused(*AT_GATEWAY))
    target = _last().target
    assert len(target) <= 300
    assert "\\u0000\\n<b>" in target
    assert target.endswith("and 497 more")


def test_an_act_the_catalog_does_not_know_and_a_plain_refusal_are_opened_pages(anna):
    for exception in (Refused("no.such", Permission.SEE), PermissionDenied(), None):
        assert forbidden(_request(anna), exception).status_code == 403
        assert (_last().action, _last().target) == ("page.open", _request(anna).path)


def test_an_attempt_on_something_hidden_is_a_row_and_looks_like_not_found(anna):
    response = not_found(_request(anna, form={"id": "endpoint-1"}), Hidden(*AT_GATEWAY))
    assert response.status_code == 404
    assert (_last().action, _last().state, _last().target) == ("connection.reject", "refused", "endpoint-1")
    missing = not_found(_request(anna, form={"id": "endpoint-1"}), Http404())
    assert BeautifulSoup(response.content, "html.parser").text == BeautifulSoup(missing.content, "html.parser").text


def test_looking_for_what_is_not_there_is_no_row(anna):
    assert not_found(_request(anna), Http404("no such page")).status_code == 404
    assert not_found(_request(anna, "GET"), Hidden(*AT_GATEWAY)).status_code == 404
    assert not_found(_request(AnonymousUser()), Hidden(*AT_GATEWAY)).status_code == 404
    assert not Entry.objects.exists()


BODIES = [
    {"data": b"\xff\xfe\x00", "content_type": "application/x-www-form-urlencoded"},
    {"data": b"id=" + b"x" * 3_000_000, "content_type": "application/x-www-form-urlencoded"},
    {"data": b"&".join(b"id=1" for _ in range(5_000)), "content_type": "application/x-www-form-urlencoded"},
    {"data": b"no boundary", "content_type": "multipart/form-data"},
    {"data": b"--b\r\nbroken", "content_type": "multipart/form-data; boundary=b"},
    {"data": b"--b\r\nbroken", "content_type": "multipart/form-data; boundary=" + "b" * 500},
    {"data": b"id=1", "content_type": "application/x-www-form-urlencoded; charset=no-such"},
    {"data": b"{", "content_type": "application/json"},
]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_cannot_be_read_is_still_a_recorded_refusal(anna, body):
    for answer, exception in ((forbidden, Refused(*AT_GATEWAY)), (not_found, Hidden(*AT_GATEWAY))):
        count = Entry.objects.count()
        assert answer(_request(anna, **body), exception).status_code in (403, 404)
        assert Entry.objects.count() == count + 1


def test_a_form_from_elsewhere_changes_nothing_and_is_a_row(anna):
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna, backend="django.contrib.auth.backends.ModelBackend")
    response = client.post("/sign-out/", {"id": "endpoint-1"}, headers={"Origin": "https://evil.example"})
    assert response.status_code == 403
    row = _last()
    assert (row.action, row.state, row.actor) == ("request.forged", "refused", "anna")
    assert (row.target, row.reason) == ("", "POST sign-out/")  # what the form said may be another site's
    assert "evil.example" in row.error_code


def test_an_http_refusal_is_recorded_once(anna):
    client = reader("somebody", Role.VIEWER)
    count = Entry.objects.count()
    assert client.get("/audit/").status_code == 403
    assert Entry.objects.count() == count + 1
    assert (_last().actor, _last().role, _last().target) == ("somebody", "Viewer", "/audit/")


@pytest.mark.parametrize("damage", [lambda: Head.objects.all().delete(), lambda: Head.objects.update(seq=0)])
def test_without_its_row_a_refusal_is_an_unavailable_page(anna, damage):
    entry()
    damage()
    assert forbidden(_request(anna), Refused(*AT_GATEWAY)).status_code == 503
    assert not_found(_request(anna), Hidden(*AT_GATEWAY)).status_code == 503
    assert forged_request(_request(anna), "reason").status_code == 503
    assert Entry.objects.count() == 1
