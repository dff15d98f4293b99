"""What befalls processes, cloud, database and people while they work; all of it from one seed."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from console.access.models import Grant, Person
from console.access.roles import Role
from console.changes.kinds.kind import Realm
from console.changes.kinds.registry import KINDS
from console.changes.models import BUSY, OPEN, Change
from console.simcloud import World, connections, gateways, permissions
from console.simcloud.errors import Refusal
from console.simcloud.ledger import Act
from console.simcloud.wire import Answer
from tests.simulation import processes, workers
from tests.simulation.acts import Wish
from tests.simulation.cloud import Network, Sent
from tests.simulation.database import Database
from tests.simulation.history import History
from tests.simulation.invariants import Watch
from tests.simulation.profiles import Profile
from tests.simulation.scheduler import BEGINNING, Process, Scheduler

#: Seconds that each of them lasts, at the longest.
_RESTART: Final = 10.0
_FREEZE: Final = 110.0
_OUTAGE: Final = 60.0
_DATABASE_OUTAGE: Final = 15.0
_WITHOUT_RIGHTS: Final = 20.0
#: A wall clock jumps by so much at most.
_JUMP: Final = 400.0


@dataclass
class Troubles:
    """`begin` starts them all; they pause while it `is_calm`."""

    scheduler: Scheduler
    profile: Profile
    random: Random
    history: History
    watch: Watch
    network: Network
    database: Database
    machines: Sequence[Process]
    wishes: Callable[[Random], Wish | None]
    is_calm: bool = False
    count: int = 0

    def begin(self) -> None:
        """Each kind of trouble is a task of the world around."""
        profile = self.profile
        for name, between, befall in (
            ("crashes", profile.between_crashes, self._crash),
            ("freezes", profile.between_freezes, self._freeze),
            ("outages", profile.between_outages, self._outage),
            ("database outages", profile.between_database_outages, self._database_outage),
            ("outsiders", profile.between_outsiders, self._outsider),
            ("clock jumps", profile.between_clock_jumps, self._jump),
            ("lost rights", profile.between_lost_rights, self._take_rights),
        ):
            if between != float("inf"):
                self.scheduler.spawn(name, self._befalling(between, befall))

    def _befalling(self, between: float, befall: Callable[[], None]) -> Callable[[], None]:
        def go_on() -> None:
            while True:
                self.scheduler.sleep(self.random.expovariate(1 / between))
                if not self.is_calm:
                    self.count += 1
                    befall()

        return go_on

    def calm(self) -> None:
        """From now on nothing goes wrong: whoever is frozen or away goes on."""
        self.is_calm = self.network.is_calm = self.database.is_calm = True
        for process in self.machines:
            process.frozen_until = min(process.frozen_until, self.scheduler.now)
        self.network.away_until = self.database.away_until = self.scheduler.now

    def storm(self) -> None:
        """From now on it does again."""
        self.is_calm = self.network.is_calm = self.database.is_calm = False

    def _crash(self) -> None:
        process = self.random.choice(self.machines)
        self.history.note(f"{process.name} is killed")
        self.scheduler.kill(process)
        self.scheduler.sleep(self.random.uniform(0.5, _RESTART))
        processes.start(process, self.scheduler, self.network)
        self.history.note(f"{process.name} starts again")
        if process.name.startswith("worker"):
            workers.work(self.scheduler, process)

    def _freeze(self) -> None:
        process = self.random.choice(self.machines)
        seconds = self.random.uniform(1.0, _FREEZE)
        process.frozen_until = self.scheduler.now + seconds
        self.history.note(f"{process.name} is frozen for {seconds:.0f} s")

    def _outage(self) -> None:
        seconds = self.random.uniform(2.0, _OUTAGE)
        network = self.network
        network.away_as = self.random.choice(("refused_connection", "lost_before", "lost_after", "server_error_before"))
        network.away_until = self.scheduler.now + seconds
        self.history.note(f"the cloud is out of order for {seconds:.0f} s ({network.away_as})")

    def _database_outage(self) -> None:
        seconds = self.random.uniform(0.5, _DATABASE_OUTAGE)
        self.database.away_until = self.scheduler.now + seconds
        self.history.note(f"the database is away for {seconds:.0f} s")

    def _jump(self) -> None:
        process = self.random.choice(self.machines)
        process.ahead += (seconds := self.random.uniform(-_JUMP, _JUMP))
        self.history.note(f"the clock of {process.name} jumps by {seconds:.0f} s")

    def _take_rights(self) -> None:
        """An administrator takes somebody's role away, and gives it back after a while."""
        self._take_rights_of(self.random.choice(list(Person.objects.order_by("pk"))))

    def _take_rights_of(self, person: Person) -> None:
        if person.username in self.watch.rights_lost_at:
            return
        self.history.note(f"{person.username} loses the right to act")
        Grant.objects.filter(person=person).delete()
        self.watch.rights_lost_at[person.username] = self.scheduler.now
        self.scheduler.sleep(self.random.uniform(1.0, _WITHOUT_RIGHTS))
        Grant.objects.create(person=person, role=Role.ADMINISTRATOR)
        del self.watch.rights_lost_at[person.username]
        self.history.note(f"{person.username} may act again")

    def _what_is_acted_on(self) -> Wish | None:
        """The same, or the contrary, on an object that an act of ours is open on."""
        change = Change.objects.filter(stage__in={*OPEN, *BUSY}).order_by("-claimed_at").first()
        if change is None:
            return None
        kind = self.random.choice([change.kind, _CONTRARY.get(change.kind, change.kind)])
        return Wish(
            KINDS[kind],
            change.gateway_id,
            Realm(change.realm),
            (change.target,),
            {"name": "outside", **change.parameters},
        )

    def while_it_waits(self, sent: Sent) -> None:
        """A throttled call is tried again in some seconds: a bad moment for its person to lose the right to it."""
        if not self.is_calm and self.random.random() < self.profile.worst_moments:
            change = Change.objects.get(pk=sent.changes[0])
            person = Person.objects.get(username=change.actor_name)
            self.scheduler.spawn("lost rights", lambda: self._take_rights_of(person))

    def after_the_answer(self, sent: Sent, answer: Answer) -> None:
        """The process is frozen before it has written down the answer, and somebody outside undoes the act."""
        if self.is_calm or answer.status >= 300 or self.random.random() > self.profile.worst_moments / 50:
            return
        change = Change.objects.get(pk=sent.changes[0])
        process = next(one for one in self.machines if one.name == sent.process)
        process.frozen_until = self.scheduler.now + self.random.uniform(_FREEZE * 0.7, _FREEZE)
        self.history.note(f"{process.name} is frozen until {process.frozen_until - BEGINNING:.3f} s", change.target)
        contrary = _CONTRARY.get(change.kind, change.kind)
        self._later_outside(_wish(contrary, change.gateway_id, change.realm, change.target))

    def while_a_form_lies_open(self, wanted: Wish) -> None:
        """Somebody outside acts on what somebody has on the screen."""
        if not self.is_calm and self.random.random() < self.profile.worst_moments:
            kind = wanted.kind.action.value
            self._later_outside(
                _wish(_CONTRARY.get(kind, kind), wanted.host, wanted.realm.value, self.random.choice(wanted.targets))
            )

    def _later_outside(self, wanted: Wish) -> None:
        self.scheduler.spawn("outsider", lambda: self._does_outside(wanted), after=5.0)

    def _outsider(self) -> None:
        """Somebody at the vendor's own console does something to the objects that our people act on."""
        wanted = self._what_is_acted_on() if self.random.random() < 0.5 else self.wishes(self.random)
        if wanted is not None:
            self._does_outside(wanted)

    def _does_outside(self, wanted: Wish) -> None:
        world, act = self.network.world, Act("outside", os.urandom(16).hex())
        with world.turn():
            seq = len(world.ledger)
            try:
                _do(world, act, wanted)
            except Refusal:
                return
            effects = world.ledger[seq:]
        for effect in effects:
            self.watch.outside(effect)


def _wish(kind: str, host: str, realm: str, target: str) -> Wish:
    return Wish(KINDS[kind], host, Realm(realm), (target,), {"name": "outside"})


_CONTRARY: Final = {
    "connection.accept": "connection.reject",
    "connection.reject": "connection.accept",
    "permission.add": "permission.remove",
    "permission.remove": "permission.add",
}


def _do(world: World, act: Act, wanted: Wish) -> None:
    gateway = world.gateways[wanted.host]
    service = world.services[gateway.service_id or ""]
    match wanted.kind.action.value:
        case "connection.accept":
            connections.decide(world, act, service, wanted.targets[:1], "receive")
        case "connection.reject":
            connections.decide(world, act, service, wanted.targets[:1], "reject")
        case "permission.add":
            permissions.add(world, act, service, wanted.targets[:1])
        case "permission.remove":
            permissions.remove(world, act, service, wanted.targets[:1])
        case "service.rename":
            gateways.update(world, act, gateway, {"vpcep_service_name": wanted.parameters["name"]})
