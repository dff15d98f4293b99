"""Reading what a cloud wrote: tolerant of odd texts, numbers and times, strict only about JSON itself."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from console.patterns import Pattern

JsonObject = dict[str, Any]

_UNPADDED: Final = Pattern(r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2}):(\d{1,2})", 60)
#: Epoch numbers above this are milliseconds (as seconds it would be the year 5138).
_MILLISECONDS_FROM: Final = 100_000_000_000


class UnreadableAnswer(ValueError):
    """An answer that is not what the contract promises; the text says what is wrong with it."""


def parse_object(body: bytes) -> JsonObject:
    """The JSON object in a body. Raises UnreadableAnswer for anything else."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableAnswer("the answer is not JSON") from None
    if not isinstance(document, dict):
        raise UnreadableAnswer("the answer is not a JSON object")
    return document


def text(value: Any) -> str:
    """A text or a number as text, without what no database or page can hold; "" for everything else."""
    if isinstance(value, str):
        return value if value.isprintable() else _printable(value)
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return str(value)
        except ValueError:  # thousands of digits
            return ""
    return ""


def _printable(value: str) -> str:
    return "".join(
        char if char in "\n\t" or (char >= " " and not "\ud800" <= char <= "\udfff" and char != "\x7f") else "\ufffd"
        for char in value
    )


def moment(value: Any) -> datetime | None:
    """Any of the clouds' ways to write a time (huawei-contract 1.4, alibaba-contract 2.1), as UTC; one without a zone
    is taken for UTC. None where there is none to be read.
    """
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return _odd_moment(value)
        if found.tzinfo is UTC:
            return found
        return found.replace(tzinfo=UTC) if found.tzinfo is None else _in_utc(found)
    if isinstance(value, int) and not isinstance(value, bool):
        return _epoch(value)
    return None


def _in_utc(value: datetime) -> datetime | None:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return None


def _epoch(value: int) -> datetime | None:
    if value <= 0:
        return None
    try:
        return datetime.fromtimestamp(value / 1000 if value >= _MILLISECONDS_FROM else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _odd_moment(value: str) -> datetime | None:
    """`2021-8-03 06:04:43`, or an epoch that came as text."""
    if value.isascii() and value.isdigit() and len(value) <= 16:
        return _epoch(int(value))
    match = _UNPADDED.match(value)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def count(value: Any) -> int | None:
    """A number, or its digits as text; None for everything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value[:18])
    return value if isinstance(value, int) and not isinstance(value, bool) else None
