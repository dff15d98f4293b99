"""Acts of every kind in child processes that are killed, and counts what is left. Run by test_kill.py.

    python -m tests.changes.killed SEED < deaths.json

The deaths are pairs: the name of a kind, and where its process dies. That is one of the eight named points of
reliability 6, or one of the marks that an act passes: then it is killed from outside, at a random moment after it.
DATABASE_URL and CONSOLE_SIMULATED_URL say where.
"""

import json
import os
import random
import signal
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from console import wiring  # noqa: E402
from console.access.actor import SYSTEM  # noqa: E402
from console.access.roles import Role  # noqa: E402
from console.audit.models import Entry  # noqa: E402
from console.changes import book, sending, settling  # noqa: E402
from console.changes.addresses import home_of  # noqa: E402
from console.changes.kinds.kind import Kind  # noqa: E402
from console.changes.kinds.registry import KINDS  # noqa: E402
from console.changes.models import OPEN, Change, Stage  # noqa: E402
from console.changes.settling import LONGEST_ACT, check_again  # noqa: E402
from console.clouds import parallel  # noqa: E402
from tests.changes.deeds import DEEDS, Deed, as_in_the_ledger  # noqa: E402
from tests.changes.dying import after, before, then  # noqa: E402
from tests.changes.mortal import LIFETIME, Mortal, Tell  # noqa: E402
from tests.changes.passing_time import pass_time  # noqa: E402
from tests.factories import PersonFactory  # noqa: E402
from tests.pages import Browser, Page  # noqa: E402

#: What a child tells on its way. Kills follow these marks and not the clock alone: on a slow machine all would else
#: fall before the intent, and on a fast one after the end.
PRESSED, CLAIMED, INTENDED, DONE = b"p", b"c", b"i", b"d"
MARKS = {"pressed": PRESSED, "claimed": CLAIMED, "intended": INTENDED}
#: Longest time from a mark to the kill, in seconds. The cloud takes 0.02 for each answer.
LATEST_KILL = 0.05
#: How many reads of a page a process of the console makes at once.
AT_ONCE = parallel.AT_ONCE


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def meanwhile(real: Callable[..., Any], die: Callable[[], None]) -> Callable[..., Any]:
    """While the cloud, which takes 20 ms, has not answered."""

    def begin_and_die(*args: Any, **kwargs: Any) -> Any:
        threading.Timer(0.008, die).start()
        return real(*args, **kwargs)

    return begin_and_die


#: Which function dies, and on which side of its work.
POINTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "before the intent": (book, "intend", before),
    "after the intent's commit": (book, "intend", after),
    "before sending": (Kind, "call", before),
    "after sending, before the answer": (Kind, "call", meanwhile),
    "after the answer, before the outcome's commit": (sending, "_settle", before),
    "after the outcome's commit": (sending, "_settle", after),
    "in the settler before reading": (settling, "_look_at", before),
    "in the settler between reading and commit": (settling, "_close", before),
}


def arm(point: str, kind: Kind) -> None:
    """In the child: from now on that point is deadly."""
    owner, attribute, side = POINTS[point]
    owner = type(kind) if owner is Kind else owner
    setattr(owner, attribute, side(getattr(owner, attribute), die))


def main(seed: int, deaths: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Kill, then settle, then report. A death is the name of a kind, and of a point or of a mark."""
    parallel.AT_ONCE = 1  # one read after the other: a process that forks may have no other thread
    call_command("migrate", verbosity=0)
    setup_test_environment()
    chance = random.Random(seed)
    person = PersonFactory(username="admin", role=Role.ADMINISTRATOR)
    catalog = wiring.get_cloud("demo").catalog
    assert catalog is not None
    gateway_id = next(g.id for g in catalog.list_gateways() if g.name == os.environ["KILLED_GATEWAY"])
    intents_left_open = 0
    hidden: list[str] = []
    for kind, where in deaths:
        deed = DEEDS[kind]
        url = deed.place(signed_in(person), gateway_id, chance)
        connections.close_all()
        if where in POINTS:
            assert killed_at(where, person, deed, url), (kind, where)
        else:
            assert killed_at_random(person, deed, url, MARKS[where], chance), (kind, where)
        intents_left_open += Change.objects.filter(stage=Stage.INTENDED).exists()
        hidden += [f"{kind} {where}: {address}" for address in pages_that_hide_an_open_act(person)]
        settle_everything()
    return {"hidden": hidden, "intents_left_open": intents_left_open, **report()}


def killed_at_random(person: Any, deed: Deed, url: str, mark: bytes, chance: random.Random) -> bool:
    """A child opens the confirmation and presses the button, and is killed at some moment after a mark."""

    def life(tell: Tell) -> None:
        book.claim = then(book.claim, lambda: tell(CLAIMED))
        book.intend = then(book.intend, lambda: tell(INTENDED))
        browser, page = confirmation(person, url)
        tell(PRESSED)
        deed.confirmed(browser, page, "killed")
        tell(DONE)
        time.sleep(LIFETIME)  # never ends by itself: every round is a kill

    child = Mortal(life)
    child.comes_to(mark, DONE)
    time.sleep(chance.uniform(0, LATEST_KILL))
    child.kill()
    return child.is_killed()


def killed_at(point: str, person: Any, deed: Deed, url: str) -> bool:
    """A child opens the confirmation and presses the button, and dies when it comes to that point."""

    def life(_tell: Tell) -> None:
        browser, page = confirmation(person, url)
        arm(point, KINDS[deed.name])
        if "settler" in point:
            lose_the_next_answer(deed)
        deed.confirmed(browser, page, point)
        settling.settle_open()  # not yet dead: it is to die in the settler

    return Mortal(life).is_killed()


def confirmation(person: Any, url: str) -> tuple[Browser, Page]:
    """In the child: as in a process of its own, and with the threads that a parent must not have."""
    parallel.AT_ONCE = AT_ONCE
    wiring.forget_clouds()
    browser = signed_in(person)
    return browser, browser.open(url)


def signed_in(person: Any) -> Browser:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return Browser(client)


def lose_the_next_answer(deed: Deed) -> None:
    """So that there is something to settle."""
    fault = {"match": dict(deed.match), "fault": "reset_after", "times": 1}
    address = f"{os.environ['CONSOLE_SIMULATED_URL']}/_sim/faults"
    request = urllib.request.Request(address, json.dumps([fault]).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=10).close()


def pages_that_hide_an_open_act(person: Any) -> Iterator[str]:
    """Every open act stands on the page of its realm, with a button to check it; else the page's address."""
    for change in Change.objects.filter(stage__in=OPEN):
        host = "" if KINDS[change.kind].removes else change.gateway_id
        address = home_of(change.realm, change.cloud, host)
        page = signed_in(person).open(address)
        assert page.status == 200
        if page.soup.find(id=f"check-{change.pk}") is None:
            yield address


def settle_everything() -> None:
    """As the minutes would: what is open is settled by reading the cloud."""
    pass_time(2 * LONGEST_ACT)
    for change in Change.objects.filter(stage__in=OPEN):
        check_again(change, SYSTEM)


def report() -> dict[str, Any]:
    """What the console's own books say; `done` as the cloud's ledger calls it."""
    rows = list(Entry.objects.order_by("seq").values_list("change_id", "state"))
    done = Change.objects.filter(stage=Stage.SUCCEEDED)
    return {
        "open": Change.objects.filter(stage__in=OPEN).count(),
        "stages": list(Change.objects.values_list("stage", flat=True)),
        "audit": [list(row) for row in rows if row[0]],
        "done": [[str(change.pk), *as_in_the_ledger(change)] for change in done],
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), json.load(sys.stdin))))
