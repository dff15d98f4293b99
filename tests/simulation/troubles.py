"""What befalls processes, cloud, database and people while they work; all of it from one seed."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from console.access.models import Grant, Person
from console.access.roles import Role
from console.simcloud import World, connections, gateways, permissions
from console.simcloud.errors import Refusal
from console.simcloud.ledger import Act
from tests.simulation import processes, workers
from tests.simulation.acts import Wish
from tests.simulation.cloud import Network
from tests.simulation.database import Database
from tests.simulation.history import History
from tests.simulation.invariants import Watch
from tests.simulation.profiles import Profile
from tests.simulation.scheduler import Process, Scheduler

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
        person = self.random.choice(list(Person.objects.order_by("pk")))
        self.history.note(f"{person.username} loses the right to act")
        Grant.objects.filter(person=person).delete()
        self.watch.rights_lost_at[person.username] = self.scheduler.now
        self.scheduler.sleep(self.random.uniform(1.0, _WITHOUT_RIGHTS))
        Grant.objects.create(person=person, role=Role.ADMINISTRATOR)
        del self.watch.rights_lost_at[person.username]
        self.history.note(f"{person.username} may act again")

    def _outsider(self) -> None:
        """Somebody at the vendor's own console does something to the objects that our people act on."""
        wanted = self.wishes(self.random)
        if wanted is None:
            return
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
