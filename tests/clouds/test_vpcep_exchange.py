"""Every write of services and endpoints: which call it is, what a dry run shows of it, what counts as its success."""

import inspect
import json
from collections.abc import Callable
from typing import Any

import pytest

from console.clouds.errors import CloudOutcomeUnknown, CloudRefused
from console.clouds.huawei.profiles import OTC
from console.clouds.ports import Endpoints, EndpointServices, ServicePublishing
from console.clouds.services import PortMapping, ServiceUpdate, Tag
from console.clouds.types import DRY_RUN, EVERYONE, AccountId, EndpointId, IntentId, Receipt, ServiceId
from console.simcloud import SimulatedCloud
from console.simcloud.identity import DEMO
from tests.clouds.adapters import calls
from tests.clouds.raw_server import RawServer, answer, answering
from tests.clouds.test_vpcep_bodies import ENDPOINT, ENDPOINT_OF_001, SERVICE, SERVICE_OF_001
from tests.clouds.vpcep_parties import FLAVOURS, INTENT, Flavour, Party, party

SERVICE_ID = ServiceId("5f0c1c2e-7d0b-4a3c-9a55-0b8f3b0f7e11")
ENDPOINT_ID = EndpointId("2b7f8d4f-3c5e-4f90-8d21-88bb6c4e3f02")
ACCOUNT = AccountId("7cc2018e40394f7c9692f1713e76234d")
TAG = Tag("env", "test")
AT_SERVICE = f"/vpc-endpoint-services/{SERVICE_ID}"
AT_ENDPOINT = f"/vpc-endpoints/{ENDPOINT_ID}"

Write = Callable[[Party, IntentId], Receipt]
WRITES: dict[str, Write] = {
    "accept": lambda one, intent: one.services.accept(SERVICE_ID, ENDPOINT_ID, intent=intent),
    "reject": lambda one, intent: one.services.reject(SERVICE_ID, ENDPOINT_ID, intent=intent),
    "add account": lambda one, intent: one.services.add_permission(SERVICE_ID, ACCOUNT, intent=intent),
    "remove everyone": lambda one, intent: one.services.remove_permission(SERVICE_ID, EVERYONE, intent=intent),
    "create service": lambda one, intent: one.publishing.create_service(SERVICE, intent=intent),
    "update service": lambda one, intent: one.publishing.update_service(
        SERVICE_ID, ServiceUpdate(name="x", ports=(PortMapping(1, 2),)), intent=intent
    ),
    "delete service": lambda one, intent: one.publishing.delete_service(SERVICE_ID, intent=intent),
    "describe connection": lambda one, intent: one.publishing.describe_connection(
        SERVICE_ID, ENDPOINT_ID, "Contoso", intent=intent
    ),
    "tag service": lambda one, intent: one.publishing.set_service_tags(SERVICE_ID, add=[TAG], remove=[], intent=intent),
    "create endpoint": lambda one, intent: one.endpoints.create_endpoint(ENDPOINT, intent=intent),
    "delete endpoint": lambda one, intent: one.endpoints.delete_endpoint(ENDPOINT_ID, intent=intent),
    "set access control": lambda one, intent: one.endpoints.set_access_control(
        ENDPOINT_ID, enabled=True, whitelist=["10.0.0.5"], intent=intent
    ),
    "untag endpoint": lambda one, intent: one.endpoints.set_endpoint_tags(
        ENDPOINT_ID, add=[], remove=[TAG], intent=intent
    ),
}
TAGS = [{"key": "env", "value": "test"}]
#: Each write on the wire: method, path below the project, body (huawei-contract 5).
GOLDEN: dict[str, tuple[str, str, Any]] = {
    "accept": ("POST", f"{AT_SERVICE}/connections/action", {"action": "receive", "endpoints": [ENDPOINT_ID]}),
    "reject": ("POST", f"{AT_SERVICE}/connections/action", {"action": "reject", "endpoints": [ENDPOINT_ID]}),
    "add account": (
        "POST",
        f"{AT_SERVICE}/permissions/action",
        {"action": "add", "permissions": [f"iam:domain::{ACCOUNT}"]},
    ),
    "remove everyone": ("POST", f"{AT_SERVICE}/permissions/action", {"action": "remove", "permissions": ["*"]}),
    "create service": ("POST", "/vpc-endpoint-services", {**SERVICE_OF_001, "approval_enabled": True}),
    "update service": (
        "PUT",
        AT_SERVICE,
        {"service_name": "x", "ports": [{"client_port": 1, "server_port": 2, "protocol": "TCP"}]},
    ),
    "delete service": ("DELETE", AT_SERVICE, None),
    "describe connection": (
        "PUT",
        f"{AT_SERVICE}/connections/description",
        {"connections": [{"id": ENDPOINT_ID, "description": "Contoso"}]},
    ),
    "tag service": ("POST", f"/endpoint_service/{SERVICE_ID}/tags/action", {"action": "create", "tags": TAGS}),
    "create endpoint": ("POST", "/vpc-endpoints", ENDPOINT_OF_001),
    "delete endpoint": ("DELETE", AT_ENDPOINT, None),
    "set access control": ("PUT", AT_ENDPOINT, {"whitelist": ["10.0.0.5"], "enable_whitelist": True}),
    "untag endpoint": ("POST", f"/endpoint/{ENDPOINT_ID}/tags/action", {"action": "delete", "tags": TAGS}),
}
NOT_ON_OTC = {"describe connection", "set access control"}
EVERY_WRITE = pytest.mark.parametrize("name", WRITES)


def test_every_write_of_the_ports_is_tried_here() -> None:
    ports = (EndpointServices, ServicePublishing, Endpoints)
    writes = {
        name
        for port in (*ports, *EndpointServices.__mro__[1:])
        for name, method in vars(port).items()
        if "intent" in getattr(method, "__annotations__", ())
    }
    source = "".join(inspect.getsource(write) for write in WRITES.values())
    assert len(writes) >= 12
    assert {name for name in writes if f".{name}(" not in source} == set()
    assert set(GOLDEN) == set(WRITES)


@EVERY_WRITE
@pytest.mark.parametrize("flavour", FLAVOURS.values(), ids=FLAVOURS.keys())
def test_a_dry_run_shows_the_call_of_the_contract_and_sends_nothing(
    cloud: SimulatedCloud, flavour: Flavour, name: str
) -> None:
    cloud.world.switch(**flavour.switches)
    one = party(cloud, flavour)
    if name in NOT_ON_OTC and flavour.profile is OTC:
        with pytest.raises(CloudRefused):
            WRITES[name](one, DRY_RUN)
        assert calls(cloud) == []
        return
    receipt = WRITES[name](one, DRY_RUN)
    (dry,) = receipt.exchange
    method, path, body = GOLDEN[name]
    assert (dry.call.method, dry.call.url) == (method, f"{cloud.base_url}/v1/{DEMO.project_id}{path}")
    assert (json.loads(dry.call.body) if dry.call.body else None) == body
    assert (receipt.created, dry.sent) == ("", False)
    assert calls(cloud, "/v1/") == []


@EVERY_WRITE
def test_what_a_dry_run_shows_is_what_is_then_sent(name: str) -> None:
    with RawServer(answering(answer(200, {"id": "new"}))) as server:
        one = party(server.url, FLAVOURS["huawei with an access key"])
        (planned,) = WRITES[name](one, DRY_RUN).exchange
        assert server.requests == []
        receipt = WRITES[name](one, INTENT)
        (sent,) = receipt.exchange
        first, _, body = server.requests[0].decode().partition("\r\n\r\n")
    assert (planned.call.method, planned.call.url, planned.call.body) == (
        sent.call.method,
        sent.call.url,
        sent.call.body,
    )
    assert first.startswith(f"{sent.call.method} {sent.call.url.removeprefix(server.url)} ")
    assert body == sent.call.body
    assert receipt.created == ("new" if name.startswith("create") else "")


@EVERY_WRITE
def test_no_write_goes_without_an_intent(cloud: SimulatedCloud, name: str) -> None:
    with pytest.raises(ValueError, match="intent"):
        WRITES[name](party(cloud), IntentId(""))
    assert calls(cloud) == []


@EVERY_WRITE
def test_success_without_content_is_one_but_of_a_creation(name: str) -> None:
    with RawServer(answering(answer(204, b""))) as server:
        one = party(server.url, FLAVOURS["huawei with an access key"])
        if name.startswith("create"):
            with pytest.raises(CloudOutcomeUnknown):
                WRITES[name](one, INTENT)
        else:
            assert WRITES[name](one, INTENT).created == ""


@pytest.mark.parametrize("shape", ["E1", "E2"])
def test_the_printed_requests_are_taken_by_the_cloud(cloud: SimulatedCloud, shape: str) -> None:
    cloud.world.switch(vpcep_error_shape=shape)
    one = party(cloud)
    service = one.publishing.create_service(SERVICE, intent=INTENT)
    endpoint = one.endpoints.create_endpoint(ENDPOINT, intent=INTENT)
    assert one.services.get_service(ServiceId(service.created)).ports == SERVICE.ports
    assert one.endpoints.get_endpoint(EndpointId(endpoint.created)).service_id == ENDPOINT.service_id
