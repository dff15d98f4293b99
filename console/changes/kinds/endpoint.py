"""Creating a VPC endpoint, deleting it, and saying who may use it (sources 002, 004; huawei-contract 5.7, 5.8, 6.2)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from console.access.roles import Permission
from console.audit.catalog import Action
from console.changes.kinds.connection import status_of
from console.changes.kinds.creating import CreatingKind
from console.changes.kinds.kind import WILL_DO, Answer, Kind, Parameters, Place, Sight, Verdict
from console.changes.kinds.quota import used_up
from console.changes.kinds.tags import with_mark
from console.clouds.errors import CloudNotFound
from console.clouds.parallel import gather
from console.clouds.services import NewEndpoint, ServiceType, VpcEndpoint
from console.clouds.types import ConnectionStatus, EndpointId, IntentId, Receipt, ServiceId
from console.observations.parts import Part

_GONE: Final = "It is gone already."


class _EndpointKind(Kind):
    permission = Permission.MANAGE_ENDPOINTS
    noun = "VPC endpoint"
    most = 1


class CreateEndpoint(CreatingKind):
    """Create a VPC endpoint. Parameters: see `new_endpoint`."""

    action = Action.ENDPOINT_CREATE
    part = Part.ENDPOINTS
    permission = Permission.MANAGE_ENDPOINTS
    noun = "VPC endpoint"

    def look(self, place: Place, targets: Sequence[str]) -> dict[str, Sight]:
        """What this form made, and whether there may be another one at all."""
        port = place.endpoints
        answers = gather(endpoints=port.list_endpoints, quota=port.quota)
        reached = used_up(answers["quota"].unwrap(), "VPC endpoints")
        endpoints = answers["endpoints"].unwrap()
        return {target: self.sight(target, endpoints, reached) for target in targets}

    def listed(self, place: Place) -> Sequence[VpcEndpoint]:
        """All endpoints of the project."""
        return place.endpoints.list_endpoints()

    def read(self, place: Place, made: str) -> VpcEndpoint:
        """One of them."""
        return place.endpoints.get_endpoint(EndpointId(made))

    def facts(self, made: VpcEndpoint) -> dict[str, Any]:
        """Endpoints have no name."""
        return {"id": made.id, "status": _word_of(made)}

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """With the mark by which it is found again when the answer is lost."""
        return place.endpoints.create_endpoint(new_endpoint(parameters, target), intent=intent)


def new_endpoint(parameters: Parameters, target: str) -> NewEndpoint:
    """What the form asked for, in the words of source 002 and as plain JSON."""
    return NewEndpoint(
        service_id=ServiceId(parameters["service_id"]),
        service_type=ServiceType(parameters["service_type"]),
        vpc_id=parameters["vpc_id"],
        subnet_id=parameters["subnet_id"],
        address=parameters["address"],
        dns_enabled=parameters["dns"],
        access_control=parameters["access_control"],
        whitelist=tuple(parameters["whitelist"]),
        route_tables=tuple(parameters["route_tables"]),
        description=parameters["description"],
        tags=with_mark(parameters, target),
    )


def _word_of(endpoint: VpcEndpoint) -> str:
    """Its status in our word, where we know it: clouds have different words for the same."""
    return endpoint.raw_status if endpoint.status is ConnectionStatus.OTHER else endpoint.status.value


class _StandingEndpointKind(_EndpointKind):
    """What happens to an endpoint that there is. The object is the endpoint that the Change happens at."""

    def look(self, place: Place, targets: Sequence[str]) -> dict[str, Sight]:
        """The endpoint's own page."""
        try:
            endpoint = place.endpoints.get_endpoint(EndpointId(place.host))
        except CloudNotFound:
            return dict.fromkeys(targets, Sight(exists=False))
        return dict.fromkeys(targets, Sight(exists=True, facts=self.facts(endpoint)))

    def facts(self, endpoint: VpcEndpoint) -> dict[str, Any]:
        """What matters for the decision."""
        return {
            "status": _word_of(endpoint),
            "service_name": endpoint.service_name.full,
            "service_type": endpoint.service_type.value,
            "address": endpoint.address,
            "created_at": endpoint.created_at.isoformat() if endpoint.created_at else None,
        }


class DeleteEndpoint(_StandingEndpointKind):
    """Delete a VPC endpoint. It cannot be had back."""

    action = Action.ENDPOINT_DELETE
    address = "delete"
    past = "deleted"
    removes = True

    def judge(self, place: Place, target: str, sight: Sight, parameters: Parameters) -> Verdict:
        """Legal in every status that is not on its way to another (huawei-contract 6.2)."""
        if not sight.exists:
            return Verdict(Answer.SKIPPED, _GONE)
        why = why_not_deleted(status_of(sight))
        return Verdict(Answer.REFUSED, why) if why else WILL_DO

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """Gone meanwhile is what was wanted (huawei-contract 5.8)."""
        try:
            return place.endpoints.delete_endpoint(EndpointId(place.host), intent=intent)
        except CloudNotFound as gone:
            return Receipt(gone.request_id, exchange=gone.exchange)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """Gone, or on its way there."""
        return not sight.exists or status_of(sight) is ConnectionStatus.DELETING


def why_not_deleted(status: ConnectionStatus) -> str:
    """Why an endpoint in this status cannot be deleted; "" where it can."""
    reasons: Mapping[ConnectionStatus, str] = {
        ConnectionStatus.CREATING: "It is still being created. Wait until that has ended.",
        ConnectionStatus.DELETING: "It is being deleted already.",
    }
    return reasons.get(status, "")


class SetAccessControl(_StandingEndpointKind):
    """Say which addresses of the VPC may use the endpoint. Parameters: `enabled` and the whole `whitelist`."""

    action = Action.ENDPOINT_ACCESS_CONTROL
    address = "access_control"
    past = "given its access control"

    def facts(self, endpoint: VpcEndpoint) -> dict[str, Any]:
        """With the list as it is, since it is replaced as a whole: one that moved meanwhile stops the act."""
        control = {"access_control": endpoint.access_control, "whitelist": list(endpoint.whitelist)}
        return super().facts(endpoint) | control

    def judge(self, place: Place, target: str, sight: Sight, parameters: Parameters) -> Verdict:
        """Legal where the cloud offers it, on an interface endpoint that has come to rest and has not failed."""
        if not sight.exists:
            return Verdict(Answer.REFUSED, "It is gone.")
        changes = place.endpoints.traits.access_control_changes
        why = why_no_access_control(status_of(sight), ServiceType(sight.facts["service_type"]), can_change=changes)
        if why:
            return Verdict(Answer.REFUSED, why)
        if self.shows(sight, parameters):
            return Verdict(Answer.SKIPPED, "Its access control is like that already.")
        return WILL_DO

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """The switch and the whole list, in one call."""
        enabled, whitelist = parameters["enabled"], parameters["whitelist"]
        port = place.endpoints
        return port.set_access_control(EndpointId(place.host), enabled=enabled, whitelist=whitelist, intent=intent)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """Switch and list; the order of the list says nothing, and without the switch there is none."""
        if not sight.exists:
            return None
        if not parameters["enabled"]:
            return not sight.facts["access_control"]
        same = sorted(sight.facts["whitelist"]) == sorted(parameters["whitelist"])
        return bool(sight.facts["access_control"]) and same


def why_no_access_control(status: ConnectionStatus, service_type: ServiceType, *, can_change: bool) -> str:
    """Why the access control of such an endpoint cannot be changed; "" where it can (huawei-contract 5.7 and 5.8)."""
    if service_type is ServiceType.GATEWAY:
        return "Endpoints of gateway services have no access control."
    if not can_change:
        return "This cloud sets access control at the creation only. Create another endpoint and delete this one."
    reasons: Mapping[ConnectionStatus, str] = {
        ConnectionStatus.CREATING: "It is still being created. Wait until that has ended.",
        ConnectionStatus.DELETING: "It is being deleted.",
        ConnectionStatus.FAILED: "It failed. Delete it and create another one.",
    }
    return reasons.get(status, "")
