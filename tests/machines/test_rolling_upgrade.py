"""From the release before to this one, machine by machine, while people act and a long act goes on."""

import os
import signal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.at_once import at_once
from tests.conditions import needs_history, needs_machines
from tests.machines.people import busy
from tests.machines.reckoning import agree, all_done
from tests.machines.release_before import unpack_release_before
from tests.machines.site import MACHINES, Scene, Site
from tests.machines.stores import Cluster, Redis
from tests.running.processes import ROOT, children, until

pytestmark = [needs_machines, needs_history, pytest.mark.timeout(600)]

MANY = 200
SHARE = 60


def upgrade(scene: Scene) -> None:
    """As the README says: migrate once, then replace one process after the other."""
    site = scene.site
    site.migrate(ROOT)
    renew_workers(site.servers["b"].process.pid)  # of the release before, on the newer tables
    site.is_ready("b")
    for machine in MACHINES:
        site.start_server(machine, ROOT)
        site.start_worker(machine, ROOT)
        site.is_ready(machine)
    site.root = ROOT


def renew_workers(server: int) -> None:
    """As a supervisor does."""
    began = set(children(server))
    os.kill(server, signal.SIGHUP)
    assert until(lambda: not began <= set(children(server)))


def test_both_machines_are_upgraded_one_after_the_other_while_acts_go_on(cluster: Cluster, redis: Redis) -> None:
    with TemporaryDirectory(prefix="console-upgrade-") as folder:
        before = Path(folder, "before")
        before.mkdir()
        unpack_release_before(before)
        with Site(Path(folder), cluster, redis, "upgrade", root=before) as site:
            scene = site.new_world()
            people = [site.person(name) for name in ("operator", "admin")]
            long_act = scene.connections(MANY, "accepted", "pendingAcceptance")
            shares = [scene.connections(SHARE, "accepted", "pendingAcceptance") for _ in people]
            scene.hold_up_writes(1.0)
            page = people[0].act(scene.tab, "Reject", long_act)
            assert until(lambda: len(scene.done()) > 0), site.printed()
            scene.hold_up_writes(0.2)
            over = [False]

            def roll() -> int:
                try:
                    upgrade(scene)
                finally:
                    over[0] = True
                return 0

            acts = at_once(
                [
                    *(lambda n=n: busy(people[n], scene.tab, shares[n], lambda: over[0]) for n in range(2)),  # type: ignore[misc]
                    roll,
                ],
                patience=300,
            )

            told = [one for person in people for one in person.told]
            assert min(acts[:2]) > 1
            assert {one.status for one in told} == {200}, Path(folder, "errors.log").read_text()
            agree(scene, told)
            all_done(scene, long_act)
            assert f"{MANY} of {MANY} ended" in people[0].open(page.url).text
            assert {one.target for one in told if one.done} <= set(scene.done())
