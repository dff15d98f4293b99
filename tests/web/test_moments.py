"""Times as people read them: in their zone, with the offset, and how long ago (features 1.2)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone

from console.web import moments

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("UTC", "2026-11-20 12:00:00 GMT+00:00"),
        ("Asia/Shanghai", "2026-11-20 20:00:00 GMT+08:00"),
        ("America/New_York", "2026-11-20 07:00:00 GMT-05:00"),
        ("Asia/Kathmandu", "2026-11-20 17:45:00 GMT+05:45"),
        ("America/St_Johns", "2026-11-20 08:30:00 GMT-03:30"),
        ("Pacific/Kiritimati", "2026-11-21 02:00:00 GMT+14:00"),
    ],
)
def test_local_time_names_its_offset(zone: str, text: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        assert moments.local_text(NOW) == text


def test_the_repeated_hour_in_autumn_can_be_told_apart() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert moments.local_text(first) == "2026-10-25 02:30:00 GMT+02:00"
        assert moments.local_text(first + timedelta(hours=1)) == "2026-10-25 02:30:00 GMT+01:00"


def test_the_missing_hour_in_spring_is_skipped() -> None:
    before = datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert moments.local_text(before) == "2026-03-29 01:59:59 GMT+01:00"
        assert moments.local_text(before + timedelta(seconds=1)) == "2026-03-29 03:00:00 GMT+02:00"


def test_utc_does_not_depend_on_the_zone() -> None:
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        assert moments.utc_text(NOW) == "2026-11-20 12:00:00 UTC"
        assert moments.iso_text(NOW) == "2026-11-20T12:00:00Z"


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=30), "1 month ago"),
        (timedelta(days=365), "1 year ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(minutes=-5), "just now"),
    ],
)
def test_ages_are_said_in_words(age: timedelta, text: str) -> None:
    assert moments.ago_text(NOW - age, NOW) == text


def test_a_time_that_nobody_knows_is_unknown() -> None:
    assert moments.local_text(None) == moments.utc_text(None) == moments.ago_text(None) == "unknown"
    assert moments.iso_text(None) == ""


def rendered(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_a_moment_is_a_time_element_with_utc_in_its_title() -> None:
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        html = rendered("{{ when|moment }}", when=NOW)
    assert html == (
        '<time datetime="2026-11-20T12:00:00Z" title="2026-11-20 12:00:00 UTC">2026-11-20 20:00:00 GMT+08:00</time>'
    )
    assert rendered("{{ when|moment }}", when=None) == "unknown"


def test_an_icon_is_decoration() -> None:
    html = rendered("{% icon 'copy' %}")
    assert 'aria-hidden="true"' in html
    assert html.endswith('#copy"></use></svg>')


def test_a_long_identifier_is_cut_and_a_short_one_is_not() -> None:
    assert rendered("{{ id|short_id }}", id="76ad893c-1234-5678") == "76ad893c-123…"
    assert rendered("{{ id|short_id }}", id="76ad893c") == "76ad893c"


def test_hostile_text_stays_text() -> None:
    html = rendered("{{ id|short_id }}{% icon name %}", id="<b>", name='"><script>alert(1)</script>')
    assert "<b>" not in html
    assert "<script>" not in html
