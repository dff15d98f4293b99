"""Every kind of Change as a person does it again and again, in a world that moves on with each: for the crash runs.

What there is to act on is asked of the cloud, past the pages, and chosen by the dice that are given: the same dice in
the same world lead to the same act. What it is on the wire and which button does it stands in the tables of the fault
tests.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from console.changes.models import Change
from console.clouds.vpc_access import ApiGroup, ApiInstance
from console.simcloud import Switches, World
from console.simcloud.identity import REGION
from console.simcloud.seed_wishes import REPORTS_SERVICE, REPORTS_SUBNET, REPORTS_VPC
from console.wiring import Cloud, get_cloud
from tests.changes import acts, test_vpcep_faults
from tests.endpoint_services.estate import LIST, confirm_url
from tests.pages import Browser, Page
from tests.vpc_access import test_vpc_faults
from tests.vpc_access.conftest import LIST_URL

#: Addresses are asked for with the gateway that the acts of the tab happen at.
Address = Callable[[str, Random], str]


#: What makes an act possible where everything that it could be done to is gone.
_WAYS: Mapping[str, Sequence[str]] = {
    "vpc.unbind": ["vpc.bind"],
    "vpc_domain.enable": ["vpc_domain.disable", "vpc.bind"],
    "vpc_domain.disable": ["vpc_domain.enable", "vpc.bind"],
    "domain.bind": ["vpc.bind", "vpc_domain.enable", "vpc_domain.enable"],
    "service.delete": ["service.create"],
    "permission.remove": ["permission.add"],
}


def many_things() -> World:
    """A world with something to act on for every kind, however often."""
    room = Switches(service_quota=500, services_per_backend=500, endpoint_quota=500)
    return World.seeded(delay=0.0, services=12, endpoints=16, switches=room)


@dataclass(frozen=True)
class Deed:
    """One kind of Change. `address` gives the confirmation of something that is possible now, "" where nothing is."""

    name: str
    address: Address
    buttons: Sequence[str]
    #: The write on the wire, as the rules of the simulated cloud name it.
    match: Mapping[str, str]
    #: What the cloud's ledger calls it.
    effect: str
    typed: str = ""

    def place(self, browser: Browser, gateway: str, chance: Random) -> str:
        """As `address`, after other acts where those are needed to bring about something to act on."""
        for way in itertools.islice(itertools.cycle(_WAYS.get(self.name, ())), 12):
            if found := self.address(gateway, chance):
                return found
            if page := DEEDS[way].address(gateway, chance):
                DEEDS[way].confirmed(browser, browser.open(page), f"makes way for {self.name}")
        return self.address(gateway, chance)

    def confirmed(self, browser: Browser, page: Page, reason: str) -> Page:
        """The page after the button was pressed."""
        return browser.submit(page, self.button_on(page), word=self.typed, reason=reason)

    def button_on(self, page: Page) -> str:
        """The button that does it; "" where the page offers none."""
        return next((button for button in self.buttons if page.has_button(button)), "")


def _demo() -> Cloud:
    return get_cloud("demo")


def _chosen(found: Iterable[str], chance: Random) -> str:
    rows = sorted(found)
    return chance.choice(rows) if rows else ""


def _word(chance: Random) -> str:
    return f"n{chance.randrange(10**9)}"


def _connection(act: str, is_legal: str) -> Address:
    def address(gateway: str, chance: Random) -> str:
        rows = _demo().gateway_endpoints.list_connections(gateway)  # type: ignore[union-attr, arg-type]
        found = _chosen((row.id for row in rows if getattr(row.status, is_legal)), chance)
        return f"{_tab(gateway)}connections/{act}/?id={found}" if found else ""

    return address


def _tab(gateway: str) -> str:
    return f"/demo/gateways/{gateway}/vpc-endpoints/"


def _account(gateway: str, chance: Random) -> str:
    return f"{_tab(gateway)}permissions/add/?id={chance.getrandbits(128):032x}"


def _listed(gateway: str, chance: Random) -> str:
    port: Any = _demo().gateway_endpoints
    listed = {row.account for row in port.list_permissions(gateway)} - {port.own_account()}
    found = _chosen(listed, chance)
    return f"{_tab(gateway)}permissions/remove/?id={found}" if found else ""


def _new_id(chance: Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


def _new_service(_gateway: str, chance: Random) -> str:
    """With a port of the backend that no other service has."""
    port = str(chance.randrange(1_024, 65_536))
    return confirm_url(new=_new_id(chance), name=_word(chance), ports_client=["80"], ports_server=[port])


def _service(page: str, chance: Random, names: Sequence[str] = ()) -> str:
    """A page of one of our services; of those that nobody is connected to, where no names are given."""
    rows: Any = _demo().endpoint_services.list_services()  # type: ignore[union-attr]
    possible = [row for row in rows if row.status == "available"]
    wanted = [row for row in possible if (row.name.name in names if names else not row.connection_count)]
    found = _chosen((row.id for row in wanted), chance)
    return f"{LIST}{found}/{page}" if found else ""


def _described(_gateway: str, chance: Random) -> str:
    service = _service("", chance, ["billing"])
    port: Any = _demo().endpoint_services
    rows = port.list_connections(service.removeprefix(LIST).strip("/"))
    found = _chosen((row.id for row in rows), chance)
    return f"{service}connections/describe/?id={found}&description={_word(chance)}"


def _new_endpoint(_gateway: str, chance: Random) -> str:
    typed = {
        "new": _new_id(chance),
        "name": f"{REGION}.reports.{REPORTS_SERVICE}",
        "vpc": REPORTS_VPC,
        "subnet": REPORTS_SUBNET,
        "step": "confirm",
    }
    return f"/demo/endpoints/create/?{urlencode(typed)}"


def _endpoint(page: str, chance: Random) -> str:
    rows: Any = _demo().endpoints.list_endpoints()  # type: ignore[union-attr]
    found = _chosen((row.id for row in rows if row.status == "accepted" and row.service_type == "interface"), chance)
    return f"/demo/endpoints/{found}/{page}" if found else ""


def _access_control(_gateway: str, chance: Random) -> str:
    address = f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
    return _endpoint(f"access-control/edit/?typed=1&access_control=on&whitelist={address}", chance)


def _instances() -> dict[str, ApiInstance]:
    """Those that nothing is going on at."""
    rows: Any = get_cloud("alibaba").vpc_access.list_instances()  # type: ignore[union-attr]
    return {row.id: row for row in rows if not row.is_changing}


def _groups(chance: Random, is_wanted: Callable[[ApiGroup, ApiInstance], bool]) -> tuple[str, ApiGroup | None]:
    """The pages of the acts on one of those groups."""
    instances = _instances()
    rows: Any = get_cloud("alibaba").vpc_access.list_groups()  # type: ignore[union-attr]
    still = [row for row in rows if not row.is_moving and row.instance_id in instances]
    found = _chosen((row.id for row in still if is_wanted(row, instances[row.instance_id])), chance)
    group = next((row for row in still if row.id == found), None)
    return (f"{LIST_URL}{group.instance_id}/groups/", group) if group else ("", None)


def _bound(_gateway: str, chance: Random) -> str:
    own = {id_: row for id_, row in _instances().items() if not row.shared}
    found = own[_chosen(own, chance)]
    networks: Any = get_cloud("alibaba").networks
    free = [(vpc.id, subnet.id) for vpc in networks.list_vpcs() for subnet in networks.list_subnets(vpc.id)]
    vpc, vswitch = chance.choice(sorted(pair for pair in free if pair[0] != found.vpc_id))
    return f"{LIST_URL}{found.id}/bind/?vpc={vpc}&vswitch={vswitch}&step=confirm"


def _unbound(_gateway: str, chance: Random) -> str:
    found = _chosen((id_ for id_, row in _instances().items() if row.is_bound), chance)
    return f"{LIST_URL}{found}/unbind/" if found else ""


def _enabled(_gateway: str, chance: Random) -> str:
    pages, group = _groups(chance, lambda row, at: not row.is_enabled and (at.shared or at.is_bound))
    return f"{pages}enable/?id={group.id}" if group else ""


def _disabled(_gateway: str, chance: Random) -> str:
    pages, group = _groups(chance, lambda row, _at: row.is_enabled)
    return f"{pages}disable/?id={group.id}" if group else ""


def _moved(_gateway: str, chance: Random) -> str:
    pages, group = _groups(chance, lambda _row, _at: True)
    if group is None:
        return ""
    open_to = [id_ for id_, row in _instances().items() if row.shared or row.is_bound or not group.is_enabled]
    target = _chosen((id_ for id_ in open_to if id_ != group.instance_id), chance)
    return f"{pages}move/?id={group.id}&instance={target}"


def _named(_gateway: str, chance: Random) -> str:
    pages, group = _groups(chance, lambda row, at: row.is_enabled and not at.shared and len(row.own_domains) < 5)
    domain = f"{_word(chance)}.northwind.example"
    return f"{pages}bind-domain/?id={group.id}&domain={domain}&step=confirm" if group else ""


_ADDRESSES: Mapping[str, Address] = {
    "connection.accept": _connection("accept", "can_accept"),
    "connection.reject": _connection("reject", "can_reject"),
    "permission.add": _account,
    "permission.remove": _listed,
    "service.rename": lambda gateway, chance: f"{_tab(gateway)}service-name/?name={_word(chance)}",
    "service.create": _new_service,
    "service.update": lambda _g, chance: _service(
        f"description/?step=confirm&description={_word(chance)}", chance, ["shop", "billing", "search"]
    ),
    "service.delete": lambda _gateway, chance: _service("delete/", chance),
    "connection.describe": _described,
    "tags.update": lambda _g, chance: _service(
        f"tags/edit/?tags=mark%3D{_word(chance)}", chance, ["shop", "billing", "search"]
    ),
    "endpoint.create": _new_endpoint,
    "endpoint.delete": lambda _gateway, chance: _endpoint("delete/", chance),
    "endpoint.access_control": _access_control,
    "vpc.bind": _bound,
    "vpc.unbind": _unbound,
    "vpc_domain.enable": _enabled,
    "vpc_domain.disable": _disabled,
    "api_group.move": _moved,
    "domain.bind": _named,
}


def _deeds() -> Iterable[Deed]:
    for act in acts.ACTS:
        wire = {"method": act.wire_method, "path": act.wire_path}
        yield Deed(act.name, _ADDRESSES[act.name], [act.button], wire, act.name)
    for one in test_vpcep_faults.ACTS:
        wire = {"method": one.method, "path": one.path}
        yield Deed(one.name, _ADDRESSES[one.name], [one.button], wire, one.name, one.typed)
    for other in test_vpc_faults.ACTS:
        buttons = ["Rebind", "Bind"] if other.name == "vpc.bind" else [other.button]
        yield Deed(other.name, _ADDRESSES[other.name], buttons, {"action": other.wire}, other.effect, other.typed)


DEEDS: Mapping[str, Deed] = {deed.name: deed for deed in _deeds()}

#: How a deed is counted: its kind and its object, as the ledger names them.
Counts = Counter[tuple[str, str]]


def effects_in(ledger: Iterable[Mapping[str, Any]]) -> Counts:
    """What the cloud did, without what an act brought along, such as domains that are gone with a binding."""
    asked_for: dict[str, str] = {}
    rows = [row for row in ledger if asked_for.setdefault(row["request_id"], row["action"]) == row["action"]]
    once = {(row["request_id"], row["action"], row["object"]): row for row in rows}
    return Counter((row["action"], _object_of(row)) for row in once.values())


def _object_of(row: Mapping[str, Any]) -> str:
    """A gateway's service is renamed by the gateway's id here."""
    return str(row["gateway_id"] if row["action"] == "service.rename" else row["object"])


def as_in_the_ledger(change: Change) -> tuple[str, str]:
    """What the ledger must hold once for a Change that is written down as done."""
    made = {
        "service.create": lambda: change.after["id"],
        "endpoint.create": lambda: change.after["id"],
        "domain.bind": lambda: change.parameters["domain"],
        "tags.update": lambda: change.gateway_id,
    }
    named = made.get(change.kind, lambda: change.target)()
    return DEEDS[change.kind].effect, str(named)
