"""Signed RPC requests: the vectors of alibaba-contract 1.3 and 1.4, then requests from a signer of our own."""

import hashlib
import hmac
import time
import uuid

import pytest

from console.simcloud import SimulatedCloud
from console.simcloud.alibaba import signing
from console.simcloud.alibaba.identity import CONTOSO, NORTHWIND, REGION
from console.simcloud.wire import Request
from tests.simcloud.alibaba_caller import (
    API_GATEWAY,
    EMPTY,
    AlibabaCaller,
    code_of,
    encoded,
    joined,
    now,
    sign,
    sign_v1,
)
from tests.simcloud.caller import Reply, exchange

_GROUP = "523e8dc7bbe04613b5b1d726c2a7889d"
_PROTOCOL = {
    "x-acs-content-sha256": EMPTY,
    "x-acs-date": "2026-01-02T03:04:05Z",
    "x-acs-signature-nonce": "0123456789abcdef0123456789abcdef",
}
_GATEWAY = {"host": "apigateway.cn-hangzhou.aliyuncs.com", "x-acs-version": "2016-07-14"}
_SDK = {
    "accept": "application/json",
    "user-agent": "vpc-console-test/1.0",
    "x-acs-credentials-provider": "static_ak",
}

#: By name: headers, query as it is sent, hash of the canonical request, signature; the secret is "testsecret".
VECTORS = {
    "V3-SDK": (
        {**_GATEWAY, **_PROTOCOL, **_SDK, "x-acs-action": "ModifyIntranetDomainPolicy"},
        f"GroupId={_GROUP}&VpcIntranetEnable=True",
        "38841acda88528c668a00a4072391c9ca758ac6b90827c2e15a2661d3241d091",
        "f16ae3ab0e52889ae4b733bf91a9670ea281e7f89bb3dde165f1553dfb3980ad",
    ),
    "V3-MIN": (
        {**_GATEWAY, **_PROTOCOL, "x-acs-action": "ModifyIntranetDomainPolicy"},
        f"GroupId={_GROUP}&VpcIntranetEnable=true",
        "4c641fabf994da75beb5e350e278789fc4e3fce160044918b9d2bc896162d9a5",
        "945e53118f1108429c0c3611607fd9c0a6cd4445a32b878d3abf8d6a6468d9ab",
    ),
    "V3-HARD": (
        {**_GATEWAY, **_PROTOCOL, "x-acs-action": "DescribeApiGroups"},
        # As a client may send it: a plus for the space, in no order, encoded more than it has to be.
        "Tag.1.Value=&GroupName=w%c3%abb+%7e%2A%2B%2F%3D%26%28x%29&PageNumber=1&Tag.1.Key=env",
        "d6ac09aef55c16413bc4af99edf2405bc3ab7a8b37e53604a78ca8ec3bf9a54d",
        "c8d57c0f4bbf4feb669da8d413dec7acc8a161faae905622952f8c8b4e44907c",
    ),
    "V3-PL": (
        {
            **_PROTOCOL,
            **_SDK,
            "host": "privatelink.cn-hangzhou.aliyuncs.com",
            "x-acs-version": "2020-04-15",
            "x-acs-action": "EnableVpcEndpointConnection",
        },
        "ClientToken=0c593ea1-3bea-11e9-b96b-88e9fe637760&EndpointId=ep-hp33b2e43fays7s80001&RegionId=cn-hangzhou"
        "&ServiceId=epsrv-hp3vpx8yqxblby3i0001",
        "8844a743322983eead7c02c54e55ccad0bb81eb938e438fc5b7c9af6f9c63493",
        "6eab0502f75509fe3738de5fa84262c608266967ac92ed3978c1a877024947cb",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_the_contracts_vectors_come_out(name: str) -> None:
    headers, query, digest, expected = VECTORS[name]
    request = Request("POST", f"/?{query}", headers)
    text = signing.to_sign(signing.canonical_request(request, tuple(sorted(headers))))
    assert text == f"ACS3-HMAC-SHA256\n{digest}"
    assert signing.signature(text, "testsecret") == expected
    credential = signing.Credential("testid", tuple(sorted(headers)), expected)
    assert signing.is_signed_by(request, credential, "testsecret")


def test_the_vendors_published_vector_comes_out() -> None:
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": EMPTY,
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"
    canonical = signing.canonical_request(Request("POST", f"/?{query}", headers), tuple(sorted(headers)))
    signature = signing.signature(signing.to_sign(canonical), "YourAccessKeySecret")
    assert signature == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"


def test_the_vectors_of_the_old_signature_come_out() -> None:
    common = {"AccessKeyId": "testid", "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0"}
    ours = {
        **common,
        "Action": "ModifyIntranetDomainPolicy",
        "Format": "json",
        "GroupId": _GROUP,
        "SignatureNonce": "0123456789abcdef0123456789abcdef",
        "Timestamp": "2026-01-02T03:04:05Z",
        "Version": "2016-07-14",
        "VpcIntranetEnable": "True",
    }
    text = signing.to_sign_v1("POST", [*ours.items(), ("Signature", "is left out")])
    assert text.startswith("POST&%2F&AccessKeyId%3Dtestid%26Action%3DModifyIntranetDomainPolicy%26Format%3Djson%26")
    assert "Timestamp%3D2026-01-02T03%253A04%253A05Z" in text
    assert signing.signature_v1(text, "testsecret") == "ie8GzgMAQwjdNTXKFhJ5TvuU+y4="
    vendors = {
        **common,
        "Action": "DescribeRegions",
        "Format": "XML",
        "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
        "Timestamp": "2016-02-23T12:46:24Z",
        "Version": "2014-05-26",
    }
    text = signing.to_sign_v1("GET", list(vendors.items()))
    assert signing.signature_v1(text, "testsecret") == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


def test_a_signed_request_is_let_in(alibaba: AlibabaCaller) -> None:
    reply = alibaba.gateway("DescribeInstances")
    assert (reply.status, reply.body["TotalCount"]) == (200, 7)


def test_every_account_acts_in_its_own_name(cloud: SimulatedCloud) -> None:
    AlibabaCaller(cloud).enable("bound_disabled")
    assert cloud.ledger()[0]["actor"] == "northwind-alibaba/console-bot"
    stranger = AlibabaCaller(cloud, CONTOSO)
    assert code_of(stranger.enable("bound_disabled")) == (400, "NotFoundApiGroup")


def test_any_text_survives_signing(alibaba: AlibabaCaller) -> None:
    for name in ("wëb ~*+/=&(x)", "a b", "100%", "片", "", "?#;"):
        assert alibaba.gateway("DescribeApiGroups", GroupName=name).status == 200


@pytest.mark.parametrize("key", ["NOBODY", "SIMAKNORTHWIND000001"])
def test_an_unknown_key_is_refused(alibaba: AlibabaCaller, key: str) -> None:
    assert code_of(alibaba.gateway("DescribeInstances", key=key)) == (404, "InvalidAccessKeyId.NotFound")


def test_a_wrong_signature_echoes_what_was_signed(alibaba: AlibabaCaller) -> None:
    reply = alibaba.gateway("DescribeApiGroups", GroupName="hidden words", secret="wrong")
    assert code_of(reply) == (400, "SignatureDoesNotMatch")
    message = reply.body["Message"]
    assert "server string to sign is:ACS3-HMAC-SHA256\n" in message
    assert "GroupName=hidden%20words" in message
    assert NORTHWIND.access_key_secret not in message


@pytest.mark.parametrize(("offset", "code"), [(-14 * 60, ""), (14 * 60, ""), (-16 * 60, "E"), (16 * 60, "E")])
def test_the_window_is_fifteen_minutes(alibaba: AlibabaCaller, offset: int, code: str) -> None:
    reply = alibaba.gateway("DescribeInstances", date=now(offset))
    assert code_of(reply) == ((400, "InvalidTimeStamp.Expired") if code else (200, ""))


@pytest.mark.parametrize("date", ["yesterday", "20260102T030405Z", "2026-01-02 03:04:05"])
def test_a_malformed_time_is_refused(alibaba: AlibabaCaller, date: str) -> None:
    assert code_of(alibaba.gateway("DescribeInstances", date=date)) == (400, "InvalidTimeStamp.Format")


def test_a_nonce_counts_once(alibaba: AlibabaCaller, cloud: SimulatedCloud) -> None:
    assert alibaba.gateway("DescribeInstances", nonce="once").status == 200
    assert code_of(alibaba.gateway("DescribeInstances", nonce="once")) == (400, "SignatureNonceUsed")
    assert code_of(alibaba.gateway("DescribeApiGroups", nonce="once")) == (400, "SignatureNonceUsed")
    cloud.reset()
    assert code_of(alibaba.gateway("DescribeInstances", nonce="once")) == (400, "SignatureNonceUsed")
    assert AlibabaCaller(cloud, CONTOSO).gateway("DescribeInstances", nonce="once").status == 200


def test_a_nonce_is_forgotten_after_twice_the_window(cloud: SimulatedCloud) -> None:
    nonces, start = cloud.world.nonces, time.time()
    assert nonces.use("key", "n", start)
    assert not nonces.use("key", "n", start + 29 * 60)
    assert nonces.use("key", "n", start + 31 * 60)


def test_a_wrong_signature_does_not_use_its_nonce_up(alibaba: AlibabaCaller) -> None:
    assert code_of(alibaba.gateway("DescribeInstances", nonce="n", secret="wrong"))[1] == "SignatureDoesNotMatch"
    assert alibaba.gateway("DescribeInstances", nonce="n").status == 200


@pytest.mark.parametrize(
    ("authorization", "code"),
    [("", "IncompleteSignature"), ("Basic abc", "IncompleteSignature"), (None, "MissingAccessKeyId")],
)
def test_a_malformed_authorization_is_refused(cloud: SimulatedCloud, authorization: str | None, code: str) -> None:
    headers = {"x_acs_action": "DescribeInstances", "x_acs_version": API_GATEWAY}
    if authorization is not None:
        headers["Authorization"] = authorization
    assert code_of(exchange(cloud.base_url, "POST", "/", **headers)) == (400, code)


def _send(cloud: SimulatedCloud, signed_headers: dict[str, str], more: dict[str, str], body: bytes = b"") -> Reply:
    """Sign some headers, then send more of them, with a body."""
    signed = sign(signed_headers, {}, NORTHWIND.access_key_id, NORTHWIND.access_key_secret)
    named = {name.replace("-", "_"): value for name, value in (signed.headers | more).items()}
    return exchange(cloud.base_url, "POST", "/", body or None, **named)


def _headers(cloud: SimulatedCloud) -> dict[str, str]:
    return {
        "host": cloud.base_url.removeprefix("http://"),
        "x-acs-action": "DescribeInstances",
        "x-acs-version": API_GATEWAY,
        "x-acs-content-sha256": EMPTY,
        "x-acs-date": now(),
        "x-acs-signature-nonce": uuid.uuid4().hex,
    }


def test_all_of_the_protocols_headers_have_to_be_signed(cloud: SimulatedCloud) -> None:
    assert _send(cloud, _headers(cloud), {"x-request-id": "anything"}).status == 200
    assert code_of(_send(cloud, _headers(cloud), {"x-acs-retry-attempts": "1"}))[1] == "SignatureDoesNotMatch"
    without_host = {name: value for name, value in _headers(cloud).items() if name != "host"}
    assert code_of(_send(cloud, without_host, {}))[1] == "SignatureDoesNotMatch"


def test_the_body_is_the_one_that_was_hashed(cloud: SimulatedCloud) -> None:
    assert code_of(_send(cloud, _headers(cloud), {}, b"PageSize=1"))[1] == "SignatureDoesNotMatch"


def test_a_signed_form_counts_as_parameters(cloud: SimulatedCloud) -> None:
    body = b"PageSize=1&PageNumber=2"
    digest = hashlib.sha256(body).hexdigest()
    form = {"content-type": "application/x-www-form-urlencoded", "x-acs-content-sha256": digest}
    headers = _headers(cloud) | form
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = "\n".join(("POST", "/", "", lines, names, digest))
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(NORTHWIND.access_key_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    key = NORTHWIND.access_key_id
    authorization = f"ACS3-HMAC-SHA256 Credential={key},SignedHeaders={names},Signature={signature}"
    named = {name.replace("-", "_"): value for name, value in headers.items()}
    reply = exchange(cloud.base_url, "POST", "/", body, Authorization=authorization, **named)
    assert (reply.status, reply.body["PageNumber"], reply.body["PageSize"]) == (200, 2, 1)


def _old(cloud: SimulatedCloud, method: str = "POST", **changes: str) -> Reply:
    """Ask for instances, signed in the old way; `changes` replace or add parameters, and `secret` the right one."""
    secret = changes.pop("secret", NORTHWIND.access_key_secret)
    parameters = {
        "Action": "DescribeInstances",
        "Version": API_GATEWAY,
        "Format": "JSON",
        "RegionId": REGION,
        "AccessKeyId": NORTHWIND.access_key_id,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": uuid.uuid4().hex,
        "Timestamp": now(),
    }
    values = {name: value for name, value in (parameters | changes).items() if value}
    signature = sign_v1(method, values, secret)
    return exchange(cloud.base_url, method, f"/?{joined(values)}&Signature={encoded(signature)}")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_old_signature_is_let_in(cloud: SimulatedCloud, method: str) -> None:
    assert _old(cloud, method, GroupName="a b~*").body["TotalCount"] == 7


def test_the_old_signature_answers_in_xml_unless_asked(cloud: SimulatedCloud) -> None:
    reply = _old(cloud, Format="")
    assert reply.headers["content-type"] == "text/xml;charset=utf-8"
    assert b"<DescribeInstancesResponse><RequestId>" in reply.content
    assert b"<Instances><InstanceAttribute><InstanceId>api-shared-vpc-001</InstanceId>" in reply.content


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"secret": "wrong"}, (400, "SignatureDoesNotMatch")),
        ({"AccessKeyId": "NOBODY"}, (404, "InvalidAccessKeyId.NotFound")),
        ({"AccessKeyId": ""}, (400, "MissingAccessKeyId")),
        ({"Timestamp": ""}, (400, "MissingTimestamp")),
        ({"Timestamp": "2016-02-23T12:46:24Z"}, (400, "InvalidTimeStamp.Expired")),
        ({"SignatureMethod": "HMAC-SHA256"}, (400, "InvalidSignatureMethod")),
        ({"SignatureVersion": "2.0"}, (400, "InvalidSignatureVersion")),
        ({"Action": "DescribeNothing"}, (404, "InvalidAction.NotFound")),
    ],
)
def test_the_old_signature_is_refused_alike(
    cloud: SimulatedCloud, changes: dict[str, str], expected: tuple[int, str]
) -> None:
    assert code_of(_old(cloud, **changes)) == expected


def test_a_wrong_old_signature_echoes_the_key_and_every_parameter(cloud: SimulatedCloud) -> None:
    message = _old(cloud, secret="wrong", GroupName="hidden").body["Message"]
    assert f"AccessKeyId%3D{NORTHWIND.access_key_id}" in message
    assert "GroupName%3Dhidden" in message


def test_an_old_signatures_nonce_counts_once_too(cloud: SimulatedCloud) -> None:
    assert _old(cloud, SignatureNonce="n").status == 200
    assert code_of(_old(cloud, SignatureNonce="n")) == (400, "SignatureNonceUsed")
