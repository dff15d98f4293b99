"""Browsers in which somebody signed in before: whatever others do under that name, from there it can be tried.

A cookie of their own says so, signed, for half a year. It is bound to the password and to the sessions of its person
and ends with them. It lets nobody in: it spares waits that others have caused, and has one of its own.
"""

import secrets
from typing import Final, NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from console.access.models import Person
from console.access.names import normalised

_SALT: Final = "console.access.browsers"
#: Seconds for which a browser is remembered.
_AGE: Final = 180 * 24 * 60 * 60
#: People who are remembered in one browser.
_MOST_PEOPLE: Final = 5


class _Mark(NamedTuple):
    """That this person signed in here. `proof` fits as long as the password and the sessions are the same."""

    person_id: int
    browser: str
    proof: str


def remember(request: HttpRequest, response: HttpResponseBase, person: Person) -> None:
    """Mark the browser as one in which this person signed in."""
    browser = secrets.token_urlsafe(16)
    others = [mark for mark in _marks(request) if mark.person_id != person.pk]
    marks = [*others[1 - _MOST_PEOPLE :], _Mark(person.pk, browser, _proof(person, browser))]
    response.set_cookie(
        settings.BROWSER_COOKIE_NAME,
        signing.dumps(marks, salt=_SALT),
        max_age=_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_browser(request: HttpRequest, name: str) -> str:
    """Which browser this is if the person of that name signed in with it before, else ""."""
    marks = {mark.person_id: mark for mark in _marks(request)}
    for person in Person.objects.filter(pk__in=marks, is_active=True) if marks else ():
        mark = marks[person.pk]
        if normalised(person.username) == normalised(name) and constant_time_compare(
            mark.proof, _proof(person, mark.browser)
        ):
            return mark.browser
    return ""


def _marks(request: HttpRequest) -> list[_Mark]:
    """What the cookie says; nothing of it is believed unless we signed it."""
    try:
        marks = signing.loads(request.COOKIES.get(settings.BROWSER_COOKIE_NAME, ""), salt=_SALT, max_age=_AGE)
    except signing.BadSignature:
        return []
    return [_Mark(*mark) for mark in marks]


def _proof(person: Person, browser: str) -> str:
    return salted_hmac(_SALT, f"{browser}:{person.get_session_auth_hash()}", algorithm="sha256").hexdigest()
