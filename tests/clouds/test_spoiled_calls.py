"""Each fault of the simulated cloud at a read and at a write: what is tried again, what is believed, what happened."""

from typing import Any

import pytest

from console.clouds.errors import (
    CloudBusy,
    CloudError,
    CloudForbidden,
    CloudNotFound,
    CloudOutcomeUnknown,
    CloudRefused,
    CloudUnavailable,
)
from console.clouds.transport import Limits
from console.clouds.types import EndpointId
from console.simcloud import SimulatedCloud
from tests.clouds.adapters import INTENT, Adapters, adapters_to, calls, gateway

ACTION = "/connections/action"
LIST = "/vpc-endpoint/connections$"


def spoil(cloud: SimulatedCloud, path: str, fault: str, **more: Any) -> None:
    cloud.faults({"match": {"path": path}, "fault": fault, **more})


def accept(adapters: Adapters, cloud: SimulatedCloud) -> None:
    endpoint = next(row.id for row in cloud.world.connections_of("main") if row.status == "pendingAcceptance")
    adapters.endpoints.accept(gateway(cloud, "main"), EndpointId(endpoint), intent=INTENT)


def status(number: int, code: str = "X.1", **headers: str) -> dict[str, Any]:
    return {"fault": "status", "status": number, "code": code, "headers": headers}


WRITES = [
    # fault                                              error                calls  effects
    (status(400, "APIC.7211"), CloudRefused, 1, 0),
    (status(403, "APIC.7106"), CloudForbidden, 1, 0),
    (status(404, "APIC.7314"), CloudNotFound, 1, 0),
    (status(409, "APIC.7701"), CloudRefused, 1, 0),
    (status(429, "APIGW.0308"), CloudBusy, 4, 0),
    (status(400, "EndPoint.0022"), CloudBusy, 4, 0),
    (status(500, "APIG.9008"), CloudBusy, 4, 0),
    (status(500, "APIC.9000"), CloudOutcomeUnknown, 1, 0),
    ({**status(500, "APIC.9000"), "after": True}, CloudOutcomeUnknown, 1, 1),
    (status(504, "EndPoint.0013"), CloudOutcomeUnknown, 1, 0),
    (status(302, Location="http://127.0.0.1:1/"), CloudOutcomeUnknown, 1, 0),
    ({"fault": "reset_before"}, CloudOutcomeUnknown, 1, 0),
    ({"fault": "reset_after"}, CloudOutcomeUnknown, 1, 1),
    ({"fault": "truncate"}, CloudOutcomeUnknown, 1, 1),
    ({"fault": "html"}, CloudOutcomeUnknown, 1, 0),
    ({"fault": "html", "status": 200}, CloudOutcomeUnknown, 1, 0),
    ({"fault": "status", "status": 200, "body": "[]", "after": True}, CloudOutcomeUnknown, 1, 1),
]


@pytest.mark.parametrize(("fault", "kind", "sent", "done"), WRITES, ids=str)
def test_spoiled_write(
    adapters: Adapters, cloud: SimulatedCloud, fault: dict[str, Any], kind: type[CloudError], sent: int, done: int
) -> None:
    spoil(cloud, ACTION, **fault)
    with pytest.raises(CloudError) as caught:
        accept(adapters, cloud)
    assert type(caught.value) is kind
    assert len(calls(cloud, ACTION)) == sent
    assert len(cloud.ledger()) == done


READS = [
    # fault, once                                        error or None  calls
    (status(400, "APIC.7211"), CloudRefused, 1),
    (status(403, "APIC.7106"), CloudForbidden, 1),
    (status(429, "APIGW.0308"), None, 2),
    (status(400, "EndPoint.0022"), None, 2),
    (status(500, "APIG.9008"), None, 2),
    (status(500, "APIC.9000"), None, 2),
    (status(503), None, 2),
    (status(504, "EndPoint.0011"), CloudUnavailable, 1),
    (status(302, Location="http://127.0.0.1:1/"), CloudUnavailable, 1),
    ({"fault": "reset_before"}, None, 2),
    ({"fault": "reset_after"}, None, 2),
    ({"fault": "truncate"}, None, 2),
    ({"fault": "html"}, None, 2),
    ({"fault": "html", "status": 200}, CloudUnavailable, 1),
    ({"fault": "status", "status": 200, "body": "{"}, CloudUnavailable, 1),
]


@pytest.mark.parametrize(("fault", "kind", "sent"), READS, ids=str)
def test_read_spoiled_once(
    adapters: Adapters, cloud: SimulatedCloud, fault: dict[str, Any], kind: type[CloudError] | None, sent: int
) -> None:
    spoil(cloud, LIST, times=1, **fault)
    if kind is None:
        assert len(adapters.endpoints.list_connections(gateway(cloud, "main"))) == 13
    else:
        with pytest.raises(CloudError) as caught:
            adapters.endpoints.list_connections(gateway(cloud, "main"))
        assert type(caught.value) is kind
        assert caught.value.request_id in [row["request_id"] for row in calls(cloud, "/vpc-endpoint/connections")]
    assert len(calls(cloud, "/vpc-endpoint/connections")) == sent


def test_read_is_given_up_after_three_server_errors(adapters: Adapters, cloud: SimulatedCloud) -> None:
    spoil(cloud, LIST, **status(502))
    with pytest.raises(CloudUnavailable) as caught:
        adapters.endpoints.list_connections(gateway(cloud, "main"))
    assert caught.value.status == 502
    assert len(calls(cloud, "/vpc-endpoint/connections")) == 3
    assert adapters.waits == [0.2, 0.6]


def test_retry_after_of_the_cloud_is_obeyed(adapters: Adapters, cloud: SimulatedCloud) -> None:
    spoil(cloud, ACTION, times=1, **status(429, "APIGW.0308", **{"Retry-After": "3"}))
    accept(adapters, cloud)
    assert adapters.waits == [3.0]
    assert len(cloud.ledger()) == 1


def test_long_retry_after_is_told_and_not_slept(adapters: Adapters, cloud: SimulatedCloud) -> None:
    spoil(cloud, ACTION, **status(429, "APIGW.0308", **{"Retry-After": "60"}))
    with pytest.raises(CloudBusy) as caught:
        accept(adapters, cloud)
    assert caught.value.retry_after == 60.0
    assert adapters.waits == []


def test_hanging_cloud_is_left_after_the_total(cloud: SimulatedCloud) -> None:
    adapters = adapters_to(cloud.base_url, limits=Limits(connect=1, read=0.3, total=0.5))
    adapters.endpoints.own_account()  # signed in
    spoil(cloud, ".*", "delay", seconds=1.5)
    with pytest.raises(CloudUnavailable, match="in time"):
        adapters.endpoints.list_connections(gateway(cloud, "main"))
    with pytest.raises(CloudOutcomeUnknown, match="in time"):
        accept(adapters, cloud)


def test_old_answer_without_request_id_header_is_still_understood(adapters: Adapters, cloud: SimulatedCloud) -> None:
    body = '{"connections": [{"id": "only-an-id"}], "total": "1"}'
    spoil(cloud, LIST, "status", status=200, body=body)
    (row,) = adapters.endpoints.list_connections(gateway(cloud, "main"))
    assert (row.id, row.packet_id, row.raw_status, row.created_at) == ("only-an-id", "", "", None)
