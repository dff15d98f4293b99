"""Sessions in the database, found by the hash of their key: who reads the table, or a copy of it, can open none.

The key is 32 random characters, so a plain SHA-256 cannot be turned back. Django's asynchronous methods call these.
"""

import hashlib
from typing import Any, Final

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import DatabaseError, IntegrityError, transaction

from console import clock
from console.access.models import Session
from console.database_failures import failure_of
from console.light_writes import light_transaction, light_write
from console.transactions import run_again_when_called_off

#: Rows that are deleted at once: a longer transaction would hold up those who sign in.
BATCH: Final = 500


def hash_of(key: str) -> str:
    """What stands in the table for this key."""
    return hashlib.sha256(key.encode()).hexdigest()


class SessionStore(SessionBase):
    """The engine that `SESSION_ENGINE` names."""

    def load(self) -> dict[str, Any]:
        """The content; empty, and the key forgotten, when there is no such session or it is over."""
        row = Session.objects.filter(key_hash=hash_of(self.session_key or ""), ends_at__gt=clock.now()).first()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row.content)

    def exists(self, session_key: str) -> bool:
        """Whether the key is taken."""
        return Session.objects.filter(key_hash=hash_of(session_key)).exists()

    def create(self) -> None:
        """Take a new key."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 -- as Django calls it
        """Write the content. Raises CreateError for a key that is taken, UpdateError when the session is gone.

        A database that cannot be written raises its own error, of which nobody is signed out.
        """
        if self.session_key is None:
            return self.create()
        content = self.encode(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        row = Session(
            key_hash=hash_of(self.session_key), content=content, ends_at=self.get_expiry_date(modification=clock.now())
        )
        try:
            if must_create:
                with transaction.atomic():
                    row.save(force_insert=True)
            else:
                _update(row)
        except IntegrityError as taken:
            if must_create:
                raise CreateError from taken
            raise
        except DatabaseError as gone:
            if must_create or failure_of(gone):
                raise
            raise UpdateError from gone

    def delete(self, session_key: str | None = None) -> None:
        """End it: its key opens nothing any more."""
        if key := session_key or self.session_key:
            Session.objects.filter(key_hash=hash_of(key)).delete()


@light_write()
@run_again_when_called_off
def _update(row: Session) -> None:
    with light_transaction():
        row.save(force_update=True)


def forget_expired() -> bool:
    """Delete a batch of sessions that are over. Whether there may be more."""
    over = Session.objects.filter(ends_at__lte=clock.now()).values_list("pk", flat=True)[:BATCH]
    deleted, _by_model = Session.objects.filter(pk__in=list(over)).delete()
    return deleted == BATCH
