"""Sessions end after idle time and, whatever happens, after the absolute one (ASVS 7.3.1, 7.3.2).

Django has one timer; here are two stamps in the session. A page that only refreshes itself is no activity: a screen
left alone signs its person out. Parallel sessions of one person are allowed.
"""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions import middleware as sessions
from django.contrib.sessions.backends.base import SessionBase
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from console import clock
from console.database_failures import failure_of
from console.light_writes import NotKept

_STARTED: Final = "access_started"
_SEEN: Final = "access_seen"
#: The session is written at most this often for mere activity, in seconds; a tenth of a short idle limit.
_WRITE_EVERY: Final = 60


def connect() -> None:
    """Stamp each session at sign-in."""
    user_logged_in.connect(_stamp, dispatch_uid="console.access.sessions")


def _stamp(request: HttpRequest, **_: Any) -> None:
    now = int(clock.now().timestamp())
    request.session[_STARTED] = request.session[_SEEN] = now


def is_poll(request: HttpRequest) -> bool:
    """Whether a page asked by itself, without its person doing anything."""
    return request.headers.get("X-Poll") == "1" or request.GET.get("poll") == "1"


def seconds_left(session: SessionBase) -> int:
    """Until the session ends if nothing happens, in seconds; 0 or less when it is over or was never stamped."""
    now = int(clock.now().timestamp())
    started, seen = session.get(_STARTED, 0), session.get(_SEEN, 0)
    ends = min(seen + settings.SESSION_IDLE_SECONDS, started + settings.SESSION_ABSOLUTE_SECONDS)
    return int(ends - now)


def touch(session: SessionBase, *, at_once: bool = False) -> None:
    """Note activity. Written once in a while, or at once for somebody who asked to stay."""
    now = int(clock.now().timestamp())
    pause = 0 if at_once else min(_WRITE_EVERY, settings.SESSION_IDLE_SECONDS // 10)
    if now - session.get(_SEEN, 0) >= pause:
        session[_SEEN] = now


class SessionMiddleware(sessions.SessionMiddleware):
    """Django's. A page that only shows goes on where the session cannot be written: what is lost is that its person was
    active, which ends the session sooner, and that a message was shown, which shows it again."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Write the session, if it changed."""
        try:
            return super().process_response(request, response)
        except NotKept:
            if request.method not in ("GET", "HEAD"):
                raise
        return response


class SessionLimitsMiddleware:
    """Ends sessions that are over, and tells the page when this one will be (`request.session_ends_in`, seconds)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """A session that is over is deleted on the server, so its cookie is worthless."""
        if request.user.is_authenticated:
            if seconds_left(request.session) <= 0:
                _end(request)
                request.session_ended = True  # type: ignore[attr-defined]
            else:
                if not is_poll(request):
                    touch(request.session)
                request.session_ends_in = seconds_left(request.session)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if not request.user.is_authenticated and request.session.session_key and not request.session.keys():
            request.session.flush()  # it carried a message, which was shown: nothing of a stranger is kept
        return response


def _end(request: HttpRequest) -> None:
    """Sign out. Where that cannot be written down, the stamps in the session still say that it is over."""
    try:
        logout(request)
    except DatabaseError as error:
        if failure_of(error) is None:
            raise
        request.user = AnonymousUser()
