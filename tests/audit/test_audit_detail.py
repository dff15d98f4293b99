import pytest
from bs4 import BeautifulSoup

from console.access.roles import Role
from console.audit.catalog import State
from tests.audit.factories import entry, reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor():
    return reader("auditor", Role.AUDITOR)


def _page(client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def test_a_row_shows_everything_it_says(auditor):
    written = entry(
        change_id="change-1", batch_id="batch-1", reason="why <not>", error_code="APIG.1", cloud_request_id="cloud-1"
    )
    text = _page(auditor, f"/audit/{written.seq}/").get_text(" ", strip=True)
    for part in (
        "Accept a connection",
        "operator",
        "Operator",
        "demo",
        "gateway-1",
        "endpoint-1",
        "why <not>",
        "APIG.1",
    ):
        assert part in text
    for part in ("change-1", "batch-1", "cloud-1", "request-1", "192.0.2.7", written.hash, written.previous_hash):
        assert part in text


def test_only_changed_fields_are_shown_before_and_after(auditor):
    written = entry(
        before={"status": "accepted", "owner": "same", "gone": 1, "nested": {"a": 1}},
        after={"status": "rejected", "owner": "same", "new": None, "nested": {"a": 2}},
    )
    rows = _page(auditor, f"/audit/{written.seq}/").find("table", class_="diff").tbody.find_all("tr")
    assert [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in rows] == [
        ["gone", "1", "--"],
        ["nested", '{"a":1}', '{"a":2}'],
        ["new", "--", "null"],
        ["status", "accepted", "rejected"],
    ]


@pytest.mark.parametrize(("before", "after"), [(None, None), ("text", "other"), ([1], None), (True, 1), ({}, [])])
def test_values_that_are_no_objects_are_shown_too(auditor, before, after):
    written = entry(before=before, after=after)
    assert "Before and after" in _page(auditor, f"/audit/{written.seq}/").get_text()


def test_links_lead_to_exactly_the_rows_of_the_same_change_batch_and_request(auditor):
    entry(change_id="change-2", batch_id="batch-2")
    intended = entry(change_id="change-1", batch_id="batch-1", state=State.INTENDED)
    done = entry(change_id="change-1", batch_id="batch-1")
    page = _page(auditor, f"/audit/{done.seq}/")
    timeline = page.find("ol", class_="timeline").get_text(" ", strip=True)
    assert f"Row {intended.seq}" in timeline
    assert timeline.count("operator") == 2
    for field, value in (("change", "change-1"), ("batch", "batch-1")):
        address = page.find("a", href=f"/audit/?{field}={value}")["href"]
        shown = _page(auditor, address).select("#audit tbody tr")
        assert [row["id"] for row in shown] == [f"audit-{done.seq}", f"audit-{intended.seq}"]
    assert page.find("a", href="/audit/?request=request-1")


def test_a_state_or_act_of_another_version_is_shown_as_it_is_stored(auditor):
    from console.audit.models import Entry

    last = entry()
    other = {field.attname: getattr(last, field.attname) for field in Entry._meta.concrete_fields}
    Entry(**(other | {"seq": last.seq + 1, "action": "gateway.paint", "state": "dreamt"})).save(force_insert=True)
    assert "gateway.paint" in _page(auditor, "/audit/").get_text()
    assert "dreamt" in _page(auditor, f"/audit/{last.seq + 1}/").get_text()


@pytest.mark.parametrize("number", ["0", "999", "9223372036854775807", "9223372036854775808", "9" * 30])
def test_a_row_that_is_not_there_is_not_found(auditor, number):
    assert auditor.get(f"/audit/{number}/").status_code == 404
