"""The tab as people see it: plain strings in frozen dataclasses, worked out once per card, cheap per row."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.html import escape

from console.clouds.types import EVERYONE, Connection, ConnectionStatus, Permission, Traits
from console.web.moments import ago_text, iso_text, local_text, utc_text
from console.web.shown import Shown
from console.web.tables import Column

EMPTY: Final = "--"
NOT_PROVIDED: Final = "not provided by this cloud"
STATUS_LABELS: Final = {
    ConnectionStatus.PENDING_ACCEPTANCE: "Pending acceptance",
    ConnectionStatus.CREATING: "Creating",
    ConnectionStatus.ACCEPTED: "Accepted",
    ConnectionStatus.REJECTED: "Rejected",
    ConnectionStatus.FAILED: "Failed",
    ConnectionStatus.DELETING: "Deleting",
    ConnectionStatus.NOT_CONNECTED: "Not connected",
    ConnectionStatus.OTHER: "Other",
}
TONES: Final = {
    ConnectionStatus.PENDING_ACCEPTANCE: "pending",
    ConnectionStatus.CREATING: "creating",
    ConnectionStatus.ACCEPTED: "accepted",
    ConnectionStatus.REJECTED: "rejected",
    ConnectionStatus.FAILED: "failed",
    ConnectionStatus.DELETING: "deleting",
    ConnectionStatus.NOT_CONNECTED: "disabled",
    ConnectionStatus.OTHER: "unknown",
}


def status_text(connection: Connection) -> str:
    """The vendor's label, or the cloud's own word where there is none."""
    if connection.status is ConnectionStatus.OTHER:
        return connection.raw_status or "Unknown"
    return STATUS_LABELS[connection.status]


def _oldest_first(when: datetime | None) -> datetime:
    return when or datetime.min.replace(tzinfo=timezone.get_default_timezone())


#: Columns and order of the vendor's tab (source 000).
CONNECTION_COLUMNS: Final[tuple[Column[Connection], ...]] = (
    Column("id", "VPC Endpoint ID", lambda c: c.id),
    Column("packet", "Packet ID", lambda c: int(c.packet_id) if c.packet_id.isdigit() else -1, numeric=True),
    Column("status", "Status", status_text),
    Column("owner", "Owner", lambda c: c.owner),
    Column("created", "Created", lambda c: _oldest_first(c.created_at)),
    Column("operation", "Operation"),
)
#: Where the cloud keeps the owner's words beside a connection, they stand before the operations (features 1.2).
_DESCRIPTION: Final[Column[Connection]] = Column("description", "Description", lambda c: c.description.casefold())
PERMISSION_COLUMNS: Final[tuple[Column[Permission], ...]] = (
    Column("account", "Account ID", lambda p: p.account),
    Column("created", "Created", lambda p: _oldest_first(p.created_at)),
    Column("operation", "Operation"),
)


def connection_columns(traits: Traits) -> tuple[Column[Connection], ...]:
    """The columns of this cloud's connections; what it does not provide cannot be sorted by."""
    missing = {"packet": not traits.packet_id, "created": not traits.created_at}
    *facts, operation = (replace(one, key=None) if missing.get(one.name) else one for one in CONNECTION_COLUMNS)
    return (*facts, *((_DESCRIPTION,) if traits.descriptions else ()), operation)


def permission_columns(traits: Traits) -> tuple[Column[Permission], ...]:
    """As `connection_columns`, for the whitelist."""
    missing = {"created": not traits.permission_created_at}
    return tuple(replace(one, key=None) if missing.get(one.name) else one for one in PERMISSION_COLUMNS)


def connection_text(connection: Connection) -> str:
    """What a search looks through."""
    words = (connection.id, connection.packet_id, status_text(connection), connection.owner, connection.description)
    return " ".join(words)


def permission_text(permission: Permission) -> str:
    """What a search looks through."""
    return permission.account


@dataclass(frozen=True, slots=True)
class When(Shown):
    """A time in the person's zone, in UTC, and how long ago."""

    iso: str
    local: str
    #: "" where the person's own zone is UTC.
    utc: str
    ago: str


def when_of(moment: datetime | None) -> When:
    """All ways of saying a time."""
    utc = "" if timezone.get_current_timezone_name() == "UTC" else utc_text(moment)
    return When(iso_text(moment), local_text(moment), utc, ago_text(moment))


@dataclass(frozen=True, slots=True)
class ConnectionRow(Shown):
    """One line of Connections."""

    id: str
    #: "" where the cloud provides none.
    packet_id: str
    status: str
    tone: str
    #: What of our own records the status rests on; "" where the cloud says it.
    record: str
    owner: str
    own: bool
    #: None where the cloud provides none; then `modified` is what there is.
    created: When | None
    modified: When | None
    accept: bool
    reject: bool
    #: Why an operation is grey; "" where it is not.
    why_no_accept: str
    why_no_reject: str
    failure: str
    #: The owner's words; "" where there are none.
    description: str


_WHY_NOT: Final = {
    ConnectionStatus.CREATING: "It is being connected. Wait until that has ended.",
    ConnectionStatus.DELETING: "Its owner is deleting it.",
    ConnectionStatus.FAILED: "A failed connection can be neither accepted nor rejected.",
    ConnectionStatus.OTHER: "Its status is not known to this console.",
    ConnectionStatus.ACCEPTED: "It is already accepted.",
    ConnectionStatus.REJECTED: "It is already rejected.",
    ConnectionStatus.NOT_CONNECTED: "It is not connected, so there is nothing to cut. "
    "To shut its account out, take that off the whitelist.",
}
#: Why an act is grey for everybody of a role.
NOT_YOURS_TO_DECIDE: Final = "Your role does not allow deciding about connections."
NOT_YOURS_TO_EDIT: Final = "Your role does not allow editing the whitelist."


def connection_row(
    connection: Connection, *, why_no_act: str, own_account: str, traits: Traits, record: str = ""
) -> ConnectionRow:
    """A line of Connections; what does not apply is grey, never hidden (features 1.2).

    `why_no_act` says why nobody, or not this person, may decide here; "" where they may. `record` is what of our own
    records the status rests on.
    """
    status = ConnectionStatus.NOT_CONNECTED if record else connection.status
    why = _WHY_NOT.get(status, "")
    accept, reject = status.can_accept and not why_no_act, status.can_reject and not why_no_act
    return ConnectionRow(
        # Escaped once: each of these stands several times in a row's markup.
        id=escape(connection.id),
        packet_id=escape(connection.packet_id or EMPTY) if traits.packet_id else "",
        status=status_text(connection),
        tone=TONES[connection.status],
        record=record,
        owner=escape(connection.owner or EMPTY),
        own=bool(own_account) and connection.owner == own_account,
        created=when_of(connection.created_at) if traits.created_at else None,
        modified=None if traits.created_at else when_of(connection.updated_at),
        accept=accept,
        reject=reject,
        why_no_accept="" if accept else why_no_act if status.can_accept else why,
        why_no_reject="" if reject else why_no_act if status.can_reject else why,
        failure=connection.failure,
        description=connection.description,
    )


@dataclass(frozen=True, slots=True)
class PermissionRow(Shown):
    """One line of Permissions."""

    account: str
    own: bool
    everyone: bool
    #: None where the cloud provides none.
    created: When | None
    remove: bool
    why_no_remove: str


def permission_row(permission: Permission, *, why_no_act: str, own_account: str, traits: Traits) -> PermissionRow:
    """A line of Permissions; the own account cannot be removed (huawei-contract 4.6)."""
    own = permission.account == own_account
    return PermissionRow(
        account=permission.account,
        own=own,
        everyone=permission.account == EVERYONE,
        created=when_of(permission.created_at) if traits.permission_created_at else None,
        remove=not own and not why_no_act,
        why_no_remove="This account owns the gateway and is always allowed." if own else why_no_act,
    )
