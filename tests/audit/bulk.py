"""Writes a long, valid chain quickly, for benchmarks and for tests of the verifier. Goes round `journal.record`."""

import random
import uuid
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from django.db import connection, transaction
from django.utils import timezone

from console.audit import canonical, chain, journal, words
from console.audit.chain import Row
from console.audit.models import Head

#: How far back an empty log begins; the last row is of now.
SPAN = timedelta(days=400)
CLOUDS = ("demo", "eu-de", "eu-nl")
PEOPLE = ("admin", "operator", "owner", "auditor", "viewer", *(f"person{number:02}" for number in range(45)))
ACTS = ("connection.accept", "connection.reject", "permission.add", "permission.remove", "service.rename")
REASON_WORDS = (
    "ticket",
    "approved",
    "cleanup",
    "migration",
    "customer",
    "contract",
    "ended",
    "unknown",
    "owner",
    "test",
)
#: How many different endpoints the rows are about: a million rows give each about 47.
ENDPOINTS = 21_000
_COLUMNS = (*Row._fields, "actor_id", "words")
_PORTION = 5_000


def load(count: int, *, seed: int = 1) -> None:
    """Append `count` rows to the log of the default database: Changes of two rows each, sign-ins between them.

    Row 777 (when there is one) has the word "rareword" in its reason.
    """
    with transaction.atomic():
        head = journal._locked_head()
        rows = _rows(random.Random(seed), count, head)
        while portion := list(islice(rows, _PORTION)):
            _insert(portion)
        head.save()


def _rows(chance: random.Random, count: int, head: Head) -> Iterator[tuple[object, ...]]:
    facts = _facts(chance)
    start = head.at or timezone.now() - SPAN
    step = (timezone.now() - start) / count
    for place, number in enumerate(range(head.seq + 1, head.seq + count + 1), start=1):
        at = start + step * place
        fields = next(facts)
        if number == 777:
            fields = fields | {"reason": "a rareword among many"}
        row = Row(seq=number, at=canonical.moment(at), previous_hash=head.hash, hash="", **fields)
        row = row._replace(hash=chain.seal(row))
        head.seq, head.hash, head.at = number, row.hash, at
        yield (row.seq, at, *row[2:], None, words.of_row(row))


def _facts(chance: random.Random) -> Iterator[dict[str, str]]:
    """The fields of row after row, without number, time and hashes."""
    while True:
        endpoint = chance.randrange(ENDPOINTS)
        actor = chance.choice(PEOPLE)
        common = dict.fromkeys((*Row._fields[2:-2],), "") | {
            "actor": actor,
            "before": "null",
            "after": "null",
            "request_id": uuid.UUID(int=chance.getrandbits(128)).hex,
            "ip": f"10.0.{endpoint % 250}.{endpoint % 199}",
        }
        if chance.random() < 0.1:
            yield common | {"action": "person.sign_in", "state": "succeeded", "target": actor}
            continue
        act = common | {
            "role": "Operator",
            "action": chance.choice(ACTS),
            "cloud": CLOUDS[endpoint % 3],
            "gateway_id": f"gateway-{endpoint % 60:04}",
            "target": str(uuid.uuid5(uuid.NAMESPACE_OID, str(endpoint))),
            "change_id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "reason": " ".join(chance.choices(REASON_WORDS, k=3)),
            "before": '{"status":"pendingAcceptance"}',
        }
        yield act | {"state": "intended"}
        if chance.random() < 0.95:
            yield act | {
                "state": "succeeded",
                "after": '{"status":"accepted"}',
                "cloud_request_id": common["request_id"][:16],
            }
        else:
            yield act | {"state": "failed", "error_code": "APIG.3204", "cloud_request_id": common["request_id"][:16]}


def _insert(rows: list[tuple[object, ...]]) -> None:
    columns = ", ".join(_COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY audit_entry ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(_COLUMNS))
            ready = [(row[0], str(row[1]).removesuffix("+00:00"), *row[2:]) for row in rows]
            cursor.executemany(f"INSERT INTO audit_entry ({columns}) VALUES ({marks})", ready)
