"""Every address, role and method, at a gateway of one's own and at somebody else's, as `matrix` says (S5)."""

import re
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import product

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.test import Client

from console import wiring
from console.access import preferences
from console.access.actor import SYSTEM
from console.access.models import Grant, Person
from console.access.roles import Role
from console.access.session_store import SessionStore
from console.audit.catalog import Action, State
from console.audit.journal import record
from console.audit.models import Entry, RefusalCount
from console.changes.models import Batch, Change, ReasonRule, Stage
from console.simcloud import SimulatedCloud
from console.web import errors
from tests.access.addresses import all_patterns
from tests.access.matrix import ANYBODY, MATRIX, Elsewhere, Row
from tests.factories import GroupFactory, PersonFactory
from tests.stage import wired

pytestmark = pytest.mark.django_db

METHODS = ("GET", "POST")
UNOFFERED = ("TRACE", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "QQQQ")
#: Answers of a view that let somebody in: pages, redirects, and complaints about an empty form.
WELCOME = {200, 204, 302, 303, 400, 409, 422}
#: How addresses call what a role can be about.
HOST_WORDS = ("gateway_id", "service_id", "endpoint_id", "instance_id")
BACKEND = "django.contrib.auth.backends.ModelBackend"


def _section(route: str) -> str:
    return route.removeprefix("<slug:cloud>/").partition("/")[0] or "home"


#: The addresses by their first word: what they share, such as who is signed in, is made once for all of them.
SECTIONS = {
    name: [route for route in MATRIX if _section(route) == name] for name in dict.fromkeys(map(_section, MATRIX))
}
each_section = pytest.mark.parametrize("section", list(SECTIONS))


@dataclass(frozen=True)
class Hosts:
    """What the visitor's role is about, and what is somebody else's: pairs by the word that addresses have for it."""

    pairs: dict[str, tuple[str, str]]

    def of(self, route: str) -> tuple[str, str]:
        """The pair that an address is about; gateways where it names none."""
        return next((pair for word, pair in self.pairs.items() if f":{word}>" in route), self.pairs["gateway_id"])


@pytest.fixture(autouse=True)
def pages_that_are_told_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal is drawn in tests/audit and tests/journeys, the list of all time zones in `test_preferences`."""

    def blank(_request: HttpRequest, _template: str, _context: object = None, *, status: int) -> HttpResponse:
        return HttpResponse(status=status)

    monkeypatch.setattr(errors, "render", blank)
    monkeypatch.setattr(preferences.PreferencesForm.base_fields["time_zone"], "choices", [("UTC", "UTC")])


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
    if "removed-clouds" in route:
        unsettled_change(gateway_id, cloud)
    if "rule_id" in names:
        values["rule_id"] = ReasonRule.objects.get_or_create(cloud="demo", gateway_id=gateway_id)[0].pk
    if "seq" in names:
        entry = record(
            action=Action.CONNECTION_ACCEPT, state=State.FAILED, actor=SYSTEM, cloud="demo", gateway_id=gateway_id
        )
        values["seq"] = entry.seq
    return "/" + re.sub(r"<\w+:(\w+)>", lambda match: str(values[match.group(1)]), route)


def unsettled_change(gateway_id: str, cloud: str = "demo") -> Change:
    batch = Batch.objects.create(
        nonce=uuid.uuid4().hex,
        kind=Action.CONNECTION_ACCEPT.value,
        cloud=cloud,
        gateway_id=gateway_id,
        actor_name="somebody",
        actor_role="Operator",
    )
    return Change.objects.create(
        batch=batch,
        kind=batch.kind,
        cloud=cloud,
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


class Visits:
    """One person's requests: signed in once, and again only when a request has ended the session."""

    def __init__(self, person: Person, **client: bool) -> None:
        self.person, self._options = person, client
        self._client = Client()

    @property
    def client(self) -> Client:
        cookie = self._client.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is None or not SessionStore().exists(cookie.value):
            self._client = Client(**self._options)
            self._client.force_login(self.person, backend=BACKEND)
        return self._client

    def send(self, method: str, address: str) -> int:
        return send(self.client, method, address)


@dataclass
class Visitors:
    """The people of one role, one for each place where it is held."""

    role: Role
    _visits: dict[tuple[str, str], Visits] = field(default_factory=dict)

    def at(self, cloud: str, host: str) -> Visits:
        if (cloud, host) not in self._visits:
            self._visits[cloud, host] = Visits(PersonFactory(role=self.role, cloud=cloud, gateway_id=host))
        return self._visits[cloud, host]


def refused_rows() -> list[str]:
    """The requests that the log says were turned away, oldest first; a form that was refused is none."""
    refused = Entry.objects.filter(state=State.REFUSED, error_code__in=("Forbidden", "Not Found")).order_by("seq")
    return list(refused.values_list("reason", flat=True))


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
@each_section
def test_each_role_gets_what_the_matrix_says(section: str, role: Role, hosts: Hosts) -> None:
    """And who is refused is in the log: with 403 always, with 404 where they tried to act on what is hidden."""
    surprises, refused, visitors = [], [], Visitors(role)
    for route in SECTIONS[section]:
        RefusalCount.objects.all().delete()  # so many in a quarter of an hour are only counted
        row, (own, other) = MATRIX[route], hosts.of(route)
        visits = visitors.at("" if row.everywhere else row.cloud, "" if row.whole_cloud or row.everywhere else own)
        places = [(row.cloud, own), ("elsewhere", own) if row.whole_cloud else (row.cloud, other)]
        for (cloud, host), method in product(places, METHODS):
            address = address_of(route, host, cloud)
            status, wanted = visits.send(method, address), expected(row, role, method, own=(cloud, host) == places[0])
            if status not in wanted:
                surprises.append(f"{role.value} {method} {address}: {status}, not one of {sorted(wanted)} ({route})")
            if status == 403 or (status == 404 and method == "POST"):
                refused.append(f"{method} {address}")
    rows = refused_rows()
    surprises += [f"{role.value} {request}: refused, and no row says so" for request in refused if request not in rows]
    assert surprises == []
    assert rows == refused


@each_section
def test_strangers_are_sent_to_the_sign_in_page(section: str, hosts: Hosts) -> None:
    surprises = []
    for route, method in product(SECTIONS[section], METHODS):
        row, address = MATRIX[route], address_of(route, hosts.of(route)[0])
        welcome = WELCOME if method in row.methods.split() else {405}
        status = send(Client(), method, address)
        if status not in (welcome if row.open else {401}):
            surprises.append(f"{method} {address}: {status} ({route})")
    assert surprises == []


def _without_any_role(row: Row) -> set[int]:
    if row.elsewhere is Elsewhere.HIDDEN:
        return {404}
    return WELCOME if row.may == ANYBODY else {403}


@each_section
def test_people_without_any_role_see_nothing_of_a_gateway(section: str, hosts: Hosts) -> None:
    visits, surprises = Visits(PersonFactory()), []
    for route in SECTIONS[section]:
        for method in MATRIX[route].methods.split():
            address = address_of(route, hosts.of(route)[0])
            status, wanted = visits.send(method, address), _without_any_role(MATRIX[route])
            if status not in wanted:
                surprises.append(f"{method} {address}: {status}, not one of {sorted(wanted)} ({route})")
    assert surprises == []


@each_section
def test_methods_that_nobody_offers_are_refused(section: str, hosts: Hosts) -> None:
    visits, surprises = Visits(PersonFactory(role=Role.ADMINISTRATOR)), []
    for route in SECTIONS[section]:
        address = address_of(route, hosts.of(route)[0])
        for method in UNOFFERED:
            status = visits.send(method, address)
            if status != 405:
                surprises.append(f"{method} {address}: {status} ({route})")
    assert surprises == []


@each_section
def test_no_post_passes_without_the_form_of_the_console(section: str, hosts: Hosts) -> None:
    """No token, a wrong one, another one's, a foreign origin, a body that is no form (reliability S6)."""
    client = Visits(PersonFactory(role=Role.ADMINISTRATOR), enforce_csrf_checks=True).client
    client.get("/account/reauthenticate/")
    token = client.cookies["console_csrf"].value
    surprises = []
    for route in SECTIONS[section]:
        address = address_of(route, hosts.of(route)[0])
        RefusalCount.objects.all().delete()
        before = Entry.objects.count()
        statuses = [response.status_code for response in _forged(client, address, token)]
        # Each try is written down, and nothing else happened.
        actions = list(Entry.objects.order_by("seq").values_list("action", flat=True)[before:])
        if (statuses, actions) != ([403] * 4, ["request.forged"] * 4):
            surprises.append(f"POST {address}: {statuses}, written down: {actions} ({route})")
    assert surprises == []


def _forged(client: Client, address: str, token: str) -> list[HttpResponse]:
    return [
        client.post(address),
        client.post(address, {"csrfmiddlewaretoken": "a" * 64}),
        client.post(address, {"csrfmiddlewaretoken": token}, headers={"Origin": "https://evil.example"}),
        client.post(address, f"csrfmiddlewaretoken={token}", content_type="text/plain"),
    ]


@each_section
def test_opening_a_page_changes_nothing(section: str, hosts: Hosts) -> None:
    visits, changed = Visits(PersonFactory(role=Role.ADMINISTRATOR)), []
    for route in (route for route in SECTIONS[section] if "GET" in MATRIX[route].methods):
        address = address_of(route, hosts.of(route)[0])
        client, before = visits.client, world_of_people()
        client.get(address)
        if world_of_people() != before:
            changed.append(f"GET {address} ({route})")
    assert changed == []


def world_of_people() -> list[list[object]]:
    people = Person.objects.order_by("pk").values_list("pk", "username", "password", "is_active", "session_generation")
    groups = Group.objects.order_by("pk").values_list("pk", "name", "user", "grants")
    changes = Change.objects.order_by("pk").values_list("pk", "stage")
    return [list(people), list(groups), list(Grant.objects.order_by("pk").values_list()), list(changes)]


@each_section
def test_disabled_people_are_strangers_at_once(section: str, hosts: Hosts) -> None:
    """Signed in as an administrator of everything when the account was closed."""
    surprises, person = [], PersonFactory(role=Role.ADMINISTRATOR)
    client = Client()
    client.force_login(person, backend=BACKEND)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    for route in SECTIONS[section]:
        row, address = MATRIX[route], address_of(route, hosts.of(route)[0])
        for method in row.methods.split():
            status = send(client, method, address)
            if status not in (WELCOME if row.open else {401}):
                surprises.append(f"{method} {address}: {status} ({route})")
    assert surprises == []


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
@pytest.mark.parametrize("width", ["everything", "cloud", "gateway", "another cloud"])
@each_section
def test_each_width_of_a_role_reaches_as_far_as_it_says(section: str, width: str, role: Role, hosts: Hosts) -> None:
    """One role on everything, in the cloud, at the gateway and in another cloud, at the same objects."""
    surprises, visits = [], {}
    for route in SECTIONS[section]:
        row, (own, _) = MATRIX[route], hosts.of(route)
        places = {
            "everything": {},
            "cloud": {"cloud": row.cloud},
            "gateway": {"cloud": row.cloud, "gateway_id": own},
            "another cloud": {"cloud": "alibaba" if row.cloud == "demo" else "demo"},
        }
        place = places[width]
        reaches = width == "everything" or (width == "cloud" and not row.everywhere)
        reaches = reaches or (width == "gateway" and not row.everywhere and not row.whole_cloud)
        key = tuple(place.items())
        if key not in visits:
            visits[key] = Visits(PersonFactory(role=role, **place))
        for method in row.methods.split():
            address = address_of(route, own)
            status = visits[key].send(method, address)
            wanted = expected(row, role, method, own=True) if reaches else _beyond(row, role, width)
            if status not in wanted:
                surprises.append(f"{role.value} {width} {method} {address}: {status}, not {sorted(wanted)} ({route})")
    assert surprises == []


def _beyond(row: Row, role: Role, width: str) -> set[int]:
    """What a role gets at something that it is too narrow for, or that lies somewhere else."""
    if role not in row.may:
        return {403, 404}
    if width == "gateway" and row.whole_cloud and row.may == ANYBODY:
        return WELCOME  # A list of the cloud, with what they may see of it.
    if row.elsewhere is Elsewhere.SAME and not (row.everywhere or row.whole_cloud):
        return WELCOME
    return {403, 404}
