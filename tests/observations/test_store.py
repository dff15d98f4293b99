"""How observations are kept: small, bounded, and never held up by a reader that died."""

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from console.changes import background, settling
from console.clouds.errors import CloudUnavailable
from console.clouds.types import AccountId, Connection, ConnectionStatus, EndpointId
from console.observations import content, pruning, store, watch
from console.observations.history import REMEMBERED
from console.observations.models import Look, Snapshot
from console.observations.parts import Part
from console.observations.store import Where
from console.observations.watch import Wish, observe
from tests.changes.acts import REJECT
from tests.changes.test_resolver import lose_the_answer
from tests.observations.watching import Clock, reads

pytestmark = pytest.mark.django_db(transaction=True)

WHERE = Where("demo", "0" * 32)
LONG_AGO = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def _connections(count: int, status: ConnectionStatus = ConnectionStatus.ACCEPTED) -> list[Connection]:
    return [
        Connection(
            EndpointId(f"{number:08x}-1111-2222-3333-{number * 7919:012x}"),
            str(2**60 + number),
            status,
            status.value,
            AccountId(f"{number % 100:032x}"),
            LONG_AGO + timedelta(seconds=number),
            None,
        )
        for number in range(count)
    ]


def _look(value: Any, wish: Wish | None = None) -> Any:
    def read() -> Any:
        if isinstance(value, Exception):
            raise value
        return value

    return observe(WHERE, {Part.CONNECTIONS: read}, wish)[Part.CONNECTIONS]


def test_what_is_kept_comes_back_as_it_was(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = _connections(3)
    _look(rows)
    monkeypatch.setattr(content, "_memory", content._Memory())  # another process
    seen = _look(CloudUnavailable("not asked"))
    assert seen.value == rows
    assert seen.as_of == clock.now


def test_ten_thousand_connections_are_one_small_row(clock: Clock) -> None:
    _look(_connections(10_000))
    row = Snapshot.objects.get()
    assert len(bytes(row.content)) < 500_000


def test_an_unchanged_answer_is_not_written_again(clock: Clock) -> None:
    _look(_connections(5))
    before = Snapshot.objects.get()
    clock.pass_by(10)
    _look(_connections(5))
    after = Snapshot.objects.get()
    assert after.digest == before.digest
    assert after.asked_at == clock.now


def test_a_look_at_what_is_known_costs_one_query(clock: Clock, django_assert_num_queries: Any) -> None:
    _look(_connections(5))
    with django_assert_num_queries(1):
        _look(CloudUnavailable("not asked"))


def test_a_reader_that_died_holds_nobody_up(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = _connections(1), _connections(2)
    _look(old)
    clock.pass_by(60)
    Snapshot.objects.update(reader="dead", reading_until=clock.now + store.LEASE)
    monkeypatch.setattr(watch, "_WITH_ROWS", 0.05)
    waited = _look(new)
    assert (waited.value, waited.current) == (old, False)

    clock.pass_by(store.LEASE.total_seconds() + 1)
    again = _look(new)
    assert (again.value, again.current) == (new, True)


def test_a_late_answer_does_not_replace_a_later_one(clock: Clock) -> None:
    _look(_connections(1))
    slow, began = store.glance(WHERE, [Part.CONNECTIONS])[Part.CONNECTIONS], clock.now + timedelta(seconds=5)
    clock.pass_by(30)
    _look(_connections(2))
    store.keep([store.Reading(slow, _connections(3))], began, "who took too long")
    assert len(_look(CloudUnavailable("not asked")).value) == 2


def test_a_bug_in_a_read_gives_the_part_back(clock: Clock) -> None:
    with pytest.raises(ZeroDivisionError):
        _look(ZeroDivisionError())
    assert Snapshot.objects.get().reading_until is None


def test_whoever_asks_for_more_than_is_known_gets_a_read_of_their_own(clock: Clock) -> None:
    _look(_connections(1))
    clock.pass_by(0.5)
    assert len(_look(_connections(2)).value) == 1
    assert len(_look(_connections(2), Wish(not_before=clock.now)).value) == 2
    clock.pass_by(0.5)
    store.outdate(WHERE)
    assert len(_look(_connections(3)).value) == 3


def test_a_clock_set_back_does_not_freeze_the_page(clock: Clock) -> None:
    _look(_connections(1))
    clock.pass_by(-3600)
    assert len(_look(_connections(2)).value) == 2


def test_content_of_another_version_is_not_misread(clock: Clock) -> None:
    _look(_connections(1))
    Snapshot.objects.update(digest="0" * 72)
    assert len(_look(_connections(2)).value) == 2
    clock.pass_by(10)
    assert len(_look(_connections(3)).value) == 3


def test_what_nobody_looks_at_is_forgotten(stage: Any, clock: Clock) -> None:
    browser = stage.browser("viewer")
    browser.open(stage.tab_url)
    assert Snapshot.objects.count() == 4
    assert Look.objects.count() == 2
    assert pruning.forget_old() == 0
    clock.pass_by(REMEMBERED.total_seconds() + 1)
    assert pruning.forget_old() == 4 + 2
    assert not Snapshot.objects.exists()


def test_gateways_that_do_not_exist_leave_nothing_behind(stage: Any, clock: Clock) -> None:
    browser = stage.browser("admin")
    for number in range(5):
        assert browser.open(f"/demo/gateways/{number:032x}/vpc-endpoints/").status == 404
    assert not Snapshot.objects.exists()


def test_the_database_waits_for_the_disk_again_after_a_light_write(clock: Clock) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a setting of SQLite")
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA synchronous").fetchone()
        _look(_connections(1))
        assert cursor.execute("PRAGMA synchronous").fetchone() == before == (2,)


def test_the_rights_of_the_disk_hold_for_postgresql_too(clock: Clock) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("a setting of PostgreSQL")
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO ON")  # as the console has it; the settings of the tests have not
        _look(_connections(1))
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
        cursor.execute("RESET synchronous_commit")


def test_the_page_after_an_act_shows_the_act(stage: Any, clock: Clock) -> None:
    operator, viewer = stage.browser("operator"), stage.browser("viewer")
    page = operator.open(f"{stage.tab_url}?size=50")
    accepted = stage.connection_ids("accepted")[0]
    confirm = operator.click(page, "Reject", page.row("Connections", accepted))
    clock.pass_by(0.1)
    asked = reads(stage, "/permissions")
    assert operator.submit(confirm, "Reject").row("Connections", accepted).find("span", string="Rejected")
    assert reads(stage, "/permissions") > asked
    assert viewer.open(f"{stage.tab_url}?size=50").row("Connections", accepted).find("span", string="Rejected")


def test_the_page_after_a_long_act_shows_the_act(stage: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.changes.planning.AT_ONCE", 1)
    operator, viewer = stage.browser("operator"), stage.browser("viewer")
    accepted = stage.connection_ids("accepted")[:2]
    address = f"{stage.tab_url}connections/reject/?" + "&".join(f"id={each}" for each in accepted)
    operator.submit(operator.open(address), "Reject", word="reject")
    clock.pass_by(0.1)
    assert viewer.open(f"{stage.tab_url}?size=50").row("Connections", accepted[0]).find("span", string="Accepted")
    clock.pass_by(0.1)
    assert background.advance("worker", seconds=60)
    assert viewer.open(f"{stage.tab_url}?size=50").row("Connections", accepted[0]).find("span", string="Rejected")


def test_the_page_after_an_end_was_found_out_is_read_anew(stage: Any, clock: Clock) -> None:
    lose_the_answer(stage, REJECT, {"fault": "reset_after"})
    viewer = stage.browser("viewer")
    clock.pass_by(0.1)
    viewer.open(stage.tab_url)
    asked = reads(stage, "/vpc-endpoint/connections")
    viewer.open(stage.tab_url)
    assert reads(stage, "/vpc-endpoint/connections") == asked
    clock.pass_by(0.1)
    assert settling.settle_open() == 1
    asked = reads(stage, "/vpc-endpoint/connections")
    viewer.open(stage.tab_url)
    assert reads(stage, "/vpc-endpoint/connections") == asked + 1


def test_no_secret_is_kept(stage: Any, clock: Clock) -> None:
    stage.browser("viewer").open(stage.tab_url)
    kept = b" ".join(zlib.decompress(bytes(row.content)) for row in Snapshot.objects.all()).decode()
    about = stage.cloud.describe()
    assert stage.gateway_id in kept
    for secret in ("password", "secret_key", "access_key"):
        assert about[secret] not in kept
