"""Route tables of VPCs, and which of them lead to an endpoint of a gateway service (huawei-contract 5.7, 5.8)."""

from collections.abc import Sequence

from console.simcloud.errors import MESSAGES, Refusal
from console.simcloud.ledger import Act, Change
from console.simcloud.records import Endpoint, EndpointService, RouteTable
from console.simcloud.world import World


def of_vpc(world: World, vpc_id: str) -> list[RouteTable]:
    """A VPC's route tables, the default one first."""
    rows = [table for table in world.route_tables.values() if table.vpc_id == vpc_id]
    return sorted(rows, key=lambda table: not table.is_default)


def choose(world: World, service: EndpointService, vpc_id: str, wanted: Sequence[str]) -> list[str]:
    """The route tables for a new endpoint; the VPC's default one when none is named. Raises Refusal."""
    ids = list(dict.fromkeys(wanted)) or [table.id for table in of_vpc(world, vpc_id)[:1]]
    for table_id in ids:
        code = _obstacle(world, service.id, vpc_id, table_id, None)
        if code:
            raise Refusal(400, code)
    return ids


def _obstacle(world: World, service_id: str, vpc_id: str, table_id: str, own: Endpoint | None) -> str:
    """The code of why a route table cannot lead to an endpoint; "" when it can."""
    table = world.route_tables.get(table_id)
    if table is None:
        return "EndPoint.4026"
    if table.vpc_id != vpc_id:
        return "EndPoint.4027"
    others = (row for row in world.connections[service_id] if row is not own and row.vpc_id == vpc_id)
    return "EndPoint.2039" if any(table_id in row.route_tables for row in others) else ""


def rebind(world: World, act: Act, endpoint: Endpoint, wanted: Sequence[str]) -> list[dict[str, str]]:
    """Bind the endpoint to exactly these route tables, as far as possible; which ones failed, and why.

    Raises Refusal `EndPoint.2040` for an empty list, 2047 for a failed endpoint; then nothing changes."""
    if endpoint.status == "failed":
        raise Refusal(400, "EndPoint.2047")
    if not wanted:
        raise Refusal(400, "EndPoint.2040")
    bound: list[str] = []
    failed: list[dict[str, str]] = []
    for table_id in dict.fromkeys(wanted):
        code = _obstacle(world, endpoint.service_id, endpoint.vpc_id, table_id, endpoint)
        if code:
            failed.append({"id": table_id, "error_message": MESSAGES[code]})
        else:
            bound.append(table_id)
    if bound and bound != endpoint.route_tables:
        before, after = ", ".join(endpoint.route_tables), ", ".join(bound)
        change = Change("endpoint.route_tables", endpoint.id, world.gateway_id_of(endpoint), before, after)
        endpoint.route_tables, endpoint.updated_at = bound, world.clock.now()
        world.commit(act, [change], [endpoint])
    return failed
