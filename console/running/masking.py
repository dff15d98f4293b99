"""Takes secrets out of text before it is written anywhere (reliability.md S8, ASVS 16.2.5).

Two nets: the names under which secrets travel (headers, form fields, URL passwords), whatever wrote them down, and the
exact values of the secrets that this process was started with.
"""

import re
from collections.abc import Iterable
from typing import Final

MASK: Final = "***"
#: Shorter values would blank out ordinary words.
_SHORTEST_SECRET: Final = 6

# Headers hold anything up to the end of the line; http.client's debug output writes that end as a literal \r\n.
_HEADERS: Final = r"(?:proxy-)?authorization|x-(?:auth|subject|security)-token|(?:set-)?cookie|x-csrftoken"
_FIELDS: Final = (
    r"\w*password\w*|\w*passwd|\w*secret(?:_?key|_access_key)?|\w*access_?key(?:_id)?|(?:access_|security_|auth_)?token|"
    r"csrfmiddlewaretoken|csrftoken|(?:__host-)?console_(?:session|csrf)|session_?id|sessionid|signature|api_?key"
)
_QUOTED: Final = re.compile(
    rf"""(?ix) (?P<name> \b(?:{_HEADERS}|{_FIELDS}) ) (?P<sep> \\?["']? \s* [:=,]\s* \\?) (?P<q>["'])
         (?: \\. | (?!(?P=q)). )* (?P=q)"""
)
_HEADER_LINE: Final = re.compile(rf"(?i)(?P<name>\b(?:{_HEADERS}))(?P<sep>\s*[:=]\s*)(?:(?!\\[rn])[^\r\n\"'}}])+")
_FIELD: Final = re.compile(rf"(?i)(?P<name>\b(?:{_FIELDS}))(?P<sep>\s*[:=]\s*)[^\s\"'&;,}}\]]+")
_URL_PASSWORD: Final = re.compile(r"(?P<before>[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(?=@)")
_SIGNATURE: Final = re.compile(r"SDK-HMAC-SHA256 Access=[^\s\"']+(?:, *SignedHeaders=[^\s,]+)?(?:, *Signature=\w+)?")


class Mask:
    """Replaces secrets in a text by `***`."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """`secrets` are exact values that may never appear, wherever they turn up."""
        known = sorted({value for value in secrets if len(value) >= _SHORTEST_SECRET}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        if self._known:
            text = self._known.sub(MASK, text)
        text = _SIGNATURE.sub(MASK, text)
        text = _QUOTED.sub(rf"\g<name>\g<sep>\g<q>{MASK}\g<q>", text)
        text = _HEADER_LINE.sub(rf"\g<name>\g<sep>{MASK}", text)
        text = _FIELD.sub(rf"\g<name>\g<sep>{MASK}", text)
        return _URL_PASSWORD.sub(rf"\g<before>{MASK}", text)
