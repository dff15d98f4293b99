"""Sessions end after idle time and, whatever happens, after the absolute one: with a clock that the test moves."""

import json
import time
from datetime import UTC, datetime

import pytest
from django.test import Client

from console.access.session_store import SessionStore
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

MINUTE, HOUR = 60, 3600


class Clock:
    """The clock of the console, in seconds."""

    def __init__(self) -> None:
        self.now = time.time()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("console.clock.source", lambda: datetime.fromtimestamp(clock.now, UTC))
    return clock


@pytest.fixture
def client(clock: Clock) -> Client:
    client = Client()
    client.force_login(PersonFactory(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, **headers: str):
    """A page that takes little time to draw: any other would do."""
    return client.get("/help/", headers=headers)


def test_an_idle_session_ends_after_half_an_hour(client: Client, clock: Clock) -> None:
    clock.now += 30 * MINUTE - 1
    assert page(client).status_code == 200
    key = client.session.session_key
    clock.now += 30 * MINUTE

    response = page(client)

    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=%2Fhelp%2F&ended=1"
    assert "Your session has ended" in client.get(response["Location"]).content.decode()
    assert not SessionStore().exists(key)


def test_activity_keeps_a_session_but_not_beyond_twelve_hours(client: Client, clock: Clock) -> None:
    for _ in range(12 * 3):
        assert page(client).status_code == 200
        clock.now += 20 * MINUTE

    assert page(client).status_code == 302


def test_a_page_that_refreshes_itself_is_no_activity(client: Client, clock: Clock) -> None:
    for seconds in range(0, 30 * MINUTE, 5 * MINUTE):
        poll = {"X-Poll": "1"} if seconds % 2 else {}
        assert client.get("/help/?poll=1", headers=poll).status_code == 200
        clock.now += 5 * MINUTE

    response = client.get("/help/", headers={"X-Poll": "1", "HX-Request": "true"})

    assert response["HX-Redirect"].startswith("/sign-in/?")


def test_the_page_knows_when_its_session_ends(client: Client, clock: Clock) -> None:
    assert 'data-session-ends-in="1800"' in page(client).content.decode()
    clock.now += 11 * HOUR
    client.force_login(PersonFactory(), backend="django.contrib.auth.backends.ModelBackend")
    for _ in range(35):
        clock.now += 20 * MINUTE
        last = page(client)
    # 11 hours and 40 minutes after signing in, the absolute end is the nearer one.
    assert 'data-session-ends-in="1200"' in last.content.decode()


def test_activity_is_written_once_a_minute_at_most(client: Client, clock: Clock, django_assert_num_queries) -> None:
    def writes() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(client)
        return sum("access_session" in query["sql"] and query["sql"].startswith("UPDATE") for query in queries)

    assert [writes() for _ in range(3)] == [0, 0, 0]
    clock.now += 61
    assert [writes() for _ in range(3)] == [1, 0, 0]


def test_extending_counts_as_activity_and_tells_the_page(client: Client, clock: Clock) -> None:
    clock.now += 29 * MINUTE

    response = client.post("/account/extend/", headers={"HX-Request": "true"})

    assert response.status_code == 204
    assert json.loads(response["HX-Trigger"]) == {"session:extended": {"seconds": 1800}}
    clock.now += 29 * MINUTE
    assert page(client).status_code == 200


def test_extending_without_script_comes_back_to_the_page(client: Client) -> None:
    response = client.post("/account/extend/", headers={"Referer": "http://testserver/audit/?state=failed"})
    assert response.status_code == 303
    assert response["Location"] == "/audit/?state=failed"

    assert client.post("/account/extend/")["Location"] == "/"


def test_extending_does_not_move_the_absolute_end(client: Client, clock: Clock) -> None:
    for _ in range(12 * 3):
        client.post("/account/extend/")
        clock.now += 20 * MINUTE

    assert client.post("/account/extend/", headers={"HX-Request": "true"})["HX-Redirect"]


def test_a_session_without_stamps_is_over(client: Client) -> None:
    session = client.session
    del session["access_started"]
    session.save()

    assert page(client).status_code == 302


def test_short_limits_from_the_settings_hold(client: Client, clock: Clock, settings) -> None:
    settings.SESSION_IDLE_SECONDS = 20
    for _ in range(5):
        clock.now += 15
        assert page(client).status_code == 200
    clock.now += 20
    assert page(client).status_code == 302
