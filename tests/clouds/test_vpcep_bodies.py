"""Writing to VPCEP: the vendor's printed requests come out field by field, and nothing is sent that was not meant."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.clouds.huawei import vpcep_bodies
from console.clouds.services import NewEndpoint, NewService, PortMapping, ServiceType, ServiceUpdate, Tag
from console.clouds.types import EVERYONE, AccountId, EndpointId, ServiceId

PRINTED = "4189d3c2-8882-4871-a3c2-d380272eed"
SERVICE_OF_001 = {
    "port_id": f"{PRINTED}88",
    "vpc_id": f"{PRINTED}80",
    "approval_enabled": False,
    "service_type": "interface",
    "server_type": "VM",
    "ports": [
        {"client_port": 8080, "server_port": 80, "protocol": "TCP"},
        {"client_port": 8081, "server_port": 80, "protocol": "TCP"},
    ],
}
ENDPOINT_OF_001 = {
    "subnet_id": f"{PRINTED}81",
    "vpc_id": f"{PRINTED}82",
    "endpoint_service_id": f"{PRINTED}83",
    "enable_dns": True,
}
ENDPOINT_OF_002 = {
    "subnet_id": "68bfbcc1-dff2-47e4-a9d4-332b9bc1b8de",
    "vpc_id": "84758cf5-9c62-43ae-a778-3dbd8370c0a4",
    "tags": [{"key": "test1", "value": "test1"}],
    "endpoint_service_id": "e0c748b7-d982-47df-ba06-b9c8c7650c1a",
    "enable_dns": True,
}
SERVICE = NewService(f"{PRINTED}80", f"{PRINTED}88", "VM", (PortMapping(8080, 80), PortMapping(8081, 80)))
ENDPOINT = NewEndpoint(
    ServiceId(f"{PRINTED}83"), ServiceType.INTERFACE, f"{PRINTED}82", f"{PRINTED}81", dns_enabled=True
)


def changed(start: Any, **changes: Any) -> Any:
    fields = {name: getattr(start, name) for name in type(start).__dataclass_fields__}
    return type(start)(**{**fields, **changes})


def service_body(**changes: Any) -> Any:
    return json.loads(vpcep_bodies.new_service_to_wire(changed(SERVICE, **changes)))


def endpoint_body(**changes: Any) -> Any:
    return json.loads(vpcep_bodies.new_endpoint_to_wire(changed(ENDPOINT, **changes)))


def test_the_printed_requests_come_out_field_by_field() -> None:
    assert service_body(approval_required=False) == SERVICE_OF_001
    assert endpoint_body() == ENDPOINT_OF_001
    assert (
        endpoint_body(
            service_id="e0c748b7-d982-47df-ba06-b9c8c7650c1a",
            vpc_id="84758cf5-9c62-43ae-a778-3dbd8370c0a4",
            subnet_id="68bfbcc1-dff2-47e4-a9d4-332b9bc1b8de",
            tags=(Tag("test1", "test1"),),
        )
        == ENDPOINT_OF_002
    )


def test_what_is_given_besides_goes_along() -> None:
    more = {"name": "orders", "description": "Orders", "tags": (Tag("env"),)}
    assert service_body(**more) == {
        **SERVICE_OF_001,
        "approval_enabled": True,
        "service_name": "orders",
        "description": "Orders",
        "tags": [{"key": "env", "value": ""}],
    }
    assert endpoint_body(address="10.0.0.9", description="Mine", dns_enabled=False) == {
        **ENDPOINT_OF_001,
        "enable_dns": False,
        "port_ip": "10.0.0.9",
        "description": "Mine",
    }


def test_addresses_are_sent_only_while_access_control_is_on() -> None:
    assert endpoint_body(whitelist=("10.0.0.5",)) == ENDPOINT_OF_001
    controlled = {"whitelist": ["10.0.0.5"], "enable_whitelist": True}
    assert endpoint_body(access_control=True, whitelist=("10.0.0.5",)) == {**ENDPOINT_OF_001, **controlled}


def test_endpoint_of_a_gateway_service_has_routes_and_nothing_of_a_subnet() -> None:
    body = {"vpc_id": f"{PRINTED}82", "endpoint_service_id": f"{PRINTED}83"}
    given_all = {"address": "10.0.0.9", "access_control": True, "whitelist": ("10.0.0.5",)}
    assert endpoint_body(service_type=ServiceType.GATEWAY, **given_all) == body
    with_tables = endpoint_body(service_type=ServiceType.GATEWAY, route_tables=("r1", "r2"))
    assert with_tables == {**body, "routetables": ["r1", "r2"]}
    assert "routetables" not in endpoint_body(route_tables=("r1",))


@pytest.mark.parametrize(
    ("update", "body"),
    [
        (ServiceUpdate(name=""), {"service_name": ""}),
        (ServiceUpdate(approval_required=False), {"approval_enabled": False}),
        (ServiceUpdate(description=""), {"description": ""}),
        (
            ServiceUpdate(name="a", ports=(PortMapping(1, 2),)),
            {"service_name": "a", "ports": [{"client_port": 1, "server_port": 2, "protocol": "TCP"}]},
        ),
    ],
)
def test_an_update_sends_what_is_given_and_nothing_else(update: ServiceUpdate, body: dict[str, Any]) -> None:
    assert json.loads(vpcep_bodies.service_update_to_wire(update)) == body


def test_an_update_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="change something"):
        vpcep_bodies.service_update_to_wire(ServiceUpdate())


def test_access_control_is_always_sent_whole() -> None:
    assert json.loads(vpcep_bodies.access_control_to_wire(enabled=False, whitelist=())) == {
        "whitelist": [],
        "enable_whitelist": False,
    }


def test_tags_are_added_with_their_value_and_removed_by_what_is_known() -> None:
    tags = [Tag("env", "prod"), Tag("old")]
    added, removed = (
        json.loads(vpcep_bodies.tags_to_wire(add=add, remove=remove)) for add, remove in ((tags, []), ([], tags))
    )
    assert added == {"action": "create", "tags": [{"key": "env", "value": "prod"}, {"key": "old", "value": ""}]}
    assert removed == {"action": "delete", "tags": [{"key": "env", "value": "prod"}, {"key": "old"}]}


@pytest.mark.parametrize("tags", [[], [Tag("a")]])
def test_tags_go_one_way_in_one_call(tags: list[Tag]) -> None:
    with pytest.raises(ValueError, match="either added or removed"):
        vpcep_bodies.tags_to_wire(add=tags, remove=tags)


@pytest.mark.parametrize(
    ("account", "body"),
    [
        (EVERYONE, {"permissions": ["*"]}),
        (AccountId("Abc1"), {"permissions": ["iam:domain::Abc1"]}),
        (
            AccountId("organizations:orgPath::o-1/*"),
            {"permissions": ["organizations:orgPath::o-1/*"], "permission_type": "orgPath"},
        ),
    ],
)
def test_whitelist_entries_are_spelled_as_vpcep_does(account: AccountId, body: dict[str, Any]) -> None:
    sent = json.loads(vpcep_bodies.permission_action_to_wire(vpcep_bodies.ADD, [vpcep_bodies.account_to_wire(account)]))
    assert sent == {"action": "add", **body}


def test_descriptions_name_their_connection() -> None:
    body = json.loads(vpcep_bodies.connection_description_to_wire(EndpointId("e"), "ours"))
    assert body == {"connections": [{"id": "e", "description": "ours"}]}


@settings(deadline=None, max_examples=50)
@given(account=st.text("abcXYZ019", min_size=1, max_size=64) | st.just("*"), padding=st.sampled_from(["", " ", "\n"]))
def test_account_ids_are_read_as_people_paste_them(account: str, padding: str) -> None:
    assert vpcep_bodies.read_account(f"{padding}iam:domain::{account}{padding}", organisations=True) == account
    assert vpcep_bodies.read_account(padding + account, organisations=False) == account


@pytest.mark.parametrize("typed", ["", "a" * 65, "a-b", "**", "iam:domain::", "a b", "ä"])
def test_what_is_no_account_id_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match="1 to 64 letters and digits"):
        vpcep_bodies.read_account(typed, organisations=True)


def test_service_ids_are_uuids_in_lower_case() -> None:
    assert vpcep_bodies.read_service_id(f" {PRINTED.upper()}88 ") == f"{PRINTED}88"
    for typed in ("", "x", f"{PRINTED}8", f"{PRINTED}88/.."):
        with pytest.raises(ValueError, match="looks like"):
            vpcep_bodies.read_service_id(typed)
