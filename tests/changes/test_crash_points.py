"""Five hundred seeded runs: each kind of Change killed at each of the eight named points (reliability 6), amid faults.

After the resolver has been there: at most one effect for a Change, the audit says what the ledger says, nothing is
open, and no page answered 500. CRASH_SEED in the environment chooses other runs, CRASH_ROUNDS more of them.
"""

import itertools
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from console.audit.models import Entry
from console.changes import background, book, sending, settling
from console.changes.kinds.kind import Kind
from console.changes.kinds.registry import KINDS
from console.changes.models import OPEN, Change
from console.simcloud import SimulatedCloud
from tests.changes.deeds import DEEDS, as_in_the_ledger, effects_in, many_things
from tests.changes.dying import after, before
from tests.changes.passing_time import pass_time
from tests.stage import Stage as Scene
from tests.stage import wired

pytestmark = pytest.mark.django_db(transaction=True)

SEED = os.environ.get("CRASH_SEED", "20261120")
#: How often each kind dies at each point: 19 kinds, 8 points and one life without a death make 171 runs a round.
USUAL_ROUNDS = 3
ROUNDS = int(os.environ.get("CRASH_ROUNDS", USUAL_ROUNDS))
CHUNKS = 9

FAULTS: dict[str, dict[str, Any] | None] = {
    "none": None,
    "500 before": {"fault": "status", "status": 500, "code": "APIC.9000"},
    "500 after": {"fault": "status", "status": 500, "code": "APIC.9007", "after": True},
    "cut before": {"fault": "reset_before"},
    "cut after": {"fault": "reset_after"},
    "cut in the middle": {"fault": "truncate"},
    "a proxy's page": {"fault": "html", "status": 502},
    "refused": {"fault": "status", "status": 400, "code": "APIC.7211"},
    "throttled once": {"fault": "status", "status": 429, "code": "APIGW.0308"},
}
#: What leaves something for the resolver to find out.
LOST = ("500 before", "500 after", "cut before", "cut after", "a proxy's page")


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it, and an open transaction is undone, as the database would."""


def die() -> None:
    raise Killed


#: The eight points: which function dies, and on which side of its work.
POINTS: dict[str, tuple[Any, str, Callable[..., Any]] | None] = {
    "before the intent": (book, "intend", before),
    "after the intent's commit": (book, "intend", after),
    "before sending": (Kind, "call", before),
    "after the answer": (Kind, "call", after),
    "before the outcome's commit": (sending, "_settle", before),
    "after the outcome's commit": (sending, "_settle", after),
    "in the resolver before reading": (settling, "_look_at", before),
    "in the resolver before its commit": (settling, "_close", before),
    "nowhere": None,
}


def schedule(rounds: int) -> Sequence[tuple[str, str]]:
    """Kind and point of each run, every pair as often as every other, in the order of the dice."""
    runs = list(itertools.product(KINDS, POINTS)) * rounds
    random.Random(SEED).shuffle(runs)
    return runs


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr("console.clouds.retry.BUSY_WAITS", (0.0,))
    monkeypatch.setattr("console.clouds.retry.SERVER_ERROR_WAITS", (0.0,))
    with SimulatedCloud(many_things()) as cloud, wired(cloud, monkeypatch, CONSOLE_SIMULATED_ALIBABA="1"):
        yield Scene(cloud)


def test_there_are_five_hundred_runs_and_every_kind_dies_everywhere() -> None:
    runs = schedule(USUAL_ROUNDS)
    assert len(runs) >= 500
    assert set(Counter(runs).values()) == {USUAL_ROUNDS}
    assert {kind for kind, _point in runs} == set(DEEDS) == set(KINDS)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_whatever_dies_wherever_the_books_agree(scene: Scene, chunk: int) -> None:
    story = _Story(scene, random.Random(f"{SEED}-{chunk}"))
    runs = schedule(ROUNDS)[chunk::CHUNKS]
    for kind, point in runs:
        story.act_and_die(kind, point)
        story.come_back()
    story.agree()
    assert sum(story.done.values()) >= len(runs) // 6  # the runs are no formality


class _Story:
    def __init__(self, scene: Scene, chance: random.Random) -> None:
        self.scene = scene
        self.chance = chance
        self.gateway = scene.gateway("many_connections")
        self.browser = scene.browser("admin")
        self.done: Counter[tuple[str, str]] = Counter()

    def act_and_die(self, kind: str, point: str) -> None:
        """One act, one fault, one point; sometimes none of them."""
        deed = DEEDS[kind]
        page = self.browser.open(deed.place(self.browser, self.gateway, self.chance))
        assert deed.button_on(page), page.text
        fault = self.chance.choice(LOST if "resolver" in point else list(FAULTS))
        if rule := FAULTS[fault]:
            self.scene.cloud.faults({"match": dict(deed.match), "times": 1, **rule})
        with pytest.MonkeyPatch.context() as patch:
            self._arm(patch, point, KINDS[kind])
            try:
                answer = deed.confirmed(self.browser, page, f"{point}, {fault}")
                assert answer.status < 500
                settling.settle_open()
            except Killed:
                pass
        self.scene.cloud.faults()

    def _arm(self, patch: pytest.MonkeyPatch, point: str, kind: Kind) -> None:
        if where := POINTS[point]:
            owner, attribute, side = where
            owner = type(kind) if owner is Kind else owner
            patch.setattr(owner, attribute, side(getattr(owner, attribute), die))

    def come_back(self) -> None:
        """The next process finds what was left, and time has passed."""
        pass_time()
        settling.settle_open()
        background.advance("next", seconds=1.0)

    def agree(self) -> None:
        """The three promises."""
        assert not Change.objects.filter(stage__in=OPEN).exists()
        for change in Change.objects.all():
            states = list(
                Entry.objects.filter(change_id=str(change.pk)).order_by("seq").values_list("state", flat=True)
            )
            assert states.count("succeeded") <= 1
            assert not states or states[0] in ("intended", "cancelled", "stale", "refused")
            if states and states[-1] == "succeeded":
                self.done[as_in_the_ledger(change)] += 1
        assert effects_in(self.scene.cloud.ledger()) == self.done
