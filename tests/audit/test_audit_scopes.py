import json

import pytest
from bs4 import BeautifulSoup

from console.access.roles import Role
from console.audit.catalog import Action, State
from tests.audit.factories import entry, reader

pytestmark = pytest.mark.django_db

PLACES = [("demo", "gateway-1"), ("demo", "gateway-2"), ("demo", ""), ("eu-de", "gateway-1"), ("eu-de", ""), ("", "")]


@pytest.fixture
def rows() -> dict[tuple[str, str], int]:
    """One row for each place, with the number it got."""
    return {
        (cloud, gateway): entry(
            cloud=cloud, gateway_id=gateway, change_id=f"change-{cloud}-{gateway}", state=State.INTENDED
        ).seq
        for cloud, gateway in PLACES
    }


READERS = [
    (Role.AUDITOR, "", "", PLACES),
    (Role.ADMINISTRATOR, "", "", PLACES),
    (Role.AUDITOR, "demo", "", PLACES[:3]),
    (Role.AUDITOR, "demo", "gateway-1", PLACES[:1]),
    (Role.AUDITOR, "eu-de", "gateway-1", PLACES[3:4]),
    (Role.AUDITOR, "nowhere", "", []),
]


@pytest.mark.parametrize(("role", "cloud", "gateway", "seen"), READERS)
def test_list_detail_search_open_card_and_exports_keep_to_the_scope(rows, monkeypatch, role, cloud, gateway, seen):
    monkeypatch.setattr("console.audit.queries.OPEN_AFTER", -__import__("datetime").timedelta(hours=1))
    client = reader("somebody", role, cloud, gateway)
    expected = {rows[place] for place in seen}
    everything = set(rows.values())

    def shown(**asked: str) -> set[int]:
        soup = BeautifulSoup(client.get("/audit/", asked).content, "html.parser")
        assert {int(a["id"].removeprefix("open-")) for a in soup.select("#open-changes a")} == expected
        return {int(row["id"].removeprefix("audit-")) for row in soup.select("#audit tbody tr")}

    assert shown() & everything == expected
    assert shown(q="endpoint") & everything == expected
    assert shown(action="connection.accept", before=str(max(everything) + 1)) & everything == expected
    assert shown(after="0") & everything == expected
    for number in everything:
        assert client.get(f"/audit/{number}/").status_code == (200 if number in expected else 404)
    text = b"".join(client.get("/audit/export.jsonl").streaming_content).decode()
    assert {json.loads(line)["seq"] for line in text.splitlines()} & everything == expected
    text = b"".join(client.get("/audit/export.csv").streaming_content).decode()
    assert text.count("connection.accept") == len(expected)


def test_two_scopes_are_both_seen(rows):
    from console.access.models import Grant, Person

    client = reader("somebody", Role.AUDITOR, "demo", "gateway-1")
    Grant.objects.create(person=Person.objects.get(), role=Role.AUDITOR, cloud="eu-de", gateway_id="")
    text = b"".join(client.get("/audit/export.jsonl").streaming_content).decode()
    assert [json.loads(line)["seq"] for line in text.splitlines()] == [1, 4, 5]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.ACCOUNT_OWNER])
@pytest.mark.parametrize("address", ["/audit/", "/audit/1/", "/audit/export.csv", "/audit/export.jsonl"])
def test_other_roles_are_refused_and_the_attempt_is_a_row(rows, role, address):
    client = reader("somebody", role)
    assert client.get(address).status_code == 403
    from console.audit.models import Entry

    last = Entry.objects.latest("seq")
    expected = Action.AUDIT_EXPORT if "export" in address else Action.PAGE_OPEN
    assert (last.action, last.state, last.actor) == (expected, "refused", "somebody")


def test_nobody_reads_without_signing_in(rows, client):
    for address in ("/audit/", "/audit/1/", "/audit/export.csv", "/audit/export.jsonl"):
        assert client.get(address).status_code == 302
