"""Takes secrets out of what is kept of a call (reliability S8).

Two nets: values known to be secret, in every spelling that a wire gives them, and values that stand beside a name
which sounds like a secret's. The answer of a cloud may repeat anything that it was sent.
"""

import base64
import html
import json
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote, quote_plus

from console.clouds.secret import Secret
from console.patterns import Pattern

#: Stands in place of a secret.
MASK: Final = "***"
#: In characters. Much more than is kept of a call; what is longer is cut, so that nothing unmasked is left over.
LONGEST_TEXT: Final = 100_000
#: Of a header or a field. A longer one is no name that anybody knows, so its value is masked.
LONGEST_NAME: Final = 1_000
#: Shorter ones would be found inside of innocent words.
_SHORTEST: Final = 4
_NAME: Final = (
    "passw|pwd|secret|token|authori[sz]ation|credential|(?:access|private|api)[-_]?key|signature|cookie|session"
)
#: JSON's way to write any character, also where the whole is no JSON.
_ESCAPE: Final = Pattern(r"\\u([0-9a-fA-F]{4})", LONGEST_TEXT)
_SECRET_NAME: Final = Pattern(_NAME, LONGEST_NAME, ignore_case=True)
#: A scheme and its parameters follow, so all of the line is masked.
_AUTHORIZATION: Final = Pattern(
    r"(authori[sz]ation[\"']?\s{0,3}[:=]\s{0,3}[\"']?)[^\"'|\r\n]+", LONGEST_TEXT, ignore_case=True
)
_NAMED_VALUE: Final = Pattern(
    rf"((?:{_NAME})[\w-]{{0,40}}[\"']?\s{{0,3}}[:=]\s{{0,3}}[\\\"']{{0,2}})[^\s\"'\\&,;|<>{{}}\[\]]+",
    LONGEST_TEXT,
    ignore_case=True,
)


def sounds_secret(name: str) -> bool:
    """Whether a header or a field of that name must not be shown."""
    return len(name) > LONGEST_NAME or _SECRET_NAME.search(name) is not None


class Mask:
    """Knows some secrets and keeps them, and their like, out of texts."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        found = {spelling for secret in secrets for spelling in _spellings(secret.reveal())}
        #: Longest first, so that a spelling which holds another is replaced as a whole.
        self._known = sorted(found, key=len, reverse=True)

    def known(self, text: str) -> str:
        """The text without the known secrets; other words are left as they are."""
        if "\\u" in text:
            plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
            if any(secret in plain for secret in self._known):
                text = plain
        for secret in self._known:
            text = text.replace(secret, MASK)
        return text

    def line(self, text: str) -> str:
        """The text on one line, without the known secrets: they go first, since a secret may hold blanks."""
        return " ".join(self.known(text).split())

    def text(self, text: str, longest: int) -> str:
        """The text without secrets, cut to `longest` characters, which is said at its end."""
        whole = _storable(self.known(text))
        kept = _NAMED_VALUE.sub(rf"\1{MASK}", _AUTHORIZATION.sub(rf"\1{MASK}", whole[:longest]))
        return kept if len(whole) <= longest else f"{kept}… (cut: {len(whole)} characters in all)"

    def header(self, name: str, value: str, longest: int) -> str:
        """The value of a header."""
        return MASK if sounds_secret(name) else self.text(value, longest)

    def body(self, raw: bytes, longest: int) -> str:
        """A body as text. JSON is masked value by value, and is as it was where there was nothing to mask."""
        text = raw.decode("utf-8", "replace")
        try:
            document = json.loads(text)
            masked = self._value(document)
            # Escapes can spell a secret in ways that no search finds, so such a text is written anew.
            if masked != document or "\\" in text:
                text = json.dumps(masked, ensure_ascii=False, separators=(",", ":"))
        except (ValueError, RecursionError):
            pass  # no JSON: masked as text
        return self.text(text, longest)

    def _value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {
                self.known(name): MASK if item and sounds_secret(name) else self._value(item)
                for name, item in value.items()
            }
        if isinstance(value, list):
            return [self._value(item) for item in value]
        return self.text(value, len(value)) if isinstance(value, str) else value


def _storable(text: str) -> str:
    """Without what no database keeps: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _spellings(secret: str) -> set[str]:
    """How a secret may be written: plain, in a URL, in JSON, in HTML, in base64."""
    if len(secret) < _SHORTEST:
        return set()
    encoded = secret.encode("utf-8", "surrogatepass")
    written = {
        secret,
        quote(encoded, safe=""),
        quote(encoded),
        quote_plus(encoded),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(secret)[1:-1].replace("/", "\\/"),
        html.escape(secret),
        base64.b64encode(encoded).decode().rstrip("="),
    }
    return written | {_unescaped(spelling) for spelling in written}


def _unescaped(secret: str) -> str:
    """What is read of a secret that a careless server pasted into JSON as it is."""
    try:
        found = json.loads(f'"{secret}"', strict=False)
    except ValueError:
        return secret
    return found if isinstance(found, str) and len(found) >= _SHORTEST else secret
