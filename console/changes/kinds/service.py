"""Renaming, and so enabling, a gateway's VPC endpoint service (huawei-contract 4.3)."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.access.roles import Permission
from console.audit.catalog import Action
from console.changes.kinds.kind import WILL_DO, Answer, Kind, Parameters, Place, Sight, Verdict
from console.clouds.types import Availability, GatewayDetail, GatewayId, IntentId, Receipt
from console.observations.parts import Part


class RenameService(Kind):
    """Set the chosen part of the service name. The object is the gateway's one service."""

    action = Action.SERVICE_RENAME
    #: Clients wait ten minutes for a new name to show (huawei-contract 4.3).
    shows_within = 600
    address = "service_name"
    permission = Permission.RENAME_SERVICE
    noun = "VPC endpoint service of gateway"
    past = "renamed"
    most = 1

    def look(self, place: Place, targets: Sequence[str]) -> dict[str, Sight]:
        """The gateway's detail."""
        return dict.fromkeys(targets, _sight(place.catalog.get_gateway(GatewayId(place.host))))

    def sight_in(self, values: Mapping[Part, Any], target: str) -> Sight | None:
        """The gateway's detail."""
        gateway = values.get(Part.DETAIL)
        return _sight(gateway) if gateway else None

    def judge(self, place: Place, target: str, sight: Sight, parameters: Parameters) -> Verdict:
        """Needs the feature and a running gateway; the same name again is nothing to do."""
        availability = Availability(sight.facts["availability"])
        if availability not in (Availability.ENABLED, Availability.NOT_ENABLED):
            return Verdict(Answer.REFUSED, "VPC endpoints are not offered for this gateway.")
        if sight.facts["gateway_status"] != "Running":
            return Verdict(Answer.REFUSED, f"The gateway is {sight.facts['gateway_status']}. It must be Running.")
        if sight.exists and sight.facts["name"] == parameters["name"]:
            return Verdict(Answer.SKIPPED, "It has that name already.")
        return WILL_DO

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """Takes effect some time after the answer."""
        return place.gateway_endpoints.rename_service(GatewayId(place.host), parameters["name"], intent=intent)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """The name that the detail shows."""
        return sight.exists and sight.facts["name"] == parameters["name"]


def _sight(gateway: GatewayDetail) -> Sight:
    service = gateway.service_name
    facts = {
        "gateway": gateway.name,
        "gateway_status": gateway.status,
        "availability": gateway.availability.value,
        "service_name": service.full if service else None,
        "name": service.name if service else None,
    }
    return Sight(exists=service is not None, facts=facts)
