"""Services as people see them: plain strings in frozen rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.urls import reverse

from console.admission.marks import Mark
from console.changes.kinds.kind import Place
from console.clouds.services import EndpointService, PortMapping, ServiceStatus
from console.web.details import Fact, Tab
from console.web.moments import ago_text, iso_text, local_text, utc_text
from console.web.properties import Property
from console.web.shown import Shown
from console.web.tables import Column

EMPTY: Final = "--"
UNNAMED: Final = "(without a name)"
STATUS_LABELS: Final = {
    ServiceStatus.CREATING: "Creating",
    ServiceStatus.AVAILABLE: "Available",
    ServiceStatus.FAILED: "Failed",
    ServiceStatus.DELETING: "Deleting",
}
#: The same, by the status as news keep it.
WORDS: Final = {status.value: label for status, label in STATUS_LABELS.items()}
_TONES: Final = {**{status: status.value for status in STATUS_LABELS}, ServiceStatus.OTHER: "unknown"}
#: Why an act is grey for everybody of a role.
NOT_YOURS: Final = "Your role does not allow changing VPC endpoint services."
#: Why an act is grey for everybody.
NOT_FROM_HERE: Final = "Services of this cloud cannot be changed from this console."
#: What the kinds of backend are called (features 1.3). Others are shown as the cloud spells them.
SERVER_TYPES: Final = {"VM": "ECS (VM)", "LB": "Elastic load balancer (LB)"}


def status_text(service: EndpointService) -> str:
    """The vendor's label, or the cloud's own word where there is none."""
    return STATUS_LABELS.get(service.status) or service.raw_status or "Unknown"


def approval_text(service: EndpointService) -> str:
    """Whether connections wait for acceptance."""
    return {True: "On", False: "Off", None: "Not provided by this cloud"}[service.approval_required]


def server_type_text(service: EndpointService) -> str:
    """The kind of backend."""
    return SERVER_TYPES.get(service.server_type, service.server_type)


def ports_text(ports: Sequence[PortMapping]) -> str:
    """Mappings on one line, service port first."""
    return ", ".join(f"{one.protocol} {one.server_port} → {one.client_port}" for one in ports)


@dataclass(frozen=True, slots=True)
class Row(Shown):
    """One line of the list."""

    id: str
    #: The chosen part of the name; the whole of it is in the title.
    name: str
    full_name: str
    url: str
    status: str
    tone: str
    failure: str
    #: The kind of backend, short and whole.
    backend: str
    server_type: str
    approval: str
    connections: str
    created: str
    created_iso: str
    created_utc: str
    created_ago: str
    delete_url: str
    #: Why it cannot be deleted here; "" where it can, or where its own page says why not.
    why_no_delete: str
    #: What is new about it; None for nothing.
    mark: Mark | None


def _oldest(when: datetime | None) -> datetime:
    return when or datetime.min.replace(tzinfo=UTC)


COLUMNS: Final[tuple[Column[EndpointService], ...]] = (
    Column("name", "Name", lambda row: (row.name.name.casefold(), row.id)),
    Column("id", "ID", lambda row: row.id),
    Column("status", "Status", status_text),
    Column("server_type", "Backend", lambda row: row.server_type),
    Column("approval", "Approval", approval_text),
    Column("connections", "Connections", lambda row: row.connection_count or 0, numeric=True),
    Column("created", "Created", lambda row: _oldest(row.created_at)),
    Column("operation", "Operation"),
)
PROPERTIES: Final[tuple[Property[EndpointService], ...]] = (
    Property("name", "Name", lambda row: (row.name.full,)),
    Property("id", "ID", lambda row: (row.id,)),
    Property("status", "Status", lambda row: (status_text(row), row.raw_status), tuple(STATUS_LABELS.values())),
    Property("server_type", "Backend Resource Type", lambda row: (row.server_type,), tuple(SERVER_TYPES)),
    Property("approval", "Connection Approval", lambda row: (approval_text(row),), ("On", "Off")),
    Property("vpc", "VPC", lambda row: (row.vpc_id,)),
    Property("description", "Description", lambda row: (row.description,)),
    Property("tag", "Tag", lambda row: (f"{tag.key}={tag.value}" for tag in row.tags)),
)


def text_of(service: EndpointService) -> str:
    """What a search looks through."""
    words = (service.name.full, service.id, status_text(service), service.server_type, service.description)
    return " ".join((*words, *(f"{tag.key}={tag.value}" for tag in service.tags)))


def row_of(service: EndpointService, cloud: str, *, why_not: str, mark: Mark | None) -> Row:
    """A line of the list. `why_not` says why this person may delete nothing; "" where they may."""
    at = (cloud, service.id)
    return Row(
        id=service.id,
        name=service.name.name or UNNAMED,
        full_name=service.name.full or service.id,
        url=reverse("endpoint_services:detail", args=at),
        status=status_text(service),
        tone=_TONES[service.status],
        failure=service.failure,
        backend=service.server_type or EMPTY,
        server_type=server_type_text(service),
        approval=approval_text(service),
        connections=EMPTY if service.connection_count is None else str(service.connection_count),
        created=local_text(service.created_at),
        created_iso=iso_text(service.created_at),
        created_utc=utc_text(service.created_at),
        created_ago=ago_text(service.created_at),
        delete_url="" if why_not else reverse("endpoint_services:delete", args=at),
        why_no_delete=why_not,
        mark=mark,
    )


CSV_HEADS: Final = (
    *("name", "id", "status", "service_type", "server_type", "backend_id", "vpc_id", "approval", "connections"),
    *("ports", "description", "tags", "created_at", "updated_at"),
)


def csv_rows(services: Sequence[EndpointService]) -> Iterator[tuple[object, ...]]:
    """The rows of the export, times in UTC."""
    for one in services:
        yield (
            *(one.name.full, one.id, status_text(one), one.service_type.value, one.server_type),
            *(one.backend_id, one.vpc_id, approval_text(one)),
            "" if one.connection_count is None else one.connection_count,
            ports_text(one.ports),
            one.description,
            ", ".join(f"{tag.key}={tag.value}" for tag in one.tags),
            iso_text(one.created_at),
            iso_text(one.updated_at),
        )


_TABS: Final = (
    ("Summary", "detail"),
    ("Connection Management", "connections"),
    ("Permission Management", "permissions"),
    ("Port Mapping", "ports"),
    ("Tags", "tags"),
)


def tabs_of(place: Place, current: str) -> list[Tab]:
    """The tab strip."""
    at = (place.cloud.name, place.host)
    return [Tab(title, reverse(f"endpoint_services:{name}", args=at), name == current) for title, name in _TABS]


def facts_of(service: EndpointService) -> tuple[Fact, ...]:
    """The summary, in the vendor's two columns."""
    count = service.connection_count
    return (
        Fact("ID", service.id, copy=True),
        Fact("Status", status_text(service)),
        Fact("Service type", service.service_type.value.capitalize()),
        Fact("Connection Approval", approval_text(service)),
        Fact("VPC", service.vpc_id, copy=True),
        Fact("Backend Resource Type", server_type_text(service)),
        Fact("Backend resource", service.backend_id, copy=True),
        Fact("Connections", "" if count is None else f"{count} accepted or being connected"),
        Fact("Port mapping", ports_text(service.ports)),
        Fact("Description", service.description),
        Fact("Created", local_text(service.created_at)),
        Fact("Created (UTC)", utc_text(service.created_at)),
        Fact("Updated", local_text(service.updated_at)),
    )


def tone_of(service: EndpointService) -> str:
    """The badge of a status."""
    return _TONES[service.status]
