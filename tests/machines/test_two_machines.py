"""Two servers and two workers on one database: whatever ends, hangs or goes astray, log and ledger agree."""

import json
import os
import signal
import time

import pytest

from tests.at_once import at_once
from tests.conditions import needs_machines
from tests.journeys.served import PASSWORD
from tests.machines.people import Person, busy
from tests.machines.reckoning import agree, all_done
from tests.machines.site import HEALTH_TOKEN, MACHINES, Scene, end
from tests.running.processes import Running, until

pytestmark = [needs_machines, pytest.mark.timeout(600)]

REJECTABLE = ("accepted", "pendingAcceptance")
MANY = 300


def worker_of(scene: Scene) -> Running:
    """The worker that holds the lease of the act that runs."""
    ((name,),) = scene.site.ask("SELECT worker FROM changes_batch WHERE finished_at IS NULL")
    (found,) = (one for one in scene.site.workers.values() if f"-{one.process.pid}-" in name)
    return found


def in_the_middle(scene: Scene, already: int) -> None:
    """Wait until so many objects are done and the next call is on its way."""
    assert until(lambda: len(scene.done()) >= already and scene.is_sending()), scene.site.printed()


def test_who_signs_in_at_one_server_acts_at_the_other(scene: Scene) -> None:
    operator = scene.site.person("operator")
    first, second, third = scene.connections(3, "accepted")
    assert operator.at("a").act(scene.tab, "Reject", [first]).status == 200
    assert operator.at("b").act(scene.tab, "Reject", [second]).status == 200

    page = operator.at("a").open(f"{scene.tab}connections/reject/?id={third}")
    answer = operator.at("b").browser.submit(page, "Reject", reason="CHG-8")
    again = operator.at("a").browser.submit(page, "Reject", reason="CHG-8")

    assert f"{third}: rejected." in answer.text
    assert "This form had been sent before" in again.text
    assert [one.done for one in operator.told] == [True, True]
    agree(scene, operator.told)
    assert scene.done() == [first, second, third]


def test_a_long_act_goes_on_when_its_worker_is_killed_and_the_next_one_freezes(scene: Scene) -> None:
    site, operator = scene.site, scene.site.person("operator")
    ids = scene.connections(MANY, *REJECTABLE)
    scene.hold_up_writes(1.0)
    page = operator.act(scene.tab, "Reject", ids)
    assert f"0 of {MANY} ended" in page.text

    in_the_middle(scene, 50)
    killed = worker_of(scene)
    end(killed)
    site.pass_time()
    in_the_middle(scene, 150)
    frozen = worker_of(scene)
    assert frozen is not killed
    os.kill(frozen.process.pid, signal.SIGSTOP)
    try:
        site.make_whole()  # a supervisor starts the killed one again
        site.pass_time()
        assert until(lambda: len(scene.done()) == MANY), site.printed()
    finally:
        os.kill(frozen.process.pid, signal.SIGCONT)

    agree(scene)
    assert len(scene.done()) == MANY
    text = operator.open(page.url).text
    assert f"{MANY} of {MANY} ended" in text
    lines = map(json.loads, operator.lines(f"{page.url}export.jsonl"))
    assert sorted(one["target"] for one in lines if one["stage"] == "succeeded") == sorted(ids)


WITHIN_A_TRANSACTION = """
import time
from django.db import transaction
from console.audit.models import Head
with transaction.atomic():
    Head.objects.select_for_update().get()
    print("holds the end of the log", flush=True)
    time.sleep(600)
"""


def test_a_machine_that_freezes_within_a_transaction_stops_nobody(scene: Scene) -> None:
    site, operator = scene.site, scene.site.person("operator")
    first, second = scene.connections(2, "accepted")
    with Running("shell", "-v", "0", "-c", WITHIN_A_TRANSACTION, **site.settings("a", site.root)) as frozen:
        assert frozen.says("holds the end of the log"), frozen.printed
        os.kill(frozen.process.pid, signal.SIGSTOP)
        try:
            operator.act(scene.tab, "Reject", [first])  # waits for it, perhaps for too long to be carried out
            operator.act(scene.tab, "Reject", [second])
        finally:
            end(frozen)
    assert [one.status for one in operator.told] == [200, 200]
    assert operator.told[-1].done
    agree(scene, operator.told)


def test_a_server_that_is_killed_in_the_middle_of_an_act_leaves_nothing_open_and_nothing_twice(scene: Scene) -> None:
    site, operator, admin = scene.site, scene.site.person("operator"), scene.site.person("admin")
    (alone,), several = scene.connections(1, "accepted"), scene.connections(8, "accepted")
    scene.hold_up_writes(0.7)

    def kill() -> None:
        in_the_middle(scene, 3)
        end(site.servers["a"])

    pages = at_once(
        [
            lambda: operator.at("a").act(scene.tab, "Reject", [alone]).status,
            lambda: admin.at("a").act(scene.tab, "Reject", several).status,
            lambda: kill() or 0,  # type: ignore[func-returns-value]
        ],
        patience=90,
    )
    scene.hold_up_writes(0)

    assert pages[1] in (502, 504)
    assert operator.at("both").open(scene.tab).status == 200
    rows = agree(scene, operator.told)
    assert 3 <= len(scene.done()) < 9
    assert {row["state"] for row in rows} >= {"intended", "succeeded", "cancelled"}
    site.make_whole()
    left = [one for one in several if one not in scene.done()]
    assert operator.act(scene.tab, "Reject", left).status == 200
    agree(scene)


def test_the_database_may_restart_under_load(scene: Scene) -> None:
    site = scene.site
    people = [site.person(name) for name in ("operator", "admin")]
    shares = [scene.connections(40, *REJECTABLE) for _ in people]
    long_act = scene.connections(150, *REJECTABLE)
    assert people[0].act(scene.tab, "Reject", long_act).status == 200
    over = [False]

    def restart() -> int:
        time.sleep(1.5)
        site.cluster.crash_and_start()
        assert until(lambda: people[0].open("/readyz").status == 200, 30)
        time.sleep(2)
        over[0] = True
        return 0

    acts = at_once(
        [
            *(lambda n=n: busy(people[n], scene.tab, shares[n], lambda: over[0]) for n in range(2)),  # type: ignore[misc]
            restart,
        ],
        patience=120,
    )

    told = [one for person in people for one in person.told]
    assert sum(acts) > 4
    assert {one.status for one in told} <= {200, 503}
    agree(scene, told)
    all_done(scene, long_act)


def test_redis_may_go_and_come_back(scene: Scene) -> None:
    site = scene.site
    first, second, third = scene.connections(3, "accepted")
    operator = site.person("operator")
    assert operator.act(scene.tab, "Reject", [first]).status == 200
    redis = site.redis
    redis.stop(signal.SIGKILL)
    try:
        visitor = Person("viewer", site.proxy).sign_in(PASSWORD)
        assert visitor.open(scene.tab).status == 200
        assert [operator.at(name).open("/readyz").status for name in MACHINES] == [200, 200]
        assert operator.at("both").act(scene.tab, "Reject", [second]).status == 200
    finally:
        redis.start()
    assert operator.act(scene.tab, "Reject", [third]).status == 200

    agree(scene, operator.told)
    assert scene.done() == [first, second, third]


def test_clocks_ten_minutes_apart_change_no_verdict(scene: Scene) -> None:
    site = scene.site
    site.start_all({"a": "+5m", "b": "-5m"})
    try:
        people = [site.person("operator").at("a"), site.person("admin").at("b")]
        shares = [scene.connections(6, "accepted") for _ in people]
        lost = {"match": {"method": "POST", "path": "connections/action"}, "fault": "reset_after", "times": 4}
        scene.cloud.faults(lost)
        at_once([lambda n=n: busy(people[n], scene.tab, shares[n], lambda: False) for n in range(2)], patience=90)  # type: ignore[misc]
        long_act = scene.connections(60, *REJECTABLE)
        assert people[0].act(scene.tab, "Reject", long_act).status == 200

        told = [one for person in people for one in person.told]
        assert [one for one in told if one.not_done] == []
        assert sum(one.done for one in told) == 8, [(one.status, one.text[:2000]) for one in told if not one.done]
        agree(scene, told)
        all_done(scene, [*shares[0], *shares[1], *long_act])
        for machine, words in (("a", "ahead of"), ("b", "behind")):
            assert words in clock_of(scene, machine)
    finally:
        site.start_all()


def clock_of(scene: Scene, machine: str) -> str:
    """What the server there says of its own clock."""
    visitor = Person("nobody", scene.site.proxy).at(machine)
    page = visitor.browser.open("/readyz", Authorization=f"Bearer {HEALTH_TOKEN}")
    assert page.status == 200, page.html
    return str(json.loads(page.html)["clock"])


@pytest.fixture(autouse=True)
def _nobody_remembers(scene: Scene) -> None:
    """What people were told in another story is not of this one."""
    for name in ("operator", "admin"):
        scene.site.person(name).told.clear()
