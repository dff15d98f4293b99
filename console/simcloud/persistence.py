"""The world on disk: a SQLite file, so that one effect is one small atomic transaction however big the world is."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from console.simcloud.ledger import Effect
from console.simcloud.records import KINDS, Record

FORMAT: Final = "1"


class UnreadableState(Exception):
    """The state file is not one of ours or of another format. Its message says which file and what to do."""


class StateFile:
    """Saves records and the ledger. Callers hold the world's lock."""

    def __init__(self, path: Path) -> None:
        """Open or create the file. Raises UnreadableState."""
        self._path = path
        try:
            self._connection = sqlite3.connect(path, timeout=1, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise UnreadableState(f"The state file {path} cannot be opened: {error}.") from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._connection.close()
            raise UnreadableState(f"{path} is in use, or is no state file of the simulated cloud: {error}.") from error

    def _prepare(self) -> None:
        # Two clouds on one file would each believe in their own memory.
        self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._connection.execute("PRAGMA journal_mode=WAL")
        # Survives the death of the process, which is what a demo needs; a power cut may lose the last acts.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(
            "CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
            "CREATE TABLE IF NOT EXISTS records (serial INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL,"
            " id TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, id));"
            "CREATE TABLE IF NOT EXISTS effects (seq INTEGER PRIMARY KEY, body TEXT NOT NULL);"
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was saved yet."""
        return self._about() is None

    def _about(self) -> str | None:
        row = self._connection.execute("SELECT value FROM about WHERE name = 'format'").fetchone()
        return None if row is None else str(row[0])

    def load(self) -> tuple[list[Record], list[Effect]]:
        """Everything saved, oldest first. Raises UnreadableState for another format."""
        if self._about() != FORMAT:
            raise UnreadableState(f"{self._path} was written by another version. Move it away.")
        rows = self._connection.execute("SELECT kind, body FROM records ORDER BY serial").fetchall()
        effects = self._connection.execute("SELECT body FROM effects ORDER BY seq").fetchall()
        return (
            [KINDS[kind](**json.loads(body)) for kind, body in rows],
            [Effect(**json.loads(body)) for (body,) in effects],
        )

    def rewrite(self, records: Iterable[Record]) -> None:
        """Forget all, then save these records and an empty ledger."""
        with self._transaction():
            self._connection.execute("DELETE FROM records")
            self._connection.execute("DELETE FROM effects")
            self._connection.execute("INSERT OR REPLACE INTO about VALUES ('format', ?)", (FORMAT,))
            self._connection.executemany(_UPSERT, [_row(record) for record in records])

    def save(self, effects: Iterable[Effect], changed: Iterable[Record], gone: Iterable[Record]) -> None:
        """Save one act: its ledger rows and the records it changed or removed, all or nothing."""
        with self._transaction():
            self._connection.executemany(_UPSERT, [_row(record) for record in changed])
            self._connection.executemany(
                "DELETE FROM records WHERE kind = ? AND id = ?", [(type(record).__name__, record.id) for record in gone]
            )
            rows = [(effect.seq, json.dumps(effect.as_dict())) for effect in effects]
            self._connection.executemany("INSERT INTO effects VALUES (?, ?)", rows)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file; the object is of no use afterwards."""
        self._connection.close()


_UPSERT: Final = (
    "INSERT INTO records (kind, id, body) VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body"
)


def _row(record: Record) -> tuple[str, str, str]:
    body: dict[str, Any] = asdict(record)
    return type(record).__name__, record.id, json.dumps(body)
