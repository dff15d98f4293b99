"""The front gateway: finds the service by its path, lets the caller in, runs the handler, spells refusals."""

import os
from collections.abc import Sequence
from typing import Final

from console.patterns import Pattern
from console.simcloud.errors import Refusal
from console.simcloud.huawei import apig, iam, vpc, vpcep
from console.simcloud.huawei.authentication import caller_of, require_project
from console.simcloud.huawei.call import Call, Route
from console.simcloud.huawei.spelling import refused
from console.simcloud.wire import MAX_LINE, Answer, Request
from console.simcloud.world import World

_SERVICES: Final[dict[str, Sequence[Route]]] = {
    "iam": iam.ROUTES,
    "apig": apig.ROUTES,
    "vpcep": vpcep.ROUTES,
    "vpc": vpc.ROUTES,
}
_ROUTES: Final = {
    service: [(Pattern(route.path, MAX_LINE), route) for route in routes] for service, routes in _SERVICES.items()
}
_VPC_COLLECTIONS: Final = ("vpcs", "subnets", "ports", "routetables")

#: What a `status` fault says when its rule names no code.
_USUAL_CODES: Final = {
    401: {"apig": "APIGW.0307", "vpcep": "APIGW.0307", "vpc": "VPC.0008", "iam": "401"},
    403: {"apig": "APIC.7106", "vpcep": "EndPoint.0004", "vpc": "VPC.0010", "iam": "IAM.0002"},
    404: {"apig": "APIC.7302", "vpcep": "EndPoint.0005", "vpc": "VPC.0003", "iam": "404"},
    409: {"apig": "APIC.7701", "vpcep": "EndPoint.3045", "vpc": "VPC.0202", "iam": "409"},
    429: {"apig": "APIGW.0308", "vpcep": "APIGW.0308", "vpc": "APIGW.0308", "iam": "IAM.0012"},
}
_USUAL_CODES_OTHERWISE: Final = {"apig": "APIC.9000", "vpcep": "EndPoint.0001", "vpc": "VPC.0202", "iam": "500"}


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


def new_request_id() -> str:
    """32 hex digits."""
    return os.urandom(16).hex()


def action_of(_request: Request) -> str:
    """Nothing: here the path says what is wanted."""
    return ""


def usual_code(request: Request, status: int) -> str:
    """The code that goes with an HTTP status when a fault names none."""
    return _USUAL_CODES.get(status, _USUAL_CODES_OTHERWISE)[service_of(request.path)]


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
    for path, route in _ROUTES[service]:
        match = path.fullmatch(request.path)
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
