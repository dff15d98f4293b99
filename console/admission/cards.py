"""The cards Connections and Permissions, each with its table, its error, or the reason why it is not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from console.admission import display, marks
from console.admission.freshness import ACTS_ARE_OFF
from console.admission.queries import Admitted
from console.admission.upkeep import Upkeep, upkeep_of
from console.clouds.types import EVERYONE, Connection, ConnectionStatus
from console.observations.parts import Part
from console.web.tables import Address, Arranged, arrange


@dataclass(frozen=True, slots=True)
class Rights:
    """What the person may do here."""

    decide: bool
    edit_whitelist: bool


@dataclass(frozen=True, slots=True)
class StatusChoice:
    """One entry of the status filter."""

    value: str
    label: str
    count: int
    chosen: bool


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


def connections_card(known: Admitted, address: Address, rights: Rights, size: int) -> ConnectionsCard | None:
    """None where the host has no endpoint service (another card says so)."""
    shown = known.connections
    if shown is None or not known.offered:
        return None
    if shown.value is None:
        upkeep = upkeep_of(shown, "Connections could not be read", address, changing=False)
        return ConnectionsCard(upkeep, None, (), can_pick=False, statuses=(), status="", complaint="", news=None)
    status, complaint = _status_filter(address)
    kept = [c for c in shown.value if not status or c.status == status]
    table = arrange(kept, display.connection_columns(known.traits), address, text_of=display.connection_text, size=size)
    why_no_act = "" if shown.current else ACTS_ARE_OFF
    why_no_act = why_no_act if rights.decide else display.NOT_YOURS_TO_DECIDE
    news = known.news.get(Part.CONNECTIONS)
    changing = any(c.status.is_changing for c in table.rows)
    return ConnectionsCard(
        upkeep=upkeep_of(shown, "", address, changing=changing),
        table=table,
        lines=[
            ConnectionLine(
                display.connection_row(
                    c,
                    why_no_act=why_no_act,
                    own_account=known.own_account,
                    traits=known.traits,
                    record=known.by_records.get(c.id, ""),
                ),
                marks.mark_of(news, c.id),
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


#: Statuses that the vendor's tab has not; they can be chosen where there are such connections.
_UNUSUAL: Final = (ConnectionStatus.OTHER, ConnectionStatus.NOT_CONNECTED)


def _choices(connections: Sequence[Connection], chosen: str) -> list[StatusChoice]:
    counts: dict[str, int] = {}
    for connection in connections:
        counts[connection.status] = counts.get(connection.status, 0) + 1
    return [
        StatusChoice(status.value, label, counts.get(status, 0), status.value == chosen)
        for status, label in display.STATUS_LABELS.items()
        if status not in _UNUSUAL or counts.get(status)
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


def permissions_card(
    known: Admitted, address: Address, rights: Rights, size: int, *, page: Address
) -> PermissionsCard | None:
    """None where the host has no endpoint service (another card says so). `page` is the address of the page,
    without this table's own prefix."""
    shown = known.permissions
    if shown is None or not known.offered:
        return None
    upkeep = upkeep_of(shown, "Permissions could not be read", page, changing=False)
    why_no_act = "" if shown.current else ACTS_ARE_OFF
    why_no_act = why_no_act if rights.edit_whitelist else display.NOT_YOURS_TO_EDIT
    if shown.value is None:
        return PermissionsCard(upkeep, None, (), open_to_everyone=False, why_no_add=why_no_act, news=None)
    table = arrange(
        shown.value, display.permission_columns(known.traits), address, text_of=display.permission_text, size=size
    )
    news = known.news.get(Part.PERMISSIONS)
    return PermissionsCard(
        upkeep=upkeep,
        table=table,
        lines=[
            PermissionLine(
                display.permission_row(p, why_no_act=why_no_act, own_account=known.own_account, traits=known.traits),
                marks.mark_of(news, p.account),
            )
            for p in table.rows
        ],
        open_to_everyone=any(p.account == EVERYONE for p in shown.value),
        why_no_add=why_no_act,
        news=marks.summary_of(news, Part.PERMISSIONS, shown.as_of),
    )
