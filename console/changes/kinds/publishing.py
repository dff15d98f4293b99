"""Creating a VPC endpoint service, changing it, deleting it, and describing who is connected (source 001;
huawei-contract 5.1, 5.2, 5.5 and 6.1)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from console.access.roles import Permission
from console.audit.catalog import Action
from console.changes.kinds.creating import CreatingKind
from console.changes.kinds.kind import WILL_DO, Answer, Kind, Parameters, Place, Sight, Verdict
from console.changes.kinds.quota import used_up
from console.changes.kinds.tags import with_mark
from console.clouds.errors import CloudNotFound
from console.clouds.parallel import gather
from console.clouds.services import EndpointService, NewService, PortMapping, ServiceStatus, ServiceUpdate
from console.clouds.types import Connection, ConnectionStatus, EndpointId, IntentId, Receipt, ServiceId
from console.observations.parts import Part

_GONE: Final = "It is gone already."
#: Connections that keep a service from being deleted (huawei-contract 5.2).
_BLOCKING: Final = (ConnectionStatus.ACCEPTED, ConnectionStatus.CREATING)
#: So many of them are named.
_NAMED: Final = 20


class _ServiceKind(Kind):
    permission = Permission.PUBLISH_SERVICES
    noun = "VPC endpoint service"
    most = 1


class CreateService(CreatingKind):
    """Create a VPC endpoint service. Parameters: see `new_service`."""

    action = Action.SERVICE_CREATE
    part = Part.SERVICES
    permission = Permission.PUBLISH_SERVICES
    noun = "VPC endpoint service"

    def look(self, place: Place, targets: Sequence[str]) -> dict[str, Sight]:
        """What this form made, and whether there may be another one at all.

        A quota that cannot be read stops nothing: the cloud knows it.
        """
        answers = gather(services=place.services.list_services, quota=place.publishing.quota)
        reached = used_up(answers["quota"].value_or(None), "VPC endpoint services")
        services = answers["services"].unwrap()
        return {target: self.sight(target, services, reached) for target in targets}

    def listed(self, place: Place) -> Sequence[EndpointService]:
        """All services of the project."""
        return place.services.list_services()

    def read(self, place: Place, made: str) -> EndpointService:
        """One of them."""
        return place.services.get_service(ServiceId(made))

    def facts(self, made: EndpointService) -> dict[str, Any]:
        """Its name is what people know it by."""
        return {"id": made.id, "name": made.name.full, "status": made.raw_status}

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """With the mark by which it is found again when the answer is lost."""
        return place.publishing.create_service(new_service(parameters, target), intent=intent)


def new_service(parameters: Parameters, target: str) -> NewService:
    """What the form asked for, in the words of source 001 and as plain JSON."""
    return NewService(
        vpc_id=parameters["vpc_id"],
        backend_id=parameters["backend_id"],
        server_type=parameters["server_type"],
        ports=ports_of(parameters["ports"]),
        name=parameters["name"],
        approval_required=parameters["approval_required"],
        description=parameters["description"],
        tags=with_mark(parameters, target),
    )


def ports_of(rows: Sequence[Sequence[Any]]) -> tuple[PortMapping, ...]:
    """Port mappings from plain JSON."""
    return tuple(PortMapping(client, server, protocol) for client, server, protocol in rows)


def ports_as_json(ports: Sequence[PortMapping]) -> list[list[Any]]:
    """The reverse of `ports_of`."""
    return [[one.client_port, one.server_port, one.protocol] for one in ports]


class UpdateService(_ServiceKind):
    """Change properties of a service. Parameters: any of `name`, `approval_required`, `ports` and `description`."""

    action = Action.SERVICE_UPDATE
    #: Each property has a page of its own; the service's page leads to all of them.
    address = "detail"
    past = "changed"

    def look(self, place: Place, targets: Sequence[str]) -> dict[str, Sight]:
        """The service's own page."""
        try:
            service = place.services.get_service(ServiceId(place.host))
        except CloudNotFound:
            return dict.fromkeys(targets, Sight(exists=False))
        facts = {
            "status": service.raw_status,
            "service_name": service.name.full,
            "name": service.name.name,
            "approval_required": service.approval_required,
            "ports": ports_as_json(service.ports),
            "description": service.description,
        }
        return dict.fromkeys(targets, Sight(exists=True, facts=facts))

    def judge(self, place: Place, target: str, sight: Sight, parameters: Parameters) -> Verdict:
        """Only what is available can be changed (huawei-contract 12.3, EndPoint.3045)."""
        if not sight.exists:
            return Verdict(Answer.REFUSED, "It is gone.")
        if why := why_not_changed(sight.facts["status"]):
            return Verdict(Answer.REFUSED, why)
        if self.shows(sight, parameters):
            return Verdict(Answer.SKIPPED, "It is like that already.")
        return WILL_DO

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """One call with what was asked for; everything else stays as it is."""
        ports = ports_of(parameters["ports"]) if "ports" in parameters else None
        update = ServiceUpdate(
            name=parameters.get("name"),
            approval_required=parameters.get("approval_required"),
            ports=ports,
            description=parameters.get("description"),
        )
        return place.publishing.update_service(ServiceId(place.host), update, intent=intent)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """Every property has the value that was asked for. The order of port mappings says nothing."""
        if not sight.exists:
            return None
        return all(_same(sight.facts[name], value) for name, value in parameters.items())


def _same(now: Any, wanted: Any) -> bool:
    return bool(sorted(now) == sorted(wanted) if isinstance(wanted, list) else now == wanted)


def why_not_changed(status: str) -> str:
    """Why a service in this status cannot be changed; "" where it can."""
    if status == ServiceStatus.AVAILABLE:
        return ""
    reasons: Mapping[str, str] = {
        ServiceStatus.CREATING: "It is still being created. Wait until that has ended.",
        ServiceStatus.DELETING: "It is being deleted.",
        ServiceStatus.FAILED: "It failed. Delete it and create another one.",
    }
    return reasons.get(status, f"Its status is {status}.")


class DeleteService(_ServiceKind):
    """Delete a service that nobody is connected to. It cannot be had back."""

    action = Action.SERVICE_DELETE
    address = "delete"
    past = "deleted"
    removes = True

    def look(self, place: Place, targets: Sequence[str]) -> dict[str, Sight]:
        """The service, and who is connected to it."""
        port, host = place.services, ServiceId(place.host)
        answers = gather(service=lambda: port.get_service(host), connections=lambda: port.list_connections(host))
        try:
            service, connections = answers["service"].unwrap(), answers["connections"].unwrap()
        except CloudNotFound:
            return dict.fromkeys(targets, Sight(exists=False))
        return dict.fromkeys(targets, Sight(exists=True, facts=_deletion_facts(service, connections)))

    def judge(self, place: Place, target: str, sight: Sight, parameters: Parameters) -> Verdict:
        """Refused, by name, while VPC endpoints are connected (huawei-contract 5.2, EndPoint.3006)."""
        if not sight.exists:
            return Verdict(Answer.SKIPPED, _GONE)
        status, blocking = sight.facts["status"], sight.facts["connected"]
        if status == ServiceStatus.DELETING:
            return Verdict(Answer.SKIPPED, "It is being deleted already.")
        if status == ServiceStatus.CREATING:
            return Verdict(Answer.REFUSED, "It is still being created. Wait until that has ended.")
        if blocking:
            return Verdict(Answer.REFUSED, _blocked_by(blocking))
        return WILL_DO

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """Gone meanwhile is what was wanted."""
        try:
            return place.publishing.delete_service(ServiceId(place.host), intent=intent)
        except CloudNotFound as gone:
            return Receipt(gone.request_id, exchange=gone.exchange)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """Gone, or on its way there."""
        return not sight.exists or sight.facts["status"] == ServiceStatus.DELETING


def _deletion_facts(service: EndpointService, connections: Sequence[Connection]) -> dict[str, Any]:
    blocking = sorted(one.id for one in connections if one.status in _BLOCKING)
    return {
        "status": service.raw_status,
        "service_name": service.name.full,
        "connected": blocking,
        "not_connected": len(connections) - len(blocking),
    }


def _blocked_by(blocking: Sequence[str]) -> str:
    named = ", ".join(blocking[:_NAMED]) + (f" and {len(blocking) - _NAMED} more" if len(blocking) > _NAMED else "")
    one = len(blocking) == 1
    return (
        f"{len(blocking)} VPC endpoint{' is' if one else 's are'} connected to it or being connected: {named}. "
        f"Reject {'it' if one else 'them'} first."
    )


class DescribeConnection(Kind):
    """Write the owner's own words beside a connection. Parameter: `description`; the object is the VPC endpoint."""

    action = Action.CONNECTION_DESCRIBE
    address = "describe"
    permission = Permission.DECIDE_CONNECTIONS
    noun = "connection of VPC endpoint"
    past = "described"
    most = 1

    def look(self, place: Place, targets: Sequence[str]) -> dict[str, Sight]:
        """The one connection."""
        (target,) = targets
        found = place.services.find_connection(ServiceId(place.host), EndpointId(target))
        if found is None:
            return {target: Sight(exists=False)}
        facts = {"status": found.raw_status, "owner": found.owner, "description": found.description}
        return {target: Sight(exists=True, facts=facts)}

    def judge(self, place: Place, target: str, sight: Sight, parameters: Parameters) -> Verdict:
        """Legal in every status, where the cloud offers it."""
        if not place.services.traits.descriptions:
            return Verdict(Answer.REFUSED, "This cloud keeps no descriptions of connections.")
        if not sight.exists:
            return Verdict(Answer.REFUSED, "There is no connection of that VPC endpoint here.")
        if sight.facts["description"] == parameters["description"]:
            return Verdict(Answer.SKIPPED, "It is described like that already.")
        return WILL_DO

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """One connection a call."""
        service, endpoint = ServiceId(place.host), EndpointId(target)
        return place.publishing.describe_connection(service, endpoint, parameters["description"], intent=intent)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """The words that stand there; an absent connection proves nothing."""
        return bool(sight.facts["description"] == parameters["description"]) if sight.exists else None
