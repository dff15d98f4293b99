"""The RPC protocol: which request is whose, the shape of refusals, faults by action (alibaba-contract 1, 5)."""

import http.client
import re
import time
import xml.etree.ElementTree as ElementTree

import pytest

from console.simcloud import SimulatedCloud
from console.simcloud.alibaba.identity import NORTHWIND
from tests.simcloud.alibaba_caller import API_GATEWAY, PRIVATE_LINK, AlibabaCaller, code_of
from tests.simcloud.caller import Caller, exchange


def test_both_clouds_live_on_one_port(caller: Caller, alibaba: AlibabaCaller) -> None:
    assert caller.connections().status == 200
    assert caller.ask("GET", "/").body["versions"]
    assert alibaba.gateway("DescribeInstances").status == 200
    assert alibaba.networks("DescribeVpcs").status == 200
    assert alibaba.link("ListVpcEndpointServices").status == 200


def test_a_success_brings_an_upper_case_request_id_and_nothing_else(alibaba: AlibabaCaller) -> None:
    reply = alibaba.enable("bound_disabled")
    assert list(reply.body) == ["RequestId"]
    assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", reply.body["RequestId"])
    assert reply.headers["x-acs-request-id"] == reply.body["RequestId"]
    assert alibaba.cloud.ledger()[0]["request_id"] == reply.body["RequestId"]


def test_a_refusal_has_the_vendors_shape(alibaba: AlibabaCaller) -> None:
    body = alibaba.link("GetVpcEndpointServiceAttribute", ServiceId="epsrv-nothing").body
    assert body == {
        "RequestId": body["RequestId"],
        "HostId": "privatelink.cn-hangzhou.aliyuncs.com",
        "Code": "EndpointServiceNotFound",
        "Message": "The specified endpoint service does not exist.",
        "Recommend": "https://api.aliyun.com/troubleshoot?q=EndpointServiceNotFound&product=Privatelink&requestId="
        + body["RequestId"],
    }


@pytest.mark.parametrize(
    ("version", "action", "expected"),
    [
        ("", "DescribeInstances", (400, "MissingParameter")),
        (API_GATEWAY, "", (400, "MissingParameter")),
        ("2014-05-26", "DescribeInstances", (400, "NoSuchVersion")),
        (API_GATEWAY, "describeinstances", (404, "InvalidAction.NotFound")),
        # Exists, but in another product.
        (PRIVATE_LINK, "DescribeInstances", (404, "InvalidAction.NotFound")),
    ],
)
def test_version_and_action_name_what_is_wanted(
    alibaba: AlibabaCaller, version: str, action: str, expected: tuple[int, str]
) -> None:
    assert code_of(alibaba.ask(version, action)) == expected


def test_other_methods_are_refused(cloud: SimulatedCloud) -> None:
    reply = exchange(cloud.base_url, "PUT", "/?Action=DescribeInstances&Version=2016-07-14")
    assert code_of(reply) == (403, "UnsupportedHTTPMethod")


@pytest.mark.parametrize("value", ["true", "TRUE", "True"])
def test_booleans_come_in_any_case(alibaba: AlibabaCaller, value: str) -> None:
    group = alibaba.seeded("bound_disabled")
    reply = alibaba.gateway("ModifyIntranetDomainPolicy", GroupId=group, VpcIntranetEnable=value)
    assert reply.status == 200
    assert alibaba.group("bound_disabled")["VpcDomain"]


def test_names_of_parameters_are_case_sensitive(alibaba: AlibabaCaller) -> None:
    vpc_id, vswitch_id = alibaba.vpc("vpc-orders")
    parameters = {"InstanceId": alibaba.seeded("unbound"), "VpcId": vpc_id, "VSwitchId": vswitch_id}
    reply = alibaba.gateway("ModifyInstanceVpcAttributeForConsole", **parameters)
    assert code_of(reply) == (400, "MissingVswitchId")


@pytest.mark.parametrize("name", ["InstanceId", "VpcId"])
def test_what_is_mandatory_is_refused_by_name(alibaba: AlibabaCaller, name: str) -> None:
    parameters = {"InstanceId": "i", "VpcId": "v", "VswitchId": "s", name: ""}
    reply = alibaba.gateway("ModifyInstanceVpcAttributeForConsole", **parameters)
    assert code_of(reply) == (400, f"Missing{name}")


def test_what_is_no_boolean_and_no_number_is_refused_by_name(alibaba: AlibabaCaller) -> None:
    group = alibaba.seeded("bound_disabled")
    maybe = alibaba.gateway("ModifyIntranetDomainPolicy", GroupId=group, VpcIntranetEnable="maybe")
    assert code_of(maybe) == (400, "InvalidVpcIntranetEnable")
    for page in ("0", "-1", "x", "1.5"):
        assert code_of(alibaba.gateway("DescribeApiGroups", PageNumber=page)) == (400, "InvalidPageNumber")
    assert code_of(alibaba.gateway("DescribeApiGroups", PageSize=51)) == (400, "InvalidPageSize")
    assert code_of(alibaba.gateway("DescribeInstances", RegionId="mars-1")) == (400, "InvalidRegionId")


def test_a_throttle_comes_with_its_header_and_without(alibaba: AlibabaCaller, cloud: SimulatedCloud) -> None:
    match = {"action": "DescribeInstances"}
    cloud.faults(
        {"match": match, "fault": "status", "status": 429, "headers": {"x-acs-retry-after": "200"}, "times": 1},
        {"match": match, "fault": "status", "status": 400, "code": "Throttling.User", "times": 1},
    )
    first, second, third = (alibaba.gateway("DescribeInstances") for _ in range(3))
    assert code_of(first) == (429, "Throttling.User")
    assert first.headers["x-acs-retry-after"] == "200"
    assert code_of(second) == (400, "Throttling.User")
    assert "x-acs-retry-after" not in second.headers
    assert third.status == 200


@pytest.mark.parametrize(
    ("status", "code"),
    [(403, "Forbidden.RAM"), (500, "InternalError"), (503, "ServiceUnavailable"), (409, "ConcurrentCallNotSupported")],
)
def test_a_status_speaks_this_clouds_words(alibaba: AlibabaCaller, status: int, code: str) -> None:
    alibaba.cloud.faults({"fault": "status", "status": status})
    reply = alibaba.gateway("DescribeInstances")
    assert code_of(reply) == (status, code)
    assert reply.body["HostId"] == "apigateway.cn-hangzhou.aliyuncs.com"


def test_a_missing_right_is_named(alibaba: AlibabaCaller) -> None:
    alibaba.cloud.faults({"match": {"action": "ModifyIntranetDomainPolicy"}, "fault": "status", "status": 403})
    detail = alibaba.enable("bound_disabled").body["AccessDeniedDetail"]
    assert detail == {"AuthAction": "apigateway:ModifyIntranetDomainPolicy", "NoPermissionType": "ImplicitDeny"}


def test_a_fault_for_an_action_leaves_all_others_alone(caller: Caller, alibaba: AlibabaCaller) -> None:
    caller.cloud.faults({"match": {"action": "Enable.*|DescribeVpcs"}, "fault": "html", "status": 502})
    assert caller.connections().status == 200
    assert alibaba.gateway("DescribeInstances").status == 200
    page = alibaba.networks("DescribeVpcs")
    assert (page.status, page.headers["content-type"]) == (502, "text/html")


def test_an_action_matches_whole(alibaba: AlibabaCaller) -> None:
    alibaba.cloud.faults({"match": {"action": "DescribeApiGroup", "method": "POST", "path": "^/$"}, "fault": "status"})
    assert alibaba.gateway("DescribeApiGroups").status == 200
    assert alibaba.gateway("DescribeApiGroup", GroupId=alibaba.seeded("bound_enabled")).status == 500


@pytest.mark.parametrize(("fault", "effects"), [("reset_before", 0), ("reset_after", 1), ("truncate", 1)])
def test_an_answer_gets_lost_with_and_without_effect(alibaba: AlibabaCaller, fault: str, effects: int) -> None:
    alibaba.cloud.faults({"match": {"action": "ModifyIntranetDomainPolicy"}, "fault": fault, "times": 1})
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        alibaba.enable("bound_disabled")
    assert len(alibaba.effects()) == effects


def test_a_slow_answer_is_slow(alibaba: AlibabaCaller) -> None:
    alibaba.cloud.faults({"match": {"action": "DescribeInstances"}, "fault": "delay", "seconds": 0.1})
    started = time.monotonic()
    assert alibaba.gateway("DescribeInstances").status == 200
    assert time.monotonic() - started >= 0.1


def test_calls_name_their_action_and_no_secret(alibaba: AlibabaCaller) -> None:
    alibaba.gateway("DescribeApiGroups", PageSize=3)
    alibaba.link("ListVpcEndpointServices")
    first, second = alibaba.cloud.calls()
    assert (first["path"], first["query"], first["action"]) == ("/", "PageSize=3", "DescribeApiGroups")
    assert second["action"] == "ListVpcEndpointServices"
    assert NORTHWIND.access_key_secret not in str(alibaba.cloud.calls())


def test_messages_can_be_replaced(alibaba: AlibabaCaller) -> None:
    alibaba.cloud.world.set_text("NotFoundApiGroup", "message", "<b>gone</b>")
    assert alibaba.gateway("DescribeApiGroup", GroupId="0").body["Message"] == "<b>gone</b>"


def test_errors_come_in_xml_on_request(alibaba: AlibabaCaller) -> None:
    alibaba.cloud.world.set_text("NotFoundApiGroup", "message", "a < b & c")
    reply = alibaba.gateway("DescribeApiGroup", GroupId="0", headers={"accept": "application/xml"})
    error = ElementTree.fromstring(reply.content)
    assert (error.tag, error.findtext("Code"), error.findtext("Message")) == ("Error", "NotFoundApiGroup", "a < b & c")
