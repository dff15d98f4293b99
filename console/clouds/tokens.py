"""Sign-in tokens of all clouds, one cache per process (sources 001, huawei-contract 2.1).

A token is renewed before it ends, by one thread while the others keep using the old one. However many threads
need a token at once, one signs in. A refused sign-in is remembered, so that a wrong password cannot lock the user.
"""

import copy
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

from console.clouds.budget import remaining
from console.clouds.errors import CloudBusy, CloudError, CloudRefused, CloudUnavailable
from console.clouds.secret import Secret
from console.clouds.traffic import Purpose, calling
from console.clouds.types import AccountId

#: Seconds before the end at which a token is renewed; half its life where that is shorter.
MARGIN: Final = 30 * 60.0
#: Seconds for which a refused sign-in, or a fresh token that was refused, is not tried again.
REFUSAL_MEMORY: Final = 60.0
#: Seconds before a renewal that found the cloud unreachable is tried again, while the old token still holds.
RENEWAL_PAUSE: Final = 30.0
#: Seconds that a thread waits for another thread's sign-in where no time budget is set.
LONGEST_WAIT: Final = 10.0


@dataclass(frozen=True, slots=True)
class TokenKey:
    """Whose token, and for what."""

    auth_url: str
    domain: str
    user: str
    scope: str


@dataclass(frozen=True, slots=True)
class Token:
    """What a sign-in gave. `lifetime` in seconds, counted from its arrival, so clocks need not agree."""

    value: Secret
    lifetime: float
    #: The account that the user belongs to.
    account: AccountId


@dataclass(slots=True)
class _Entry:
    """All that is known about one key. Changed only under the cache's lock."""

    token: Token | None = None
    ends_at: float = 0.0
    renew_at: float = 0.0
    flight: Future[Token] | None = None
    refusal: CloudError | None = None
    refused_until: float = 0.0
    #: A fresh token was refused too: until then, another sign-in would not help.
    no_renewal_until: float = field(default=0.0)


class TokenCache:
    """Tokens by key. `clock` gives seconds and only moves forward."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[TokenKey, _Entry] = {}

    def get(self, key: TokenKey, sign_in: Callable[[], Token]) -> Token:
        """A token that holds; signs in where there is none or its end is near.

        Raises what the sign-in raised; a remembered CloudRefused without asking the cloud again.
        """
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            now = self._clock()
            token = entry.token if now < entry.ends_at else None
            if token is not None and (now < entry.renew_at or entry.flight is not None):
                return token
            flight, mine = self._board(entry, now)
        if not mine:
            return _landed(flight)
        try:
            return self._fly(entry, flight, sign_in)
        except CloudError:
            if token is None:
                raise
            return token  # early renewal failed; the old one still holds

    def after_refusal(self, key: TokenKey, failed: Token, sign_in: Callable[[], Token]) -> Token | None:
        """A token to replay a 401 with, or None where another sign-in would not help.

        Another thread may have renewed it already: then that one is given without a sign-in.
        """
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            now = self._clock()
            if entry.token is not None and entry.token.value != failed.value and now < entry.ends_at:
                return entry.token
            if now < entry.no_renewal_until:
                return None
            flight, mine = self._board(entry, now)
        return self._fly(entry, flight, sign_in) if mine else _landed(flight)

    def fresh_token_refused(self, key: TokenKey) -> None:
        """The replay got a 401 too: it is not the token's fault, so stop signing in for a while."""
        with self._lock:
            self._entries.setdefault(key, _Entry()).no_renewal_until = self._clock() + REFUSAL_MEMORY

    def _board(self, entry: _Entry, now: float) -> tuple[Future[Token], bool]:
        """The sign-in under way, or a new one for the caller to make. Under the lock."""
        if entry.flight is not None:
            return entry.flight, False
        if entry.refusal is not None and now < entry.refused_until:
            raise refusal_until(entry.refusal, entry.refused_until - now)
        entry.flight = Future()
        return entry.flight, True

    def _fly(self, entry: _Entry, flight: Future[Token], sign_in: Callable[[], Token]) -> Token:
        try:
            with calling(Purpose.ACT):  # it is for everybody, so no person's limit and no pause of reads may stop it
                token = sign_in()
        except BaseException as error:
            with self._lock:
                self._note_failure(entry, error)
            flight.set_exception(error)
            raise
        with self._lock:
            now = self._clock()
            entry.token, entry.flight, entry.refusal = token, None, None
            entry.ends_at = now + token.lifetime
            entry.renew_at = entry.ends_at - min(MARGIN, token.lifetime / 2)
        flight.set_result(token)
        return token

    def _note_failure(self, entry: _Entry, error: BaseException) -> None:
        now = self._clock()
        entry.flight = None
        entry.renew_at = now + RENEWAL_PAUSE
        if isinstance(error, CloudRefused) and not isinstance(error, CloudBusy):
            entry.refusal, entry.refused_until = copy.copy(error), now + REFUSAL_MEMORY
            error.retry_after = REFUSAL_MEMORY


def refusal_until(refusal: CloudError, seconds: float) -> CloudError:
    """A remembered refusal, and for how long nothing is tried again, so that whoever waits for it can say so."""
    again = copy.copy(refusal)
    again.retry_after = max(seconds, 0.0)
    return again


def _landed(flight: Future[Token]) -> Token:
    """The outcome of another thread's sign-in, waited for no longer than our own time."""
    try:
        return flight.result(timeout=remaining(LONGEST_WAIT))
    except TimeoutError:
        reason = "the sign-in to the cloud takes too long"
    except CloudError as error:
        raise copy.copy(error) from None
    raise CloudUnavailable(reason)
