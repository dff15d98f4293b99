"""Shows invisible and direction-changing characters as ⟨U+202E⟩ in every page and fragment.

It works on the finished HTML, so no template, title, message or attribute can forget it. Left as they are: `value`
attributes and text areas, which carry what is sent back; a copy button copies what is shown. Files that are downloaded
(CSV, JSON) keep the data as it is. A joiner inside an emoji is shown too: one rule for all.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from django.http import HttpRequest, HttpResponse

#: Printable by their category, but drawn as nothing: fillers, variation selectors, the empty braille pattern.
BLANK: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U00016fe4\U0001d159"
    + "".join(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
#: Spaces that are seen as such; thin and hair spaces are not.
_SPACES: Final = frozenset("\u00a0\u1680\u3000" + "".join(map(chr, range(0x2000, 0x2009))))
#: What is sent back is skipped; the quotes of these attributes are the template's, those of a value are escaped.
PARTS: Final = re.compile(r'<textarea\b[^<>]*>[^<]*|\svalue="[^"]*"|[^\x09\x0a\x0d\x20-\x7e]')


class VisibleCharactersMiddleware:
    """Applies `visible` to HTML answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Change pages and fragments; leave everything else."""
        response = self.get_response(request)
        is_html = response.headers.get("Content-Type", "").startswith("text/html")
        if is_html and not response.streaming:
            response.content = visible(response.content.decode()).encode()
        return response


def visible(html: str) -> str:
    """The page with invisible and direction-changing characters spelled out."""
    return PARTS.sub(_part, html)


def is_invisible(character: str) -> bool:
    """Whether a character is drawn as nothing, changes the direction or means nothing (Unicode C*, Zl, Zp)."""
    return character in BLANK or not (character.isprintable() or character in _SPACES)


def _part(match: re.Match[str]) -> str:
    return _shown(match[0]) if len(match[0]) == 1 else match[0]


@lru_cache(maxsize=4096)
def _shown(character: str) -> str:
    return f"⟨U+{ord(character):04X}⟩" if is_invisible(character) else character
