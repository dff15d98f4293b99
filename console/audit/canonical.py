"""One way only to write a value as JSON, so that two programs that see the same value compute the same hash.

The rules, for whoever writes a verifier in another language:

- UTF-8, no blanks, no line breaks; object keys in the order of their Unicode code points, none twice.
- In text only these are escaped: the quotation mark and the backslash with a backslash, U+0008, U+0009, U+000A,
  U+000C, U+000D as \\b \\t \\n \\f \\r, every other character below U+0020 as \\u00xx in lower case. Everything else
  stands as itself. (The journal stores no control characters, so in practice only the first two occur.)
- Numbers are integers between -(2^53 - 1) and 2^53 - 1. Larger ones and fractions are written as text.
- Text is not normalised: what was stored is hashed, code point by code point. Two spellings of the same letter
  (Unicode NFC and NFD) are two texts, and changing one into the other is a change.
- Times are UTC with six digits of fraction: 2026-11-20T22:00:00.123456Z.
"""

import json
from datetime import UTC, datetime
from typing import Any, NoReturn

#: Largest integer every JSON reader holds exactly.
LARGEST_INTEGER = 2**53 - 1


def dumps(value: object) -> str:
    """The canonical text of a JSON value. It must hold no fraction and no larger integer; `safe.safe` sees to that."""
    return _ENCODER.encode(value)


def loads(text: str) -> Any:
    """The value of a JSON text. Raises ValueError for what canonical JSON cannot hold: fractions, NaN, a key twice."""
    try:
        return _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def moment(at: datetime) -> str:
    """A time with a zone, in UTC, as canonical text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"not a whole number: {text[:40]}")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found


# Made once: making them for each of a million rows would take longer than using them.
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_DECODER = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse, object_pairs_hook=_distinct)
