"""Which words a row is found by, and which words a person asked for. Both sides are made here, so that they agree."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_WORD = 64
#: So many words of a question are looked for; more make it no clearer.
MOST_ASKED = 8
_WORD = re.compile(r"[^\W_]+")


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


def index(texts: Iterable[str], identifiers: Iterable[str]) -> str:
    """The words of a row, each once, separated by blanks: those in the texts, and each identifier as a whole."""
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
