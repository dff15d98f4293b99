"""What may stand in `before` and `after`: JSON without secrets, without fractions, of bounded size."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from itertools import islice

from console.audit import canonical
from console.audit.cleaning import clean
from console.patterns import Pattern

#: Shown in place of a value whose key looks like a secret.
MASK = "(masked)"
TOO_DEEP = "(nested too deeply)"
LONGEST_TEXT = 2_000
MOST_ITEMS = 200
DEEPEST = 6
LONGEST_KEY = 100
#: Longest canonical text of one of the two columns, in characters.
LONGEST_JSON = 50_000

_SECRET_INSIDE = Pattern(
    "passw|pwd|secret|token|authori[sz]ation|credential|accesskey|privatekey|apikey|signingkey|signature|cookie|sessionid",
    LONGEST_KEY,
)
_NO_LETTERS = Pattern(r"[^a-z0-9]+", LONGEST_KEY)
_SECRET_WORDS = frozenset({"sk", "ak", "pin", "otp", "auth"})


def canonical_json(value: object) -> str:
    """The canonical JSON of any value, made safe first. Never raises for odd content."""
    text = canonical.dumps(safe(value))
    if len(text) > LONGEST_JSON:
        return canonical.dumps({"cut": f"{len(text)} characters were too many", "start": text[:LONGEST_TEXT]})
    return text


def safe(value: object, depth: int = 0) -> object:
    """The value as JSON of text, booleans, small integers, lists and objects, with secret-looking keys masked."""
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) <= canonical.LARGEST_INTEGER:
        return int(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return canonical.moment(value)
    if isinstance(value, Mapping):
        return _object(value, depth + 1)
    if isinstance(value, (list, tuple, set, frozenset)):
        return _list(sorted(value, key=str) if isinstance(value, (set, frozenset)) else list(value), depth + 1)
    return clean(value.isoformat() if isinstance(value, date) else value, LONGEST_TEXT)


def looks_secret(key: str) -> bool:
    """Whether a key names something that must not be written down."""
    words = _NO_LETTERS.split(key.lower())
    return bool(_SECRET_INSIDE.search("".join(words)) or _SECRET_WORDS.intersection(words))


def _object(value: Mapping[object, object], depth: int) -> object:
    if depth > DEEPEST:
        return TOO_DEEP
    pairs = ((clean(key, LONGEST_KEY), item) for key, item in islice(value.items(), MOST_ITEMS))
    return {key: MASK if item is not None and looks_secret(key) else safe(item, depth) for key, item in pairs}


def _list(items: list[object], depth: int) -> object:
    if depth > DEEPEST:
        return TOO_DEEP
    kept = [safe(item, depth) for item in items[:MOST_ITEMS]]
    return kept if len(items) <= MOST_ITEMS else [*kept, f"(and {len(items) - MOST_ITEMS} more)"]
