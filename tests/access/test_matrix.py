"""Every address, role and method, at a gateway of one's own and at somebody else's, as `matrix` says (S5)."""

import re
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.test import Client

from console import wiring
from console.access.actor import SYSTEM
from console.access.models import Grant, Person
from console.access.roles import Role
from console.audit.catalog import Action, State
from console.audit.journal import record
from console.audit.models import Entry
from console.changes.models import Batch, Change, ReasonRule, Stage
from console.simcloud import SimulatedCloud
from tests.access.addresses import all_patterns
from tests.access.matrix import ANYBODY, MATRIX, Elsewhere, Row
from tests.factories import GroupFactory, PersonFactory
from tests.stage import wired

pytestmark = pytest.mark.django_db

METHODS = ("GET", "POST")
#: Answers of a view that let somebody in: pages, redirects, and complaints about an empty form.
WELCOME = {200, 204, 302, 303, 400, 409, 422}
#: How addresses call what a role can be about.
HOST_WORDS = ("gateway_id", "service_id", "endpoint_id", "instance_id")
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Hosts:
    """What the visitor's role is about, and what is somebody else's: pairs by the word that addresses have for it."""

    pairs: dict[str, tuple[str, str]]

    def of(self, route: str) -> tuple[str, str]:
        """The pair that an address is about; gateways where it names none."""
        return next((pair for word, pair in self.pairs.items() if f":{word}>" in route), self.pairs["gateway_id"])


@pytest.fixture(scope="module")
def hosts() -> Iterator[Hosts]:
    with pytest.MonkeyPatch.context() as patch, SimulatedCloud(delay=0.0) as cloud, _both(cloud, patch):
        ids = {gateway["seeded_as"]: gateway["id"] for gateway in cloud.describe()["gateways"]}
        services = wiring.get_cloud("demo").endpoint_services.list_services()
        endpoints = wiring.get_cloud("demo").endpoints.list_endpoints()
        instances = wiring.get_cloud("alibaba").vpc_access.list_instances()
        yield Hosts(
            {
                "gateway_id": (ids.pop("main"), next(iter(ids.values()))),
                "service_id": (services[0].id, services[1].id),
                "endpoint_id": (endpoints[0].id, endpoints[1].id),
                "instance_id": (instances[0].id, instances[-1].id),
            }
        )


def _both(cloud: SimulatedCloud, patch: pytest.MonkeyPatch) -> AbstractContextManager[None]:
    """The console knows the simulated cloud of either vendor."""
    return wired(cloud, patch, CONSOLE_SIMULATED_ALIBABA="1")


def test_every_address_has_a_row() -> None:
    addresses = set(all_patterns())
    assert addresses - set(MATRIX) == set(), "new addresses need a row in tests/access/matrix.py"
    assert set(MATRIX) - addresses == set(), "these rows have no address any more"


def address_of(route: str, gateway_id: str, cloud: str = "") -> str:
    """The address with objects made for the purpose, all of them about this host."""
    names = re.findall(r"<\w+:(\w+)>", route)
    cloud = cloud or MATRIX[route].cloud
    values: dict[str, object] = {"cloud": cloud, **dict.fromkeys(HOST_WORDS, gateway_id)}
    if "api_group_id" in names:
        values["api_group_id"] = wiring.get_cloud(cloud).vpc_access.list_groups(gateway_id)[0].id
    if "person_id" in names or "group_id" in names or "grant_id" in names:
        person = PersonFactory(role=Role.VIEWER, cloud="demo", gateway_id=gateway_id)
        group = GroupFactory(role=Role.VIEWER, cloud="demo", gateway_id=gateway_id, members=[person])
        values |= {"person_id": person.pk, "group_id": group.pk, "grant_id": Grant.objects.get(person=person).pk}
    if "change_id" in names:
        values["change_id"] = unsettled_change(gateway_id).pk
    if "batch_id" in names:
        values["batch_id"] = unsettled_change(gateway_id).batch_id
    if "rule_id" in names:
        values["rule_id"] = ReasonRule.objects.get_or_create(cloud="demo", gateway_id=gateway_id)[0].pk
    if "seq" in names:
        entry = record(
            action=Action.CONNECTION_ACCEPT, state=State.FAILED, actor=SYSTEM, cloud="demo", gateway_id=gateway_id
        )
        values["seq"] = entry.seq
    return "/" + re.sub(r"<\w+:(\w+)>", lambda match: str(values[match.group(1)]), route)


def unsettled_change(gateway_id: str) -> Change:
    batch = Batch.objects.create(
        nonce=uuid.uuid4().hex,
        kind=Action.CONNECTION_ACCEPT.value,
        cloud="demo",
        gateway_id=gateway_id,
        actor_name="somebody",
        actor_role="Operator",
    )
    return Change.objects.create(
        batch=batch,
        kind=batch.kind,
        cloud="demo",
        gateway_id=gateway_id,
        target="00000000-0000-4000-8000-000000000000",
        stage=Stage.UNKNOWN,
        actor_name="somebody",
        actor_role="Operator",
    )


def send(client: Client, method: str, address: str) -> int:
    response = client.generic(method, address)
    location = response.headers.get("Location", "")
    assert not location.startswith("/account/password/") or address == "/account/password/", address
    return 401 if location.startswith("/sign-in/?next=") else response.status_code


def expected(row: Row, role: Role, method: str, *, own: bool) -> set[int]:
    if method not in row.methods.split():
        return {405}
    if not own and row.elsewhere is Elsewhere.HIDDEN:
        return {404}
    if role not in row.may:
        return {403}
    if not own and row.elsewhere is not Elsewhere.SAME:
        return {404} if row.elsewhere is Elsewhere.ABSENT else {403}
    return WELCOME


def signed_in(client: Client, person: Person) -> Client:
    """The same client while its session is there, which the last request may have ended; else a new one."""
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    if cookie is None or not Session.objects.filter(session_key=cookie.value).exists():
        client = Client()
        client.force_login(person, backend=BACKEND)
    return client


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
@pytest.mark.parametrize("route", list(MATRIX))
def test_each_role_gets_what_the_matrix_says(route: str, role: Role, hosts: Hosts) -> None:
    row, surprises = MATRIX[route], []
    own, other = hosts.of(route)
    person = PersonFactory(role=role, cloud=row.cloud, gateway_id="" if row.whole_cloud else own)
    places = [(row.cloud, own), ("elsewhere", own) if row.whole_cloud else (row.cloud, other)]
    client = Client()
    for place in places:
        cloud, host = place
        for method in METHODS:
            client = signed_in(client, person)
            status = send(client, method, address_of(route, host, cloud))
            wanted = expected(row, role, method, own=place == places[0])
            if status not in wanted:
                surprises.append(f"{method} {cloud} {host}: {status}, not one of {sorted(wanted)}")
    assert surprises == []


@pytest.mark.parametrize("route", list(MATRIX))
def test_strangers_are_sent_to_the_sign_in_page(route: str, hosts: Hosts) -> None:
    row, address = MATRIX[route], address_of(route, hosts.of(route)[0])
    for method in METHODS:
        status = send(Client(), method, address)
        if not row.open:
            assert status == 401, method
        else:
            assert status in (WELCOME if method in row.methods.split() else {405}), method


@pytest.mark.parametrize("route", list(MATRIX))
def test_people_without_any_role_see_nothing_of_a_gateway(route: str, hosts: Hosts) -> None:
    row, client = MATRIX[route], Client()
    client.force_login(PersonFactory(), backend=BACKEND)
    for method in row.methods.split():
        status = send(client, method, address_of(route, hosts.of(route)[0]))
        if row.elsewhere is Elsewhere.HIDDEN:
            assert status == 404, method
        elif row.may == ANYBODY:
            assert status in WELCOME, method
        else:
            assert status == 403, method


@pytest.mark.parametrize("route", list(MATRIX))
@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "QQQQ"])
def test_methods_that_nobody_offers_are_refused(route: str, method: str, hosts: Hosts) -> None:
    client = Client()
    client.force_login(PersonFactory(role=Role.ADMINISTRATOR), backend=BACKEND)
    assert client.generic(method, address_of(route, hosts.of(route)[0])).status_code == 405


@pytest.mark.parametrize("route", list(MATRIX))
def test_no_post_passes_without_the_form_of_the_console(route: str, hosts: Hosts) -> None:
    """No token, a wrong one, another one's, a foreign origin, a body that is no form (reliability S6)."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(PersonFactory(role=Role.ADMINISTRATOR), backend=BACKEND)
    client.get("/preferences/")
    token = client.cookies["console_csrf"].value
    address = address_of(route, hosts.of(route)[0])
    before = Entry.objects.count()
    tries = [
        client.post(address),
        client.post(address, {"csrfmiddlewaretoken": "a" * 64}),
        client.post(address, {"csrfmiddlewaretoken": token}, headers={"Origin": "https://evil.example"}),
        client.post(address, f"csrfmiddlewaretoken={token}", content_type="text/plain"),
    ]
    assert [response.status_code for response in tries] == [403] * 4
    # Each try is written down, and nothing else happened.
    entries = Entry.objects.order_by("seq")[before:]
    assert [entry.action for entry in entries] == ["request.forged"] * 4


@pytest.mark.parametrize("route", [route for route, row in MATRIX.items() if "GET" in row.methods])
def test_opening_a_page_changes_nothing(route: str, hosts: Hosts) -> None:
    client = Client()
    client.force_login(PersonFactory(role=Role.ADMINISTRATOR), backend=BACKEND)
    address = address_of(route, hosts.of(route)[0])
    before = world_of_people()
    client.get(address)
    assert world_of_people() == before


def world_of_people() -> list[list[object]]:
    people = Person.objects.order_by("pk").values_list("pk", "username", "password", "is_active", "session_generation")
    groups = Group.objects.order_by("pk").values_list("pk", "name", "user", "grants")
    changes = Change.objects.order_by("pk").values_list("pk", "stage")
    return [list(people), list(groups), list(Grant.objects.order_by("pk").values_list()), list(changes)]
