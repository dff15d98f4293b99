"""Signing in: every view is closed unless it is opened by name, and sign-up does not exist.

django-allauth does the work; this module closes what we do not offer and says the rest in our words. How often somebody
may be wrong is decided in `waits` alone.
"""

import math
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from console.access import hashing, kept_reasons, waits
from console.access.address import address_block, client_address
from console.access.browsers import known_browser
from console.access.guard import Kind, View, policy_of
from console.access.models import Person
from console.access.names import normalised
from console.access.reach import reach_of
from console.access.waits import Counted
from console.web.fragments import DIALOG

#: The code of the error that says how long to wait; its parameter `seconds` says so too.
WAIT: Final = "wait"

#: Where somebody with an initial password may still go.
_ALLOWED_BEFORE_OWN_PASSWORD: Final = frozenset({"account_change_password", "account_logout", "account_extend"})

#: The only messages of allauth that we show, in our words.
_MESSAGES: Final = {
    "account/messages/logged_out.txt": "You are signed out.",
    "account/messages/password_changed.txt": "Your password is changed. Your other sessions have ended.",
}


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Sends strangers to the sign-in page, and people with an initial password to the page that replaces it."""

    def process_request(self, request: HttpRequest) -> None:
        """What the person may do is read when the first view or template asks, once."""
        request.reach = SimpleLazyObject(lambda: reach_of(request.user))  # type: ignore[attr-defined]

    def process_view(
        self, request: HttpRequest, view_func: View, view_args: tuple[Any, ...], view_kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Nothing to say for a view that may be reached; the view's own guard decides the rest."""
        policy = policy_of(view_func)
        if policy and policy.kind is Kind.OPEN:
            return None
        if not request.user.is_authenticated:
            kept_reasons.keep(request)
            return _go(request, _sign_in_address(request))
        if policy is None:
            raise PermissionDenied("a view without a mark of the guard")
        match = request.resolver_match
        if request.user.must_change_password and match and match.url_name not in _ALLOWED_BEFORE_OWN_PASSWORD:
            return _go(request, reverse("account_change_password"))
        return None


def own_path(request: HttpRequest, url: str, default: str = "") -> str:
    """The path and query of an address of this console, `default` for anybody else's (CWE-601)."""
    if not url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}):
        return default
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    # The path of "https://host//evil" would be an address of its own.
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else default


def page_of(request: HttpRequest) -> str:
    """The page the person is looking at, to return to: an act or a fragment is no page to come back to.

    A confirmation and what opens in the dialog are pages too, at their own addresses.
    """
    opens_dialog = request.method == "GET" and request.headers.get("HX-Target") == DIALOG
    if opens_dialog or kept_reasons.is_confirmation(request):
        return request.get_full_path()
    if request.headers.get("HX-Request") == "true":
        return own_path(request, request.headers.get("HX-Current-URL", ""), default="/")
    if request.method not in ("GET", "HEAD"):
        return own_path(request, request.headers.get("Referer", ""), default="/")
    return request.get_full_path()


def _sign_in_address(request: HttpRequest) -> str:
    query = {"next": page_of(request)}
    if getattr(request, "session_ended", False):
        query["ended"] = "1"
    if request.method == "POST":
        query["unsent"] = "1"
    return f"{reverse('account_login')}?{urlencode(query)}"


def _go(request: HttpRequest, url: str) -> HttpResponse:
    """Go there as a whole page: htmx would put the page into a table cell."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth with everything closed but signing in, signing out and changing one's own password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The same address as in the audit log."""
        return client_address(request)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Pages only: allauth's JSON answers are a second way in that nobody needs."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """`next` leads to paths of our own, never to a host, not even to one of ours."""
        return bool(url) and str(url).startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try. Who has to wait is told how long, and nothing is tried at all.

        Raises ValidationError with code WAIT.
        """
        begun = waits.begin(_counted(request, str(credentials.get("username", ""))))
        if isinstance(begun, timedelta):
            _tell_failed(request, credentials)
            text = "Too many attempts with a wrong password. This one was not tried: wait %(wait)s, then try again."
            told = {"wait": waits.in_words(begun), "seconds": waits.whole_seconds(begun)}
            raise ValidationError(text, code=WAIT, params=told)
        self._begun = begun

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """The person, None for a wrong password. Disabled people and initial passwords that expired get None too.

        All of them take the same path and get the same answer: allauth and Django both hash once for unknown names.
        """
        known = request.user.is_authenticated or bool(known_browser(request, str(credentials.get("username", ""))))
        try:
            with hashing.place(known=known):
                person = super().authenticate(request, **credentials)
        except hashing.Busy:
            text = "The console is busy with other sign-ins. This one was not tried: try again in a moment."
            raise ValidationError(text, code=WAIT, params={"seconds": math.ceil(hashing.PATIENCE)}) from None
        if not isinstance(person, Person) or not person.is_active:
            return None
        if person.initial_password_expired:
            _tell_failed(request, credentials)
            return None
        waits.take_back(self._begun)
        return person

    def set_password(self, user: Person, password: str) -> None:
        """The person chose a password of their own: it is no initial one any more."""
        user.initial_password_until = None
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to where the link was."""
        return reverse("preferences")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """The sign-in page."""
        return resolve_url("account_login")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *_: Any, **__: Any
    ) -> None:
        """Say only what the page does not say by itself."""
        if text := _MESSAGES.get(message_template or ""):
            super().add_message(request, level, message=text)


def _counted(request: HttpRequest, name: str) -> list[Counted]:
    """What a try under this name counts for. Whether there is a person of that name plays no part."""
    if request.user.is_authenticated:
        return [Counted(waits.PERSON, f"session {request.session.session_key}")]
    if browser := known_browser(request, name):
        return [Counted(waits.PERSON, f"browser {browser}")]
    address = address_block(client_address(request))
    return [
        Counted(waits.ADDRESS, f"address {address}", wiped=False),
        Counted(waits.PERSON, f"name {address} {normalised(name)}"),
    ]


def _tell_failed(request: HttpRequest, credentials: dict[str, Any]) -> None:
    """Django tells of wrong passwords by itself, but not of the tries that we stop; the audit log listens."""
    told = {"username": str(credentials.get("username", ""))}
    user_login_failed.send(sender=__name__, credentials=told, request=request)
