import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from console import clock
from console.access.roles import Role
from console.audit import journal
from console.audit.catalog import Action, State
from console.audit.models import Entry
from tests.audit.bulk import load
from tests.audit.factories import OPERATOR, entries, entry, reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    """Reads everything. Signing in is row 1 of the log."""
    return reader("auditor", Role.AUDITOR)


def _soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def _numbers(response) -> list[int]:
    return [int(row["id"].removeprefix("audit-")) for row in _soup(response).select("#audit tbody tr")]


def test_the_list_shows_time_person_act_object_state_and_reason(auditor):
    entry(reason="ticket 42", state=State.REFUSED, action=Action.CONNECTION_REJECT, target="endpoint-<7>")
    response = auditor.get("/audit/")
    assert response.status_code == 200
    table = _soup(response).find("table", class_="grid")
    assert "Audit log" in table.caption.get_text()
    text = table.find("tr", id="audit-2").get_text(" ", strip=True)
    for part in (
        "GMT",
        "operator",
        "Operator",
        "Reject a connection",
        "endpoint-<7>",
        "gateway-1",
        "Refused",
        "ticket 42",
    ):
        assert part in text
    assert table.find("a", id="audit-link-2")["href"] == "/audit/2/"


def test_the_newest_row_is_on_top(auditor):
    entries(3)
    assert _numbers(auditor.get("/audit/")) == [4, 3, 2, 1]


def test_pages_together_hold_every_row_once_in_both_directions(auditor):
    load(203)
    seen, address, pages = [], "/audit/?size=20", []
    while address:
        page = auditor.get(address)
        pages.append(_numbers(page))
        seen += pages[-1]
        older = _soup(page).find("a", rel="next")
        address = "/audit/" + older["href"] if older else ""
    assert seen == list(range(204, 0, -1))
    back = []
    newer = _soup(page).find("a", rel="prev")
    while newer:
        page = auditor.get("/audit/" + newer["href"])
        back.append(_numbers(page))
        newer = _soup(page).find("a", rel="prev")
    assert back[: len(pages) - 1] == pages[-2::-1]
    assert back[-1] == pages[0]


def test_rows_that_came_meanwhile_do_not_shift_the_next_page(auditor):
    load(60)
    older = _soup(auditor.get("/audit/?size=20")).find("a", rel="next")["href"]
    entries(5)
    assert _numbers(auditor.get("/audit/" + older)) == list(range(41, 21, -1))


FILTERS = [
    ({"actor": "anna"}, {"actor": OPERATOR.__class__(None, "anna", "", "", "")}),
    ({"action": "connection.reject"}, {"action": Action.CONNECTION_REJECT}),
    ({"state": "unknown"}, {"state": State.UNKNOWN}),
    ({"cloud": "eu-de"}, {"cloud": "eu-de"}),
    ({"gateway": "gateway-9"}, {"gateway_id": "gateway-9"}),
    ({"target": "76ad893c-1"}, {"target": "76ad893c-1"}),
    ({"change": "change-9"}, {"change_id": "change-9"}),
    ({"batch": "batch-9"}, {"batch_id": "batch-9"}),
    ({"request": "request-9"}, {"actor": OPERATOR.__class__(None, "a", "", "", "request-9")}),
    ({"q": "migration"}, {"reason": "because of the Migration, at last"}),
    ({"q": "because MIGRA"}, {"reason": "because of the Migration, at last"}),
    ({"q": "76ad893c-11aa"}, {"target": "76ad893c-11aa-22bb"}),
    ({"q": "76AD893C11AA22"}, {"target": "76ad893c-11aa-22bb"}),
    ({"q": "893c"}, {"target": "76ad-893c-11aa"}),
    ({"q": "9b1c77"}, {"change_id": "9b1c77aa-0000-4000-8000-000000000000"}),
    ({"q": "quarantine"}, {"after": {"status": "quarantine"}}),
    ({"q": "198.51.100.7"}, {"actor": OPERATOR.__class__(None, "a", "", "198.51.100.7", "")}),
    ({"q": "größe ünder"}, {"reason": "Größe ÜNDERUNG"}),
    ({"q": "APIG.3204", "state": "failed"}, {"error_code": "APIG.3204", "state": State.FAILED}),
]


@pytest.mark.parametrize(("asked", "given"), FILTERS)
@pytest.mark.parametrize("nearby", [4_000, 3])
def test_each_filter_leaves_exactly_the_rows_that_fit(auditor, monkeypatch, asked, given, nearby):
    monkeypatch.setattr("console.audit.search.NEARBY", nearby)  # with 3 the index has to find the older row
    first = entry(**given).seq
    entries(6)
    second = entry(**given).seq
    assert _numbers(auditor.get("/audit/", asked)) == [second, first]
    assert _numbers(auditor.get("/audit/", asked | {"before": second})) == [first]
    assert _numbers(auditor.get("/audit/", asked | {"before": first})) == []


def test_filters_narrow_each_other_and_stay_in_the_links(auditor):
    for number in range(45):
        entry(target=f"endpoint-{number % 2}", state=State.FAILED if number % 3 else State.SUCCEEDED, reason="ticket")
    asked = {"target": "endpoint-1", "state": "failed", "q": "ticket", "size": "20"}
    page = auditor.get("/audit/", asked)
    shown = Entry.objects.filter(seq__in=_numbers(page))
    assert shown.count() == Entry.objects.filter(target="endpoint-1", state="failed").count() == 15
    assert _soup(page).find("a", string="Export CSV")["href"].endswith("?q=ticket&state=failed&target=endpoint-1")


def test_a_period_holds_its_first_moment_and_not_its_last(auditor, monkeypatch):
    start = timezone.now() + timedelta(days=1)
    for hour in range(6):
        monkeypatch.setattr(clock, "source", lambda at=start + timedelta(hours=hour): at)
        entry()
    monkeypatch.undo()
    since, until = start + timedelta(hours=2), start + timedelta(hours=4)
    assert _numbers(auditor.get("/audit/", {"since": since.isoformat(), "until": until.isoformat()})) == [5, 4]
    assert _numbers(auditor.get("/audit/", {"since": until.isoformat()})) == [7, 6]
    assert _numbers(auditor.get("/audit/", {"until": since.isoformat(), "q": "gateway"})) == [3, 2]
    assert _numbers(auditor.get("/audit/", {"since": "2190-01-01"})) == []
    assert _numbers(auditor.get("/audit/", {"until": "2001-01-01T00:00"})) == []


def test_a_period_is_right_after_the_clock_was_set_back(auditor, monkeypatch):
    start = timezone.now() + timedelta(days=1)
    for hour in (5, 6, 2, 3, 7):
        monkeypatch.setattr(clock, "source", lambda at=start + timedelta(hours=hour): at)
        entry(target=f"at-{hour}")
    monkeypatch.undo()
    since, until = start + timedelta(hours=3), start + timedelta(hours=6)
    page = _soup(auditor.get("/audit/", {"since": since.isoformat(), "until": until.isoformat()}))
    assert re.findall(r"at-\d", page.find("table").tbody.get_text()) == ["at-3", "at-5"]


BAD = [
    ({"action": "connection.explode"}, "action"),
    ({"state": "maybe"}, "state"),
    ({"since": "yesterday"}, "since"),
    ({"since": "2026-02-31T00:00"}, "since"),
    ({"until": "0001-01-01T00:00"}, "until"),
    ({"until": "9999-12-31T23:59:59"}, "until"),
    ({"since": "2026-11-20T10:00", "until": "2026-11-20T09:00"}, "until"),
    ({"q": "!!! ..."}, "q"),
    ({"q": "x" * 201}, "q"),
    ({"actor": "a\x00b"}, "actor"),
    ({"target": "x" * 301}, "target"),
    ({"size": "7"}, "size"),
    ({"size": "1e9"}, "size"),
]


@pytest.mark.parametrize(("asked", "field"), BAD)
@pytest.mark.parametrize("address", ["/audit/", "/audit/export.jsonl", "/audit/export.csv"])
def test_a_bad_filter_is_said_at_its_field_and_nothing_is_shown_or_recorded(auditor, address, asked, field):
    before = Entry.objects.count()
    response = auditor.get(address, asked)
    assert response.status_code == 422
    soup = _soup(response)
    assert soup.title.get_text().startswith("Error: ")
    wrong = soup.find(class_="field-wrong")
    assert wrong.find(attrs={"name": field})
    assert wrong.find(class_="errorlist")
    assert not soup.select("#audit tbody tr")
    assert Entry.objects.count() == before


@pytest.mark.parametrize("cursor", ["0", "-1", "abc", "1.5", "9" * 40, "9" * 5_000, "1 OR 1=1", "{}", str(2**63)])
def test_a_bad_place_in_the_list_is_said(auditor, cursor):
    response = auditor.get("/audit/", {"before": cursor})
    assert response.status_code == 422
    assert _soup(response).find(class_="error-summary")


def test_a_place_cannot_be_before_and_after(auditor):
    assert auditor.get("/audit/", {"before": "5", "after": "5"}).status_code == 422


@pytest.mark.parametrize(
    "hostile", ["'", "%", "_", "\\", '"', "*", "a'b", '" OR 1', "NEAR(a b)", "a:*", "😀", "a" * 200, "\ufffd"]
)
@pytest.mark.parametrize("field", ["q", "actor", "target", "gateway", "cloud", "change", "batch", "request", "unknown"])
def test_hostile_filters_find_nothing_and_break_nothing(auditor, field, hostile):
    entries(2)
    assert auditor.get("/audit/", {field: hostile}).status_code in (200, 422)


def test_a_common_sign_is_no_pattern(auditor):
    entry(target="100%_sure")
    assert _numbers(auditor.get("/audit/", {"target": "%"})) == []


def test_the_form_shows_what_is_in_use_and_folds_the_rest_away(auditor):
    plain = _soup(auditor.get("/audit/"))
    assert not plain.find("details").has_attr("open")
    assert plain.find("select", id="id_size").find("option", selected=True)["value"] == "50"
    used = _soup(auditor.get("/audit/?since=2026-11-20T10:00:00Z&action=connection.reject&gateway=<b>&size=20"))
    assert used.find("details").has_attr("open")
    assert used.find(id="id_since")["value"] == "2026-11-20T10:00:00"
    assert used.find(id="id_gateway")["value"] == "<b>"
    chosen = [option["value"] for option in used.find_all("option", selected=True) if option["value"]]
    assert chosen == ["connection.reject", "20"]
    assert _soup(auditor.get("/audit/?since=yesterday")).find("details").has_attr("open")


def test_a_repeated_parameter_takes_the_last(auditor):
    entries(2)
    assert _numbers(auditor.get("/audit/?target=nothing&target=endpoint-2")) == [3]


def test_an_empty_and_an_unmatched_list_say_so(auditor):
    assert "No row matches" in auditor.get("/audit/", {"target": "nothing"}).content.decode()


def test_a_fragment_is_one_card(auditor):
    response = auditor.get("/audit/", headers={"HX-Request": "true"})
    assert b"<html" not in response.content
    assert [child["id"] for child in _soup(response).find_all(recursive=False)] == ["audit"]


def test_changes_without_a_certain_end_have_a_card_of_their_own(auditor, monkeypatch):
    started = timezone.now() - timedelta(minutes=2)
    monkeypatch.setattr(clock, "source", lambda: started)
    monkeypatch.setattr(journal, "CLOCK_TOLERANCE", timedelta(hours=1))
    Entry.objects.all()
    for number, states in enumerate(
        [
            [State.INTENDED],
            [State.INTENDED, State.UNKNOWN],
            [State.INTENDED, State.SUCCEEDED],
            [State.INTENDED, State.FAILED],
        ]
    ):
        for state in states:
            entry(change_id=f"change-{number}", state=state, target=f"endpoint-{number}")
    monkeypatch.undo()
    assert not _soup(auditor.get("/audit/")).find(id="open-changes")  # they began with the sign-in, moments ago
    monkeypatch.setattr("console.audit.queries.OPEN_AFTER", timedelta(0))
    entry(change_id="change-9", state=State.INTENDED, target="endpoint-9")
    text = _soup(auditor.get("/audit/")).find(id="open-changes").get_text(" ", strip=True)
    assert re.findall(r"endpoint-\d", text) == ["endpoint-9", "endpoint-1", "endpoint-0"]


def test_a_page_asks_the_database_a_fixed_number_of_questions(auditor, django_assert_max_num_queries):
    load(300)
    auditor.get("/audit/")
    with django_assert_max_num_queries(8):
        auditor.get("/audit/?size=100")


def test_nothing_but_reading_is_offered(auditor):
    for address in ("/audit/", "/audit/1/", "/audit/export.csv", "/audit/export.jsonl"):
        assert auditor.post(address).status_code == 405
