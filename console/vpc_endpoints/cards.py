"""The three cards of the tab, each with its table, its error, or the reason why it is not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from console.clouds.types import EVERYONE, Availability, Connection, ConnectionStatus
from console.observations.parts import Part
from console.observations.watch import Observation
from console.vpc_endpoints import display, marks, polling
from console.vpc_endpoints.freshness import ACTS_ARE_OFF, Freshness, Moment, freshness_of, next_try_of
from console.vpc_endpoints.queries import Tab
from console.web.problems import Problem, problem_of
from console.web.tables import Address, Arranged, arrange


@dataclass(frozen=True, slots=True)
class Rights:
    """What the person may do here."""

    decide: bool
    edit_whitelist: bool
    rename: bool


@dataclass(frozen=True, slots=True)
class StatusChoice:
    """One entry of the status filter."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What a card says about its own content, and when it looks again by itself."""

    #: None where there is no content.
    fresh: Freshness | None
    #: Why there is no content; None where there is.
    problem: Problem | None
    #: When a card without content is tried again; None where that is happening.
    next_try: Moment | None
    #: Where to look again, and after how many seconds; "" where nothing is awaited.
    poll_url: str
    pause: int
    #: It waited for something to settle, and waits no longer.
    gave_up: bool

    @property
    def stale(self) -> bool:
        """Whether content is shown that may not be true any more."""
        return self.fresh is not None and not self.fresh.current


def _upkeep(shown: Observation[Any], what: str, address: Address, *, changing: bool) -> Upkeep:
    polled = _polled(address)
    pause = polling.pause_while_away(shown) if not shown.current else polling.pause_after(polled) if changing else None
    problem = None
    if shown.value is None and shown.error is not None:
        problem = problem_of(shown.error, what, address.having(refresh=1))
    counter = polled + 1 if shown.current else polled
    return Upkeep(
        fresh=freshness_of(shown),
        problem=problem,
        next_try=next_try_of(shown),
        poll_url=address.having(poll=1, polled=counter) if pause else "",
        pause=pause or 0,
        gave_up=changing and shown.current and pause is None,
    )


def _polled(address: Address) -> int:
    asked = address.parameters.get("polled", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0


@dataclass(frozen=True, slots=True)
class ConnectionLine:
    """A row of Connections, and what is new about it."""

    row: display.ConnectionRow
    mark: marks.Mark | None


@dataclass(frozen=True, slots=True)
class ConnectionsCard:
    """Connections."""

    upkeep: Upkeep
    table: Arranged[Connection] | None
    lines: Sequence[ConnectionLine]
    #: Whether rows can be picked to be decided together.
    can_pick: bool
    statuses: Sequence[StatusChoice]
    status: str
    complaint: str
    news: marks.NewsSummary | None


def connections_card(tab: Tab, address: Address, rights: Rights, size: int) -> ConnectionsCard | None:
    """None where the gateway has no endpoint service (the service card says so)."""
    shown = tab.connections
    if shown is None or tab.availability not in (None, Availability.ENABLED):
        return None
    if shown.value is None:
        upkeep = _upkeep(shown, "Connections could not be read", address, changing=False)
        return ConnectionsCard(upkeep, None, (), can_pick=False, statuses=(), status="", complaint="", news=None)
    status, complaint = _status_filter(address)
    kept = [c for c in shown.value if not status or c.status == status]
    table = arrange(kept, display.CONNECTION_COLUMNS, address, text_of=display.connection_text, size=size)
    why_no_act = "" if shown.current else ACTS_ARE_OFF
    why_no_act = why_no_act if rights.decide else display.NOT_YOURS_TO_DECIDE
    news = tab.news.get(Part.CONNECTIONS)
    changing = any(c.status.is_changing for c in table.rows)
    return ConnectionsCard(
        upkeep=_upkeep(shown, "", address, changing=changing),
        table=table,
        lines=[
            ConnectionLine(
                display.connection_row(c, why_no_act=why_no_act, own_account=tab.own_account), marks.mark_of(news, c.id)
            )
            for c in table.rows
        ],
        can_pick=not why_no_act,
        statuses=_choices(shown.value, status),
        status=status,
        complaint=complaint,
        news=marks.summary_of(news, Part.CONNECTIONS, shown.as_of),
    )


def _status_filter(address: Address) -> tuple[str, str]:
    asked = address.value("status")
    if not asked or asked in {status.value for status in ConnectionStatus}:
        return asked, ""
    return "", f"There is no status {asked[:40]!r}. All connections are shown."


def _choices(connections: Sequence[Connection], chosen: str) -> list[StatusChoice]:
    counts: dict[str, int] = {}
    for connection in connections:
        counts[connection.status] = counts.get(connection.status, 0) + 1
    return [
        StatusChoice(status.value, label, counts.get(status, 0), status.value == chosen)
        for status, label in display.STATUS_LABELS.items()
        if status is not ConnectionStatus.OTHER or counts.get(status)
    ]


@dataclass(frozen=True, slots=True)
class PermissionLine:
    """A row of Permissions, and what is new about it."""

    row: display.PermissionRow
    mark: marks.Mark | None


@dataclass(frozen=True, slots=True)
class PermissionsCard:
    """Permissions."""

    upkeep: Upkeep
    table: Arranged[Any] | None
    lines: Sequence[PermissionLine]
    open_to_everyone: bool
    #: Why no account can be added; "" where one can.
    why_no_add: str
    news: marks.NewsSummary | None


def permissions_card(tab: Tab, address: Address, rights: Rights, size: int, *, page: Address) -> PermissionsCard | None:
    """None where the gateway has no endpoint service (the service card says so). `page` is the address of the page,
    without this table's own prefix."""
    shown = tab.permissions
    if shown is None or tab.availability not in (None, Availability.ENABLED):
        return None
    upkeep = _upkeep(shown, "Permissions could not be read", page, changing=False)
    why_no_act = "" if shown.current else ACTS_ARE_OFF
    why_no_act = why_no_act if rights.edit_whitelist else display.NOT_YOURS_TO_EDIT
    if shown.value is None:
        return PermissionsCard(upkeep, None, (), open_to_everyone=False, why_no_add=why_no_act, news=None)
    table = arrange(shown.value, display.PERMISSION_COLUMNS, address, text_of=display.permission_text, size=size)
    news = tab.news.get(Part.PERMISSIONS)
    return PermissionsCard(
        upkeep=upkeep,
        table=table,
        lines=[
            PermissionLine(
                display.permission_row(p, why_no_act=why_no_act, own_account=tab.own_account),
                marks.mark_of(news, p.account),
            )
            for p in table.rows
        ],
        open_to_everyone=any(p.account == EVERYONE for p in shown.value),
        why_no_add=why_no_act,
        news=marks.summary_of(news, Part.PERMISSIONS, shown.as_of),
    )


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """VPC Endpoint Service."""

    upkeep: Upkeep
    #: The full name `{region}.{name}.{id}`; "" where there is no service.
    full_name: str
    #: Why there is none, or what is to know; "" for an ordinary service.
    note: str
    can_edit: bool
    #: Why the name could be edited but not now; "" otherwise.
    why_no_edit: str
    edit_label: str
    #: The name that was set and does not show yet; None where there is none on its way.
    on_its_way: str | None


_NOTES: Final = {
    Availability.NOT_ENABLED: "This gateway has no VPC endpoint service yet. Setting a name enables it. "
    "Once enabled it cannot be disabled again.",
    Availability.NOT_IN_REGION: "VPC endpoints are not offered in this region. The cloud offers them in all regions "
    "but LA-Mexico City1 and CN North-Beijing1.",
    Availability.NOT_ON_EDITION: "VPC endpoints are not offered for this edition of gateway.",
}


def service_card(tab: Tab, address: Address, rights: Rights, on_its_way: str | None) -> ServiceCard:
    """The service name, or why there is none."""
    shown, gateway = tab.gateway, tab.gateway.value
    if gateway is None:
        upkeep = _upkeep(shown, "The gateway could not be read", address, changing=False)
        return ServiceCard(upkeep, "", "", can_edit=False, why_no_edit="", edit_label="", on_its_way=None)
    service = gateway.service_name
    offered = gateway.availability in (Availability.ENABLED, Availability.NOT_ENABLED)
    note = _NOTES.get(gateway.availability, "")
    if offered and not gateway.is_running:
        note = f"The gateway is {gateway.status}. Its service name can be changed while it is Running. {note}".strip()
    if service is not None and service.name == on_its_way:
        on_its_way = None
    editable = rights.rename and offered and gateway.is_running
    return ServiceCard(
        upkeep=_upkeep(shown, "", address, changing=on_its_way is not None),
        full_name=service.full if service else "",
        note=note,
        can_edit=editable and shown.current,
        why_no_edit=ACTS_ARE_OFF if editable and not shown.current else "",
        edit_label="Edit name" if service else "Enable",
        on_its_way=on_its_way,
    )
