"""Gateways as people see them: plain strings in frozen rows."""

from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from console.clouds.types import GatewayDetail
from console.gateways.queries import CloudGateway, UnreadCloud
from console.web.moments import UNKNOWN, ago_text, iso_text, local_text, utc_text
from console.web.problems import Problem
from console.web.tables import Column

_EMPTY: Final = "--"
#: Statuses that are neither running nor in trouble are at work (huawei-contract 4.1).
_TROUBLE: Final = ("Fail", "Timeout", "Unhealthy")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    key: str
    name: str
    id: str
    url: str
    endpoints_url: str
    status: str
    tone: str
    edition: str
    cloud: str
    region: str
    simulated: bool
    created: str
    created_utc: str
    created_iso: str


COLUMNS: Final[tuple[Column[Row], ...]] = (
    Column("name", "Name", lambda row: row.name.casefold()),
    Column("id", "ID", lambda row: row.id),
    Column("status", "Status", lambda row: row.status),
    Column("edition", "Edition", lambda row: row.edition),
    Column("cloud", "Cloud", lambda row: row.cloud.casefold()),
    Column("region", "Region", lambda row: row.region),
    Column("created", "Created", lambda row: row.created_iso),
    Column("operation", "Operation"),
)


def tone_of(status: str) -> str:
    """The badge of a gateway's status."""
    if status == "Running":
        return "accepted"
    if status in ("Frozen", "Freezing"):
        return "frozen"
    if any(word in status for word in _TROUBLE):
        return "failed"
    return "creating" if status.endswith("ing") else "unknown"


def row_of(entry: CloudGateway) -> Row:
    """A line of the list."""
    cloud, gateway = entry.cloud, entry.gateway
    return Row(
        key=f"{cloud.name}-{gateway.id}",
        name=gateway.name or _EMPTY,
        id=gateway.id,
        url=reverse("gateways:information", args=(cloud.name, gateway.id)),
        endpoints_url=reverse("vpc_endpoints:tab", args=(cloud.name, gateway.id)),
        status=gateway.status or UNKNOWN,
        tone=tone_of(gateway.status),
        edition=gateway.edition or _EMPTY,
        cloud=cloud.label,
        region=cloud.region,
        simulated=cloud.simulated,
        created=local_text(gateway.created_at),
        created_utc=utc_text(gateway.created_at),
        created_iso=iso_text(gateway.created_at),
    )


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """A cloud that could not be read, and as of when its rows in the list are."""

    problem: Problem
    #: None where nothing is known from before.
    last_known: str | None
    age: str


def unread_row(unread: UnreadCloud, problem: Problem) -> UnreadRow:
    """A line of the list in place of newer rows."""
    last = unread.last_known
    return UnreadRow(problem, local_text(last) if last else None, ago_text(last) if last else "")


def text_of(row: Row) -> str:
    """What a search looks through."""
    return f"{row.name} {row.id} {row.status} {row.edition} {row.cloud} {row.region}"


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value; `copy` names the value where it is worth copying."""

    label: str
    value: str
    copy: str = ""


def facts_of(gateway: GatewayDetail) -> tuple[Fact, ...]:
    """Gateway Information (features 1.1)."""
    service = gateway.service_name
    pairs = (
        ("Gateway name", gateway.name, ""),
        ("ID", gateway.id, "gateway ID"),
        ("Status", gateway.status, ""),
        ("Edition", gateway.edition, ""),
        ("AZ", ", ".join(gateway.zones), ""),
        ("Description", gateway.description, ""),
        ("Enterprise project", gateway.enterprise_project_id, ""),
        ("Maintenance window", gateway.maintenance_window, ""),
        ("VPC", gateway.vpc_id, "VPC ID"),
        ("Subnet", gateway.subnet_id, "subnet ID"),
        ("Security group", gateway.security_group_id, "security group ID"),
        ("VPC access address", gateway.private_address, "VPC access address"),
        ("EIP", gateway.public_address, "EIP"),
        ("VPC endpoint service", service.full if service else "", "VPC endpoint service name"),
        ("Created", local_text(gateway.created_at), ""),
        ("Created (UTC)", utc_text(gateway.created_at), ""),
    )
    return tuple(Fact(label, value or _EMPTY, copy if value else "") for label, value, copy in pairs)
