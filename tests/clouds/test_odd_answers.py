"""Whatever comes back, each call ends as an answer or as one of the errors of `clouds.errors`."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.clouds.cloud_time import CloudTime
from console.clouds.credentials import AccessKey
from console.clouds.errors import CloudError, CloudForbidden, CloudOutcomeUnknown, CloudUnavailable
from console.clouds.pauses import LONGEST
from console.clouds.secret import Secret
from console.clouds.transport import Limits
from console.clouds.types import AccountId, EndpointId, GatewayId, ServiceId
from console.clouds.vpc_access import ApiGroupId
from console.simcloud import SimulatedCloud
from tests.clouds.adapters import INTENT, KEY, adapters_to, calls, gateway
from tests.clouds.alibaba_party import alibaba_party
from tests.clouds.raw_server import RawServer, answer, answering
from tests.clouds.vpcep_parties import FLAVOURS, NOTHING, party

HOST = "0123456789abcdef0123456789abcdef"
ENDPOINT = EndpointId(NOTHING)
WITH_KEY = FLAVOURS["huawei with an access key"]
HUAWEI_FAULTS = [
    {"error_code": "APIC.7211", "error_msg": "no"},
    {"error": {"code": "EndPoint.2003", "message": "no"}},
    {"error": {"code": 401, "message": "no", "title": "Unauthorized"}},
    {"code": "VPC.0002", "message": "no"},
    {"error_code": "APIC.7211", "error_msg": "no", "request_id": "abc"},
]
ALIBABA_FAULTS = [
    {"Success": False, "Code": "OperationDenied", "Message": "no"},
    {"Success": "false", "Code": "OperationDenied"},
    {"Code": "OperationDenied", "Message": "no", "RequestId": "abc"},
]
Acts = dict[str, Callable[[str], object]]


def huawei_acts() -> Acts:
    """By name: an act of an access key at the cloud of this address."""

    def gate(url: str) -> Any:
        return adapters_to(url, KEY, limits=Limits(total=2.0)).endpoints

    def vpcep(url: str) -> Any:
        return party(url, WITH_KEY, limits=Limits(total=2.0))

    host, service = GatewayId(HOST), ServiceId(NOTHING)
    return {
        "accept": lambda url: gate(url).accept(host, ENDPOINT, intent=INTENT),
        "reject": lambda url: gate(url).reject(host, ENDPOINT, intent=INTENT),
        "add": lambda url: gate(url).add_permission(host, AccountId(HOST), intent=INTENT),
        "remove": lambda url: gate(url).remove_permission(host, AccountId(HOST), intent=INTENT),
        "rename": lambda url: gate(url).rename_service(host, "name", intent=INTENT),
        "accept at a service": lambda url: vpcep(url).services.accept(service, ENDPOINT, intent=INTENT),
        "add at a service": lambda url: vpcep(url).services.add_permission(service, AccountId(HOST), intent=INTENT),
        "delete a service": lambda url: vpcep(url).publishing.delete_service(service, intent=INTENT),
        "delete an endpoint": lambda url: vpcep(url).endpoints.delete_endpoint(ENDPOINT, intent=INTENT),
    }


def alibaba_acts() -> Acts:
    """As `huawei_acts`."""

    def at(url: str) -> Any:
        return alibaba_party(url, account="1", limits=Limits(total=2.0))

    service = ServiceId("epsrv-hp3vpx8yqxblby3i1234")
    return {
        "accept": lambda url: at(url).services.accept(service, EndpointId("ep-hp33b2e43fays7s81234"), intent=INTENT),
        "add": lambda url: at(url).services.add_permission(service, AccountId("1234567890123456"), intent=INTENT),
        "domain": lambda url: at(url).access.enable_vpc_domain(ApiGroupId(HOST), intent=INTENT),
    }


def reads() -> Acts:
    """As `huawei_acts`, but nothing is changed."""

    def gate(url: str) -> Any:
        return adapters_to(url, KEY, limits=Limits(total=2.0))

    return {
        "gateways": lambda url: gate(url).catalog.list_gateways(),
        "gateway": lambda url: gate(url).catalog.get_gateway(GatewayId(HOST)),
        "connections": lambda url: gate(url).endpoints.list_connections(GatewayId(HOST)),
        "connection": lambda url: gate(url).endpoints.find_connection(GatewayId(HOST), ENDPOINT),
        "service": lambda url: party(url, WITH_KEY).services.get_service(ServiceId(NOTHING)),
        "endpoints": lambda url: party(url, WITH_KEY).endpoints.list_endpoints(),
        "vpcs": lambda url: party(url, WITH_KEY).networks.list_vpcs(),
        "instances": lambda url: alibaba_party(url).access.list_instances(),
        "services": lambda url: alibaba_party(url, account="1").services.list_services(),
    }


ALL: dict[str, Callable[[str], object]] = {
    **{f"huawei: {name}": act for name, act in huawei_acts().items()},
    **{f"alibaba: {name}": act for name, act in alibaba_acts().items()},
    **{f"read: {name}": act for name, act in reads().items()},
}


@pytest.mark.parametrize("name", list(huawei_acts()))
@pytest.mark.parametrize("fault", HUAWEI_FAULTS, ids=json.dumps)
def test_a_success_that_carries_a_fault_leaves_the_end_unknown(name: str, fault: dict[str, Any]) -> None:
    with RawServer(answering(answer(200, fault, X_Request_Id="r1"))) as server:
        with pytest.raises(CloudOutcomeUnknown) as caught:
            huawei_acts()[name](server.url)
        assert len(server.requests) == 1
    assert caught.value.vendor_code == str(next(iter(_flat(fault))))
    assert caught.value.reason == "the cloud answered with status 200 and an error: no"
    assert caught.value.exchange[-1].answer


def _flat(fault: dict[str, Any]) -> Iterator[Any]:
    inner = fault.get("error", fault)
    yield inner.get("error_code") or inner["code"]


@pytest.mark.parametrize("name", list(alibaba_acts()))
@pytest.mark.parametrize("fault", ALIBABA_FAULTS, ids=json.dumps)
def test_alibaba_too(name: str, fault: dict[str, Any]) -> None:
    with RawServer(answering(answer(200, fault))) as server, pytest.raises(CloudOutcomeUnknown) as caught:
        alibaba_acts()[name](server.url)
    assert caught.value.vendor_code == "OperationDenied"


@pytest.mark.parametrize("name", list(reads()))
def test_a_read_with_a_fault_in_its_success_shows_the_clouds_words(name: str) -> None:
    fault = {"error_code": "APIC.7109", "error_msg": "suspended", "Code": "APIC.7109", "Message": "suspended"}
    with RawServer(answering(answer(200, fault))) as server, pytest.raises(CloudUnavailable) as caught:
        reads()[name](server.url)
    assert caught.value.vendor_code == "APIC.7109"
    assert "suspended" in caught.value.reason


def test_a_resource_that_tells_of_its_own_failure_is_a_good_answer() -> None:
    made = {"id": NOTHING, "status": "failed", "error": {"error_code": "EndPoint.1", "message": "no address left"}}
    with RawServer(answering(answer(200, made))) as server:
        assert party(server.url, WITH_KEY).services.get_service(ServiceId(NOTHING)).failure


@pytest.mark.parametrize(
    "date", ["Mon, 01 Jan 99999999999999 00:00:00 GMT", "Mon, 01 Jan 0000 00:00:00 +9999", "(" * 500, "-", "1, 2, 3"]
)
def test_what_cannot_be_read_in_a_header_is_as_if_absent(date: str) -> None:
    fault = answer(429, HUAWEI_FAULTS[0], Retry_After=date, Date=date)
    with RawServer(answering(fault)) as server, pytest.raises(CloudError) as caught:
        huawei_acts()["accept"](server.url)
    assert caught.value.code == "busy"
    assert caught.value.retry_after is None


@pytest.mark.parametrize(("minutes", "seconds"), [(20, 2), (-20, 30)])
def test_a_date_to_wait_for_counts_from_the_clouds_own_time(minutes: int, seconds: int) -> None:
    theirs = datetime.now(UTC) + timedelta(minutes=minutes)
    asked = format_datetime(theirs + timedelta(seconds=seconds), usegmt=True)
    fault = answer(429, HUAWEI_FAULTS[0], Retry_After=asked, Date=format_datetime(theirs, usegmt=True))
    with RawServer(answering(fault)) as server, pytest.raises(CloudError) as caught:
        huawei_acts()["accept"](server.url)
    assert caught.value.retry_after == pytest.approx(seconds, abs=1)
    assert seconds < LONGEST


header = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60)
value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(allow_nan=True),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=12)
            | st.sampled_from(
                ["error", "code", "message", "error_code", "id", "connections", "total", "Code", "Success", "instances"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
body = st.binary(max_size=60) | value.map(lambda found: json.dumps(found).encode())
status = st.sampled_from([200, 201, 204, 299, 301, 400, 401, 403, 404, 408, 409, 418, 429, 500, 503, 504])


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(ALL)), status, body, header, header)
def test_nothing_leaves_a_call_but_an_answer_or_one_of_the_errors(
    name: str, code: int, content: bytes, retry_after: str, date: str
) -> None:
    def script(connection: socket.socket, _number: int) -> None:
        connection.sendall(answer(code, content, Retry_After=retry_after, Date=date, Connection="close"))
        connection.close()

    with RawServer(script) as server, suppress(CloudError):
        ALL[name](server.url)


@pytest.mark.parametrize("ahead", [1200, -1200])
def test_a_signature_refused_for_its_time_is_made_once_more_with_the_clouds_time(ahead: int) -> None:
    with SimulatedCloud(delay=0.0) as cloud:
        cloud.world.switch(clock_ahead=ahead)
        adapters = adapters_to(cloud.base_url, KEY)
        rows = adapters.endpoints.list_connections(gateway(cloud, "main"))
        endpoint = next(row for row in rows if row.status.can_accept)
        adapters.endpoints.accept(gateway(cloud, "main"), endpoint.id, intent=INTENT)
        statuses = [row["status"] for row in calls(cloud)]
        assert statuses[0] == 401
        assert statuses.count(401) == 1
        assert alibaba_party(cloud).access.list_instances()


@pytest.mark.parametrize("ahead", [1200, -1200])
def test_a_wrong_key_is_told_that_the_clocks_differ_too(ahead: int) -> None:
    with SimulatedCloud(delay=0.0) as cloud:
        cloud.world.switch(clock_ahead=ahead)
        with pytest.raises(CloudForbidden, match="this machine's clock is 20 minutes") as caught:
            adapters_to(cloud.base_url, AccessKey(KEY.access_key, Secret("wrong"))).catalog.list_gateways()
        assert ("behind" in caught.value.reason) == (ahead > 0)
        with pytest.raises(CloudForbidden, match="this machine's clock is 20 minutes"):
            alibaba_party(cloud, secret="wrong").access.list_instances()


def test_small_differences_are_nobodys_business() -> None:
    time = CloudTime(lambda: 1_700_000_000.0)
    time.heard(format_datetime(datetime.fromtimestamp(1_700_000_030, UTC), usegmt=True))
    assert time.ahead == timedelta(seconds=-30)
    assert time.correction() == timedelta(0)
