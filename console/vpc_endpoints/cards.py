"""The card of the service name, with its error, or the reason why there is none."""

from dataclasses import dataclass
from typing import Final

from console.admission.freshness import ACTS_ARE_OFF
from console.admission.upkeep import Upkeep, upkeep_of
from console.clouds.types import Availability
from console.vpc_endpoints.queries import Tab
from console.web.tables import Address


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """VPC Endpoint Service."""

    upkeep: Upkeep
    #: The full name `{region}.{name}.{id}`; "" where there is no service.
    full_name: str
    #: Why there is none, or what is to know; "" for an ordinary service.
    note: str
    can_edit: bool
    #: Why the name could be edited but not now; "" otherwise.
    why_no_edit: str
    edit_label: str
    #: The name that was set and does not show yet; None where there is none on its way.
    on_its_way: str | None


_NOTES: Final = {
    Availability.NOT_ENABLED: "This gateway has no VPC endpoint service yet. Setting a name enables it. "
    "Once enabled it cannot be disabled again.",
    Availability.NOT_IN_REGION: "VPC endpoints are not offered in this region. The cloud offers them in all regions "
    "but LA-Mexico City1 and CN North-Beijing1.",
    Availability.NOT_ON_EDITION: "VPC endpoints are not offered for this edition of gateway.",
}


def service_card(tab: Tab, address: Address, on_its_way: str | None, *, may_rename: bool) -> ServiceCard:
    """The service name, or why there is none."""
    shown, gateway = tab.gateway, tab.gateway.value
    if gateway is None:
        upkeep = upkeep_of(shown, "The gateway could not be read", address, changing=False)
        return ServiceCard(upkeep, "", "", can_edit=False, why_no_edit="", edit_label="", on_its_way=None)
    service = gateway.service_name
    offered = gateway.availability in (Availability.ENABLED, Availability.NOT_ENABLED)
    note = _NOTES.get(gateway.availability, "")
    if offered and not gateway.is_running:
        note = f"The gateway is {gateway.status}. Its service name can be changed while it is Running. {note}".strip()
    if service is not None and service.name == on_its_way:
        on_its_way = None
    editable = may_rename and offered and gateway.is_running
    return ServiceCard(
        upkeep=upkeep_of(shown, "", address, changing=on_its_way is not None),
        full_name=service.full if service else "",
        note=note,
        can_edit=editable and shown.current,
        why_no_edit=ACTS_ARE_OFF if editable and not shown.current else "",
        edit_label="Edit name" if service else "Enable",
        on_its_way=on_its_way,
    )
