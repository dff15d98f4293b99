"""A write of services and endpoints whose answer is lost is not called a failure, and never sent again."""

from collections.abc import Callable
from typing import Any

import pytest

from console.clouds.errors import CloudOutcomeUnknown
from console.clouds.services import PortMapping, ServiceUpdate, Tag
from console.clouds.transport import Limits
from console.clouds.types import EndpointId, ServiceId
from console.simcloud import SimulatedCloud
from tests.clouds.adapters import calls
from tests.clouds.vpcep_parties import FLAVOURS, INTENT, Party, party


@pytest.fixture
def provider(cloud: SimulatedCloud) -> Party:
    return party(cloud)


def spoil(cloud: SimulatedCloud, path: str, fault: str, **more: Any) -> None:
    cloud.faults({"match": {"path": path}, "fault": fault, **more})


Write = Callable[[Party, ServiceId, EndpointId], object]
WRITES: dict[str, tuple[str, Write]] = {
    "create a service": (
        "/vpc-endpoint-services$",
        lambda owner, service, endpoint: owner.publishing.create_service(
            owner.new_service(ports=(PortMapping(1, 2),)), intent=INTENT
        ),
    ),
    "update a service": (
        "/vpc-endpoint-services/",
        lambda owner, service, endpoint: owner.publishing.update_service(
            service, ServiceUpdate(name="x"), intent=INTENT
        ),
    ),
    "create an endpoint": (
        "/vpc-endpoints$",
        lambda owner, service, endpoint: owner.endpoints.create_endpoint(
            owner.new_endpoint(service, "vpc-clients"), intent=INTENT
        ),
    ),
    "delete an endpoint": (
        "/vpc-endpoints/",
        lambda owner, service, endpoint: owner.endpoints.delete_endpoint(endpoint, intent=INTENT),
    ),
    "accept": (
        "/connections/action$",
        lambda owner, service, endpoint: owner.services.accept(service, endpoint, intent=INTENT),
    ),
    "tag": (
        "/tags/action$",
        lambda owner, service, endpoint: owner.endpoints.set_endpoint_tags(
            endpoint, add=[Tag("a")], remove=[], intent=INTENT
        ),
    ),
}
LOSSES: list[tuple[dict[str, Any], int]] = [
    ({"fault": "reset_before"}, 0),
    ({"fault": "reset_after"}, 1),
    ({"fault": "status", "status": 500, "code": "EndPoint.0001"}, 0),
    ({"fault": "status", "status": 504, "code": "EndPoint.0013", "after": True}, 1),
    ({"fault": "html", "status": 200}, 0),
    ({"fault": "status", "status": 200, "body": "[]", "after": True}, 1),
]


@pytest.mark.parametrize("name", WRITES)
def test_write_whose_answer_is_lost_is_unknown_and_never_repeated(
    cloud: SimulatedCloud, provider: Party, name: str
) -> None:
    path, write = WRITES[name]
    for fault, done in LOSSES:
        cloud.reset()
        service_id = provider.service()
        endpoint_id = provider.endpoint(service_id, "vpc-clients")
        provider.endpoints.get_endpoint(endpoint_id)
        before = len(cloud.ledger())
        cloud.faults({"match": {"path": path, "method": "POST|PUT|DELETE"}, **fault})
        sent = len(_writes(cloud))
        with pytest.raises(CloudOutcomeUnknown) as unknown:
            write(provider, service_id, endpoint_id)
        assert unknown.value.exchange[-1].sent
        assert len(_writes(cloud)) == sent + 1
        assert len(cloud.ledger()) == before + done
    assert provider.waits == []


def _writes(cloud: SimulatedCloud) -> list[dict[str, object]]:
    return [row for row in calls(cloud, "/v1/") if row["method"] != "GET"]


@pytest.mark.parametrize("body", ["", " ", "[]", "<html>", '"id"'])
def test_creation_without_a_readable_answer_is_unknown(cloud: SimulatedCloud, provider: Party, body: str) -> None:
    new = provider.new_service()
    spoil(cloud, "/vpc-endpoint-services$", "status", status=200, body=body, after=True)
    with pytest.raises(CloudOutcomeUnknown):
        provider.publishing.create_service(new, intent=INTENT)
    assert [row["action"] for row in cloud.ledger()] == ["service.create"]


@pytest.mark.parametrize("body", ["{}", '{"id": null}', '{"id": ["x"]}'])
def test_creation_that_tells_no_id_has_still_succeeded(cloud: SimulatedCloud, provider: Party, body: str) -> None:
    new = provider.new_service()
    spoil(cloud, "/vpc-endpoint-services$", "status", status=200, body=body, after=True)
    assert provider.publishing.create_service(new, intent=INTENT).created == ""


def test_receipt_of_a_creation_has_the_new_id_and_all_others_none(provider: Party) -> None:
    receipt = provider.publishing.create_service(provider.new_service(), intent=INTENT)
    service_id = ServiceId(receipt.created)
    assert provider.services.get_service(service_id).id == service_id
    assert receipt.request_id
    update = provider.publishing.update_service(service_id, ServiceUpdate(name="x"), intent=INTENT)
    assert (update.created, bool(update.request_id)) == ("", True)
    assert provider.publishing.delete_service(service_id, intent=INTENT).created == ""


def test_hanging_cloud_leaves_a_creation_unknown(cloud: SimulatedCloud) -> None:
    slow = party(cloud, FLAVOURS["huawei with an access key"], limits=Limits(connect=1, read=0.3, total=0.5))
    new = slow.new_service()
    spoil(cloud, "/vpc-endpoint-services$", "delay", seconds=0.8)
    with pytest.raises(CloudOutcomeUnknown, match="in time"):
        slow.publishing.create_service(new, intent=INTENT)


def test_throttled_creation_is_sent_again_and_made_once(cloud: SimulatedCloud, provider: Party) -> None:
    new = provider.new_service()
    spoil(cloud, "/vpc-endpoint-services$", "status", status=400, code="EndPoint.0022", times=2)
    provider.publishing.create_service(new, intent=INTENT)
    assert provider.waits == [1.0, 2.0]
    assert [row["action"] for row in cloud.ledger()] == ["service.create"]
