"""The whitelist of a service in all its forms, and the owner's words about connections."""

import pytest

from console.simcloud.identity import CONSUMER
from tests.simcloud.caller import STRANGER, Caller
from tests.simcloud.parties import NOTHING, Customer, Provider

ORGANIZATION = "organizations:orgPath::"


@pytest.fixture
def service_id(provider: Provider) -> str:
    return provider.created()


def entries(provider: Provider, service_id: str, **query: object) -> list[str]:
    rows = provider.ask("GET", service_id, "/permissions", **query).body["permissions"]
    return [row["permission"] for row in rows]


def test_accounts_are_added_with_descriptions(provider: Provider, service_id: str) -> None:
    body = {"permissions": [{"permission": f"iam:domain::{STRANGER}", "description": "auditors"}, {"permission": "*"}]}
    reply = provider.ask("POST", service_id, "/permissions/batch-create", body)
    assert [(row["permission"], row["description"]) for row in reply.body["permissions"]] == [
        (f"iam:domain::{STRANGER}", "auditors"),
        ("*", ""),
    ]
    shown = provider.ask("GET", service_id, "/permissions").body
    assert {row["description"] for row in shown["permissions"]} == {"auditors", ""}


def test_a_description_is_changed_in_its_place(provider: Provider, service_id: str) -> None:
    provider.admit(service_id, STRANGER)
    (record,) = provider.ask("GET", service_id, "/permissions").body["permissions"]
    path = f"/permissions/{record['id']}"
    changed = provider.ask("PUT", service_id, path, {"permission": {"description": "new"}}).body["permissions"]
    assert changed == [{**record, "description": "new"}]
    assert provider.caller.cloud.ledger()[-1]["action"] == "permission.describe"
    provider.ask("PUT", service_id, path, {"permission": {"description": "new"}})
    assert len(provider.caller.effects()) == 3
    assert provider.ask("PUT", service_id, path, {"permission": {"description": "<"}}).code == "EndPoint.0002"
    assert provider.ask("PUT", service_id, path, {}).code == "EndPoint.0002"
    for unknown in ("x", NOTHING):
        body = {"permission": {"description": "new"}}
        assert provider.ask("PUT", service_id, f"/permissions/{unknown}", body).code == "EndPoint.0005"


def test_records_are_removed_by_their_id(provider: Provider, service_id: str) -> None:
    provider.admit(service_id, STRANGER, "*")
    rows = provider.ask("GET", service_id, "/permissions", permission="*").body["permissions"]
    body = {"permissions": [{"id": rows[0]["id"]}, {"id": NOTHING}]}
    assert provider.ask("POST", service_id, "/permissions/batch-delete", body).body == {"permissions": []}
    assert entries(provider, service_id) == [f"iam:domain::{STRANGER}"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "EndPoint.3036"),
        ({"permissions": []}, "EndPoint.3036"),
        ({"permissions": ["*"]}, "EndPoint.3002"),
        ({"permissions": [{"permission": "x"}]}, "EndPoint.3002"),
        ({"permissions": [{}]}, "EndPoint.3002"),
        ({"permissions": [{"permission": "*", "description": ">"}]}, "EndPoint.0002"),
        ({"permissions": [{"permission": "*"}] * 501}, "EndPoint.0016"),
        ({"permissions": [{"permission": "*"}], "permission_type": "planet"}, "EndPoint.3002"),
    ],
)
def test_a_bad_batch_has_its_code(provider: Provider, service_id: str, body: dict[str, object], code: str) -> None:
    reply = provider.ask("POST", service_id, "/permissions/batch-create", body)
    assert (reply.status, reply.code) == (400, code)
    assert entries(provider, service_id) == []


def test_a_bad_removal_has_its_code(provider: Provider, service_id: str) -> None:
    bad = {"permissions": [{"id": "x"}]}
    assert provider.ask("POST", service_id, "/permissions/batch-delete", bad).code == "EndPoint.3002"
    assert provider.ask("POST", service_id, "/permissions/batch-delete", {}).code == "EndPoint.3036"
    provider.caller.cloud.world.switch(missing_permission_removal="refuse")
    missing = {"permissions": [{"id": NOTHING}]}
    assert provider.ask("POST", service_id, "/permissions/batch-delete", missing).code == "EndPoint.0005"


@pytest.mark.parametrize(
    ("path", "admitted"),
    [
        ("*", True),
        ("o-7k2m9q4x/*", True),
        ("o-7k2m9q4x/r-t3v8/ou-partners/*", True),
        ("o-7k2m9q4x/r-t3v?/ou-partners/*", True),
        (CONSUMER.organization_path, True),
        ("o-7k2m9q4x/r-t3v8/ou-shop/*", False),
        ("o-other/*", False),
    ],
)
def test_an_organizations_path_admits_whoever_is_below_it(
    provider: Provider, customer: Customer, service_id: str, path: str, admitted: bool
) -> None:
    body = {"action": "add", "permissions": [ORGANIZATION + path], "permission_type": "orgPath"}
    assert provider.ask("POST", service_id, "/permissions/action", body).body["permission_type"] == "orgPath"
    (row,) = provider.ask("GET", service_id, "/permissions").body["permissions"]
    assert (row["permission"], row["permission_type"]) == (ORGANIZATION + path, "orgPath")
    reply = customer.create(service_id)
    assert (reply.status == 200) == admitted
    assert admitted or reply.code == "EndPoint.2012"


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        (ORGANIZATION, "orgPath"),
        (ORGANIZATION + "a b", "orgPath"),
        (ORGANIZATION + "a" * 1025, "orgPath"),
        (ORGANIZATION + "*", "domainId"),
        (f"iam:domain::{STRANGER}", "orgPath"),
    ],
)
def test_an_entry_must_be_of_its_kind(provider: Provider, service_id: str, entry: str, kind: str) -> None:
    body = {"action": "add", "permissions": [entry], "permission_type": kind}
    assert provider.ask("POST", service_id, "/permissions/action", body).code == "EndPoint.3002"


def test_a_removed_account_cannot_connect_again_but_stays_connected(
    provider: Provider, customer: Customer, service_id: str
) -> None:
    provider.admit(service_id, CONSUMER.domain_id)
    endpoint_id = customer.created(service_id)
    provider.decide(service_id, "receive", endpoint_id)
    body = {"action": "remove", "permissions": [f"iam:domain::{CONSUMER.domain_id}"]}
    provider.ask("POST", service_id, "/permissions/action", body)
    assert customer.show(endpoint_id)["status"] == "accepted"
    assert customer.create(service_id).code == "EndPoint.2012"


def test_a_full_whitelist_is_refused_whole(provider: Provider, service_id: str) -> None:
    provider.caller.cloud.world.switch(permission_maximum=2)
    assert provider.admit(service_id, "a", "b", "c").code == "EndPoint.3049"
    assert entries(provider, service_id) == []


def test_the_owner_describes_connections_in_own_words(provider: Provider, customer: Customer, service_id: str) -> None:
    provider.admit(service_id, "*")
    ids = [customer.created(service_id, description="ours") for _ in range(2)]
    assert provider.connection(service_id, ids[0])["description"] == "ours"
    body = {"connections": [{"id": one, "description": f"number {n}"} for n, one in enumerate(ids)]}
    rows = provider.ask("PUT", service_id, "/connections/description", body).body["connections"]
    assert [row["description"] for row in rows] == ["number 0", "number 1"]
    assert provider.connection(service_id, ids[1])["description"] == "number 1"
    assert customer.show(ids[0])["description"] == "ours"
    described = [row for row in provider.caller.cloud.ledger() if row["action"] == "connection.describe"]
    assert [(row["object"], row["before"], row["after"]) for row in described] == [
        (ids[0], "ours", "number 0"),
        (ids[1], "ours", "number 1"),
    ]


@pytest.mark.parametrize(
    ("connections", "status", "code"),
    [
        (None, 400, "EndPoint.0002"),
        ([], 400, "EndPoint.0002"),
        (["x"], 400, "EndPoint.0002"),
        ([{"id": "x", "description": ""}], 400, "EndPoint.2017"),
        ([{"description": ""}], 400, "EndPoint.2017"),
        ([{"id": NOTHING, "description": "a"}], 404, "EndPoint.2006"),
        ([{"id": NOTHING, "description": "<"}], 400, "EndPoint.0002"),
        ([{"id": NOTHING, "description": "a"}] * 51, 400, "EndPoint.0016"),
    ],
)
def test_a_bad_description_has_its_code(
    provider: Provider, service_id: str, connections: object, status: int, code: str
) -> None:
    reply = provider.ask("PUT", service_id, "/connections/description", {"connections": connections})
    assert (reply.status, reply.code) == (status, code)


def test_a_connection_of_another_service_is_not_described(caller: Caller, provider: Provider, service_id: str) -> None:
    elsewhere = caller.first("accepted")
    body = {"connections": [{"id": elsewhere, "description": "x"}]}
    assert provider.ask("PUT", service_id, "/connections/description", body).code == "EndPoint.2013"
