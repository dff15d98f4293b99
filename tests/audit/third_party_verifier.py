"""A verifier as a third party would write it from the words of the console's documents alone.

Imports the standard library and `cryptography`, nothing of ours:
`python third_party_verifier.py LOG CHECKPOINTS KEYS [ACCEPTED...]`.
The order of the checks matters: each finding names the first row that cannot be believed, and the kind of break.
"""

import base64
import hashlib
import json
import re
import sys
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

_FIELDS = {
    *("seq", "at", "actor", "role", "action", "cloud", "gateway_id", "target", "change_id", "batch_id", "state"),
    *("reason", "before", "after", "error_code", "cloud_request_id", "request_id", "ip", "previous_hash", "hash"),
}


class Finding(NamedTuple):
    """The first row that cannot be believed, and why."""

    seq: int
    kind: str


def verify(log: Iterable[str], checkpoints: Iterable[str], keys: str, accepted: Collection[str] = ()) -> Finding | None:
    """None when everything holds. `keys` is PEM; one of them must have signed.

    `accepted` are ids or public keys (base64) of keys that are believed although no key before them endorsed them.
    """
    signed, broken = _checkpoints(checkpoints, keys)
    broken = broken or _unendorsed(signed, accepted)
    if broken:
        return broken
    marks = {one["seq"]: one for one in signed}
    firsts = {one["first"] for one in signed}
    rows, broken = _rows(log)
    if not rows:
        return broken or Finding(1, "truncated")
    begin = rows[0]["seq"]
    if begin in firsts and begin - 1 in marks:
        last, previous = begin - 1, marks[begin - 1]["hash"]
    else:
        last, previous = 0, _genesis(signed[0]["installation"]) if signed else rows[0]["previous_hash"]
    for place, row in enumerate(rows):
        found = _step(rows, place, last, previous)
        if found:
            return found
        mark = marks.get(row["seq"])
        if mark and mark["hash"] != row["hash"]:
            return Finding(max((seq for seq in marks if seq < row["seq"]), default=0) + 1, "forged")
        last, previous = row["seq"], row["hash"]
    if broken:
        return broken
    return Finding(last + 1, "truncated") if marks and max(marks) > last else None


def first_broken_line(lines: Iterable[str], installation: str) -> int | None:
    """The place (from 1) of the first line that does not hold by the chain alone, None when all do."""
    previous = _genesis(installation)
    for place, line in enumerate(lines, start=1):
        row = json.loads(line)
        if {*row} != _FIELDS or row["seq"] != place or row["previous_hash"] != previous or _seal(row) != row["hash"]:
            return place
        previous = row["hash"]
    return None


def _step(rows: list[dict[str, Any]], place: int, last: int, previous: str) -> Finding | None:
    """How the row at this place fails to follow the one before."""
    row = rows[place]
    wanted, follows, sealed = row["seq"] == last + 1, row["previous_hash"] == previous, _seal(row) == row["hash"]
    if wanted and follows and sealed:
        return None
    number = row["seq"] if sealed else _number(row, rows)
    if any(_follows(other, last, previous) for other in rows[place + 1 :]):
        # The true next row lies further down: this one was put in, or moved up.
        moved = number is not None and number > last + 1
        return Finding(last + 1 if moved else row["seq"], "reordered" if moved else "inserted")
    if number is None:
        return Finding(row["seq"], "edited")
    if number > last + 1:
        return Finding(last + 1, "gap")
    if number <= last:
        return Finding(number, "inserted")
    if not sealed:
        return Finding(number, "edited")  # nothing but its number
    return Finding(1, "foreign") if last == 0 else Finding(last, "forged")


def _follows(row: dict[str, Any], last: int, previous: str) -> bool:
    return row["previous_hash"] == previous and _seal({**row, "seq": last + 1}) == row["hash"]


def _number(row: dict[str, Any], rows: list[dict[str, Any]]) -> int | None:
    """The number under which the row fits its hash; None where something else was changed."""
    numbers = range(rows[0]["seq"], max(other["seq"] for other in rows) + 1)
    return next((number for number in numbers if _seal({**row, "seq": number}) == row["hash"]), None)


def _rows(log: Iterable[str]) -> tuple[list[dict[str, Any]], Finding | None]:
    """The rows up to the first line that is none."""
    rows: list[dict[str, Any]] = []
    for line in log:
        place = rows[-1]["seq"] + 1 if rows else 1
        try:
            row = json.loads(line, object_pairs_hook=_distinct, parse_float=_refuse, parse_constant=_refuse)
            texts = [value for name, value in row.items() if name not in ("seq", "before", "after")]
            if {*row} != _FIELDS or type(row["seq"]) is not int or not all(type(text) is str for text in texts):
                raise ValueError("not a row")
            _seal(row)
        except (ValueError, AttributeError, TypeError):
            return rows, Finding(place, "edited" if line.endswith("\n") else "truncated")
        rows.append(row)
    return rows, None


def _checkpoints(lines: Iterable[str], keys: str) -> tuple[list[dict[str, Any]], Finding | None]:
    signed: list[dict[str, Any]] = []
    known = {_raw(pem) for pem in re.findall("-----BEGIN PUBLIC.+?END PUBLIC KEY-----", keys, re.DOTALL)}
    used = set()
    for line in filter(str.strip, lines):
        try:
            one = json.loads(line, object_pairs_hook=_distinct, parse_float=_refuse)
            if signed and one == signed[-1]:
                continue
            _check(one, signed[-1] if signed else None)
        except (ValueError, KeyError, TypeError, InvalidSignature):
            return signed, Finding(signed[-1]["seq"] + 1 if signed else 1, "signature")
        used.add(base64.b64decode(one["key"]["public_key"]))
        signed.append(one)
    if signed and not used & known:
        return signed, Finding(1, "signature")
    return signed, None


def _check(one: dict[str, Any], last: dict[str, Any] | None) -> None:
    key = one["key"]
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key["public_key"]))
    statement = _canonical({name: value for name, value in key.items() if name not in ("possession", "endorsement")})
    public.verify(base64.b64decode(key["possession"]), statement)
    public.verify(
        base64.b64decode(one["signature"]), _canonical({name: one[name] for name in one if name != "signature"})
    )
    if last is None:
        return
    if one["previous"] != hashlib.sha256(_canonical(last)).hexdigest() or one["number"] != last["number"] + 1:
        raise ValueError("does not follow")
    if one["installation"] != last["installation"] or one["seq"] < last["seq"] or one["first"] < last["first"]:
        raise ValueError("does not follow")
    if key["key_id"] != hashlib.sha256(base64.b64decode(key["public_key"])).hexdigest()[:16]:
        raise ValueError("its key has another id")
    if key != last["key"] and not _starts_anew(key, last["key"]):
        if key["endorsed_by"] != last["key"]["key_id"]:
            raise ValueError("not endorsed")
        old = Ed25519PublicKey.from_public_bytes(base64.b64decode(last["key"]["public_key"]))
        old.verify(base64.b64decode(key["endorsement"]), statement)


def _starts_anew(key: dict[str, Any], before: dict[str, Any]) -> bool:
    return key["endorsed_by"] == key["endorsement"] == "" and key["public_key"] != before["public_key"]


def _unendorsed(signed: list[dict[str, Any]], accepted: Collection[str]) -> Finding | None:
    """The rows after the last checkpoint that is believed, where a key goes on that neither was endorsed nor accepted.

    Each checkpoint holds the digest of the one before it, so a key that is accepted vouches for all before it.
    """
    named = [
        place for place, one in enumerate(signed) if {one["key"]["key_id"], one["key"]["public_key"]} & {*accepted}
    ]
    for place in range(1, len(signed)):
        last, one = signed[place - 1], signed[place]
        if _starts_anew(one["key"], last["key"]) and not (named and named[-1] >= place):
            return Finding(min(last["seq"] + 1, one["seq"]), "signature")
    return None


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def _seal(row: dict[str, Any]) -> str:
    return hashlib.sha256(_canonical({name: row[name] for name in row if name != "hash"})).hexdigest()


def _genesis(installation: str) -> str:
    return hashlib.sha256(
        _canonical({"installation": installation, "log": "private-access-console/audit/1"})
    ).hexdigest()


def _raw(pem: str) -> bytes:
    key = load_pem_public_key(pem.encode())
    assert isinstance(key, Ed25519PublicKey)
    return key.public_bytes_raw()


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a key occurs twice")
    return dict(pairs)


def _refuse(text: str) -> None:
    raise ValueError(f"not a whole number: {text}")


def _main() -> int:
    with open(sys.argv[1], encoding="utf-8") as log, open(sys.argv[2]) as signed, open(sys.argv[3]) as keys:
        found = verify(log, signed, keys.read(), sys.argv[4:])
    print(f"broken at row {found.seq}: {found.kind}" if found else "whole")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(_main())
