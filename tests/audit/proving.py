"""A log with its own signing key and anchor file, in the folder of one test."""

import os
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from console.access.reach import EVERYTHING
from console.audit import chain, checkpoints, delivery, keyring, triggers, trust
from console.audit.breaks import Break, Whole
from console.audit.chain import Row
from console.audit.filters import Filters
from console.audit.models import Checkpoint, Entry
from console.audit.queries import oldest_first
from console.audit.verify import verify_table
from tests.audit import third_party_verifier


@pytest.fixture
def vault(settings: Any, tmp_path: Path, db: None) -> Path:
    """The data folder of this test: the key and the anchor lie there."""
    settings.DATA_DIR = tmp_path
    settings.AUDIT_ANCHOR_PATH = str(tmp_path / "audit-checkpoints.jsonl")
    for failure in (checkpoints._SIGNING, *delivery._FAILURES.values()):
        failure.ended()  # what failed in another test is no business of this one
    return tmp_path


def sign() -> Checkpoint:
    """A checkpoint, delivered to the file as at the end of a real transaction."""
    made = checkpoints.sign()
    delivery.deliver_due()
    return made


def verified() -> Whole | tuple[int, str]:
    """What the console says about the table, with the keys of this machine."""
    own = trust.own_keys()
    return found_by(verify_table(own, accepted=own))


def found_by(found: Whole | Break) -> Whole | tuple[int, str]:
    """Row and kind of a break."""
    return (found.seq, found.kind.value) if isinstance(found, Break) else found


def sql(statement: str, *values: object) -> None:
    """As the owner of the database could."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def lay_open() -> None:
    """Take the triggers away."""
    triggers.remove(connection)


def write(row: Row) -> None:
    """Put a row where its number says, over what is there."""
    columns = [name for name in Row._fields if name not in ("seq", "at")]
    changes = ", ".join(f"{name} = %s" for name in columns)
    sql(f"UPDATE audit_entry SET {changes} WHERE seq = %s", *(getattr(row, name) for name in columns), row.seq)
    Entry.objects.filter(seq=row.seq).update(at=row.at.replace("Z", "+00:00"))


def rechained(rows: list[Row], first: int, **changes: object) -> list[Row]:
    """The rows with one of them changed and all hashes from there on worked out anew."""
    rows = list(rows)
    previous = rows[first - 1].previous_hash
    for place in range(first - 1, len(rows)):
        row = rows[place]._replace(previous_hash=previous, **(changes if place == first - 1 else {}))
        rows[place] = row._replace(hash=chain.seal(row))
        previous = rows[place].hash
    return rows


def lines() -> list[str]:
    """The export, a line each."""
    return [chain.line(row) + "\n" for row in oldest_first([EVERYTHING], Filters())]


def keys() -> str:
    """Every public key as PEM."""
    return "".join(keyring.public_pem(key["public_key"]) for key in checkpoints.public_keys())


def third_party(
    exported: list[str], signed: list[str] | None = None, pem: str = "", accepted: Collection[str] = ()
) -> tuple[int, str] | None:
    """What somebody without the console says about the files."""
    found = third_party_verifier.verify(
        exported, list(checkpoints.lines()) if signed is None else signed, pem or keys(), accepted
    )
    return tuple(found) if found else None  # type: ignore[return-value]


def other_process(tmp_path: Path) -> dict[str, str]:
    """The environment of another process on the same test database, or with SQLite on a file of its own."""
    if connection.vendor == "sqlite":
        url = f"sqlite:///{tmp_path / 'log.sqlite3'}"
    else:
        at = connection.settings_dict
        url = f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    return os.environ | {
        "DATABASE_URL": url,
        "CONSOLE_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }


def run(environment: dict[str, str], *arguments: str) -> str:
    """Another process, which must succeed."""
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
