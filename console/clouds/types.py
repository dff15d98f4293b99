"""What a cloud holds, in our words. The wire's odd words live in each vendor's `wire.py` and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType, Self

from console.clouds.exchange import Exchange

GatewayId = NewType("GatewayId", str)
ServiceId = NewType("ServiceId", str)
EndpointId = NewType("EndpointId", str)
AccountId = NewType("AccountId", str)


def _always() -> float:
    return float("inf")


class IntentId(str):
    """The id of a durable intent (a Change). A port's write methods cannot be called without one.

    `check` is called right before every single time that the write leaves this machine, the first one and each retry.
    It raises `errors.Withheld` when the write must not be sent (any more), and otherwise returns how long its answer
    holds: a moment of `time.monotonic()`, after which no byte of the write is sent.
    """

    check: Callable[[], float]

    def __new__(cls, value: str, check: Callable[[], float] = _always) -> Self:
        intent = super().__new__(cls, value)
        intent.check = check
        return intent


#: In place of an intent: nothing is sent, and the receipt's one exchange holds the call that would be.
DRY_RUN: Final = IntentId("dry-run")

#: The whitelist entry that admits every account.
EVERYONE: Final = AccountId("*")


class ConnectionStatus(StrEnum):
    """Status of a VPC endpoint's connection (huawei-contract 6.2). An open set: see `OTHER`."""

    PENDING_ACCEPTANCE = "pendingAcceptance"
    CREATING = "creating"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    FAILED = "failed"
    DELETING = "deleting"
    #: Cut, or never let in: some clouds do not tell the two apart (alibaba-contract 4.1).
    NOT_CONNECTED = "notConnected"
    OTHER = "other"

    @property
    def can_accept(self) -> bool:
        """Whether Accept is legal: on a waiting or a rejected connection (huawei-contract 6.2)."""
        waiting = (ConnectionStatus.PENDING_ACCEPTANCE, ConnectionStatus.REJECTED, ConnectionStatus.NOT_CONNECTED)
        return self in waiting

    @property
    def can_reject(self) -> bool:
        """Whether Reject is legal: on a waiting or an accepted connection (huawei-contract 6.2)."""
        return self in (ConnectionStatus.PENDING_ACCEPTANCE, ConnectionStatus.ACCEPTED)

    @property
    def is_changing(self) -> bool:
        """Whether the cloud is still at work; an unknown word counts as such, so we keep looking."""
        return self in (ConnectionStatus.CREATING, ConnectionStatus.DELETING, ConnectionStatus.OTHER)


@dataclass(frozen=True, slots=True)
class Connection:
    """One VPC endpoint that wants to reach, or reaches, a gateway (huawei-contract 4.4)."""

    id: EndpointId
    #: Digits as text: it exceeds 2^53. "" where the cloud gives none.
    packet_id: str
    status: ConnectionStatus
    #: The cloud's own word, shown when `status` is OTHER.
    raw_status: str
    #: Account id of the endpoint's creator.
    owner: AccountId
    #: UTC; None when the cloud gave none or an unreadable one.
    created_at: datetime | None
    updated_at: datetime | None
    #: Why the cloud says it failed; "" where unknown.
    failure: str = ""
    #: The words of the host's owner about it, else its creator's; "" where there are none.
    description: str = ""


@dataclass(frozen=True, slots=True)
class Permission:
    """One entry of a gateway's whitelist (huawei-contract 4.6)."""

    #: An account id, or EVERYONE.
    account: AccountId
    record_id: str
    created_at: datetime | None
    #: The entry as the cloud spells it.
    raw: str


@dataclass(frozen=True, slots=True)
class ServiceName:
    """Name of a VPC endpoint service: `{region}.{name}.{id}` or `{region}.{id}` (huawei-contract 1.3)."""

    full: str
    region: str
    #: The part people choose; "" when the service has none.
    name: str
    #: "" when the full name carries none (a cloud service's name).
    service_id: str


class Availability(StrEnum):
    """Whether a gateway has the VPC Endpoints feature."""

    ENABLED = "enabled"
    NOT_ENABLED = "not_enabled"
    NOT_IN_REGION = "not_in_region"
    NOT_ON_EDITION = "not_on_edition"


@dataclass(frozen=True, slots=True)
class Gateway:
    """A row in the list of gateways (huawei-contract 4.1)."""

    id: GatewayId
    name: str
    #: The cloud's own word, such as Running or Frozen.
    status: str
    edition: str
    created_at: datetime | None
    project_id: str

    @property
    def is_running(self) -> bool:
        return self.status == "Running"


@dataclass(frozen=True, slots=True)
class GatewayDetail(Gateway):
    """Everything that the gateway's own pages show (huawei-contract 4.2). Missing texts are ""."""

    description: str
    vpc_id: str
    subnet_id: str
    security_group_id: str
    zones: tuple[str, ...]
    maintenance_window: str
    private_address: str
    public_address: str
    enterprise_project_id: str
    #: None where no endpoint service is enabled.
    service_name: ServiceName | None
    availability: Availability


@dataclass(frozen=True, slots=True)
class Receipt:
    """The cloud took a write. `request_id` is the cloud's own, "" where it gave none."""

    request_id: str
    #: The id of what a creating write made; "" for every other write.
    created: str = ""
    #: Every attempt, secrets masked. For the Change alone: never in a log.
    exchange: tuple[Exchange, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Traits:
    """What a cloud's connections and whitelists carry, so that a page says "not provided by this cloud" by itself."""

    packet_id: bool = True
    created_at: bool = True
    #: Whether the cloud tells a waiting connection from a rejected one.
    tells_waiting: bool = True
    #: Whether the whitelist can admit every account.
    everyone: bool = True
    #: Whether whitelist entries have a time.
    permission_created_at: bool = True
    #: Whether the host's owner can describe a connection in own words.
    descriptions: bool = False
    #: Whether the whitelist takes paths of an organisation.
    organisations: bool = False
    #: How many connections, or accounts of the whitelist, one call may name.
    in_one_call: int = 1
    #: What an account ID looks like, for the field's hint.
    account_hint: str = "32 characters, 0-9 and a-f"
