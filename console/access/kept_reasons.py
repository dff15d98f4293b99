"""The reason typed into a confirmation that was not taken: the sign-in behind it had ended or had been replaced.

The form says whose it is, signed. What was typed waits in the browser's session, never in an address, and only that
person is shown it again, at the confirmation's own address.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.http import HttpRequest, QueryDict

from console import clock
from console.access.models import Person

#: The field of a confirmation that names its person.
OWNER_FIELD: Final = "owner"
#: How long a reason waits.
LASTS: Final = timedelta(minutes=15)
_SALT: Final = "console.access.kept_reasons"
_KEY: Final = "kept_reason"
#: The parameter for the id that a new object gets: another one each time, when no object was made of the first.
_NEW_ID: Final = "new"
#: In characters. No form lets anybody type more.
_LONGEST: Final = 2_000


def connect() -> None:
    """Forget the reason of one person when another signs in."""
    user_logged_in.connect(_forget_of_another, dispatch_uid="console.access.kept_reasons")


def owner_token(person: Person) -> str:
    """What a confirmation carries in `OWNER_FIELD`."""
    return signing.dumps(person.pk, salt=_SALT)


def is_confirmation(request: HttpRequest) -> bool:
    """Whether a form of ours was sent that stands at its own address: what was POSTed there can be asked for by GET."""
    return _owner_of(request) is not None


def keep(request: HttpRequest, address: str = "") -> bool:
    """Let the reason that was sent wait for its person. Whether it does: not when somebody else is signed in by now.

    It waits at `address`, by default at the one that it was sent to.
    """
    owner = _owner_of(request)
    if owner is None or (request.user.is_authenticated and request.user.pk != owner):
        return False
    request.session[_KEY] = {
        "person": owner,
        "address": address or request.get_full_path(),
        "reason": request.POST.get("reason", "")[:_LONGEST],
        "until": (clock.now() + LASTS).isoformat(),
    }
    return True


def kept_here(request: HttpRequest) -> str | None:
    """The reason that waits at this address for the person who is signed in, "" for one that they left empty."""
    kept: dict[str, Any] = request.session.get(_KEY, {})
    if not kept or kept["person"] != request.user.pk or not _is_same(kept["address"], request.get_full_path()):
        return None
    reason: str = kept["reason"]
    return reason if clock.now() < datetime.fromisoformat(kept["until"]) else None


def forget(request: HttpRequest) -> None:
    """The confirmation was taken."""
    request.session.pop(_KEY, None)


def _is_same(address: str, other: str) -> bool:
    """Whether two addresses ask the same, also where what is to be created is to get another id this time."""
    (path, _, query), (other_path, _, other_query) = address.partition("?"), other.partition("?")
    first, second = QueryDict(query, mutable=True), QueryDict(other_query, mutable=True)
    first.pop(_NEW_ID, None)
    second.pop(_NEW_ID, None)
    return path == other_path and first == second


def _owner_of(request: HttpRequest) -> int | None:
    if request.method != "POST" or not (token := request.POST.get(OWNER_FIELD, "")):
        return None
    try:
        owner: int = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return owner


def _forget_of_another(request: HttpRequest, user: Person, **_: Any) -> None:
    if request.session.get(_KEY, {}).get("person") != user.pk:
        forget(request)
