"""Takes secrets out of text before it is written anywhere (reliability.md S8, ASVS 16.2.5).

Two nets: the names under which secrets travel (headers, form fields, URL passwords), whatever wrote them down, and the
exact values of the secrets that this process was started with. The time it takes grows with the text and no faster.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from console.patterns import Match, Pattern

MASK: Final = "***"
#: In characters; a longer text is cut.
LONGEST: Final = 10_000
#: Shorter values would blank out ordinary words.
_SHORTEST_SECRET: Final = 6

_HEADERS: Final = r"(?:proxy-)?authorization|x-(?:auth|subject|security)-token|(?:set-)?cookie|x-csrftoken"
_FIELDS: Final = (
    r"\w*password\w*|\w*passwd|\w*secret(?:_?key|_access_key)?|\w*access_?key(?:_id)?|(?:access_|security_|auth_)?token|"
    r"csrfmiddlewaretoken|csrftoken|(?:__host-)?console_(?:session|csrf)|session_?id|sessionid|signature|api_?key"
)
#: A word, and what leads from it to a value: in assignments, JSON, reprs, headers and form fields.
_WORD: Final = Pattern(r"""(?P<name>[\w-]+)(?:(?P<lead>\\?["']?\s*[:=,]\s*\\?)(?P<quote>["'])?)?""", LONGEST)
#: What leads to a value stands at the end of a word, so of a longer one the end is looked at.
_LONGEST_NAME: Final = 100
#: The n is that of a line end which was written as a literal \\r\\n, as http.client's debug output does.
_HEADER: Final = Pattern(rf"(?:^n?|-)(?:{_HEADERS})$", _LONGEST_NAME, ignore_case=True)
_FIELD: Final = Pattern(rf"(?:^n?|-)(?:{_FIELDS})$", _LONGEST_NAME, ignore_case=True)
#: Up to the closing quote, which may be missing where a text was cut.
_QUOTED: Final = {quote: Pattern(rf"[^\\{quote}]*(?:\\.[^\\{quote}]*)*", LONGEST, dot_all=True) for quote in "\"'"}
#: Headers hold anything up to the end of the line.
_HEADER_VALUE: Final = Pattern(r"[^\\\r\n\"'}]*(?:\\[^rn\r\n\"'}][^\\\r\n\"'}]*)*", LONGEST)
_FIELD_VALUE: Final = Pattern(r"[^\s\"'&;,}\]]*", LONGEST)
_URL_PASSWORD: Final = Pattern(r"(?P<before>://[^\s/:@]*:)[^\s/@]+@", LONGEST)
_SIGNATURE: Final = Pattern(
    r"SDK-HMAC-SHA256 Access=[^\s\"']+(?:, *SignedHeaders=[^\s,]+)?(?:, *Signature=\w+)?", LONGEST
)


class Mask:
    """Replaces secrets in a text by `***`."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """`secrets` are exact values that may never appear, wherever they turn up."""
        #: Longest first, so that a value which holds another is replaced as a whole.
        self._known = sorted({value for value in secrets if len(value) >= _SHORTEST_SECRET}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._known:
            text = text.replace(secret, MASK)
        text = "".join(_without_named_values(_SIGNATURE.sub(MASK, text)))
        return _URL_PASSWORD.sub(rf"\g<before>{MASK}@", text)


def _without_named_values(text: str) -> Iterator[str]:
    """The pieces of the text, with the mask in place of each value that stands beside a secret's name."""
    end = 0
    for word in _WORD.finditer(text):
        # What stands inside a value that was masked is gone already.
        if word.start() >= end and (value := _value_beside(word, text)):
            yield text[end : word.end()]
            yield MASK
            end = word.end() + len(value)
    yield text[end:]


def _value_beside(word: Match, text: str) -> str:
    """The secret that the word names; "" where it names none."""
    lead, quote = word["lead"] or "", word["quote"]
    name = word["name"][-_LONGEST_NAME:]
    is_header = lead and _HEADER.search(name)
    if not lead or not (is_header or _FIELD.search(name)):
        return ""
    if quote:
        shape = _QUOTED[quote]
    elif "," in lead:
        return ""
    else:
        shape = _HEADER_VALUE if is_header else _FIELD_VALUE
    found = shape.match(text, word.end())
    return found[0] if found else ""
