"""VPCEP's calls about a service: describing it, its connections and its whitelist."""

import pytest

from console.simcloud.records import EndpointService
from tests.simcloud.caller import STRANGER, Caller


@pytest.fixture
def service(caller: Caller) -> EndpointService:
    """The one service that was made in VPCEP, not by a gateway."""
    return next(row for row in caller.cloud.world.services.values() if row.gateway_id is None)


def path(service: EndpointService, below: str = "") -> str:
    return f"/vpc-endpoint-services/{service.id}{below}"


def test_any_account_may_look_a_service_up(caller: Caller, consumer: Caller) -> None:
    name = caller.service_name()
    by_name = consumer.vpcep("GET", "/vpc-endpoint-services/describe", endpoint_service_name=name)
    assert by_name.status == 200
    assert by_name.body["service_name"] == name
    by_id = consumer.vpcep("GET", "/vpc-endpoint-services/describe", id=by_name.body["id"])
    assert by_id.body == by_name.body
    assert not {"status", "approval_enabled", "domain_id", "project_id"} & set(by_id.body)


def test_looking_up_needs_exactly_one_of_name_and_id(consumer: Caller) -> None:
    for query in ({}, {"id": "x", "endpoint_service_name": "y"}):
        assert consumer.vpcep("GET", "/vpc-endpoint-services/describe", **query).code == "EndPoint.0002"


def test_an_unknown_name_is_not_found(consumer: Caller) -> None:
    reply = consumer.vpcep("GET", "/vpc-endpoint-services/describe", endpoint_service_name="eu-west-101.no.such")
    assert (reply.status, reply.code) == (404, "EndPoint.0005")


def test_a_gateways_service_is_not_among_the_own_ones(caller: Caller, service: EndpointService) -> None:
    body = caller.vpcep("GET", "/vpc-endpoint-services").body
    ids = {row["id"] for row in body["endpoint_services"]}
    assert body["total_count"] == len(ids)
    assert service.id in ids
    assert ids.isdisjoint(row.service_id for row in caller.cloud.world.gateways.values())
    hidden = caller.cloud.world.gateway_named("main").service_id
    assert caller.vpcep("GET", f"/vpc-endpoint-services/{hidden}").code == "EndPoint.0005"
    assert caller.vpcep("GET", path(service)).body["connection_count"] == 1


def test_another_accounts_service_is_not_found(consumer: Caller, service: EndpointService) -> None:
    assert consumer.vpcep("GET", path(service, "/connections")).code == "EndPoint.0005"


def test_one_connection_is_decided_at_a_time(caller: Caller, service: EndpointService) -> None:
    rows = caller.vpcep("GET", path(service, "/connections")).body["connections"]
    ids = [row["id"] for row in rows]
    both = caller.vpcep("POST", path(service, "/connections/action"), {"action": "receive", "endpoints": ids})
    assert (both.status, both.code) == (400, "EndPoint.2031")
    waiting = next(row["id"] for row in rows if row["status"] == "pendingAcceptance")
    one = caller.vpcep("POST", path(service, "/connections/action"), {"action": "receive", "endpoints": [waiting]})
    assert (one.status, one.body["connections"][0]["status"]) == (200, "creating")
    assert caller.effects() == [("connection.accept", waiting)]
    assert caller.cloud.ledger()[0]["gateway_id"] is None


@pytest.mark.parametrize(
    ("status", "action", "code"),
    [
        ("accepted", "receive", "EndPoint.2014"),
        ("creating", "reject", "EndPoint.2019"),
        ("deleting", "receive", "EndPoint.2018"),
        ("failed", "reject", "EndPoint.2047"),
    ],
)
def test_vpcep_names_the_illegal_transition_itself(
    caller: Caller, service: EndpointService, status: str, action: str, code: str
) -> None:
    endpoint = caller.cloud.world.connections[service.id][0]
    caller.cloud.world.set_text(endpoint.id, "status", status)
    body = {"action": action, "endpoints": [endpoint.id]}
    reply = caller.vpcep("POST", path(service, "/connections/action"), body)
    assert (reply.status, reply.code) == (400, code)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"action": "accept", "endpoints": ["x"]}, 400, "EndPoint.0007"),
        ({"action": "receive", "endpoints": ["x"]}, 400, "EndPoint.2017"),
        ({"action": "receive", "endpoints": []}, 400, "EndPoint.0002"),
        ({"action": "receive", "endpoints": ["00000000-0000-4000-8000-000000000000"]}, 404, "EndPoint.2006"),
        (b"{", 400, "EndPoint.0002"),
    ],
)
def test_a_bad_decision_has_its_code(
    caller: Caller, service: EndpointService, body: object, status: int, code: str
) -> None:
    reply = caller.vpcep("POST", path(service, "/connections/action"), body)
    assert (reply.status, reply.code) == (status, code)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": 0}, "EndPoint.0006"),
        ({"limit": 1001}, "EndPoint.0006"),
        ({"limit": "x"}, "EndPoint.0006"),
        ({"offset": -1}, "EndPoint.0010"),
        ({"sort_key": "name"}, "EndPoint.0017"),
        ({"sort_dir": "up"}, "EndPoint.0018"),
        ({"status": "creating"}, "EndPoint.0019"),
        ({"marker_id": "x"}, "EndPoint.0021"),
    ],
)
def test_a_bad_parameter_has_its_code(
    caller: Caller, service: EndpointService, query: dict[str, object], code: str
) -> None:
    reply = caller.vpcep("GET", path(service, "/connections"), **query)
    assert (reply.status, reply.code) == (400, code)


def test_connections_are_sorted_filtered_and_paged(caller: Caller, service: EndpointService) -> None:
    def ids(**query: object) -> list[str]:
        return [row["id"] for row in caller.vpcep("GET", path(service, "/connections"), **query).body["connections"]]

    assert ids(sort_dir="asc") == ids()[::-1]
    assert ids(limit=1, offset=1) == ids()[1:]
    assert ids(id=ids()[0]) == ids()[:1]
    assert ids(status="accepted") == ids()[1:]
    assert ids(marker_id=caller.cloud.world.endpoints[ids()[1]].marker_id) == ids()[1:]


def test_a_failed_connection_carries_its_error(caller: Caller) -> None:
    caller.cloud.world.switch(gateway_service_in_vpcep="visible")
    hub = caller.cloud.world.gateway_named("main").service_id
    rows = caller.vpcep("GET", f"/vpc-endpoint-services/{hub}/connections", status="failed").body["connections"]
    assert [set(error) for error in rows[0]["error"]] == [{"error_code", "error_message"}]


def test_the_whitelist_is_without_the_owner_and_with_a_bare_star(caller: Caller, service: EndpointService) -> None:
    def entries(**query: object) -> list[str]:
        rows = caller.vpcep("GET", path(service, "/permissions"), **query).body["permissions"]
        return [row["permission"] for row in rows]

    before = entries()
    assert f"iam:domain::{caller.account.domain_id}" not in before
    body = {"action": "add", "permissions": ["*", f"iam:domain::{STRANGER}"]}
    reply = caller.vpcep("POST", path(service, "/permissions/action"), body)
    assert reply.body == {"permissions": body["permissions"], "permission_type": "domainId"}
    assert set(entries()) - set(before) == {"*", f"iam:domain::{STRANGER}"}
    assert entries(permission=STRANGER[:9]) == [f"iam:domain::{STRANGER}"]
    caller.vpcep("POST", path(service, "/permissions/action"), {**body, "action": "remove"})
    assert entries() == before
    assert len(caller.effects()) == 4


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"action": "grant", "permissions": ["*"]}, "EndPoint.3035"),
        ({"action": "add", "permissions": []}, "EndPoint.3036"),
        ({"action": "add"}, "EndPoint.3036"),
        ({"action": "add", "permissions": ["nonsense"]}, "EndPoint.3002"),
        ({"action": "add", "permissions": [7]}, "EndPoint.3002"),
        ({"action": "add", "permissions": ["iam:domain::" + "a" * 65]}, "EndPoint.3002"),
        ({"action": "add", "permissions": ["*"], "permission_type": "planet"}, "EndPoint.3002"),
    ],
)
def test_a_bad_whitelist_change_has_its_code(
    caller: Caller, service: EndpointService, body: dict[str, object], code: str
) -> None:
    reply = caller.vpcep("POST", path(service, "/permissions/action"), body)
    assert (reply.status, reply.code) == (400, code)
    assert caller.effects() == []


def test_a_vpcep_account_id_may_have_another_length(caller: Caller, service: EndpointService) -> None:
    body = {"action": "add", "permissions": ["iam:domain::Abc123"]}
    assert caller.vpcep("POST", path(service, "/permissions/action"), body).status == 200


def test_whitelist_pages_end_at_five_hundred(caller: Caller, service: EndpointService) -> None:
    assert caller.vpcep("GET", path(service, "/permissions"), limit=500).status == 200
    assert caller.vpcep("GET", path(service, "/permissions"), limit=501).code == "EndPoint.0006"


def test_quotas_come_together_or_one_by_one(caller: Caller) -> None:
    rows = caller.vpcep("GET", "/quotas").body["quotas"]["resources"]
    assert [(row["type"], row["quota"]) for row in rows] == [("endpoint", 50), ("endpoint_service", 20)]
    assert len(caller.vpcep("GET", "/quotas", type="endpoint_service").body["quotas"]["resources"]) == 1
    assert caller.vpcep("GET", "/quotas", type="planet").code == "EndPoint.0002"
