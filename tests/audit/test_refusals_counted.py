"""Nobody fills the log: what is refused is counted, and the counts become rows when a quarter of an hour is over."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from console.access.models import Person
from console.access.roles import Role
from console.audit import refusal_counts
from console.audit.models import Entry, RefusalCount, RefusedQuarter
from console.running.jobs import JOBS
from tests.at_once import at_once
from tests.audit.factories import reader
from tests.audit.proving import other_process, run
from tests.conditions import needs_postgresql
from tests.factories import PASSWORD, PersonFactory
from tests.stage import Stage

pytestmark = pytest.mark.django_db

STORY = "Approved by security team, ticket CHG-4711"
ADDRESS = "/demo/gateways/gateway-1/vpc-endpoints/connections/accept/"
TYPED = "canary-typed-into-the-name-field"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`clock(minutes=15)` turns the clock of the console forward; it begins in the middle of a quarter."""
    real = timezone.now
    now = [real().replace(minute=7, second=0) + timedelta(hours=1)]
    monkeypatch.setattr("console.clock.source", lambda: now[0])

    def turn(**by: int) -> None:
        now[0] += timedelta(**by)

    return turn


def stranger(address: str = "192.0.2.1") -> Client:
    return Client(enforce_csrf_checks=True, REMOTE_ADDR=address)


def forge(client: Client, times: int = 1) -> None:
    for _ in range(times):
        assert client.post(ADDRESS, {"id": STORY}).status_code == 403


def guess(name: str, client: Client) -> None:
    client.handler.enforce_csrf_checks = False
    client.post("/sign-in/", {"login": name, "password": "wrong-wrong-wrong"})


def written() -> list[Entry]:
    refusal_counts.settle_ended()
    return list(Entry.objects.order_by("seq"))


def test_three_hundred_forged_forms_of_one_client_are_one_row_without_a_word_of_theirs(clock) -> None:
    forge(stranger(), 300)
    assert written() == []
    clock(minutes=15)
    (row,) = written()
    assert (row.action, row.state, row.actor, row.ip) == ("request.forged", "refused", "anonymous", "192.0.2.1")
    assert (row.cloud, row.gateway_id, row.target, row.request_id) == ("", "", "", "")
    assert json.loads(row.after)["count"] == 300
    assert row.reason.startswith("300 times between ")
    assert "CHG-4711" not in str(Entry.objects.values_list().get())
    assert not RefusalCount.objects.exists()


def test_whoever_is_refused_next_writes_what_has_ended(clock) -> None:
    forge(stranger())
    clock(minutes=15)
    forge(stranger("192.0.2.2"))
    assert [row.ip for row in Entry.objects.all()] == ["192.0.2.1"]


def test_a_signed_in_person_who_is_refused_writes_it_too(clock) -> None:
    forge(stranger())
    clock(minutes=15)
    reader("somebody", Role.VIEWER).get("/audit/")
    rows = list(Entry.objects.order_by("seq").values_list("action", "actor"))
    assert rows[1:] == [("request.forged", "anonymous"), ("page.open", "somebody")]


def test_the_worker_writes_it_when_nobody_comes(clock) -> None:
    (job,) = [job for job in JOBS if job.name == "write down what was refused"]
    forge(stranger())
    assert not job.run()
    clock(minutes=15)
    assert job.run()
    assert Entry.objects.count() == 1
    assert not job.run()


def test_an_ipv6_network_is_one_client(clock) -> None:
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1", "::ffff:192.0.2.9"):
        forge(stranger(address))
    clock(minutes=15)
    assert sorted(row.ip for row in written()) == ["192.0.2.9", "2001:db8:1:2::/64", "2001:db8:1:3::/64"]


def test_tries_to_sign_in_are_counted_by_name_and_only_names_of_people_are_kept(clock) -> None:
    PersonFactory(username="olivia")
    for name in ("olivia", "Olivia", TYPED, TYPED, "somebody-else"):
        guess(name, stranger())
    assert TYPED not in str(list(RefusalCount.objects.values_list()))
    clock(minutes=15)
    (row,) = written()
    assert (row.action, row.actor, row.target) == ("person.sign_in_failed", "anonymous", "")
    details = json.loads(row.after)
    assert details["count"] == 5
    assert [one["count"] for one in details["names"]] == [2, 2, 1]
    named = [one["name"] for one in details["names"]]
    assert "olivia" in named
    assert sum(name.startswith("unknown:") and len(name) == 24 for name in named) == 2
    assert TYPED not in str(Entry.objects.values_list().get())


def test_invented_names_do_not_push_names_of_people_out(clock) -> None:
    PersonFactory(username="olivia")
    for number in range(refusal_counts.MOST_NAMES + 5):
        refusal_counts.note_of_nobody(refusal_counts.Action.PERSON_SIGN_IN_FAILED, "192.0.2.1", f"unknown:{number}")
    guess("olivia", stranger())
    clock(minutes=15)
    details = json.loads(written()[0].after)
    assert {"name": "olivia", "count": 1} in details["names"]
    assert len(details["names"]) == refusal_counts.MOST_NAMES + 1
    assert details["other_names"] == 5


def test_at_most_two_hundred_rows_an_hour_the_last_of_which_counts_the_rest(clock) -> None:
    for quarter in range(4):
        for number in range(150):
            forge(stranger(f"10.{quarter}.0.{number}"))
        forge(stranger("192.0.2.1"), 3)
        clock(minutes=15)
    rows = written()
    assert len(rows) <= 200
    assert sum(json.loads(row.after)["count"] for row in rows) == 4 * 153
    last = rows[-1]
    assert (last.action, last.ip, last.target) == ("requests.refused", "", "")
    assert list(json.loads(last.after)["kinds"]) == ["request.forged"]
    assert rows[0].ip == "192.0.2.1"  # who was refused most often comes first


def test_counts_are_bounded_too(clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusal_counts, "MOST_COUNTS", 10)
    for number in range(50):
        forge(stranger(f"10.0.0.{number}"), 2)
    assert RefusalCount.objects.count() == 11
    guess("olivia", stranger())  # a flood of one kind hides nothing of another
    clock(minutes=15)
    rows = written()
    assert [row.action for row in rows].count("person.sign_in_failed") == 1
    assert len(rows) == 12
    assert sum(json.loads(row.after)["count"] for row in rows) == 101
    assert rows[-1].action == "requests.refused"


def test_a_quarter_that_was_written_is_never_counted_in_again(clock) -> None:
    forge(stranger())
    clock(minutes=15)
    assert len(written()) == 1
    clock(minutes=-15)
    forge(stranger())
    clock(minutes=15)
    assert len(written()) == 1
    clock(minutes=15)
    assert len(written()) == 2


def test_old_quarters_are_forgotten(clock) -> None:
    for _ in range(20):
        forge(stranger())
        clock(minutes=15)
    written()
    assert RefusedQuarter.objects.count() < 12


def test_a_signed_in_person_fills_nothing_either(clock) -> None:
    client = reader("somebody", Role.VIEWER)
    before = Entry.objects.count()
    for _ in range(refusal_counts.MOST_OF_A_PERSON + 70):
        assert client.get("/audit/").status_code == 403
    assert Entry.objects.count() == before + refusal_counts.MOST_OF_A_PERSON
    clock(minutes=15)
    row = written()[-1]
    assert (row.action, row.actor, row.role, row.ip) == ("page.open", "somebody", "Viewer", "")
    assert json.loads(row.after)["count"] == 70
    assert Entry.objects.count() == before + refusal_counts.MOST_OF_A_PERSON + 1


def last() -> tuple[str, str]:
    row = Entry.objects.latest("seq")
    assert row.state == "refused"
    return row.cloud, row.gateway_id


def test_a_place_that_nobody_has_seen_is_in_no_row(stage: Stage) -> None:
    viewer = stage.browser("viewer").client
    assert viewer.post(ADDRESS, {"id": STORY}).status_code == 403  # forged
    assert last() == ("demo", "")
    viewer.post("/made-up/gateways/gateway-1/vpc-endpoints/connections/accept/", {"id": STORY})
    assert last() == ("", "")
    viewer.handler.enforce_csrf_checks = False
    assert viewer.post(ADDRESS, {"id": STORY}).status_code == 403  # refused
    assert last() == ("demo", "")


@pytest.mark.parametrize("seen_at", ["/gateways/", "/demo/gateways/{}/vpc-endpoints/"])
def test_a_place_that_the_person_may_know_of_and_a_cloud_has_told_of_is_kept(stage: Stage, seen_at: str) -> None:
    viewer = stage.browser("viewer").client
    viewer.get(seen_at.format(stage.gateway_id))
    viewer.post(f"{stage.tab_url}connections/accept/", {"id": STORY})
    assert last() == ("demo", stage.gateway_id)


def test_nobody_writes_into_the_log_of_a_place_they_may_not_know_of(stage: Stage) -> None:
    stage.browser("viewer").open(stage.tab_url)
    other = {"cloud": "demo", "gateway_id": stage.gateway("without_service")}
    stage.people["narrow"] = PersonFactory(username="narrow", role=Role.ADMINISTRATOR, **other)
    narrow = stage.browser("narrow").client
    narrow.post(f"{stage.tab_url}connections/accept/", {"id": STORY})
    assert last() == ("demo", "")
    narrow.handler.enforce_csrf_checks = False
    assert narrow.post(f"{stage.tab_url}connections/accept/", {"id": STORY}).status_code == 404
    assert last() == ("demo", "")


def in_a_thread(act: Callable[[], Any]) -> Any:
    try:
        return act()
    finally:
        connection.close()


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_or_written_twice_when_many_come_at_once(clock) -> None:
    acts = [partial(forge, stranger(f"192.0.2.{number % 4}"), 5) for number in range(24)]
    at_once([partial(in_a_thread, act) for act in acts])
    assert RefusalCount.objects.count() == 4
    clock(minutes=15)
    at_once([partial(in_a_thread, refusal_counts.settle_ended) for _ in range(8)])
    counts = [json.loads(row.after)["count"] for row in Entry.objects.all()]
    assert counts == [30] * 4


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_while_a_quarter_ends(clock) -> None:
    forge(stranger(), 3)
    clock(minutes=15)
    acts = [partial(forge, stranger(), 5) for _ in range(8)] + [refusal_counts.settle_ended] * 4
    at_once([partial(in_a_thread, act) for act in acts])
    clock(minutes=15)
    assert sorted(json.loads(row.after)["count"] for row in written()) == [3, 40]


COUNT = """
import django; django.setup()
from concurrent.futures import ThreadPoolExecutor
from django.db import connection
from console.audit.catalog import Action
from console.audit.refusal_counts import note_of_nobody
def count(number):
    for _ in range(10):
        note_of_nobody(Action.REQUEST_FORGED, f"192.0.2.{number % 3}")
    connection.close()
with ThreadPoolExecutor(6) as pool:
    list(pool.map(count, range(6)))
"""
SETTLE = """
import django; django.setup()
from datetime import timedelta
from console import clock
clock.source = lambda: clock.database_now() + timedelta(minutes=16)
from console.audit.refusal_counts import settle_ended
settle_ended()
"""
TOLD = """
import django; django.setup()
import json
from console.audit.models import Entry
print(sorted((row.ip, json.loads(row.after)["count"]) for row in Entry.objects.all()))
"""


def test_processes_count_together_and_write_once(transactional_db, tmp_path) -> None:
    environment = other_process(tmp_path)
    if connection.vendor == "sqlite":
        run(environment, "manage.py", "migrate", "--verbosity", "0")
    for code in (COUNT, SETTLE):
        with ThreadPoolExecutor(3) as pool:
            for done in [pool.submit(run, environment, "-c", code) for _ in range(3)]:
                done.result()
    # When a quarter ends in between, an address has two rows.
    told = eval(run(environment, "-c", TOLD))
    totals = {address: sum(count for ip, count in told if ip == address) for address, _ in told}
    assert totals == {f"192.0.2.{number}": 60 for number in range(3)}
    assert len(told) <= 6


def test_the_pages_and_the_trace_say_that_a_row_is_a_count(clock) -> None:
    forge(stranger(), 2)
    clock(minutes=15)
    written()
    auditor = reader("auditor", Role.AUDITOR)
    page = auditor.get("/audit/").content.decode()
    assert "2 times between" in page
    assert "is counted" in page
    (trace,) = [
        json.loads(line)
        for line in b"".join(auditor.get("/audit/export-cts.jsonl").streaming_content).splitlines()
        if b"request.forged" in line
    ]
    assert (trace["trace_rating"], trace["source_ip"], trace["resource_id"]) == ("incident", "192.0.2.1", "")
    assert json.loads(trace["message"])["after"]["count"] == 2


def test_a_wrong_password_of_somebody_signed_in_is_theirs(clock) -> None:
    person: Person = PersonFactory(username="olivia", role=Role.VIEWER)
    client = Client()
    client.post("/sign-in/", {"login": "olivia", "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": "wrong-wrong-wrong"})
    row = Entry.objects.latest("seq")
    assert (row.action, row.actor_id, row.target) == ("person.sign_in_failed", person.pk, "olivia")
