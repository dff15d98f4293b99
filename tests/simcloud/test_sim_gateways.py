"""Gateways: list, detail, update, and the name of the endpoint service."""

import re

import pytest

from tests.simcloud.caller import Caller

ROLES = ["main", "many_connections", "without_service", "frozen", "not_offered"]


def test_the_list_knows_nothing_of_endpoint_services(caller: Caller) -> None:
    body = caller.apig("GET", "/instances").body
    assert (body["total"], body["size"]) == (5, 5)
    assert all("endpoint_services" not in row for row in body["instances"])
    assert {row["status"]: row["instance_status"] for row in body["instances"]} == {"Running": 6, "Frozen": 37}
    assert all(row["create_time"] > 10**12 for row in body["instances"])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"instance_name": "hub"}, ["partner-hub"]),
        ({"instance_name": "HUB"}, []),
        ({"status": "Frozen"}, ["legacy-billing"]),
        ({"status": "Updating"}, []),
        ({"limit": 1, "offset": 1}, ["partner-hub"]),
        ({"instance_id": "nonsense"}, []),
    ],
)
def test_gateways_are_filtered(caller: Caller, query: dict[str, object], names: list[str]) -> None:
    rows = caller.apig("GET", "/instances", **query).body["instances"]
    assert [row["instance_name"] for row in rows] == names


def test_an_unknown_status_filter_is_refused(caller: Caller) -> None:
    assert caller.apig("GET", "/instances", status="Dancing").code == "APIC.7211"


def test_the_detail_has_the_service_name_with_the_odd_time(caller: Caller) -> None:
    detail = caller.apig("GET", f"/instances/{caller.gateway_id()}").body
    assert detail["endpoint_service"] is None
    (service,) = detail["endpoint_services"]
    assert re.fullmatch(r"eu-west-101\.apig\.[0-9a-f-]{36}", service["service_name"])
    assert re.fullmatch(r"\d{4}-[1-9]\d?-\d\d \d\d:\d\d:\d\d", service["created_at"])
    assert set(service) == {"service_name", "created_at"}
    assert isinstance(detail["available_zone_ids"], str)


@pytest.mark.parametrize("role", ["without_service", "not_offered"])
def test_the_detail_without_service_has_null(caller: Caller, role: str) -> None:
    assert caller.service_name(role) is None


@pytest.mark.parametrize("gateway_id", ["0" * 32, "nonsense", "7c9e6679-f4d3-4b1c-8a5f-0e2d1c3b4a59"])
def test_another_id_is_not_found(caller: Caller, gateway_id: str) -> None:
    for method, path in (("GET", ""), ("PUT", ""), ("GET", "/vpc-endpoint/connections")):
        reply = caller.apig(method, f"/instances/{gateway_id}{path}", {} if method == "PUT" else None)
        assert (reply.status, reply.code) == (404, "APIC.7302")


def test_another_account_does_not_find_the_gateway(caller: Caller, consumer: Caller) -> None:
    assert consumer.apig("GET", "/instances").body["total"] == 0
    assert consumer.apig("GET", f"/instances/{caller.gateway_id()}").code == "APIC.7302"


def test_a_rename_keeps_the_id_and_shows_after_the_delay(caller: Caller) -> None:
    world = caller.cloud.world
    world.delay = 2
    before = caller.service_name()
    assert before is not None
    answer = caller.update(vpcep_service_name="orders").body
    assert "id" not in answer
    assert "endpoint_services" not in answer
    assert caller.service_name() == before
    world.advance(2.1)
    assert caller.service_name() == before.replace(".apig.", ".orders.")
    (row,) = caller.cloud.ledger()
    assert (row["action"], row["before"], row["after"]) == (
        "service.rename",
        before,
        before.replace(".apig.", ".orders."),
    )


def test_an_empty_name_leaves_out_the_middle(caller: Caller) -> None:
    before = caller.service_name()
    assert before is not None
    caller.update(vpcep_service_name="")
    assert caller.service_name() == before.replace(".apig", "")


def test_the_same_name_again_is_no_effect(caller: Caller) -> None:
    assert caller.update(vpcep_service_name="apig").status == 200
    assert caller.effects() == []


def test_an_update_without_a_name_keeps_it(caller: Caller) -> None:
    before = caller.service_name()
    assert caller.update(description="Orders of all shops").status == 200
    assert caller.service_name() == before
    assert [action for action, _ in caller.effects()] == ["gateway.update"]


@pytest.mark.parametrize("name", ["x" * 17, "a.b", "a b", "ä", "<b>", 7, ["a"], "a\n"])
def test_a_bad_service_name_is_refused(caller: Caller, name: object) -> None:
    reply = caller.update(vpcep_service_name=name, description="not written either")
    assert (reply.status, reply.code) == (400, "APIC.7211")
    assert "[vpcep_service_name]" in reply.body["error_msg"]
    assert caller.effects() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"instance_name": "1st"},
        {"instance_name": "ab"},
        {"description": "a<b"},
        {"description": "x" * 256},
        {"maintain_begin": "03:00:00", "maintain_end": "07:00:00"},
        {"maintain_begin": "02:00:00"},
        {"maintain_begin": "02:00:00", "maintain_end": "10:00:00"},
        {"security_group_id": "nonsense"},
    ],
)
def test_other_bad_fields_are_refused(caller: Caller, fields: dict[str, object]) -> None:
    reply = caller.update("main", **fields)
    assert reply.status == 400
    assert reply.code in ("APIC.7211", "APIC.7235")
    assert caller.effects() == []


def test_good_fields_are_written(caller: Caller) -> None:
    fields = {"instance_name": "orders-2", "maintain_begin": "22:00:00", "maintain_end": "02:00:00"}
    assert caller.update("main", **fields).status == 200
    detail = caller.apig("GET", f"/instances/{caller.gateway_id('orders-2')}").body
    assert {name: detail[name] for name in fields} == fields


def test_a_name_enables_the_service_with_the_own_account_listed(caller: Caller) -> None:
    world = caller.cloud.world
    world.delay = 2
    assert caller.update("without_service", vpcep_service_name="tools").status == 200
    assert caller.connections("without_service").code == "APIC.7314"
    world.advance(2.1)
    name = caller.service_name("without_service")
    assert name is not None
    assert re.fullmatch(r"eu-west-101\.tools\.[0-9a-f-]{36}", name)
    assert caller.connections("without_service").body == {"total": 0, "size": 0, "connections": []}
    assert caller.accounts("without_service") == [f"iam:domain::{caller.account.domain_id}"]
    (row,) = caller.cloud.ledger()
    assert (row["action"], row["before"], row["after"]) == ("service.rename", None, name)


def test_an_empty_name_enables_nothing(caller: Caller) -> None:
    assert caller.update("without_service", vpcep_service_name="").status == 200
    assert caller.service_name("without_service") is None
    assert caller.effects() == []


def test_an_edition_without_the_feature_cannot_enable_it(caller: Caller) -> None:
    assert caller.update("not_offered", vpcep_service_name="edge").code == "APIC.7211"


def test_the_quota_of_gateways_is_text(caller: Caller) -> None:
    (config,) = caller.apig("GET", "/instance/configs").body["configs"]
    assert (config["config_name"], config["config_value"]) == ("INSTANCE_NUM_LIMIT", "5")
