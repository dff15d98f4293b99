"""What the engine must know of a kind of Change."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from console.access.roles import Permission
from console.audit.catalog import Action
from console.clouds.ports import (
    Admission,
    Endpoints,
    EndpointServices,
    GatewayCatalog,
    GatewayEndpoints,
    Networks,
    ServicePublishing,
    VpcAccess,
)
from console.clouds.types import IntentId, Receipt
from console.observations.parts import Part
from console.wiring import Cloud

#: What a form asked for besides its objects, such as the new name. Plain JSON.
Parameters = Mapping[str, Any]
Port = TypeVar("Port")


class NoSuchCapability(LookupError):
    """The cloud has no such service at all, so nothing there has an address in this console."""


class Realm(StrEnum):
    """What kind of thing a Change happens at. The value is the namespace of its pages' addresses."""

    GATEWAY = "vpc_endpoints"
    SERVICE = "endpoint_services"
    ENDPOINT = "endpoints"
    INSTANCE = "vpc_access"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a Change happens: at a gateway, at an endpoint service, at an endpoint, or, while there is no such thing
    yet, in the project as a whole (`host` is "").

    Every capability raises NoSuchCapability where the cloud has it not.
    """

    cloud: Cloud
    #: The id of the gateway, the service, the endpoint or the instance. The book and the audit keep it as `gateway_id`.
    host: str
    realm: Realm = Realm.GATEWAY

    @property
    def catalog(self) -> GatewayCatalog:
        """The cloud's gateways."""
        return _had(self.cloud.catalog)

    @property
    def gateway_endpoints(self) -> GatewayEndpoints:
        """The VPC endpoint services of the cloud's gateways."""
        return _had(self.cloud.gateway_endpoints)

    @property
    def admission(self) -> Admission[Any]:
        """Connections and whitelist of the host."""
        return self.gateway_endpoints if self.realm is Realm.GATEWAY else self.services

    @property
    def services(self) -> EndpointServices:
        """The project's VPC endpoint services."""
        return _had(self.cloud.endpoint_services)

    @property
    def publishing(self) -> ServicePublishing:
        """What creates and changes them."""
        return _had(self.cloud.publishing)

    @property
    def endpoints(self) -> Endpoints:
        """The project's VPC endpoints."""
        return _had(self.cloud.endpoints)

    @property
    def networks(self) -> Networks:
        """Where services and endpoints can be placed."""
        return _had(self.cloud.networks)

    @property
    def vpc_access(self) -> VpcAccess:
        """The instances and groups that can be reached from a VPC."""
        return _had(self.cloud.vpc_access)


def _had(port: Port | None) -> Port:
    if port is None:
        raise NoSuchCapability
    return port


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
    #: Name of the address where this act is confirmed, in the namespace of the place's realm.
    address: ClassVar[str]
    #: Whether it makes something new. Then the object is named by the id of the Change, which the form carries from its
    #: first page on: the same form can never make two, and what it made can be found by that id (huawei-contract 5).
    creates: ClassVar[bool] = False
    #: Whether it takes its host away, so that only the list is left to go back to.
    removes: ClassVar[bool] = False
    #: Most objects in one act (contract 4.5 and 4.7: 1..50).
    most: ClassVar[int] = 50
    #: Whether the cloud shows the effect as soon as it has answered, so that nothing to be seen is nothing to rely on.
    shows_at_once: ClassVar[bool] = False
    #: How long an effect may take to show at the longest. Seconds.
    shows_within: ClassVar[int] = 300

    def permission_in(self, realm: Realm) -> Permission:
        """What it takes to do it there; the same everywhere unless a kind says otherwise."""
        return self.permission

    @abstractmethod
    def look(self, place: Place, targets: Sequence[str]) -> dict[str, Sight]:
        """Read the objects fresh, with independent calls made at once."""

    def look_for(self, place: Place, targets: Sequence[str], parameters: Parameters) -> dict[str, Sight]:
        """As `look`, together with what the parameters name, such as where something is moved to."""
        return self.look(place, targets)

    def sight_in(self, values: Mapping[Part, Any], target: str) -> Sight | None:
        """What a page has read of the object, as far as it proves an end; None where it has read nothing of it."""
        return None

    @abstractmethod
    def judge(self, place: Place, target: str, sight: Sight, parameters: Parameters) -> Verdict:
        """Whether the act is legal on what was seen. Asked for the plan and again right before the act."""

    @abstractmethod
    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """Send it to the cloud, once."""

    def in_one_call(self, place: Place) -> int:
        """How many objects of a long act the cloud takes in one call."""
        return 1

    def call_together(self, place: Place, targets: Sequence[str], parameters: Parameters, intent: IntentId) -> Receipt:
        """As `call`, for as many objects as `in_one_call` says."""
        (target,) = targets
        return self.call(place, target, parameters, intent)

    @abstractmethod
    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """Whether this sight proves the act done (True) or not done (False); None when it cannot tell."""

    def unmoved(self, before: Sight, now: Sight) -> bool:
        """Whether what was seen before the act and what is seen now are so alike that nothing can have happened."""
        return before.as_json() == now.as_json()

    def is_under_way(self, sight: Sight) -> bool:
        """Whether the cloud is still at work on the object, so that what it shows may yet become a proof."""
        return False

    def read_back(self, place: Place, target: str, receipt: Receipt) -> Sight:
        """What the cloud shows after it took the act. Raises CloudError."""
        return self.look(place, [target])[target]

    def acts_at(self, host: str, parameters: Parameters) -> tuple[str, ...]:
        """IDs of everything that is changed: the person needs the permission at each."""
        return (host,)

    def facts_here(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Of what was seen, what belongs into the log of the host: nothing about another thing that is changed too."""
        return dict(facts)

    def touches(self, host: str, target: str, parameters: Parameters) -> tuple[str, ...]:
        """IDs of the things whose pages show the effect; the lists of the cloud always do."""
        return (host,)

    def remark(self, sight: Sight) -> str:
        """What a person must know of an act that was done, besides that; "" where there is nothing."""
        return ""
