"""A period in the audit log may begin and end at any local time, also at one that clock changes double or leave out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from console import clock
from console.access.models import Person
from console.access.roles import Role
from console.audit.time_bounds import TimeBoundField
from console.web.moments import local_text
from tests.audit.factories import entry, reader

ZONES = (
    "Africa/Casablanca",
    "America/Caracas",
    "America/New_York",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/Dublin",
    "Pacific/Apia",  # left a whole day out
)
MINUTE, WEEK = timedelta(minutes=1), timedelta(weeks=1)
FIRST = datetime(2005, 1, 1, tzinfo=UTC)


@cache
def changes_of(zone: str) -> list[datetime]:
    """When the clocks of the zone are changed in thirty years, to the minute."""
    return list(_changes(ZoneInfo(zone)))


def _changes(zone: ZoneInfo) -> Iterator[datetime]:
    for week in range(30 * 52):
        early, late = FIRST + week * WEEK, FIRST + (week + 1) * WEEK
        if early.astimezone(zone).utcoffset() == late.astimezone(zone).utcoffset():
            continue
        while late - early > MINUTE:
            middle = early + (late - early) // MINUTE // 2 * MINUTE
            same = early.astimezone(zone).utcoffset() == middle.astimezone(zone).utcoffset()
            early, late = (middle, late) if same else (early, middle)
        yield late


@st.composite
def near_a_change(draw: st.DrawFn) -> tuple[ZoneInfo, datetime, datetime]:
    """A zone, a local time that somebody types, and a moment: both near a change of its clocks where it has any."""
    zone = draw(st.sampled_from(ZONES))
    change = draw(st.sampled_from(changes_of(zone) or [FIRST]))
    minutes = st.integers(min_value=-1600, max_value=1600)
    typed = change.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + draw(minutes) * MINUTE
    return ZoneInfo(zone), typed, change + draw(minutes) * MINUTE


def read(typed: str, *, is_end: bool) -> datetime:
    found = TimeBoundField(is_end=is_end).clean(typed)
    assert found is not None
    return found


@given(near_a_change())
def test_no_local_time_is_refused_and_a_period_leaves_no_row_out(case: tuple[ZoneInfo, datetime, datetime]) -> None:
    zone, typed, moment = case
    shown = moment.astimezone(zone).replace(tzinfo=None)
    with timezone.override(zone):
        begins, ends = read(typed.isoformat(), is_end=False), read(typed.isoformat(), is_end=True)
    assert begins <= ends
    if shown >= typed:
        assert moment >= begins
    if shown < typed:
        assert moment < ends
    if shown == typed:
        assert begins <= moment <= ends


@given(near_a_change())
def test_the_reading_is_shown_with_its_offset_and_can_be_sent_again(case: tuple[ZoneInfo, datetime, datetime]) -> None:
    zone, typed, _moment = case
    with timezone.override(zone):
        for is_end in (False, True):
            field = TimeBoundField(is_end=is_end)
            found = read(typed.isoformat(), is_end=is_end)
            assert field.in_words(typed.isoformat()).startswith(f"Read as {local_text(found)}.")
            shown = field.prepare_value(typed.isoformat())
            assert read(shown.isoformat(), is_end=is_end) == found


@pytest.fixture
def auditor() -> Client:
    """Reads the log with the clocks of Berlin."""
    client = reader("auditor", Role.AUDITOR)
    Person.objects.filter(username="auditor").update(time_zone="Europe/Berlin")
    return client


def rows_at(monkeypatch: pytest.MonkeyPatch, *moments: datetime) -> None:
    for moment in moments:
        with monkeypatch.context() as patch:
            patch.setattr(clock, "source", lambda at=moment: at)
            entry(target=f"{moment:%H:%M}")


def targets(client: Client, **filters: str) -> list[str]:
    response = client.get("/audit/", filters)
    assert response.status_code == 200, response.content.decode()
    rows = BeautifulSoup(response.content, "html.parser").select("#audit tbody tr [data-label=Target]")
    return [row.get_text(strip=True) for row in rows]


def reading(client: Client, name: str, typed: str) -> str:
    """What the page says about the field."""
    page = BeautifulSoup(client.get("/audit/", {name: typed}).content, "html.parser")
    found = page.find(id=f"id_{name}_helptext")
    assert found is not None
    return found.get_text(" ", strip=True)


@pytest.mark.django_db
def test_the_doubled_hour_is_taken_from_its_first_pass_until_its_second(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = datetime(2035, 10, 28, 0, 0, tzinfo=UTC)  # 02:00 in Berlin; an hour later it is 02:00 once more
    rows_at(monkeypatch, *(first + minutes * MINUTE for minutes in (20, 40, 80, 100)))
    assert targets(auditor, since="2035-10-28T02:30") == ["01:40", "01:20", "00:40"]
    assert targets(auditor, since="2035-10-28T00:00", until="2035-10-28T02:30") == ["01:20", "00:40", "00:20"]
    assert reading(auditor, "since", "2035-10-28T02:30").startswith("Read as 2035-10-28 02:30:00 GMT+02:00. The clocks")
    assert "02:30:00 GMT+01:00. The clocks change then: the later" in reading(auditor, "until", "2035-10-28T02:30")
    assert reading(auditor, "since", "2035-10-28T04:30") == "Read as 2035-10-28 04:30:00 GMT+01:00."


@pytest.mark.django_db
def test_the_missing_hour_is_taken_as_wide_as_it_may_be_meant(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    change = datetime(2035, 3, 25, 1, 0, tzinfo=UTC)  # from 02:00 to 03:00 in Berlin
    rows_at(monkeypatch, *(change + minutes * MINUTE for minutes in (-40, -20, 20, 40)))
    assert targets(auditor, since="2035-03-25T02:30") == ["01:40", "01:20", "00:40"]
    assert targets(auditor, since="2035-03-25T00:00", until="2035-03-25T02:30") == ["01:20", "00:40", "00:20"]
    assert "Read as 2035-03-25 01:30:00 GMT+01:00. The clocks" in reading(auditor, "since", "2035-03-25T02:30")
    assert "Read as 2035-03-25 03:30:00 GMT+02:00. The clocks" in reading(auditor, "until", "2035-03-25T02:30")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize("typed", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00"])
def test_a_time_beyond_all_calendars_is_said_at_its_field(auditor: Client, name: str, typed: str) -> None:
    response = auditor.get("/audit/", {name: typed})
    assert response.status_code == 422
    assert "Give a year between" in response.content.decode()


@pytest.mark.parametrize("typed", ["02:30", "2035-02-31T00:00", "soon"])
def test_what_is_no_time_is_still_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        read(typed, is_end=False)
