"""People who reach the console through the proxy, and remember what they were told."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import requests
from django.test import Client

from tests.machines.proxy import Proxy
from tests.pages import Browser, Page

#: Seconds that an answer may take.
_PATIENCE = 60
_PAST = {"Reject": "rejected", "Accept": "accepted"}


@dataclass
class _Answer:
    """What `Browser` reads of an answer."""

    status_code: int
    content: bytes
    headers: dict[str, str]
    redirect_chain: list[tuple[str, int]]
    streaming: bool = False


class _Wire:
    """What `Browser` asks of a client, over HTTPS. A connection that breaks is an answer with the status 0."""

    def __init__(self, base: str, certificate: Path) -> None:
        self.base = base
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(certificate)

    def get(self, path: str, headers: dict[str, str] | None = None, **_: Any) -> _Answer:
        return self._ask("GET", path, headers=headers)

    def post(self, path: str, values: dict[str, Any], headers: dict[str, str], **_: Any) -> _Answer:
        return self._ask("POST", path, data=values, headers={**headers, "Referer": self.base + path})

    def _ask(self, method: str, path: str, **rest: Any) -> _Answer:
        url = self.base + path
        try:
            answer = self._session.request(method, url, timeout=_PATIENCE, **rest)
        except requests.ConnectionError as error:
            return _Answer(0, str(error).encode(), {}, [(url, 0)])
        return _Answer(answer.status_code, answer.content, dict(answer.headers), [(answer.url, answer.status_code)])


@dataclass(frozen=True)
class Told:
    """What a person was told of an act on one object: the action and the object as the ledger calls them."""

    action: str
    target: str
    status: int
    text: str

    @property
    def done(self) -> bool:
        return f"{self.target}: {_PAST[self._button]}." in self.text

    @property
    def not_done(self) -> bool:
        said = (f"not {_PAST[self._button]}", "nothing was sent")
        return any(f"{self.target}: {words}" in self.text for words in said)

    @property
    def _button(self) -> str:
        return self.action.partition(".")[2].capitalize()


@dataclass
class Person:
    """One who is signed in."""

    name: str
    proxy: Proxy
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._wire = _Wire(self.proxy.urls["both"], self.proxy.certificate)
        self.browser = Browser(cast(Client, self._wire))

    def at(self, name: str) -> "Person":
        """From now on at this server; "both" for either in turn."""
        self._wire.base = self.proxy.urls[name]
        return self

    def sign_in(self, password: str) -> "Person":
        page = self.browser.sign_in(self.name, password)
        assert page.status == 200, page.text
        assert "Sign out" in page.text, page.text
        return self

    def open(self, path: str) -> Page:
        return self.browser.open(path)

    def act(self, tab: str, button: str, ids: Sequence[str]) -> Page:
        """Open the confirmation of accepting or rejecting these, and press the button. The last page that came."""
        page = self.open(f"{tab}connections/{button.lower()}/?" + "&".join(f"id={one}" for one in ids))
        can_act = page.status == 200 and page.has_button(button)
        answer = self.browser.submit(page, button, word=button.lower(), reason="CHG-7") if can_act else page
        if len(ids) == 1:
            self.told.append(Told(f"connection.{button.lower()}", ids[0], answer.status, answer.text))
        return answer

    def lines(self, path: str) -> Iterator[str]:
        """A file that the person takes out."""
        page = self.open(path)
        assert page.status == 200, page.text
        return iter(page.html.splitlines())


def busy(person: Person, tab: str, ids: Sequence[str], is_over: Callable[[], bool]) -> int:
    """Reject one after the other until there are none left or it is over. How many."""
    for acts, one in enumerate(ids):
        if is_over():
            return acts
        person.act(tab, "Reject", [one])
        time.sleep(0.2)
    return len(ids)
