"""Gateways as people see them: plain strings in frozen rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.urls import reverse

from console.admission.freshness import Freshness, Moment, freshness_of
from console.admission.list_news import ListNews
from console.admission.marks import Mark, NewsSummary
from console.admission.upkeep import Upkeep, upkeep_of
from console.clouds.types import Gateway, GatewayDetail
from console.gateways.queries import SeenCloud
from console.web.moments import UNKNOWN, iso_text, local_text, utc_text
from console.web.problems import Problem, problem_of
from console.web.tables import Address, Column
from console.wiring import Cloud

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
    #: Whether it may not be true any more.
    stale: bool
    #: What is new about it; None for nothing.
    mark: Mark | None


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


def rows_of(seen: SeenCloud, news: ListNews) -> list[Row]:
    """The lines of one cloud."""
    stale = not seen.shown.current
    return [_row(seen.cloud, one, stale=stale, mark=news.mark(one.id)) for one in seen.shown.value or ()]


def _row(cloud: Cloud, gateway: Gateway, *, stale: bool, mark: Mark | None) -> Row:
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
        stale=stale,
        mark=mark,
    )


@dataclass(frozen=True, slots=True)
class CloudNews:
    """What is new about the gateways of one cloud, and where to say that one has seen it."""

    #: The id of its element.
    card: str
    summary: NewsSummary
    seen_url: str


def cloud_news(cloud: Cloud, news: ListNews) -> list[CloudNews]:
    """None, or one."""
    if news.summary is None:
        return []
    summary = replace(news.summary, text=f"{cloud.label}: {news.summary.text}")
    return [CloudNews(f"gateways-{cloud.name}", summary, reverse("gateways:seen", args=(cloud.name,)))]


@dataclass(frozen=True, slots=True)
class Unread:
    """A cloud that could not be read, as of when its rows in the list are, and when it is asked again."""

    problem: Problem
    #: None where nothing is known from before.
    as_of: Moment | None
    #: None where somebody is trying this moment.
    next_try: Moment | None


@dataclass(frozen=True, slots=True)
class Head:
    """As of when the list is: the oldest of the clouds that answered; where none did, of those that did before."""

    #: None where nothing is known.
    as_of: Moment | None
    current: bool
    #: Whether some rows are older than that.
    partly: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """What stands above the rows, and when the list looks again by itself: while a cloud is away."""

    #: None where there is no cloud that the person may know of.
    head: Head | None
    unread: tuple[Unread, ...]
    #: "" where nothing is awaited.
    poll_url: str
    #: Seconds.
    pause: int


def listing_of(seen: Sequence[SeenCloud], address: Address) -> Listing:
    """What the clouds together say of the list."""
    unread = [one for one in seen if not one.shown.current]
    cared = [_upkeep(one, address) for one in unread]
    rows = tuple(_unread(one, upkeep, address) for one, upkeep in zip(unread, cared, strict=True))
    first = min(cared, key=lambda upkeep: upkeep.pause, default=None)
    head = _head([freshness_of(one.shown) for one in seen]) if seen else None
    return Listing(head, rows, first.poll_url if first else "", first.pause if first else 0)


def _upkeep(seen: SeenCloud, address: Address) -> Upkeep:
    return upkeep_of(seen.shown, "", address, changing=False)


def _head(known: Sequence[Freshness | None]) -> Head:
    current = [fresh.as_of for fresh in known if fresh and fresh.current]
    older = [fresh.as_of for fresh in known if fresh and not fresh.current]
    oldest = max(current or older, key=lambda moment: moment.seconds, default=None)
    return Head(oldest, current=bool(current), partly=bool(current and older))


def _unread(seen: SeenCloud, upkeep: Upkeep, address: Address) -> Unread:
    error, fresh = seen.shown.error, upkeep.fresh
    title, again = f"{seen.cloud.label} could not be read", address.having(refresh=1)
    problem = problem_of(error, title, again) if error else Problem(title, "It has not answered yet", "", "", again)
    return Unread(problem, fresh.as_of if fresh else None, fresh.next_try if fresh else upkeep.next_try)


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
