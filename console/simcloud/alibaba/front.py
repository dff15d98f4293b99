"""Where RPC requests come in: recognises them, lets the caller in, runs the action, spells the answer."""

from typing import Final

from console.simcloud.alibaba import cloudapi, privatelink, spelling, vpc
from console.simcloud.alibaba.authentication import account_of
from console.simcloud.alibaba.call import Actions, Call
from console.simcloud.alibaba.identity import REGION
from console.simcloud.alibaba.parameters import Parameters, form_of, query_of
from console.simcloud.alibaba.refusals import MESSAGES, refuse
from console.simcloud.alibaba.spelling import Manner, Product
from console.simcloud.errors import Refusal
from console.simcloud.wire import Answer, Request
from console.simcloud.world import World

#: By version, which with the action names what is wanted (alibaba-contract 1.6).
_ACTIONS: Final[dict[str, Actions]] = {
    "2016-07-14": cloudapi.ACTIONS,
    "2020-04-15": privatelink.ACTIONS,
    "2016-04-28": vpc.ACTIONS,
}
_API_GATEWAY: Final = Product("CloudAPI", "apigateway", "apigateway")
_PRODUCTS: Final = {
    "2016-07-14": _API_GATEWAY,
    "2020-04-15": Product("Privatelink", "privatelink", "privatelink"),
    "2016-04-28": Product("Vpc", "vpc", "vpc"),
}
#: Parameters that only this protocol has.
_TELLING: Final = ("Action", "Version", "AccessKeyId", "Signature", "SignatureNonce")

#: What a `status` fault says when its rule names no code.
_USUAL_CODES: Final = {
    400: "InvalidParameter",
    401: "InvalidAccessKeyId.NotFound",
    403: "Forbidden.RAM",
    404: "InvalidAction.NotFound",
    409: "ConcurrentCallNotSupported",
    429: "Throttling.User",
    503: "ServiceUnavailable",
}


def recognises(request: Request) -> bool:
    """Whether this is an RPC request: all of them go to `/`, where the protocol's headers or parameters tell."""
    if request.path != "/":
        return False
    if any(name.startswith("x-acs-") for name in request.headers):
        return True
    values = _values(request)
    return any(name in values for name in _TELLING)


def new_request_id() -> str:
    """An upper-case UUID, which the answer's body repeats."""
    return spelling.new_request_id()


def action_of(request: Request) -> str:
    """The action that a request asks for; "" for none."""
    return request.headers.get("x-acs-action") or _values(request).get("Action", "")


def usual_code(_request: Request, status: int) -> str:
    """The code that goes with an HTTP status when a fault names none."""
    return _USUAL_CODES.get(status, "InternalError")


def answer(world: World, request: Request) -> Answer:
    """Carry out one request. Refusals become answers; nothing else is caught."""
    with world.turn():
        try:
            body = _dispatch(world, request)
        except Refusal as refusal:
            return spell(world, request, refusal)
        return spelling.succeeded(_manner(request), body)


def spell(world: World, request: Request, refusal: Refusal) -> Answer:
    """A refusal in the shape of alibaba-contract 1.7."""
    message = world.messages.get(refusal.code) or refusal.message or MESSAGES.get(refusal.code, refusal.code)
    return spelling.refused(_manner(request, as_xml=world.switches.alibaba_error_format == "xml"), refusal, message)


def _values(request: Request) -> dict[str, str]:
    return dict([*query_of(request), *form_of(request)])


def _version_of(request: Request) -> str:
    return request.headers.get("x-acs-version") or _values(request).get("Version", "")


def _manner(request: Request, *, as_xml: bool = False) -> Manner:
    values = _values(request)
    return Manner(
        request_id=request.request_id,
        product=_PRODUCTS.get(_version_of(request), _API_GATEWAY),
        action=action_of(request),
        region=values.get("RegionId") or REGION,
        as_xml=as_xml or _wants_xml(request, values),
    )


def _wants_xml(request: Request, values: dict[str, str]) -> bool:
    """XML is what V1 gets unless it says otherwise; V3 says what it accepts (alibaba-contract 1.1)."""
    if "Format" in values or "AccessKeyId" in values:
        return values.get("Format", "XML").upper() == "XML"
    return "xml" in request.headers.get("accept", "")


def _dispatch(world: World, request: Request) -> dict[str, object]:
    if request.method not in ("GET", "POST"):
        raise Refusal(403, "UnsupportedHTTPMethod")
    action, version = action_of(request), _version_of(request)
    for name, value in (("Action", action), ("Version", version)):
        if not value:
            raise refuse("MissingParameter", f'The input parameter "{name}" is mandatory for this request.')
    actions = _ACTIONS.get(version)
    if actions is None:
        raise refuse("NoSuchVersion")
    handler = actions.get(action)
    if handler is None:
        raise Refusal(404, "InvalidAction.NotFound")
    account = account_of(world, request)
    return handler(Call(world, account, action, Parameters(_values(request)), request.request_id))
