"""What the cloud's refusals mean: one codec for JSON and XML, and each fault at a read and at a write (1.7, 4.3)."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.clouds.advice import TryAgain
from console.clouds.alibaba.advice import field_of
from console.clouds.alibaba.faults import error_for, parse_fault
from console.clouds.errors import (
    CloudBusy,
    CloudError,
    CloudForbidden,
    CloudNotFound,
    CloudOutcomeUnknown,
    CloudRefused,
    CloudUnavailable,
)
from console.clouds.masking import Mask
from console.clouds.secret import Secret
from console.clouds.transport import Limits, Reply
from console.simcloud import SimulatedCloud
from tests.clouds.alibaba_party import INTENT, AlibabaParty, acts, alibaba_party, group_of


def reply(status: int, body: Any = None, **headers: str) -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
    return Reply(status, "from-header", content, {name.replace("_", "-"): value for name, value in headers.items()})


def error_of(status: int, code: str, *, is_write: bool = True, **headers: str) -> CloudError:
    return error_for(reply(status, {"Code": code, "Message": "m"}, **headers), Mask(), is_write=is_write)


@pytest.mark.parametrize(
    "body",
    [
        {"Code": "NotFoundApiGroup", "Message": "no\ngroup", "RequestId": "R-1", "HostId": "h", "Recommend": "u"},
        {"code": "NotFoundApiGroup", "message": "no group", "requestId": "R-1"},
        b'<?xml version="1.0"?><Error><RequestId>R-1</RequestId><Code>NotFoundApiGroup</Code>'
        b"<Message>no group</Message></Error>",
    ],
    ids=["upper case", "lower case", "XML"],
)
def test_every_shape_of_an_error_body_is_understood(body: Any) -> None:
    fault = parse_fault(body if isinstance(body, bytes) else json.dumps(body).encode())
    assert (fault.code, " ".join(fault.message.split()), fault.request_id) == ("NotFoundApiGroup", "no group", "R-1")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>502 <b>Message</b></html>",
        b"[",
        b"null",
        b"[1]",
        b"{}",
        b"\xff\xfe",
        b"[" * 99_999,
        b"<Code></Code>",
    ],
)
def test_what_is_no_error_body_gives_an_empty_fault(body: bytes) -> None:
    assert parse_fault(body).code == ""


def test_xml_is_never_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "canary">]><Error><Code>X&amp;&a;</Code><Message>&a;</Message></Error>'
    assert parse_fault(bomb).code == "X&&a;"
    assert "canary" not in parse_fault(bomb).message


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "MissingVpcId", CloudRefused),
        (400, "InvalidParameter", CloudRefused),
        (400, "EndpointConnectionOperationDenied", CloudRefused),
        (400, "RepeatedCommit", CloudRefused),
        (404, "InvalidAction.NotFound", CloudRefused),
        (404, "InvalidProtocol.NeedSsl", CloudRefused),
        (403, "UnsupportedHTTPMethod", CloudRefused),
        (400, "NotFoundApiGroup", CloudNotFound),
        (400, "InvalidGroupId.NotFound", CloudNotFound),
        (400, "EndpointServiceNotFound", CloudNotFound),
        (400, "EndpointConnectionNotFound", CloudNotFound),
        (404, "", CloudNotFound),
        (404, "InvalidAccessKeyId.NotFound", CloudForbidden),
        (400, "InvalidAccessKeyId.NotFound", CloudForbidden),
        (400, "SignatureDoesNotMatch", CloudForbidden),
        (403, "SignatureDoesNotMatch", CloudForbidden),
        (400, "InvalidTimeStamp.Expired", CloudForbidden),
        (400, "Forbidden.RAM", CloudForbidden),
        (403, "NoPermission", CloudForbidden),
        (400, "InsufficientBalance", CloudForbidden),
        (400, "Throttling.User", CloudBusy),
        (400, "Rejected.Throttling", CloudBusy),
        (429, "", CloudBusy),
        (503, "Throttling", CloudBusy),
        (400, "ConcurrentCallNotSupported", CloudBusy),
        (400, "EndpointServiceLocked", CloudBusy),
        (400, "ConcurrencyLockTimeout", CloudBusy),
    ],
)
@pytest.mark.parametrize("is_write", [False, True])
def test_certain_answers_mean_the_same_for_reads_and_writes(
    status: int, code: str, kind: type[CloudError], is_write: bool
) -> None:
    assert type(error_of(status, code, is_write=is_write)) is kind
    assert type(error_of(status, code.lower(), is_write=is_write)) is kind


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (500, "InternalError"),
        (503, "ServiceUnavailable"),
        (502, ""),
        (408, ""),
        (302, ""),
        # A 400 is no certain no when something inside failed, or when a copy of this call came before it.
        (400, "InternalError"),
        (400, "InvokeSlbApiFail"),
        (400, "InvokeDescribeVSwitchesApiFail"),
        (400, "SignatureNonceUsed"),
    ],
)
def test_uncertain_answers_leave_a_write_unknown_and_a_read_unanswered(status: int, code: str) -> None:
    assert type(error_of(status, code, is_write=True)) is CloudOutcomeUnknown
    assert type(error_of(status, code, is_write=False)) is CloudUnavailable


def test_the_clouds_own_header_means_throttled_and_has_milliseconds() -> None:
    error = error_of(400, "SomethingElse", x_acs_retry_after="1500")
    assert (type(error), error.retry_after) == (CloudBusy, 1.5)
    assert error_of(400, "Throttling.User").retry_after is None
    assert error_of(429, "Throttling.User", Retry_After="3").retry_after == 3.0
    assert type(error_of(400, "SomethingElse", x_acs_retry_after="soon")) is CloudRefused


def test_the_body_names_the_call_and_the_header_where_it_does_not() -> None:
    assert error_for(reply(400, {"Code": "X", "RequestId": "R-1"}), Mask(), is_write=False).request_id == "R-1"
    assert error_for(reply(502, b"<html>"), Mask(), is_write=False).request_id == "from-header"


def test_the_echo_of_what_was_signed_is_cut_and_keys_are_masked() -> None:
    message = (
        "Specified signature is not matched with our calculation. server string to sign is:"
        "GET&%2F&AccessKeyId%3DLTAIcanary%26Action%3DDescribeInstances%26SecurityToken%3Dtoken-canary"
    )
    for text in (message, "LTAIcanary is unknown"):
        error = error_for(
            reply(400, {"Code": "SignatureDoesNotMatch", "Message": text}),
            Mask([Secret("LTAIcanary")]),
            is_write=False,
        )
        assert "canary" not in error.reason


@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("InvalidVpcId", "vpc"),
        ("NotFoundVpc", "vpc"),
        ("MissingVswitchId", "vswitch"),
        ("InvalidVSwitchId.NotFound", "vswitch"),
        ("DomainAlreadyBind", "domain"),
        ("SingleDomainOwnershipCheckFail", "domain"),
        ("InvalidTargetInstanceId", "target"),
        ("MissingParam.UserArn", "account"),
        ("InvalidUserId", "account"),
        ("Simulated.InstanceVpcNotBound", ""),
        ("Throttling.User", ""),
        ("", ""),
    ],
)
def test_a_refused_input_is_named_in_our_words(code: str, field: str) -> None:
    assert field_of(code) == field


def test_advice_never_says_that_an_unknown_end_may_be_tried_again() -> None:
    assert error_of(500, "InternalError").advice.try_again is TryAgain.LOOK_FIRST
    assert error_of(400, "ConcurrentCallNotSupported").advice.try_again is TryAgain.LATER
    assert error_of(400, "NotFoundVpc").advice.try_again is TryAgain.AFTER_A_FIX
    assert error_of(400, "NoSuchThing").advice == CloudRefused.usual_advice


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["Code", "code", "Message", "RequestId"]), inner),
    max_leaves=8,
)


@settings(deadline=None, max_examples=60)
@given(body=st.binary() | JSON.map(lambda value: json.dumps(value).encode()), status=st.integers(100, 999))
def test_no_body_and_no_status_crashes_the_parser(body: bytes, status: int) -> None:
    error = error_for(reply(status, body), Mask(), is_write=True)
    assert len(error.vendor_code) <= 64
    str(error).encode("utf-8")


# At the simulated cloud


@pytest.fixture
def party(cloud: SimulatedCloud) -> AlibabaParty:
    return alibaba_party(cloud)


def spoil(cloud: SimulatedCloud, action: str, **rule: Any) -> None:
    cloud.faults({"match": {"action": action}, **rule})


def status(number: int, code: str, **headers: str) -> dict[str, Any]:
    return {"fault": "status", "status": number, "code": code, "headers": headers}


SPOILED_WRITES = [
    # fault                                               error               calls  effects
    (status(400, "InvalidParameter"), CloudRefused, 1, 0),
    (status(403, "Forbidden.RAM"), CloudForbidden, 1, 0),
    (status(400, "NotFoundApiGroup"), CloudNotFound, 1, 0),
    (status(400, "Throttling.User"), CloudBusy, 4, 0),
    (status(500, "InternalError"), CloudOutcomeUnknown, 1, 0),
    ({**status(503, "ServiceUnavailable"), "after": True}, CloudOutcomeUnknown, 1, 1),
    ({"fault": "reset_before"}, CloudOutcomeUnknown, 1, 0),
    ({"fault": "reset_after"}, CloudOutcomeUnknown, 1, 1),
    ({"fault": "truncate"}, CloudOutcomeUnknown, 1, 1),
    ({"fault": "html"}, CloudOutcomeUnknown, 1, 0),
    ({"fault": "html", "status": 200}, CloudOutcomeUnknown, 1, 0),
    ({"fault": "status", "status": 200, "body": "[]", "after": True}, CloudOutcomeUnknown, 1, 1),
]


@pytest.mark.parametrize(("fault", "kind", "sent", "done"), SPOILED_WRITES, ids=str)
def test_spoiled_write(
    party: AlibabaParty, cloud: SimulatedCloud, fault: dict[str, Any], kind: type[CloudError], sent: int, done: int
) -> None:
    action = "ModifyIntranetDomainPolicy"
    spoil(cloud, action, **fault)
    with pytest.raises(CloudError) as caught:
        party.access.enable_vpc_domain(group_of(cloud, "shared_disabled"), intent=INTENT)
    assert type(caught.value) is kind
    assert len(acts(cloud, action)) == len(caught.value.exchange) == sent
    assert len(cloud.ledger()) == done


SPOILED_READS = [
    # fault, once                                         error or None     calls
    (status(403, "Forbidden.RAM"), CloudForbidden, 1),
    (status(400, "Throttling.User"), None, 2),
    (status(500, "InternalError"), None, 2),
    (status(503, "ServiceUnavailable"), None, 2),
    ({"fault": "reset_before"}, None, 2),
    ({"fault": "truncate"}, None, 2),
    ({"fault": "html"}, None, 2),
    ({"fault": "html", "status": 200}, CloudUnavailable, 1),
    ({"fault": "status", "status": 200, "body": "{}"}, CloudUnavailable, 1),
]


@pytest.mark.parametrize(("fault", "kind", "sent"), SPOILED_READS, ids=str)
def test_read_spoiled_once(
    party: AlibabaParty, cloud: SimulatedCloud, fault: dict[str, Any], kind: type[CloudError] | None, sent: int
) -> None:
    spoil(cloud, "DescribeInstances", times=1, **fault)
    if kind is None:
        assert len(party.access.list_instances()) == 7
    else:
        with pytest.raises(CloudError) as caught:
            party.access.list_instances()
        assert type(caught.value) is kind
        assert caught.value.request_id in [row["request_id"] for row in cloud.calls()]
    assert len(acts(cloud, "DescribeInstances")) == sent


def test_the_wait_that_the_cloud_asks_for_is_obeyed(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    spoil(cloud, "DescribeInstances", times=1, **status(400, "Throttling.User", **{"x-acs-retry-after": "2500"}))
    party.access.list_instances()
    assert party.waits == [2.5]


def test_errors_in_xml_are_read_too(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    cloud.world.switch(alibaba_error_format="xml")
    with pytest.raises(CloudRefused) as caught:
        party.access.enable_vpc_domain(group_of(cloud, "unbound_disabled"), intent=INTENT)
    assert caught.value.vendor_code == "Simulated.InstanceVpcNotBound"
    assert caught.value.request_id


def test_a_slow_answer_leaves_a_write_unknown(cloud: SimulatedCloud) -> None:
    party = alibaba_party(cloud, limits=Limits(connect=1.0, read=0.2, total=0.4))
    spoil(cloud, "ModifyIntranetDomainPolicy", fault="delay", seconds=0.5)
    with pytest.raises(CloudOutcomeUnknown):
        party.access.enable_vpc_domain(group_of(cloud, "shared_disabled"), intent=INTENT)


def test_a_cloud_that_is_away_is_unavailable_and_nothing_was_sent() -> None:
    party = alibaba_party("http://127.0.0.1:9")
    with pytest.raises(CloudUnavailable):
        party.access.list_instances()
    with pytest.raises(CloudUnavailable) as caught:
        party.networks.list_vpcs()
    assert caught.value.reason == "no connection to 127.0.0.1:9"
