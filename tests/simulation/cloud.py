"""The simulated cloud behind a network that delays, loses and repeats.

Answers come from the same rules as over HTTP (`console.simcloud`). What each request did stands in the ledger with its
request id, and here that is told to whoever compares: whose Change it was for, and when it left.
"""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests import PreparedRequest
from requests.structures import CaseInsensitiveDict

from console.clouds.attempt import _mark_sent
from console.simcloud import Switches, World
from console.simcloud.fronts import front_of
from console.simcloud.ledger import Effect
from console.simcloud.wire import Answer, Request
from tests.simulation.clocks import CloudClock
from tests.simulation.profiles import FATES, Profile
from tests.simulation.scheduler import Event, Scheduler, current_task

#: One way, in seconds.
SHORTEST_WAY: Final = 0.005
LONGEST_WAY: Final = 0.15
#: A request that is late has its effect this long after it left, at most. Less than the console waits for it.
LATEST: Final = 22.0
_SIGN_IN: Final = "/v3/auth/tokens"


@dataclass(frozen=True)
class Sent:
    """One write on its way: for these Changes, from that process, at that moment."""

    changes: tuple[str, ...]
    process: str
    at: float
    request_id: str
    what: str


@dataclass
class Delivery:
    """One request from its departure to its answer."""

    request: Request
    sent: Sent | None
    fate: str
    out: float
    back: float
    arrived: Event = field(default_factory=Event)
    #: None where it was lost.
    answer: Answer | None = None


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, amount: int, *, decode_content: bool) -> bytes:
        """All of it at once."""
        return self._body[:amount]


class _Response:
    def __init__(self, answer: Answer, request_id: str) -> None:
        self.status_code = answer.status
        self.headers = CaseInsensitiveDict([("X-Request-Id", request_id), *answer.headers])
        self.raw = _Raw(answer.body)

    def close(self) -> None:
        """Nothing is open."""


class Wire:
    """In place of `requests`' adapter: one cloud, reached through the network."""

    def __init__(self, network: "Network") -> None:
        self._network = network

    def send(
        self, request: PreparedRequest, *, stream: bool, timeout: tuple[float, float], verify: bool | str
    ) -> _Response:
        """Raises what `requests` raises."""
        return self._network.carry(request, *timeout)


class Network:
    """Between the processes and the cloud. `depart` is told of every write that leaves, `observe` of every one that the
    cloud has answered or has `throttled`, and `received` of every answer that has come back."""

    def __init__(self, scheduler: Scheduler, profile: Profile, seed: str, note: Callable[[str], None]) -> None:
        self.scheduler = scheduler
        self.profile = profile
        self.random = Random(f"{seed} network")
        self.note = note
        self.world = World.seeded(
            clock=CloudClock(scheduler), delay=2.0, switches=Switches(service_quota=500, endpoint_quota=500)
        )
        self.is_calm = False
        #: The cloud does not answer until then, in this way.
        self.away_until = 0.0
        self.away_as = "refused_connection"
        self.faults = 0
        self.calls = 0
        self.received: Callable[[Sent, Answer], None] = lambda *_: None
        self.throttled: Callable[[Sent], None] = lambda _sent: None
        self.depart: Callable[[Sent], None] = lambda sent: None
        self.observe: Callable[[Sent, Answer, list[Effect], str], None] = lambda *_: None
        #: What lists still show: until when, the records as they were and the whitelists.
        self._lagging: list[tuple[float, Mapping[str, Any], Mapping[str, Any]]] = []

    def carry(self, prepared: PreparedRequest, connect: float, read: float) -> _Response:
        """One attempt to reach the cloud. Raises what `requests` raises."""
        task = current_task()
        assert task is not None
        assert task.process is not None
        is_write = prepared.method != "GET" and _SIGN_IN not in (prepared.url or "")
        fate = self._fate(is_write, prepared)
        self.scheduler.point()
        if fate == "refused_connection":
            self.scheduler.sleep(min(connect, self.random.choice((0.01, connect))))
            raise requests.ConnectionError("connection refused")
        _mark_sent()
        self.calls += 1
        request = _as_received(prepared)
        sent = None
        if is_write and task.sending:
            what = f"{prepared.method} {request.path.rpartition('/')[2]}"
            sent = Sent(task.sending, task.process.name, self.scheduler.now, request.request_id, what)
            self.depart(sent)
        delivery = Delivery(request, sent, fate, *self._ways(fate, read))
        self.scheduler.spawn("the network", lambda: self._deliver(delivery))
        if not self.scheduler.wait(delivery.arrived, read):
            raise requests.ReadTimeout("no answer in time")
        if delivery.answer is None:
            raise requests.ConnectionError("the connection broke")
        if sent:
            self.received(sent, delivery.answer)
        return _Response(delivery.answer, request.request_id)

    def _fate(self, is_write: bool, prepared: PreparedRequest) -> str:
        if self.is_calm:
            return ""
        if self.scheduler.now < self.away_until:
            return self.away_as
        shares = self.profile.writes if is_write else self.profile.reads
        dice = self.random.random()
        for fate in FATES:
            dice -= shares.get(fate, 0.0)
            if dice < 0:
                self.faults += 1
                task = current_task()
                who = task.name if task else ""
                if is_write:
                    self.note(f"{who}: {prepared.method} {_FATE_WORDS.get(fate, fate)}")
                return fate
        return ""

    def _ways(self, fate: str, read: float) -> tuple[float, float]:
        """Seconds there and back."""
        out, back = (self.random.uniform(SHORTEST_WAY, LONGEST_WAY) for _way in range(2))
        if fate == "late":
            return self.random.uniform(1.0, LATEST), back
        if fate == "slow_answer":
            return out, self.random.uniform(1.0, read + 2.0)
        return out, back

    def _deliver(self, delivery: Delivery) -> None:
        self.scheduler.sleep(delivery.out)
        fate = delivery.fate
        answer = self._instead(delivery) if fate in _WITHOUT_EFFECT else self._answered(delivery)
        if fate == "duplicate":
            self.scheduler.point()
            answer = self._answered(delivery)
        self.scheduler.sleep(delivery.back)
        if fate == "server_error_after":
            answer = _error(500, "APIC.9007")
        delivery.answer = None if fate in ("lost_before", "lost_after") else answer
        self.scheduler.set(delivery.arrived)

    def _instead(self, delivery: Delivery) -> Answer | None:
        """What comes back of a request that never reached the cloud's rules."""
        match delivery.fate:
            case "throttled":
                again = self.random.choice(((), (("Retry-After", str(self.random.randint(1, 7))),)))
                answer = _error(429, "APIGW.0308", again)
                if delivery.sent:
                    self.observe(delivery.sent, answer, [], "throttled")
                    self.throttled(delivery.sent)
                return answer
            case "server_error_before":
                return _error(self.random.choice((500, 503)), "APIC.9000")
            case "proxy_page":
                return Answer(502, b"<html><body><h1>Bad Gateway</h1></body></html>", "text/html")
            case "signed_out":
                self.world.tokens.expire_all()
                return self._answered(delivery)
            case _:
                return None

    def _answered(self, delivery: Delivery) -> Answer:
        request, sent = delivery.request, delivery.sent
        if sent is None:
            return self._read(request)
        lags = not self.is_calm and self.random.random() < self.profile.lag
        before = self._remembered(request) if lags else None
        seq = len(self.world.ledger)
        answer = front_of(request).answer(self.world, request)
        effects = self.world.ledger[seq:]
        if before and effects:
            self._lagging.append((self.scheduler.now + self.random.uniform(0.1, self.profile.longest_lag), *before))
            self.note("the cloud's lists lag behind")
        self.observe(sent, answer, effects, delivery.fate)
        return answer

    def _remembered(self, write: Request) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """What this write may change, as it is: records by id with their fields, and whitelists by service."""
        world, text = self.world, write.path + write.body.decode()
        named = [gateway.service_id for gateway in world.gateways.values() if gateway.id in text]
        named += [service for service in world.services if service in text]
        records = {key: dict(_fields(world.services[key])) for key in named if key}
        records |= {key: dict(_fields(one)) for key, one in world.endpoints.items() if key in text}
        return records, {key: dict(world.permissions[key]) for key in named if key}

    def _read(self, request: Request) -> Answer:
        """A GET, where lists lag behind from the oldest state that still shows."""
        front, world = front_of(request), self.world
        self._lagging = [one for one in self._lagging if one[0] > self.scheduler.now]
        if not self._lagging or request.method != "GET":
            return front.answer(world, request)
        with world.turn():
            now = [self._show(records, permissions) for _until, records, permissions in reversed(self._lagging)]
            due, world._due = world._due, []
            try:
                return front.answer(world, request)
            finally:
                world._due = due
                for shown in reversed(now):
                    self._show(*shown)

    def _show(
        self, records: Mapping[str, Any], permissions: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Put this in the place of what the world has, and give that back."""
        world = self.world
        before: dict[str, Any] = {}
        for key, fields in records.items():
            record = world.endpoints.get(key) or world.services.get(key)
            if record is not None:
                before[key] = dict(_fields(record))
                for name, value in fields.items():
                    setattr(record, name, value)
        lists = {key: world.permissions[key] for key in permissions}
        world.permissions.update({key: dict(listed) for key, listed in permissions.items()})
        return before, lists


_WITHOUT_EFFECT: Final = ("lost_before", "throttled", "server_error_before", "proxy_page", "signed_out")
_FATE_WORDS: Final = {
    "lost_before": "is lost on its way to the cloud",
    "lost_after": "reaches the cloud, and the answer is lost",
    "late": "is late on its way",
    "slow_answer": "is answered slowly",
    "duplicate": "is sent twice by something on the way",
    "refused_connection": "finds no connection",
    "throttled": "is throttled",
    "server_error_before": "gets a server error before it was done",
    "server_error_after": "gets a server error after it was done",
    "proxy_page": "gets a page of a proxy",
    "signed_out": "finds its token ended",
}


def _fields(record: Any) -> list[tuple[str, Any]]:
    return [(name, copy(getattr(record, name))) for name in type(record).__dataclass_fields__]


def _error(status: int, code: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    body = f'{{"error_code": "{code}", "error_msg": "A fault of the simulation."}}'
    return Answer(status, body.encode(), headers=headers)


def _as_received(prepared: PreparedRequest) -> Request:
    parts = urlsplit(prepared.url or "")
    body = prepared.body or b""
    request = Request(
        prepared.method or "GET",
        str(parts.path) + (f"?{parts.query}" if parts.query else ""),
        {name.lower(): str(value) for name, value in prepared.headers.items()},
        body if isinstance(body, bytes) else str(body).encode(),
        client="127.0.0.1",
    )
    request.request_id = front_of(request).new_request_id()
    return request
