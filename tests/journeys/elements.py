"""Reads the elements of a page in one pass, and finds those that a text of somebody else has made."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

from django.utils.html import escape

from tests.journeys.hostile import Handful
from tests.pages import Page

#: Elements and attributes that no page of ours has but those of the frame.
_EVENTS = re.compile(r"^on[a-z]+$|^style$|^hx-on|^srcdoc$")
_STRANGE = ("iframe", "object", "embed", "base", "style", "video", "math", "img")
_ADDRESSED = ("a", "form", "link", "use")
_FIELD = re.compile(r"~([\w.]+)~")
_MARKUP = re.compile("[<>\"']")
#: The console shows a sign in their place.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


class Elements(HTMLParser):
    """What is wrong on a page, each with its place in the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.wrong: list[tuple[str, tuple[int, int]]] = []
        self.ids: Counter[str] = Counter()
        self.main = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.wrong += [(what, self.getpos()) for what in _wrong_with(tag, held)]
        if "id" in held:
            self.ids[held["id"]] += 1
            self.main = tag if held["id"] == "main" and not self.main else self.main
            if self.ids[held["id"]] == 2:
                self.wrong.append((f"a second id {held['id']!r}", self.getpos()))


def _wrong_with(tag: str, held: dict[str, str]) -> Iterator[str]:
    if tag in _STRANGE:
        yield f"<{tag}>"
    if tag == "script" and not held.get("src", "").startswith("/static/"):
        yield "<script> of nobody"
    yield from (f"<{tag} {name}>" for name in held if _EVENTS.match(name))
    address = (held.get("href") or held.get("action") or "/").strip()
    if tag in _ADDRESSED and (not address.startswith(("/", "?", "#")) or address.startswith("//")):
        yield f"<{tag}> leads to {address[:80]}"


def check(page: Page, handful: Handful, *shown: str, status: tuple[int, ...] = (200, 422)) -> None:
    """The page has its own elements and no others, and every payload stands on it as text, once for each field shown.

    What fails names the page, and with each thing that is wrong the field and the payload that stand there.
    """
    assert page.status in status, (page.url[:200], page.status)
    found = Elements(page.html)
    wrong = [f"{what}: {_told(page.html, place)}" for what, place in found.wrong]
    wrong += [f"{payload!r} is no text in {_field(page.html, at)}" for payload, at in _raw(page.html, handful)]
    wrong += [f"{field} is not shown" for field in shown if not _is_shown(handful.named(field), page.html)]
    assert found.main == "main", page.url[:200]
    assert wrong == [], f"{page.url[:200]} has {len(wrong)}, such as {wrong[:3]}"


_FIELDS = re.compile(r'<textarea\b[^>]*>[^<]*|\svalue="[^"]*"')


def as_text(text: str) -> str:
    """How a page of ours has to spell what a cloud or a person has sent."""
    return spelled_out(_in_a_field(text))


def _in_a_field(text: str) -> str:
    """As `as_text`, where it can be edited and is sent back."""
    return str(escape(_CONTROLS.sub("\ufffd", text)))


def _is_shown(text: str, html: str) -> bool:
    return as_text(text) in html or any(_in_a_field(text) in field for field in _FIELDS.findall(html))


def spelled_out(text: str) -> str:
    """Characters that are drawn as nothing, change the direction or mean nothing."""
    odd = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
    return "".join(
        f"⟨U+{ord(one):04X}⟩" if unicodedata.category(one) in odd and one not in "\t\r\n" else one for one in text
    )


def _raw(html: str, handful: Handful) -> list[tuple[str, int]]:
    """The payloads that stand on the page as they were sent, and where."""
    return [(text, html.index(text)) for text in handful.payloads if _MARKUP.search(text) and text in html]


def _told(html: str, place: tuple[int, int]) -> str:
    """What stands at the place, and in which field."""
    line, column = place
    lines = html.split("\n")
    at = sum(len(each) + 1 for each in lines[: line - 1]) + column
    return f"{html[at : at + 80]!r} in {_field(html, at)}"


def _field(html: str, at: int) -> str:
    """What the next mark names."""
    found = _FIELD.search(html, at)
    return found[1] if found else "no field of the cloud"
