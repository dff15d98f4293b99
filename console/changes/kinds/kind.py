"""What the engine must know of a kind of Change."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from console.access.roles import Permission
from console.audit.catalog import Action
from console.clouds.ports import GatewayCatalog, GatewayEndpoints
from console.clouds.types import GatewayId, IntentId, Receipt
from console.wiring import Cloud

#: What a form asked for besides its objects, such as the new name. Plain JSON.
Parameters = Mapping[str, Any]


class NoSuchCapability(LookupError):
    """The cloud has no such service at all, so nothing there has an address in this console."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a Change happens."""

    cloud: Cloud
    gateway_id: GatewayId

    @property
    def catalog(self) -> GatewayCatalog:
        """The cloud's gateways. Raises NoSuchCapability."""
        if self.cloud.catalog is None:
            raise NoSuchCapability
        return self.cloud.catalog

    @property
    def endpoints(self) -> GatewayEndpoints:
        """The VPC endpoint services of the cloud's gateways. Raises NoSuchCapability."""
        if self.cloud.gateway_endpoints is None:
            raise NoSuchCapability
        return self.cloud.gateway_endpoints


@dataclass(frozen=True, slots=True)
class Sight:
    """What the cloud says about one object right now, as plain JSON.

    Two equal sights mean that nothing that matters for the decision has moved; `exists` is False for an object
    that the cloud does not have (which is what adding needs).
    """

    exists: bool
    facts: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the signed confirmation, the Change row and the audit."""
        return {"exists": self.exists, **self.facts}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Sight":
        """The reverse of `as_json`."""
        return cls(content["exists"], {name: value for name, value in content.items() if name != "exists"})


class Answer(StrEnum):
    """What would happen to one object."""

    WILL_DO = "will do"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would happen to one object, and why not where it would not."""

    answer: Answer
    because: str = ""

    @property
    def will_do(self) -> bool:
        return self.answer is Answer.WILL_DO


WILL_DO = Verdict(Answer.WILL_DO)


class Kind(ABC):
    """One kind of Change. Stateless; every method may raise CloudError."""

    action: ClassVar[Action]
    permission: ClassVar[Permission]
    #: What the object is called in messages.
    noun: ClassVar[str]
    #: "rejected", for messages.
    past: ClassVar[str]
    #: Name of the address where this act is confirmed; takes cloud and gateway.
    address: ClassVar[str]
    #: Most objects in one act (contract 4.5 and 4.7: 1..50).
    most: ClassVar[int] = 50

    @abstractmethod
    def look(self, place: Place, targets: Sequence[str]) -> dict[str, Sight]:
        """Read the objects fresh, with independent calls made at once."""

    @abstractmethod
    def judge(self, place: Place, target: str, sight: Sight, parameters: Parameters) -> Verdict:
        """Whether the act is legal on what was seen. Asked for the plan and again right before the act."""

    @abstractmethod
    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """Send it to the cloud, once."""

    @abstractmethod
    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """Whether this sight proves the act done (True) or not done (False); None when it cannot tell."""
