"""The front gateway: finds the service by its path, lets the caller in, runs the handler, spells refusals."""

from collections.abc import Sequence
from typing import Final

from console.simcloud.errors import Refusal
from console.simcloud.huawei import apig, iam, vpc, vpcep
from console.simcloud.huawei.authentication import caller_of, require_project
from console.simcloud.huawei.call import Call, Route
from console.simcloud.huawei.spelling import refused
from console.simcloud.wire import Answer, Request
from console.simcloud.world import World

_ROUTES: Final[dict[str, Sequence[Route]]] = {
    "iam": iam.ROUTES,
    "apig": apig.ROUTES,
    "vpcep": vpcep.ROUTES,
    "vpc": vpc.ROUTES,
}
_VPC_COLLECTIONS: Final = ("vpcs", "subnets", "ports", "routetables")


def service_of(path: str) -> str:
    """Which service a path belongs to (huawei-contract 13.1); "apig" where nothing fits, for the body's shape."""
    if path.startswith("/v3/"):
        return "iam"
    if path in vpcep.VERSION_PATHS:
        return "vpcep"
    parts = path.split("/", 4)
    if len(parts) > 3 and parts[1] == "v1":
        return "vpc" if parts[3] in _VPC_COLLECTIONS else "vpcep"
    return "apig"


def answer(world: World, request: Request) -> Answer:
    """Carry out one request. Refusals become answers; nothing else is caught."""
    service = service_of(request.path)
    with world.turn():
        try:
            return _dispatch(world, request, service)
        except Refusal as refusal:
            return spell(world, request, refusal)


def spell(world: World, request: Request, refusal: Refusal) -> Answer:
    """A refusal in the words of the service that the path belongs to."""
    return refused(
        service_of(request.path),
        refusal,
        shape=world.switches.vpcep_error_shape,
        messages=world.messages,
        request_id=request.request_id,
    )


def _dispatch(world: World, request: Request, service: str) -> Answer:
    for route in _ROUTES[service]:
        match = route.path.fullmatch(request.path)
        if match is None or route.method != request.method:
            continue
        if route.newer and not world.profile.has_newer_calls:
            continue
        parts = match.groupdict()
        if route.handler is iam.issue_token:
            return iam.issue_token(world, request)
        caller = caller_of(world, request, service)
        project_id = parts.pop("project_id", None)
        if project_id is not None:
            require_project(caller, project_id, service)
        return route.handler(Call(world, request, caller), **parts)
    raise Refusal(404, "APIGW.0101")
