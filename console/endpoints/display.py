"""VPC endpoints as people see them: plain strings in frozen rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.urls import reverse

from console.admission.display import EMPTY, STATUS_LABELS, TONES
from console.admission.marks import Mark
from console.changes.kinds.endpoint import why_not_deleted
from console.changes.kinds.kind import Place
from console.clouds.services import ServiceType, VpcEndpoint
from console.clouds.types import ConnectionStatus
from console.web.details import Fact, Tab
from console.web.moments import ago_text, iso_text, local_text, utc_text
from console.web.properties import Property
from console.web.shown import Shown
from console.web.tables import Column

#: What a status is called, by the status as news keep it.
WORDS: Final = {status.value: label for status, label in STATUS_LABELS.items()}
TYPES: Final = {ServiceType.INTERFACE: "Interface", ServiceType.GATEWAY: "Gateway", ServiceType.OTHER: "Other"}
#: What a status means for whoever has the endpoint (huawei-contract 6.2).
_MEANINGS: Final = {
    ConnectionStatus.PENDING_ACCEPTANCE: "The owner of the service must accept it first. "
    "Tell them its ID or packet ID.",
    ConnectionStatus.CREATING: "The cloud is connecting it. That takes some seconds, seldom minutes.",
    ConnectionStatus.ACCEPTED: "It is connected.",
    ConnectionStatus.REJECTED: "The owner of the service refused it or cut it: nothing gets through. "
    "Only they can accept it again.",
    ConnectionStatus.FAILED: "It could not be created and cannot be repaired. Delete it and create another one.",
    ConnectionStatus.DELETING: "The cloud is deleting it.",
    ConnectionStatus.NOT_CONNECTED: "It is not connected. Ask the owner of the service.",
    ConnectionStatus.OTHER: "This console does not know the cloud's word for its status.",
}


def status_text(endpoint: VpcEndpoint) -> str:
    """The vendor's label, or the cloud's own word where there is none."""
    return STATUS_LABELS.get(endpoint.status) or endpoint.raw_status or "Unknown"


def tone_of(endpoint: VpcEndpoint) -> str:
    """The badge of a status."""
    return TONES.get(endpoint.status, "unknown")


def meaning_of(endpoint: VpcEndpoint) -> str:
    """What the status means for whoever has the endpoint."""
    return _MEANINGS[endpoint.status]


def tags_text(endpoint: VpcEndpoint) -> str:
    """Tags on one line."""
    return ", ".join(f"{tag.key}={tag.value}" for tag in endpoint.tags)


@dataclass(frozen=True, slots=True)
class Row(Shown):
    """One line of the list."""

    id: str
    url: str
    status: str
    tone: str
    failure: str
    #: Frozen or disabled; "" where it is neither.
    halted: str
    #: The chosen part of the service's name; all of it where it has none.
    service: str
    service_name: str
    type: str
    vpc: str
    address: str
    created: str
    created_iso: str
    created_utc: str
    created_ago: str
    delete_url: str
    #: Why it cannot be deleted; "" where it can.
    why_no_delete: str
    #: What is new about it; None for nothing.
    mark: Mark | None


def _oldest(when: datetime | None) -> datetime:
    return when or datetime.min.replace(tzinfo=UTC)


COLUMNS: Final[tuple[Column[VpcEndpoint], ...]] = (
    Column("endpoint", "ID", lambda row: row.id),
    Column("state", "Status", status_text),
    Column("service", "VPC Endpoint Service", lambda row: (row.service_name.name or row.service_name.full).casefold()),
    Column("network", "VPC", lambda row: row.vpc_id),
    Column("address", "Private IP Address", lambda row: tuple(map(int, _numbers(row.address)))),
    Column("created", "Created", lambda row: _oldest(row.created_at)),
    Column("operation", "Operation"),
)
PROPERTIES: Final[tuple[Property[VpcEndpoint], ...]] = (
    Property("name", "Service name", lambda row: (row.service_name.full,)),
    Property("id", "ID", lambda row: (row.id,)),
    Property("status", "Status", lambda row: (status_text(row), row.raw_status), tuple(STATUS_LABELS.values())),
    Property("type", "Type", lambda row: (TYPES[row.service_type],), ("Interface", "Gateway")),
    Property("vpc", "VPC", lambda row: (row.vpc_id,)),
    Property("ip", "Private IP address", lambda row: (row.address,)),
    Property("packet", "Packet ID", lambda row: (row.packet_id,)),
    Property("description", "Description", lambda row: (row.description,)),
    Property("tag", "Tag", lambda row: (f"{tag.key}={tag.value}" for tag in row.tags)),
)


def _numbers(address: str) -> list[str]:
    return [part for part in address.split(".") if part.isascii() and part.isdigit()]


def text_of(endpoint: VpcEndpoint) -> str:
    """What a search looks through."""
    words = (endpoint.id, endpoint.packet_id, status_text(endpoint), endpoint.service_name.full)
    return " ".join((*words, endpoint.address, endpoint.vpc_id, endpoint.description, tags_text(endpoint)))


def halted_text(endpoint: VpcEndpoint) -> str:
    """Why nothing gets through although it may be connected; "" where nothing of that is known."""
    frozen = f"Frozen ({', '.join(endpoint.frozen)})" if endpoint.frozen else ""
    return "; ".join(part for part in (frozen, "Disabled" if endpoint.disabled else "") if part)


def row_of(endpoint: VpcEndpoint, cloud: str, why_not: str, mark: Mark | None) -> Row:
    """A line of the list. `why_not` says why this person may delete nothing; "" where they may."""
    at = (cloud, endpoint.id)
    return Row(
        id=endpoint.id,
        url=reverse("endpoints:detail", args=at),
        status=status_text(endpoint),
        tone=tone_of(endpoint),
        failure=endpoint.failure,
        halted=halted_text(endpoint),
        service=endpoint.service_name.name or endpoint.service_name.full or EMPTY,
        service_name=endpoint.service_name.full,
        type=TYPES[endpoint.service_type],
        vpc=endpoint.vpc_id or EMPTY,
        address=endpoint.address or EMPTY,
        created=local_text(endpoint.created_at),
        created_iso=iso_text(endpoint.created_at),
        created_utc=utc_text(endpoint.created_at),
        created_ago=ago_text(endpoint.created_at),
        delete_url=reverse("endpoints:delete", args=at),
        why_no_delete=why_not or why_not_deleted(endpoint.status),
        mark=mark,
    )


CSV_HEADS: Final = (
    *("id", "packet_id", "status", "service_name", "service_id", "type", "vpc_id", "subnet_id", "ip", "domain_names"),
    *("access_control", "description", "tags", "created_at", "updated_at"),
)


def csv_rows(endpoints: Sequence[VpcEndpoint]) -> Iterator[tuple[object, ...]]:
    """The rows of the export, times in UTC."""
    for one in endpoints:
        yield (
            *(one.id, one.packet_id, status_text(one), one.service_name.full, one.service_id, TYPES[one.service_type]),
            *(one.vpc_id, one.subnet_id, one.address, ", ".join(one.domain_names)),
            ", ".join(one.whitelist) if one.access_control else "off",
            one.description,
            tags_text(one),
            iso_text(one.created_at),
            iso_text(one.updated_at),
        )


_TABS: Final = (("Summary", "detail"), ("Access Control", "access"), ("Tags", "tags"))


def tabs_of(place: Place, current: str) -> list[Tab]:
    """The tab strip."""
    at = (place.cloud.name, place.host)
    return [Tab(title, reverse(f"endpoints:{name}", args=at), name == current) for title, name in _TABS]


def facts_of(endpoint: VpcEndpoint) -> tuple[Fact, ...]:
    """The summary, in the vendor's two columns."""
    interface = endpoint.service_type is not ServiceType.GATEWAY
    placed = (
        (Fact("Subnet", endpoint.subnet_id, copy=True),)
        if interface
        else (Fact("Route tables", ", ".join(endpoint.route_tables), copy=True),)
    )
    return (
        Fact("ID", endpoint.id, copy=True),
        Fact("Packet ID", endpoint.packet_id, copy=True),
        Fact("Status", status_text(endpoint)),
        Fact("Type", TYPES[endpoint.service_type]),
        Fact("VPC Endpoint Service Name", endpoint.service_name.full, copy=True),
        Fact("VPC Endpoint Service ID", endpoint.service_id, copy=True),
        Fact("VPC", endpoint.vpc_id, copy=True),
        *placed,
        Fact("Description", endpoint.description),
        Fact("Created", local_text(endpoint.created_at)),
        Fact("Created (UTC)", utc_text(endpoint.created_at)),
        Fact("Updated", local_text(endpoint.updated_at)),
    )


def curl_line(endpoint: VpcEndpoint) -> str:
    """How to try it from a server in the VPC; "" while it has no address."""
    names = (*endpoint.domain_names, endpoint.address)
    return f"curl --verbose http://{names[0]}/" if names[0] else ""
