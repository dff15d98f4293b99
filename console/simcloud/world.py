"""The world: the state of the simulated cloud, its clock, its switches and its ledger. It knows no HTTP.

The rules that change it stand in the modules named after their subject: `connections`, `permissions`, `gateways`,
`endpoints`. Whoever calls a rule holds `World.lock` and has called `World.settle` first; `World.turn` does both.
"""

import heapq
import itertools
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self, Unpack

from console.simcloud import seed as seeds
from console.simcloud.alibaba import transitions
from console.simcloud.alibaba.estate import Estate
from console.simcloud.alibaba.nonces import Nonces
from console.simcloud.alibaba.records import AlibabaRecord
from console.simcloud.clock import Clock, microseconds
from console.simcloud.errors import MESSAGES, Refusal
from console.simcloud.ledger import Act, Change, Effect
from console.simcloud.persistence import StateFile
from console.simcloud.profiles import PROFILES, Profile
from console.simcloud.records import (
    Endpoint,
    EndpointService,
    Gateway,
    Permission,
    Port,
    Record,
    RouteTable,
    Subnet,
    Vpc,
)
from console.simcloud.switches import Switches
from console.simcloud.tokens import Locks, Tokens

#: Where new Packet IDs continue from; the seeded giants do not pull the counter up.
COUNTED_MARKERS_BELOW: Final = 1_000_000_000


class World:
    """One simulated cloud. `World.seeded` builds the usual one."""

    def __init__(self, *, clock: Clock | None = None, delay: float = 0.0, switches: Switches | None = None) -> None:
        self.clock = clock or Clock()
        #: Seconds that `creating`, `deleting` and a rename last.
        self.delay = delay
        self._switches_at_start = switches or Switches()
        self.lock = threading.RLock()
        self.tokens = Tokens(self.clock)
        self.locks = Locks(self.clock)
        self.nonces = Nonces()
        #: All that is Alibaba Cloud.
        self.alibaba = Estate()
        self._seed: seeds.Seed | None = None
        self._file: StateFile | None = None
        self._clear()

    @classmethod
    def seeded(
        cls,
        name: str = "demo",
        *,
        seed: int = 1,
        clock: Clock | None = None,
        delay: float = 0.0,
        switches: Switches | None = None,
        **sizes: Unpack[seeds.Sizes],
    ) -> Self:
        """A world that looks lived in: `demo`, or `empty` with accounts and networks only.

        `connections` is how many the gateway `many_connections` has; `services` and `endpoints` are how many the
        demo project has at least. The same `seed` gives the same ids, and times are relative to now. KeyError for an
        unknown name.
        """
        world = cls(clock=clock, delay=delay, switches=switches)
        world._seed = seeds.Seed(name, seed, **sizes)
        world._fill(world._seed.records(world.clock.now()))
        return world

    def keep_in(self, path: Path) -> None:
        """Load the world from this file, or create it; from now on every effect is saved there.

        Raises UnreadableState."""
        with self.lock:
            self._file = StateFile(path)
            if self._file.is_empty:
                self._file.rewrite(self.records())
                return
            records, effects = self._file.load()
            if self._seed is not None:
                self._file.save((), self._seed.complete(records, self.clock.now()), ())
            self._clear()
            self._fill(records)
            self.ledger.extend(effects)
            self.settle()

    def reset(self) -> None:
        """Back to the seed, with ages counted from now: ledger, switches and locks too. Tokens stay valid."""
        with self.lock:
            self._clear()
            self.locks.clear()
            if self._seed is not None:
                self._fill(self._seed.records(self.clock.now()))
            if self._file is not None:
                self._file.rewrite(self.records())

    def close(self) -> None:
        """Let go of the state file, if there is one."""
        with self.lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _clear(self) -> None:
        self.switches: Switches = self._switches_at_start
        #: Replaced messages by error code, see `set_text`.
        self.messages: dict[str, str] = {}
        self.gateways: dict[str, Gateway] = {}
        self.services: dict[str, EndpointService] = {}
        self.endpoints: dict[str, Endpoint] = {}
        #: Newest first, by service id.
        self.connections: dict[str, list[Endpoint]] = {}
        #: By service id, then by account.
        self.permissions: dict[str, dict[str, Permission]] = {}
        self.vpcs: dict[str, Vpc] = {}
        self.subnets: dict[str, Subnet] = {}
        self.ports: dict[str, Port] = {}
        self.route_tables: dict[str, RouteTable] = {}
        #: Those that nothing follows from when they are placed.
        self._plain: dict[type, dict[str, Any]] = {
            Vpc: self.vpcs,
            Subnet: self.subnets,
            Port: self.ports,
            RouteTable: self.route_tables,
            Gateway: self.gateways,
        }
        self.alibaba.clear()
        self.ledger: list[Effect] = []
        self._due: list[tuple[float, int, Endpoint | EndpointService]] = []
        self._ties = itertools.count()
        self._marker = 167_960_000

    def _fill(self, records: Iterable[Record]) -> None:
        for record in records:
            self.place(record)
        self._name_public_services()
        for rows in self.connections.values():
            rows.sort(key=lambda row: row.created_at, reverse=True)

    def _name_public_services(self) -> None:
        for service in self.services.values():
            if service.is_public:
                service.cloud_prefix = self.profile.cloud_prefix

    @property
    def profile(self) -> Profile:
        """Whose flavour of the services this cloud has now."""
        return PROFILES[self.switches.profile]

    def records(self) -> list[Record]:
        """Every record, in an order in which they can be placed again."""
        rows: list[Record] = [record for table in self._plain.values() for record in table.values()]
        rows.extend(self.services.values())
        rows.extend(record for whitelist in self.permissions.values() for record in whitelist.values())
        rows.extend(self.endpoints.values())
        rows.extend(self.alibaba.records())
        return rows

    def place(self, record: Record) -> None:
        """Put a new record into the world."""
        match record:
            case EndpointService():
                self.services[record.id] = record
                self.connections.setdefault(record.id, [])
                self.permissions.setdefault(record.id, {})
                self.schedule(record)
            case Endpoint():
                self._place_endpoint(record)
            case Permission():
                self.permissions.setdefault(record.service_id, {})[record.account] = record
            case AlibabaRecord():
                self.alibaba.place(record)
            case _:
                self._plain[type(record)][record.id] = record

    def _place_endpoint(self, endpoint: Endpoint) -> None:
        self.endpoints[endpoint.id] = endpoint
        self.connections.setdefault(endpoint.service_id, []).insert(0, endpoint)
        if endpoint.marker_id < COUNTED_MARKERS_BELOW:
            self._marker = max(self._marker, endpoint.marker_id)
        self.schedule(endpoint)

    def schedule(self, record: Endpoint | EndpointService) -> None:
        """See to it that the record moves on at its `due_at`."""
        if record.due_at is not None:
            heapq.heappush(self._due, (record.due_at, next(self._ties), record))

    def settle(self) -> None:
        """Carry out every transition that is due: creating becomes accepted, deleting disappears, names show."""
        now = self.clock.now()
        changed: list[Record] = []
        gone: list[Record] = []
        while self._due and self._due[0][0] <= now:
            due_at, _, record = heapq.heappop(self._due)
            if record.due_at != due_at:
                continue  # superseded by a later act
            record.due_at = None
            record.updated_at = due_at
            if isinstance(record, Endpoint):
                (changed if self._endpoint_moved_on(record) else gone).append(record)
            elif record.next_status:
                _service_moved_on(record)
                changed.append(record)
            else:
                left, lost = self._service_is_gone(record)
                changed.extend(left)
                gone.extend(lost)
        moved, lost_there = transitions.settle(self.alibaba, now)
        changed.extend(moved)
        gone.extend(lost_there)
        if self._file is not None and (changed or gone):
            self._file.save((), changed, gone)

    def _endpoint_moved_on(self, endpoint: Endpoint) -> bool:
        """Whether it is still there afterwards."""
        if not endpoint.next_status:
            del self.endpoints[endpoint.id]
            self.connections[endpoint.service_id].remove(endpoint)
            return False
        endpoint.status = endpoint.next_status
        endpoint.connected_once = endpoint.connected_once or endpoint.status == "accepted"
        endpoint.next_status = None
        return True

    def _service_is_gone(self, service: EndpointService) -> tuple[list[Endpoint], list[Record]]:
        """Take a deleted service and its whitelist away. Returns the endpoints left behind, and what is gone."""
        del self.services[service.id]
        whitelist = self.permissions.pop(service.id)
        left = self.connections[service.id]
        for endpoint in left:
            endpoint.former_service_name, endpoint.former_service_type = service.full_name, service.service_type
            if endpoint.status != "deleting" and self.switches.orphaned_endpoint == "failed":
                endpoint.status, endpoint.next_status, endpoint.due_at = "failed", None, None
                endpoint.error = [{"error_code": "EndPoint.2003", "error_message": MESSAGES["EndPoint.2003"]}]
        return left, [service, *whitelist.values()]

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One request's turn in the world: nobody else acts meanwhile, and what is due has happened."""
        with self.lock:
            self.settle()
            yield

    def commit(
        self, act: Act, changes: Iterable[Change], changed: Iterable[Record] = (), gone: Iterable[Record] = ()
    ) -> None:
        """Enter what an act did in the ledger and save the records it changed or removed, all in one."""
        at = microseconds(self.clock.now())
        effects = [
            Effect(
                seq=len(self.ledger) + number,
                at=at,
                action=change.action,
                object=change.object,
                gateway_id=change.gateway_id,
                actor=act.actor,
                before=change.before,
                after=change.after,
                request_id=act.request_id,
            )
            for number, change in enumerate(changes, start=1)
        ]
        self.ledger.extend(effects)
        if self._file is not None:
            self._file.save(effects, changed, gone)

    def new_marker(self) -> int:
        """The next Packet ID: they rise irregularly (huawei-contract 13.8)."""
        self._marker += 1 + uuid.uuid4().int % 17
        return self._marker

    def wall_time(self) -> float:
        """What this cloud's machines show for the time, in seconds since 1970: for `Date`, and for signatures."""
        return time.time() + self.switches.clock_ahead

    def switch(self, **values: Any) -> None:
        """Change switches by name. ValueError names an unknown switch or value; then nothing changes."""
        with self.lock:
            self.switches = self.switches.changed(values)
            self._name_public_services()

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self.clock.advance(seconds)

    def gateway_named(self, name: str) -> Gateway:
        """The gateway with this name or seeded role. KeyError when there is none."""
        for gateway in self.gateways.values():
            if name in (gateway.name, gateway.seeded_as):
                return gateway
        raise KeyError(name)

    def service_of(self, gateway: Gateway) -> EndpointService:
        """The gateway's endpoint service; 404 `APIC.7314` while it has none (huawei-contract 4)."""
        if not gateway.offers_endpoints and self.switches.not_offered_answer == "APIC.7106":
            raise Refusal(403, "APIC.7106")
        service = self.services.get(gateway.service_id or "")
        if service is None or service.status == "creating":
            raise Refusal(404, "APIC.7314")
        return service

    def gateway_id_of(self, endpoint: Endpoint) -> str | None:
        """The gateway that the endpoint leads to; None when it leads elsewhere or its service is gone."""
        service = self.services.get(endpoint.service_id)
        return service.gateway_id if service else None

    def connections_of(self, role: str) -> list[Endpoint]:
        """Newest first, what a gateway (by name or seeded role) has now; for tests. KeyError without a service."""
        with self.turn():
            return list(self.connections[self.gateway_named(role).service_id or ""])

    def set_text(self, object_id: str, field: str, text: str) -> None:
        """Put any text into a text field of a record, or with `field="message"` into an error code's message.

        For hostile texts and unknown statuses; no ledger row. `error` replaces the message of a failed connection.
        KeyError for an unknown id, AttributeError for a field that the record does not have."""
        with self.turn():
            if field == "message":
                self.messages[object_id] = text
                return
            record = {record.id: record for record in self.records()}[object_id]
            if field == "error" and isinstance(record, Endpoint):
                record.error = [{"error_code": "EndPoint.4011", "error_message": text}]
            else:
                setattr(record, _existing(record, field), text)


def _existing(record: Record, field: str) -> str:
    if not isinstance(getattr(record, field), str):
        raise AttributeError(f"{type(record).__name__}.{field} is no text")
    return field


def _service_moved_on(service: EndpointService) -> None:
    service.status = service.next_status
    if service.next_name is not None:
        service.name, service.next_name = service.next_name, None
