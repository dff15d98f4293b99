"""Which words a row is found by, and which words a person asked for. Both sides are made here, so that they agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from console.audit.chain import Row
from console.patterns import Pattern

LONGEST_WORD = 64
#: So many words of a question are looked for; more make it no clearer.
MOST_ASKED = 8
_WORD: Final = Pattern(r"[^\W_]+", 10_000)

# The same for ASCII, several times as fast, which verifying a million rows needs; a test compares the two.
_LOWER: Final = bytes(range(128)).lower()
_SIGNS: Final = bytes(code for code in range(128) if not chr(code).isalnum())
_SPLIT: Final = bytes(32 if code in _SIGNS else code for code in _LOWER) + bytes(128)
_JOIN: Final = bytes(32 if code == 10 else code for code in _LOWER) + bytes(128)
_SIGNS_WITHIN: Final = _SIGNS.replace(b"\n", b"")


@dataclass(frozen=True, slots=True)
class Asked:
    """One word to look for. A row has it when it has all of `parts`, or `whole`, among its words.

    `whole` finds identifiers however they are punctuated; for a plain word both say the same. With `begins`, `whole`
    and the last of the parts may also be the beginning of a word.
    """

    whole: str
    parts: tuple[str, ...]
    begins: bool


def parts(text: str) -> list[str]:
    """The words of a text: runs of letters and digits, in lower case, in order."""
    return [word[:LONGEST_WORD] for word in _WORD.findall(text.lower())]


def whole(identifier: str) -> str:
    """An identifier as one single word: its letters and digits without what stands between them."""
    return "".join(_WORD.findall(identifier.lower()))[:LONGEST_WORD]


def of_row(row: Row) -> str:
    """The words of a row: everything a person might type to find it again; of long values their beginning."""
    _, _, actor, role, action, cloud, gateway_id, target, change_id, batch_id, state, *others = row
    reason, before, after, error_code, cloud_request_id, request_id, ip, _, _ = others
    texts = (
        *(actor, role, action, state, cloud, gateway_id, target, error_code, ip),
        "" if reason == "null" else reason[:2_000],
        "" if before == "null" else before[:2_000],
        "" if after == "null" else after[:2_000],
    )
    return index(texts, (gateway_id, target, change_id, batch_id, cloud_request_id, request_id, ip))


def index(texts: Sequence[str], identifiers: Sequence[str]) -> str:
    """The words of a row, each once, separated by blanks: those in the texts, and each identifier as a whole."""
    apart, together = "\n".join(identifiers), "\n".join(texts)
    # A line break keeps identifiers apart, so none may have one.
    if apart.isascii() and together.isascii() and apart.count("\n") < max(len(identifiers), 1):
        wholes = apart.encode().translate(_JOIN, _SIGNS_WITHIN).split()
        found = dict.fromkeys(wholes + together.encode().translate(_SPLIT).split())
        if max(map(len, found), default=0) <= LONGEST_WORD:
            return b" ".join(found).decode()
    return _index_of_any(texts, identifiers)


def _index_of_any(texts: Sequence[str], identifiers: Sequence[str]) -> str:
    """The same for all languages."""
    found = dict.fromkeys(whole(identifier) for identifier in identifiers)
    for text in texts:
        found.update(dict.fromkeys(parts(text)))
    found.pop("", None)
    return " ".join(found)


def asked(text: str) -> list[Asked]:
    """What a question asks for; empty when it holds neither letter nor digit. A row must have every word.

    The last word may still be growing, and of identifiers (with a digit) people often know the beginning only; other
    words are whole ones. Beginnings of common words cost an index as much as all their rows.
    """
    typed = [word for word in dict.fromkeys(text.split()) if whole(word)][:MOST_ASKED]
    return [_word(word, begins=word == typed[-1] or any(sign.isdigit() for sign in word)) for word in typed]


def exactly(value: str) -> list[Asked]:
    """The words of a value that a row has in one of its fields."""
    return [_word(value, begins=False)] if whole(value) else []


def _word(text: str, *, begins: bool) -> Asked:
    return Asked(whole(text), tuple(parts(text)), begins)
