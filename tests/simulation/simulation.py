"""One simulation: two servers, two workers and three people through storms and calms, until so many acts were made."""

import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from random import Random
from typing import Final

from django.db.models import QuerySet

from console.changes import evidence, settling
from console.changes.models import BUSY, OPEN, Batch, Change, ShownPlan, Stage, Transcript
from console.simcloud.wire import Answer
from tests.simulation import clocks, processes, workers
from tests.simulation.acts import USUAL, chooser
from tests.simulation.breaks import broken
from tests.simulation.cloud import Network, Sent
from tests.simulation.database import Database
from tests.simulation.history import History, Untrue
from tests.simulation.invariants import Watch
from tests.simulation.people import Desk, people
from tests.simulation.profiles import Profile
from tests.simulation.scheduler import BEGINNING, Process, Scheduler
from tests.simulation.troubles import Troubles

#: Acts between two calms, after which everything is settled and compared.
CHAPTER: Final = 250
#: After the last fault an unknown end is decided within so many seconds.
SETTLED_WITHIN: Final = 60.0
#: What a dead process left in the middle is nobody's any more after at most the pause that it was held for and
#: `evidence.LONGEST_ACT`, and is then looked at within `settling.LAST_LOOK`. Seconds.
LEFT_BEHIND: Final = 30.0 + 60.0 + 30.0
#: Long acts go on in the background after the last fault. Seconds.
_LONG_ACTS: Final = 400.0


@dataclass
class Figures:
    """What a run came to."""

    seed: str
    acts: int = 0
    #: By the stage in which Changes have ended.
    ends: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    effects: int = 0
    #: Nobody can tell what the console did there: somebody outside did the same, or undid it without a trace.
    confused_by_outside: int = 0
    #: Seconds from the last fault of a chapter until nothing was open.
    longest_settle: float = 0.0
    #: Seconds of this machine's processor.
    took: float = 0.0
    virtual: float = 0.0

    def __str__(self) -> str:
        rate = self.acts / self.took if self.took else 0.0
        return (
            f"seed {self.seed}: {self.acts} acts in {self.took:.0f} s of processor ({rate:.0f} a second, "
            f"{self.virtual / 3600:.1f} simulated hours), {self.effects} effects, {self.faults} faults, "
            f"unknown for good {self.ends[Stage.UNKNOWABLE.value]}, "
            f"confused by somebody outside {self.confused_by_outside}, "
            f"longest settle {self.longest_settle:.0f} s; {dict(sorted(self.ends.items()))}"
        )


class Simulation:
    """Everything that takes part. Needs an empty database that no transaction is open in."""

    def __init__(self, profile: Profile, seed: str, breakage: str = "") -> None:
        """`breakage` is one of `breaks.BREAKS`, "" for the engine as it is."""
        self.scheduler = Scheduler(seed)
        self.history = History(self.scheduler)
        self.watch = Watch(self.history)
        self.figures = Figures(seed)
        self._profile, self._seed, self._breakage = profile, seed, breakage
        self._wanted = 0

    def run(self, acts: int) -> Figures:
        """Raises Untrue, with the story that leads to it as a note."""
        began = time.process_time()
        with _quiet(), clocks.owned_by(self.scheduler, self._seed), processes.in_greenlets(self.scheduler):
            self._set_up()
            with self._database.watched(), broken(self._breakage) if self._breakage else nullcontext():
                try:
                    while self.figures.acts < acts:
                        self._chapter(min(CHAPTER, acts - self.figures.acts))
                except Untrue as untrue:
                    untrue.add_note(f"Seed {self._seed}, after {self._acts()} acts:\n{self.history.story_of(untrue)}")
                    raise
                finally:
                    for process in self._machines:
                        self.scheduler.kill(process)
        self.figures.took = time.process_time() - began
        self.figures.virtual = self.scheduler.now - BEGINNING
        self.figures.faults = self._network.faults + self._database.failures + self._troubles.count
        self.figures.confused_by_outside = self.watch.credited_outside + self.watch.undone_outside
        return self.figures

    def _set_up(self) -> None:
        scheduler, profile, seed, note = self.scheduler, self._profile, self._seed, self.history.note
        chance = Random(f"{seed} processes")
        self._network = Network(scheduler, profile, seed, note)
        self._network.depart, self._network.observe = self.watch.depart, self.watch.answered
        self._database = Database(scheduler, profile, Random(f"{seed} database"), note)
        self._machines = [Process(name) for name in ("server-1", "server-2", "worker-1", "worker-2")]
        for process in self._machines:
            process.ahead = chance.uniform(-profile.clocks_apart, profile.clocks_apart)
            process.rate = 1 + chance.uniform(-1e-4, 1e-4)
            processes.start(process, scheduler, self._network)
        wishes = chooser(self._network.world, USUAL)
        self._troubles = Troubles(
            *(scheduler, profile, Random(f"{seed} troubles"), self.history, self.watch),
            *(self._network, self._database, self._machines, wishes),
        )
        servers = self._machines[:2]
        self._desks = [
            Desk(person, scheduler, servers, Random(f"{seed} {person.username}"), self.history, self.watch, wishes)
            for person in people()
        ]
        scheduler.after_step = self._compare
        for process in self._machines[2:]:
            workers.work(scheduler, process)
        self._network.received = self._receive
        self._network.throttled = self._troubles.while_it_waits
        self._troubles.begin()

    def _receive(self, sent: Sent, answer: Answer) -> None:
        self.watch.received(sent, answer)
        self._troubles.after_the_answer(sent, answer)

    def _compare(self) -> None:
        if self._database.log_has_grown:
            self._database.log_has_grown = False
            self.watch.read_log()
        if self._database.batches_have_moved:
            self._database.batches_have_moved = False
            self.watch.read_leases()

    def _chapter(self, acts: int) -> None:
        """A storm, then a calm in which everything settles; what is over is forgotten."""
        self._troubles.storm()
        self._wanted = self.figures.acts + acts
        for desk in self._desks:
            desk.goes_on = lambda: self._acts() < self._wanted
            desk.leaves_it_open = self._troubles.while_a_form_lies_open
        tasks = [self.scheduler.spawn(desk.person.username, desk.work) for desk in self._desks]
        self.scheduler.run(lambda: all(task.ended.is_set for task in tasks))
        self.figures.acts = self._acts()
        self._settle()
        self.figures.ends.update(self.watch.settled())
        self.figures.effects += sum(len(one.effects) for one in self.watch.changes.values())
        self._forget()

    def _acts(self) -> int:
        return sum(desk.acts for desk in self._desks)

    def _settle(self) -> None:
        """Raises Untrue when something is open for too long."""
        self._troubles.calm()
        calm = self.scheduler.now
        unknown = Change.objects.filter(stage=Stage.UNKNOWN)
        left = Change.objects.filter(stage__in=OPEN)
        self._wait(calm + SETTLED_WITHIN, unknown, "is unknown still")
        self._wait(calm + LEFT_BEHIND, left, "is open still")
        self.figures.longest_settle = max(self.figures.longest_settle, self.scheduler.now - calm)
        self._wait(calm + _LONG_ACTS, Change.objects.filter(stage__in=BUSY), "waits still")
        self._wait(calm + _LONG_ACTS, left, "is open still")

    def _wait(self, until: float, there: QuerySet[Change], what: str) -> None:
        """Until there is none of these Changes. Raises Untrue where there is one after that moment."""
        while one := there.all().first():
            if self.scheduler.now > max(until, self._may_show_until(one)):
                late = f"{one.pk} {what}, long after the last fault; it is looked at next at {one.look_after}"
                raise Untrue(late, one.target, str(one.pk))
            second = self.scheduler.now + 1
            self.scheduler.run(lambda second=second: self.scheduler.now >= second)  # type: ignore[misc]

    def _may_show_until(self, change: Change) -> float:
        """Where somebody outside has moved the object since, the console waits until the effect must have shown: it
        cannot tell whose move it sees (huawei-contract 4.5: a list may lag behind a decision)."""
        moved = self.watch.moved_outside_since(change)
        return evidence.shown_by(change).timestamp() + settling.LAST_LOOK if moved else 0.0

    def _forget(self) -> None:
        Transcript.objects.all().delete()
        Change.objects.all().delete()
        Batch.objects.all().delete()
        ShownPlan.objects.all().delete()
        self.watch.forget()
        self._network.world.ledger.clear()


@contextmanager
def _quiet() -> Iterator[None]:
    """The console's own log would be longer than the story."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
