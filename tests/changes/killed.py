"""Acts in child processes that are killed, and counts what is left. Run by test_kill.py.

python -m tests.changes.killed ROUNDS SEED         killed from outside at a random moment of the act
python -m tests.changes.killed ROUNDS SEED points  each dies at one of the eight named points (reliability 6), in turn

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
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.utils import timezone  # noqa: E402

from console import wiring  # noqa: E402
from console.access.actor import SYSTEM  # noqa: E402
from console.access.roles import Role  # noqa: E402
from console.audit.models import Entry  # noqa: E402
from console.changes import book, execution, settling  # noqa: E402
from console.changes.kinds.kind import Kind  # noqa: E402
from console.changes.kinds.registry import ACCEPT, REJECT  # noqa: E402
from console.changes.models import OPEN, Change, Stage  # noqa: E402
from console.changes.settling import LONGEST_ACT, check_again  # noqa: E402
from console.clouds import parallel  # noqa: E402
from tests.changes.dying import after, before, then  # noqa: E402
from tests.changes.mortal import LIFETIME, Mortal, Tell  # noqa: E402
from tests.factories import PersonFactory  # noqa: E402
from tests.pages import Browser, Page  # noqa: E402

#: What a child tells on its way. Kills follow these marks and not the clock alone: on a slow machine all would else
#: fall before the intent, and on a fast one after the end.
PRESSED, CLAIMED, INTENDED, DONE = b"p", b"c", b"i", b"d"
MARKS = (PRESSED, CLAIMED, INTENDED)
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
    "after the answer, before the outcome's commit": (execution, "_settle", before),
    "after the outcome's commit": (execution, "_settle", after),
    "in the settler before reading": (settling, "check_again", before),
    "in the settler between reading and commit": (settling, "_close", before),
}


def arm(point: str, kind: Kind) -> None:
    """In the child: from now on that point is deadly."""
    owner, attribute, side = POINTS[point]
    owner = type(kind) if owner is Kind else owner
    setattr(owner, attribute, side(getattr(owner, attribute), die))


def main(rounds: int, seed: int, *, points: bool) -> dict[str, Any]:
    """Kill, then settle, then report."""
    parallel.AT_ONCE = 1  # one read after the other: a process that forks may have no other thread
    call_command("migrate", verbosity=0)
    setup_test_environment()
    chance = random.Random(seed)
    person = PersonFactory(username="operator", role=Role.OPERATOR)
    port = wiring.get_cloud("demo").gateway_endpoints
    catalog = wiring.get_cloud("demo").catalog
    assert port is not None
    assert catalog is not None
    gateway_id = next(g.id for g in catalog.list_gateways() if g.name == os.environ["KILLED_GATEWAY"])
    tab = f"/demo/gateways/{gateway_id}/vpc-endpoints/"
    shown = intents_left_open = 0
    for number in range(rounds):
        free = [c for c in port.list_connections(gateway_id) if c.status.can_reject or c.status.can_accept]
        chosen = chance.choice(free)
        act, button = ("reject", "Reject") if chosen.status == "accepted" else ("accept", "Accept")
        url = f"{tab}connections/{act}/?id={chosen.id}"
        connections.close_all()
        if points:
            assert killed_at(list(POINTS)[number % len(POINTS)], person, url, button)
        else:
            assert killed_at_random(person, url, button, MARKS[number % len(MARKS)], chance)
        intents_left_open += Change.objects.filter(stage=Stage.INTENDED).exists()
        shown += open_acts_are_shown(person, tab)
        settle_everything()
    return {"shown": shown, "intents_left_open": intents_left_open, **report()}


def killed_at_random(person: Any, url: str, button: str, mark: bytes, chance: random.Random) -> bool:
    """A child opens the confirmation and presses the button, and is killed at some moment after a mark."""

    def life(tell: Tell) -> None:
        book.claim = then(book.claim, lambda: tell(CLAIMED))
        book.intend = then(book.intend, lambda: tell(INTENDED))
        browser, page = confirmation(person, url)
        tell(PRESSED)
        browser.submit(page, button)
        tell(DONE)
        time.sleep(LIFETIME)  # never ends by itself: every round is a kill

    child = Mortal(life)
    child.comes_to(mark, DONE)
    time.sleep(chance.uniform(0, LATEST_KILL))
    child.kill()
    return child.is_killed()


def killed_at(point: str, person: Any, url: str, button: str) -> bool:
    """A child opens the confirmation and presses the button, and dies when it comes to that point."""

    def life(_tell: Tell) -> None:
        browser, page = confirmation(person, url)
        arm(point, REJECT if button == "Reject" else ACCEPT)
        if "settler" in point:
            lose_the_next_answer()
        browser.submit(page, button)
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


def lose_the_next_answer() -> None:
    """So that there is something to settle."""
    fault = {"match": {"method": "POST", "path": "connections/action"}, "fault": "reset_after", "times": 1}
    address = f"{os.environ['CONSOLE_SIMULATED_URL']}/_sim/faults"
    request = urllib.request.Request(address, json.dumps([fault]).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=10).close()


def open_acts_are_shown(person: Any, tab: str) -> bool:
    """Whether every open intent stands on the tab, with a button to check it."""
    open_now = list(Change.objects.filter(stage__in=OPEN).values_list("pk", flat=True))
    page = signed_in(person).open(tab)
    assert page.status == 200
    return all(page.soup.find(id=f"check-{pk}") is not None for pk in open_now)


def settle_everything() -> None:
    """As the minutes would: what is open is settled by reading the cloud."""
    long_ago = timezone.now() - timedelta(seconds=2 * LONGEST_ACT)
    Change.objects.filter(stage__in=OPEN).update(claimed_at=long_ago)
    Change.objects.filter(stage=Stage.INTENDED).update(intended_at=long_ago)
    Change.objects.filter(stage=Stage.UNKNOWN).update(settle_after=long_ago)
    for change in Change.objects.filter(stage__in=OPEN):
        check_again(change, SYSTEM)


def report() -> dict[str, Any]:
    """What the console's own books say."""
    rows = list(Entry.objects.order_by("seq").values_list("change_id", "target", "action", "state"))
    return {
        "open": Change.objects.filter(stage__in=OPEN).count(),
        "stages": list(Change.objects.values_list("stage", flat=True)),
        "audit": [list(row) for row in rows if row[0]],
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]), points=sys.argv[3:] == ["points"])))
