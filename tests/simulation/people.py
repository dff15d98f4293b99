"""Three people who decide: they plan, look at the confirmation, confirm, and remember what they are told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from django.db import DatabaseError

from console.access.actor import Actor
from console.access.guard import Refused
from console.access.models import Grant, Person
from console.access.reach import reach_of
from console.access.roles import Role
from console.changes import reasons, seen
from console.changes.book import SomebodyElseActs
from console.changes.execution import Acted, Interrupted, Moved, Queued, carry_out
from console.changes.kinds.kind import Place
from console.changes.models import Change
from console.changes.planning import Plan, PlanRefused, make_plan
from console.changes.settling import check_again
from console.clouds.errors import CloudError
from console.clouds.traffic import Purpose, calling
from console.wiring import get_cloud
from tests.simulation.acts import Wish
from tests.simulation.history import History
from tests.simulation.invariants import Watch
from tests.simulation.scheduler import Process, Scheduler

NAMES: Final = ("ada", "ben", "cleo")
#: Mean seconds that somebody looks at a confirmation, and between two acts.
_LOOKS: Final = 1.0
_RESTS: Final = 0.5
#: Sometimes they go for a coffee. Seconds.
_COFFEE: Final = 80.0


def people() -> list[Person]:
    """They may do everything, until somebody takes that away."""
    made = []
    for name in NAMES:
        person = Person.objects.create(username=name, password="!")
        Grant.objects.create(person=person, role=Role.ADMINISTRATOR)
        made.append(person)
    return made


@dataclass
class Desk:
    """One person, at whichever server answers."""

    person: Person
    scheduler: Scheduler
    servers: Sequence[Process]
    random: Random
    history: History
    watch: Watch
    objects: Callable[[Random], Wish | None]
    goes_on: Callable[[], bool] = lambda: True
    leaves_it_open: Callable[[Wish], None] = lambda _wanted: None
    acts: int = 0

    def work(self) -> None:
        """Act after act, each request at one of the servers. The person outlives them."""
        while self.goes_on():
            self.scheduler.sleep(self.random.expovariate(1 / _RESTS))
            choice = self.random.random()
            if choice < 0.05:
                self._ask(self._look_again)
            elif (wanted := self.objects(self.random)) is not None:
                self._act(wanted)

    def _act(self, wanted: Wish) -> None:
        shown: list[tuple[str, Plan]] = []
        self._ask(lambda: shown.extend(self._confirmation(wanted)))
        if not shown:
            return
        token, plan = shown[0]
        goes_for_coffee = self.random.random() < 0.03
        if goes_for_coffee:
            self.leaves_it_open(wanted)
        self.scheduler.sleep(_COFFEE if goes_for_coffee else self.random.expovariate(1 / _LOOKS))
        presses = 2 if self.random.random() < 0.03 else 1  # a double click reaches two servers
        self.acts += 1
        waits = [self._send(lambda: self._confirm(wanted, token, plan)) for _press in range(presses)]
        answers = [wait() for wait in waits]
        if not all(answers) and self.random.random() < 0.5:
            self._ask(lambda: self._confirm(wanted, token, plan))  # no answer came: the same form once more

    def _ask(self, request: Callable[[], object]) -> bool:
        """Whether an answer came."""
        return self._send(request)()

    def _send(self, request: Callable[[], object]) -> Callable[[], bool]:
        """A request to one of the servers, which may die meanwhile; wait for its end with what is returned."""
        server = self.random.choice([one for one in self.servers if not one.is_dead] or list(self.servers))
        answered: list[bool] = []
        if server.is_dead:
            return lambda: False

        def serve() -> None:
            try:
                request()
            except DatabaseError as error:
                self.watch.told_of_the_database(self.person.username, error)
            answered.append(True)

        task = self.scheduler.spawn(f"{self.person.username} at {server.name}", serve, server)

        def wait() -> bool:
            self.scheduler.wait(task.ended)
            return bool(answered)

        return wait

    def _confirmation(self, wanted: Wish) -> list[tuple[str, Plan]]:
        """The confirmation page; [] where there is nothing to confirm."""
        place = Place(get_cloud("demo"), wanted.host, wanted.realm)
        rule = reasons.rule_for(wanted.kind.action.value, place.cloud.name, place.host)
        with calling(Purpose.CONFIRM):
            try:
                plan = make_plan(wanted.kind, place, wanted.targets, wanted.parameters)
            except (CloudError, PlanRefused):
                return []
        if not plan.acts:
            return []
        person = Person.objects.get(pk=self.person.pk)
        token = seen.sign(plan, person, rule)
        self.watch.shown_at[seen.nonce_of(token, wanted.kind, place, person)] = self.scheduler.now
        return [(token, plan)]

    def _confirm(self, wanted: Wish, token: str, plan: Plan) -> None:
        name = self.person.username
        person = Person.objects.get(pk=self.person.pk)
        place = Place(get_cloud("demo"), wanted.host, wanted.realm)
        try:
            what = seen.read(token, wanted.kind, place, person)
        except (seen.SeenExpired, seen.SeenInvalid):
            return
        reach = reach_of(person)
        actor = Actor(person.pk, name, reach.role_text(), "127.0.0.1", "", person.session_generation)
        self.history.note(f"{name} confirms {wanted}, as seen at {what.read_at:%H:%M:%S}", *what.targets)
        try:
            with calling(Purpose.ACT):
                result = carry_out(wanted.kind, place, what, actor=actor, reach=reach, reason="")
        except (Refused, SomebodyElseActs, CloudError) as no:
            self.history.note(f"{name} is told that nothing was sent: {type(no).__name__} {no}", *what.targets)
            if isinstance(no, CloudError):
                self.watch.told_nothing_sent(_changes_of(what))
            return
        self._hear(name, what, result)

    def _hear(self, name: str, what: seen.Seen, result: Acted | Queued | Moved | Interrupted) -> None:
        if isinstance(result, Moved):
            self.history.note(f"{name} is told that it had changed, and nothing was sent", *what.targets)
            self.watch.told_nothing_sent(_changes_of(what))
        elif isinstance(result, Acted):
            for change in result.changes:
                self.history.note(
                    f"{name} is told of {change.pk}: {change.stage} {change.explanation}", change.target, str(change.pk)
                )
                self.watch.told(change, by_whoever_sent_it=not result.repeated)

    def _look_again(self) -> None:
        """At the page of a Change whose end is not known, with its button "Check again"."""
        change = Change.objects.filter(actor_name=self.person.username).order_by("-claimed_at").first()
        if change is None:
            return
        try:
            with calling(Purpose.ACT):
                check_again(change, Actor(self.person.pk, self.person.username, "", "127.0.0.1", ""))
        except CloudError:
            return
        change.refresh_from_db()
        self.watch.told(change)


def _changes_of(what: seen.Seen) -> list[Any]:
    """Ids of what this form has led to."""
    return list(Change.objects.filter(batch__nonce=what.nonce).values_list("pk", flat=True))
