"""What happens by itself once its moment has come: bindings take effect, moves end, connections settle."""

from console.simcloud.alibaba.estate import Estate
from console.simcloud.alibaba.records import RUNNING, AlibabaRecord, ApiGroup, ApiInstance, LinkEndpoint, LinkService


def settle(estate: Estate, now: float) -> tuple[list[AlibabaRecord], list[AlibabaRecord]]:
    """Carry out every transition that is due. Returns what changed and what is gone."""
    changed: list[AlibabaRecord] = []
    gone: list[AlibabaRecord] = []
    for record in estate.due(now):
        moment, record.due_at = record.due_at or now, None
        match record:
            case ApiInstance():
                _bound(record)
                changed.append(record)
            case ApiGroup():
                _moved(estate, record, moment)
                changed.append(record)
            case LinkEndpoint():
                (changed if _connection_settled(estate, record, moment) else gone).append(record)
            case LinkService() if record.next_status:
                record.status = record.next_status
                changed.append(record)
            case LinkService():
                left, lost = _service_is_gone(estate, record, moment)
                changed.extend(left)
                gone.extend(lost)
    return changed, gone


def _bound(instance: ApiInstance) -> None:
    take_binding(instance)
    instance.status = RUNNING


def take_binding(instance: ApiInstance) -> None:
    """Let the binding that an act asked for take effect."""
    if instance.next_binding:
        instance.user_vpc_id, instance.user_vswitch_id, instance.vpc_owner_id = instance.next_binding
        instance.next_binding = []


def _moved(estate: Estate, group: ApiGroup, moment: float) -> None:
    """A move ends: ceiling and HTTPS policy become the destination's (alibaba-contract 2.5)."""
    group.migration_status = group.next_migration_status
    if group.migration_status == "Success":
        target = estate.instances[group.next_instance_id]
        group.instance_id, group.modified_at = target.id, moment
        group.https_policy, group.rps_limit = target.https_policy, target.rps_limit
    group.next_instance_id = group.next_migration_status = ""


def _connection_settled(estate: Estate, endpoint: LinkEndpoint, moment: float) -> bool:
    """Whether it is still there afterwards."""
    if not endpoint.next_status:
        estate.remove(endpoint)
        return False
    endpoint.connection_status, endpoint.modified_at, endpoint.status = endpoint.next_status, moment, "Active"
    for zone in endpoint.zones:
        zone["ZoneStatus"] = endpoint.next_zone_status
    endpoint.next_status = None
    return True


def _service_is_gone(
    estate: Estate, service: LinkService, moment: float
) -> tuple[list[AlibabaRecord], list[AlibabaRecord]]:
    """Take a deleted service and its whitelist away. Returns the connections left behind, and what is gone."""
    left: list[AlibabaRecord] = []
    for endpoint in estate.endpoints.values():
        if endpoint.service_id == service.id and endpoint.connection_status != "Deleting":
            endpoint.connection_status, endpoint.modified_at, endpoint.due_at = "ServiceDeleted", moment, None
            left.append(endpoint)
    lost: list[AlibabaRecord] = [service, *(row for row in estate.users.values() if row.service_id == service.id)]
    for record in lost:
        estate.remove(record)
    return left, lost
