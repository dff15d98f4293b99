"""Password tokens (24 hours, huawei-contract 2.1) and the locks after repeated failures (2.1, 3)."""

import base64
import os
from dataclasses import dataclass
from typing import Final

from console.simcloud.clock import Clock
from console.simcloud.identity import Account, Project

LIFE: Final = 24 * 3600.0
#: Real tokens are several kB; this many random bytes make about 1.6 kB of text.
TOKEN_BYTES: Final = 1200

FAILURES_BEFORE_LOCK: Final = 5
USER_LOCK_SECONDS: Final = 15 * 60.0
KEY_LOCK_SECONDS: Final = 5 * 60.0


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says about its bearer. Without a project it is a token for global services."""

    account: Account
    project: Project | None
    issued_at: float
    expires_at: float
    #: How often all tokens had been ended before it was issued.
    generation: int


class Tokens:
    """The tokens issued since the start. A new one does not end older ones."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, Token] = {}
        self._generation = 0

    def issue(self, account: Account, project: Project | None) -> tuple[str, Token]:
        """A new token: its secret text and what it stands for."""
        now = self._clock.now()
        token = Token(account, project, now, now + LIFE, self._generation)
        text = "MII" + base64.urlsafe_b64encode(os.urandom(TOKEN_BYTES)).decode()
        self._issued[text] = token
        return text, token

    def find(self, text: str) -> Token | None:
        """What was issued under this text, alive or not; None: never issued here."""
        return self._issued.get(text)

    def is_alive(self, token: Token) -> bool:
        """Whether this token may still be used."""
        return token.generation == self._generation and self._clock.now() < token.expires_at

    def expire_all(self) -> None:
        """All tokens die early; later ones live."""
        self._generation += 1


@dataclass(slots=True)
class _Record:
    failures: int = 0
    locked_until: float = 0.0


class Locks:
    """Counts failures in a row per user or access key; more than five lock it for a while."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._records: dict[str, _Record] = {}

    def is_locked(self, name: str) -> bool:
        """Whether this user or key is locked now."""
        record = self._records.get(name)
        return record is not None and self._clock.now() < record.locked_until

    def failed(self, name: str, lock_seconds: float) -> None:
        """Note a failure; the sixth in a row locks."""
        record = self._records.setdefault(name, _Record())
        record.failures += 1
        if record.failures > FAILURES_BEFORE_LOCK:
            record.failures = 0
            record.locked_until = self._clock.now() + lock_seconds

    def succeeded(self, name: str) -> None:
        """Note a success: the row of failures ends."""
        self._records.pop(name, None)

    def clear(self) -> None:
        """Forget all failures and locks."""
        self._records.clear()
