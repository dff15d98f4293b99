"""What happens when somebody tried what is not allowed: it is written down or counted, then a page says so.

`console.urls` names `forbidden` and `not_found` as handlers, the settings name `forged_request`.
"""

from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from console.access import kept_reasons
from console.access.actor import actor_of
from console.access.address import client_address
from console.access.guard import Hidden, Refused
from console.access.reach import Reach
from console.audit.catalog import Action, State
from console.audit.journal import LogBroken, record
from console.audit.places import is_known
from console.audit.refusal_counts import is_counted, note_of_nobody
from console.web import errors

#: How many of the objects of a refused act its row names.
MOST_OBJECTS = 5
_UNREADABLE = (
    MultiPartParserError,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
    UnreadablePostError,
)
#: Fields of our forms and addresses that name what an act is about, in the order in which they are looked for.
_OBJECT_FIELDS = ("id", "account", "accounts", "account_id", "name", "person", "person_id", "group_id", "grant_id")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler403: a person may know of the thing, but not do this to it."""
    return _answer(request, HTTPStatus.FORBIDDEN, _act_of(exception), exception)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404. A row only where a signed-in person tried to act on what is hidden from them."""
    if isinstance(exception, Hidden) and request.method == "POST" and request.user.is_authenticated:
        return _answer(request, HTTPStatus.NOT_FOUND, _act_of(exception), exception)
    return errors.page(request, HTTPStatus.NOT_FOUND)


def forged_request(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: the form did not come from a page of ours, or is older than the sign-in.

    A confirmation of ours can be opened again, with the reason that was typed.
    """
    return _answer(request, HTTPStatus.FORBIDDEN, Action.REQUEST_FORGED, None, error_code=reason)


def _answer(
    request: HttpRequest,
    status: HTTPStatus,
    action: Action,
    exception: Exception | None,
    *,
    error_code: str = "",
) -> HttpResponse:
    try:
        _write_down(request, action, exception, error_code or status.phrase)
    except (DatabaseError, LogBroken):
        return _unavailable(request)
    if action is Action.REQUEST_FORGED:
        again_url = request.get_full_path() if kept_reasons.is_confirmation(request) else ""
        kept = kept_reasons.keep(request)
        return errors.page(request, status, template="errors/403_csrf.html", again_url=again_url, reason_kept=kept)
    return errors.page(request, status)


def _write_down(request: HttpRequest, action: Action, exception: Exception | None, error_code: str) -> None:
    """Of somebody who is signed in everything, the place only where it exists and they may know of it."""
    if not request.user.is_authenticated:
        note_of_nobody(action, client_address(request))
        return
    cloud, gateway_id = _place_of(request, exception)
    actor = actor_of(request, cloud, gateway_id)
    if is_counted(action, actor):
        return
    target, tried = _target_of(request, action), request.path
    if action is Action.REQUEST_FORGED:
        # Another site may have written the form and its address: which form it was has to do.
        target, tried = "", request.resolver_match.route if request.resolver_match else ""
    record(
        action=action,
        state=State.REFUSED,
        actor=actor,
        cloud=cloud,
        gateway_id=gateway_id,
        target=target,
        reason=f"{request.method} {tried}",
        error_code=error_code,
    )


def _unavailable(request: HttpRequest) -> HttpResponse:
    """The refusal stands, and so does the duty to record it: without the row there is no other answer."""
    text = "The audit log cannot be written, so nothing was done. Try again in a moment."
    try:
        return errors.page(request, HTTPStatus.SERVICE_UNAVAILABLE, text=text)
    except DatabaseError:  # the frame of the page needs the database too
        return HttpResponse(text, status=HTTPStatus.SERVICE_UNAVAILABLE, content_type="text/plain; charset=utf-8")


def _act_of(exception: Exception | None) -> Action:
    """What was tried, as the guard says; opening a page where it says nothing that the catalog knows."""
    act = exception.act if isinstance(exception, (Hidden, Refused)) else ""
    return next((action for action in Action if action.value == act), Action.PAGE_OPEN)


def _place_of(request: HttpRequest, exception: Exception | None) -> tuple[str, str]:
    """Where it was tried: the row stands in the log of that place, so only a place that the person may know of."""
    if isinstance(exception, (Hidden, Refused)):
        cloud, gateway_id = exception.cloud, exception.gateway_id
    else:
        named = request.resolver_match.kwargs if request.resolver_match else {}
        cloud, gateway_id = str(named.get("cloud", "")), str(named.get("gateway_id", ""))
    if not cloud:
        return "", ""
    reach: Reach = getattr(request, "reach", Reach())
    if gateway_id and reach.sees_gateway(cloud, gateway_id) and is_known(cloud, gateway_id):
        return cloud, gateway_id
    return (cloud, "") if reach.sees_cloud(cloud) and is_known(cloud) else ("", "")


def _target_of(request: HttpRequest, action: Action) -> str:
    """The objects the request names, else the address. Whatever was sent is text from a stranger."""
    if action is Action.PAGE_OPEN:
        return request.path
    named = dict(request.resolver_match.kwargs) if request.resolver_match else {}
    try:
        sent = request.POST if request.method == "POST" else request.GET
        found = [text for field in _OBJECT_FIELDS for text in (*sent.getlist(field), named.get(field)) if text]
    except _UNREADABLE:
        found = []
    shown = ", ".join(str(text)[:100] for text in found[:MOST_OBJECTS])
    rest = len(found) - MOST_OBJECTS
    return (f"{shown} and {rest} more" if rest > 0 else shown) or str(named.get("gateway_id", "")) or request.path
