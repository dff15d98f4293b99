"""The people of a storm: they act through the pages, as a browser without scripts does, and remember what they were
told.
"""

import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from urllib.parse import urlencode, urljoin

import requests

from console.simcloud.identity import REGION
from console.simcloud.seed_wishes import PRINTED, REPORTS_SERVICE, REPORTS_SUBNET, REPORTS_VPC
from tests.pages import Browser, Page, words
from tests.running.prepared import PASSWORD

#: Longer than the console may take for any page. Seconds.
PATIENCE: Final = 60
#: Everybody acts on the same few accounts, which is what makes it hard.
ACCOUNTS: Final = tuple(uuid.uuid5(uuid.NAMESPACE_DNS, f"storm-{number}.invalid").hex for number in range(14))
#: How often a person does not act on what an earlier act of unknown end was done to.
_CAREFUL: Final = 0.75
SERVICES: Final = "/demo/endpoint-services/"
ENDPOINTS: Final = "/demo/endpoints/"


class Lost(Exception):
    """The server was killed, or did not answer: the person was told nothing."""


class HttpClient:
    """`requests` in the shape of Django's test client, for `tests.pages.Browser`. Each request goes to one of the
    servers, as through a proxy; one that reads goes to another where that one is away."""

    def __init__(self, urls: Sequence[str], chance: Random) -> None:
        self._urls, self._chance = urls, chance
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, path: str, headers: Mapping[str, str] | None = None, **_: Any) -> Any:
        for _attempt in range(10):
            try:
                answer = self._session.get(self._at(path), headers=headers, timeout=PATIENCE)
            except requests.RequestException:
                time.sleep(0.5)
                continue
            if answer.status_code != 502:
                return _as_of_django(answer)
        raise Lost(path)

    def post(self, path: str, values: Any, headers: Mapping[str, str] | None = None, **_: Any) -> Any:
        try:
            answer = self._session.post(
                self._at(path), data=values, headers=headers, timeout=PATIENCE, allow_redirects=False
            )
        except requests.RequestException as broken:
            raise Lost(path) from broken
        if answer.is_redirect:
            return self.get(urljoin(path, answer.headers["Location"]))
        return _as_of_django(answer)

    def _at(self, path: str) -> str:
        return urljoin(self._chance.choice(list(self._urls)), path)


def _as_of_django(answer: Any) -> Any:
    answer.streaming = False
    answer.redirect_chain = [(answer.url, answer.status_code)]
    return answer


@dataclass(frozen=True)
class Wish:
    """An act that somebody has in mind: where it is confirmed, and the button."""

    kind: str
    url: str
    button: str
    #: As the audit names them; for what is created the id that the form bears.
    targets: tuple[str, ...]
    word: str = ""


#: "done", "not done", "unknown" or "open"; the objects, None where only their number was said; their number.
End = tuple[str, tuple[str, ...] | None, int]


@dataclass(frozen=True)
class Told:
    """What one answer said about an act. `reason` tells the act from all others in the audit log."""

    reason: str
    kind: str
    targets: tuple[str, ...]
    status: int
    ends: tuple[End, ...]
    text: str


#: How the sentence about some objects goes on, and what that means. The first that fits counts.
_ENDS: Final = (
    (re.compile(r": unknown whether it was"), "unknown"),
    (re.compile(r": whether it was .* cannot be known"), "unknown"),
    (re.compile(r": nothing was sent"), "not done"),
    (re.compile(r": in progress"), "open"),
    (re.compile(r": not [a-z ]+\."), "not done"),
    (re.compile(r": [a-z ]+\."), "done"),
)
_COUNTED: Final = re.compile(r"^(\d+) of ")
_NOTHING_SENT: Final = re.compile(r"Nothing was (sent|done)")


def ends_in(page: Page, targets: tuple[str, ...]) -> list[End]:
    """What a page says about the act on these objects."""
    sentences = [words(tag) for tag in page.soup.select("#messages > *")]
    if found := [end for sentence in sentences for end in _end_in(sentence, targets)]:
        return found
    main = words(page.soup.find(id="main"))
    if "is still being carried out" in main:
        return [("open", targets, len(targets))]
    if page.status in (409, 422, 503) and _NOTHING_SENT.search(main):
        return [("not done", targets, len(targets))]
    if "unknown whether it was" in main:
        return [("unknown", targets, len(targets))]
    return []


def _end_in(sentence: str, targets: tuple[str, ...]) -> Iterator[End]:
    end = next((end for pattern, end in _ENDS if pattern.search(sentence)), "")
    named = tuple(target for target in targets if target in sentence.partition(": ")[0])
    if end and (counted := _COUNTED.match(sentence)):
        yield end, None, int(counted[1])
    elif end and (named or len(targets) == 1):
        yield end, named or targets, len(named) or 1


@dataclass
class Tally:
    """What all people have done and were told. Safe to use from many threads."""

    wanted: int
    #: Seconds after which nobody begins another one.
    longest: float
    #: Whether people also do so much at once that a worker has to carry it out.
    has_long_acts: bool = True
    told: list[Told] = field(default_factory=list)
    lost: int = 0
    repeated: int = 0
    #: Pages that answered 500, with the beginning of their text.
    broken: list[str] = field(default_factory=list)
    slowest: float = 0.0
    _acts: int = 0
    _began: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def acts(self) -> int:
        """Forms that were sent."""
        return self._acts

    def begin(self) -> None:
        """From now on the time counts."""
        self._began = time.monotonic()

    @property
    def is_over(self) -> bool:
        """Whether enough was done."""
        return self._acts >= self.wanted or time.monotonic() - self._began > self.longest

    def next_reason(self) -> str:
        """For one more act; "" when enough was done."""
        with self._lock:
            if self.is_over:
                return ""
            self._acts += 1
            return f"storm {self._acts}"

    def note(self, page: Page, seconds: float) -> None:
        """A page that was read."""
        self.slowest = max(self.slowest, seconds)
        if page.status == 500 or (page.status > 500 and "Traceback" in page.html):
            self.broken.append(f"{page.url} answered {page.status}: {page.text[:300]}")


class Somebody(threading.Thread):
    """One person at work until enough was done."""

    def __init__(self, name: str, urls: Sequence[str], gateways: Sequence[str], tally: Tally, seed: int) -> None:
        """`name` is that of a demo person, and whatever tells several sessions of one person apart."""
        super().__init__(name=name, daemon=True)
        self._chance = Random(f"{seed}-{name}")
        self._gateways, self._tally = list(gateways), tally
        self._client = HttpClient(urls, self._chance)
        self.browser = Browser(self._client)  # type: ignore[arg-type]
        self._person = name.partition(" ")[0]
        #: The first error that is not the storm's.
        self.failure: BaseException | None = None
        self._ways: list[tuple[int, Callable[[], Wish | None]]] = [
            (26, lambda: self._connections(1)),
            (8, lambda: self._connections(self._chance.randint(2, 8))),
            (3 * tally.has_long_acts, lambda: self._connections(self._chance.randint(11, 25))),
            (16, self._account_added),
            (12, self._account_removed),
            (3 * tally.has_long_acts, self._many_accounts),
            (6, self._renamed),
            (6, self._service_created),
            (4, self._service_deleted),
            (6, self._endpoint_created),
            (4, self._endpoint_deleted),
        ]

    def run(self) -> None:
        try:
            while self._act():
                pass
        except BaseException as failure:  # noqa: BLE001 - told by the one who waits for this thread
            self.failure = failure

    def sign_in(self) -> None:
        """Before the storm. Raises AssertionError when that does not succeed."""
        for _attempt in range(20):
            try:
                page = self.browser.sign_in(self._person, PASSWORD)
            except (Lost, AssertionError):
                time.sleep(1)
                continue
            if page.status == 200 and page.heading != "Sign in":
                return
        raise AssertionError(f"{self._person} cannot sign in")

    def _act(self) -> bool:
        """One act; False when enough was done."""
        weights = [weight for weight, _way in self._ways]
        way = self._chance.choices([way for _weight, way in self._ways], weights)[0]
        try:
            wish = way()
            page = self._open(wish.url) if wish else None
        except Lost:
            return not self._tally.is_over
        if wish is None or page is None or not page.has_button(wish.button) or self._heeds_warning(page):
            return not self._tally.is_over
        time.sleep(self._chance.uniform(0, 0.3))
        reason = self._tally.next_reason()
        if not reason:
            return False
        self._press(page, wish, reason)
        return True

    def _heeds_warning(self, page: Page) -> bool:
        """Who is warned that an earlier act has no end yet mostly waits for it, as the page says."""
        return page.soup.find(id="unended") is not None and self._chance.random() < _CAREFUL

    def _press(self, page: Page, wish: Wish, reason: str) -> None:
        """Send the form, now and then twice, and once more where no answer came."""
        times = 2 if self._chance.random() < 0.05 else 1
        for attempt in range(5):
            try:
                began = time.monotonic()
                answer = self.browser.submit(page, wish.button, reason=reason, **_typed(wish))
                self._hear(answer, wish, reason, time.monotonic() - began)
                times -= 1
            except Lost:
                self._tally.lost += 1
                time.sleep(2)
            if times <= 0:
                return
            self._tally.repeated += attempt == 0

    def _hear(self, answer: Page, wish: Wish, reason: str, seconds: float) -> None:
        self._tally.note(answer, seconds)
        ends = ends_in(answer, wish.targets)
        text = answer.messages or words(answer.soup.find(id="main"))[:400]
        self._tally.told.append(Told(reason, wish.kind, wish.targets, answer.status, tuple(ends), text))

    def _open(self, url: str) -> Page:
        began = time.monotonic()
        page = self.browser.open(url)
        self._tally.note(page, time.monotonic() - began)
        return page

    def _tab(self) -> tuple[str, Page]:
        url = f"/demo/gateways/{self._chance.choice(self._gateways)}/vpc-endpoints/"
        return url, self._open(url)

    def _connections(self, count: int) -> Wish | None:
        """Accept or reject some that the tab offers it for."""
        url, page = self._tab()
        act = self._chance.choice(["accept", "reject"])
        offered = [str(tag["id"]).removeprefix(f"{act}-") for tag in page.soup.select(f'a.op[id^="{act}-"]')]
        offered = [one for one in offered if one not in ("all", "selected")]
        if not offered:
            return None
        pool = offered[: max(count, 16)]  # the newest are the ones that everybody looks at
        chosen = tuple(self._chance.sample(pool, min(count, len(pool))))
        query = urlencode({"id": chosen}, doseq=True)
        word = "reject" if act == "reject" and len(chosen) > 1 else ""
        return Wish(f"connection.{act}", f"{url}connections/{act}/?{query}", act.capitalize(), chosen, word)

    def _account_added(self) -> Wish:
        url = f"/demo/gateways/{self._chance.choice(self._gateways)}/vpc-endpoints/"
        account = self._chance.choice(ACCOUNTS)
        return Wish("permission.add", f"{url}permissions/add/?id={account}", "Add", (account,))

    def _many_accounts(self) -> Wish:
        """A long act."""
        url = f"/demo/gateways/{self._chance.choice(self._gateways)}/vpc-endpoints/"
        chosen = tuple(f"{self._chance.getrandbits(128):032x}" for _ in range(self._chance.randint(11, 30)))
        return Wish("permission.add", f"{url}permissions/add/?{urlencode({'id': chosen}, doseq=True)}", "Add", chosen)

    def _account_removed(self) -> Wish | None:
        url, page = self._tab()
        listed = [str(tag["id"]).removeprefix("remove-") for tag in page.soup.select('a.op[id^="remove-"]')]
        listed = [one for one in listed if one in ACCOUNTS] or listed
        if not listed:
            return None
        chosen = (self._chance.choice(listed),)
        return Wish("permission.remove", f"{url}permissions/remove/?id={chosen[0]}", "Remove", chosen)

    def _renamed(self) -> Wish:
        gateway = self._chance.choice(self._gateways)
        name = f"n{self._chance.randrange(10**9)}"
        url = f"/demo/gateways/{gateway}/vpc-endpoints/service-name/?name={name}"
        return Wish("service.rename", url, "Save", (gateway,))

    def _service_created(self) -> Wish:
        new, port = self._new_id(), str(self._chance.randrange(1_024, 65_536))
        typed = {
            "new": new,
            "vpc": f"{PRINTED}80",
            "backend": f"{PRINTED}88",
            "server_type": "VM",
            "approval": "on",
            "step": "confirm",
        }
        ports = {"ports_client": "80", "ports_server": port, "name": f"n{self._chance.randrange(10**9)}"}
        return Wish("service.create", f"{SERVICES}create/?{urlencode(typed | ports)}", "Create", (new,))

    def _service_deleted(self) -> Wish | None:
        found = self._offered(SERVICES)
        return Wish("service.delete", f"{SERVICES}{found}/delete/", "Delete", (found,), "delete") if found else None

    def _endpoint_created(self) -> Wish:
        new = self._new_id()
        where = {"name": f"{REGION}.reports.{REPORTS_SERVICE}", "vpc": REPORTS_VPC, "subnet": REPORTS_SUBNET}
        typed = {"new": new, "step": "confirm", **where}
        return Wish("endpoint.create", f"{ENDPOINTS}create/?{urlencode(typed)}", "Submit", (new,))

    def _endpoint_deleted(self) -> Wish | None:
        found = self._offered(ENDPOINTS)
        return Wish("endpoint.delete", f"{ENDPOINTS}{found}/delete/", "Delete", (found,)) if found else None

    def _offered(self, url: str) -> str:
        """One of the rows of a list that can be deleted; "" where there is none."""
        offered = self._open(url).soup.select('a.op[id^="delete-"]')
        return str(self._chance.choice(offered)["id"]).removeprefix("delete-") if offered else ""

    def _new_id(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))


def _typed(wish: Wish) -> dict[str, str]:
    return {"word": wish.word} if wish.word else {}
