"""ACS3-HMAC-SHA256 against the vectors of alibaba-contract 1.3."""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import pytest
import requests

from console.clouds.alibaba.signing import Acs3Auth, canonical_request, signature_of
from console.clouds.credentials import AccessKey
from console.clouds.secret import Secret

KEY = AccessKey("testid", Secret("testsecret"))
NONCE = "0123456789abcdef0123456789abcdef"
GATEWAY = "apigateway.cn-hangzhou.aliyuncs.com"
LINK = "privatelink.cn-hangzhou.aliyuncs.com"
GROUP = ("GroupId", "523e8dc7bbe04613b5b1d726c2a7889d")
#: What the vendor's SDK signs beside ours.
SDK_HEADERS = {
    "accept": "application/json",
    "user-agent": "vpc-console-test/1.0",
    "x-acs-credentials-provider": "static_ak",
}


def signed(
    host: str, query: Sequence[tuple[str, str]], action: str, version: str, headers: dict[str, str] | None = None
) -> requests.PreparedRequest:
    auth = Acs3Auth(KEY, action, version, now=lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), nonce=lambda: NONCE)
    url = f"https://{host}/?{urlencode(query, quote_via=quote, safe='')}"
    return requests.Request("POST", url, headers=headers or {}, auth=auth).prepare()


def hash_and_signature(request: requests.PreparedRequest, names: Sequence[str], secret: str) -> tuple[str, str]:
    text = canonical_request(request, sorted(names))
    return hashlib.sha256(text.encode()).hexdigest(), signature_of(text, Secret(secret))


@pytest.mark.parametrize(
    ("query", "action", "digest", "signature"),
    [
        (
            [GROUP, ("VpcIntranetEnable", "true")],
            "ModifyIntranetDomainPolicy",
            "4c641fabf994da75beb5e350e278789fc4e3fce160044918b9d2bc896162d9a5",
            "945e53118f1108429c0c3611607fd9c0a6cd4445a32b878d3abf8d6a6468d9ab",
        ),
        (
            [("GroupName", "wëb ~*+/=&(x)"), ("PageNumber", "1"), ("Tag.1.Key", "env"), ("Tag.1.Value", "")],
            "DescribeApiGroups",
            "d6ac09aef55c16413bc4af99edf2405bc3ab7a8b37e53604a78ca8ec3bf9a54d",
            "c8d57c0f4bbf4feb669da8d413dec7acc8a161faae905622952f8c8b4e44907c",
        ),
    ],
    ids=["V3-MIN", "V3-HARD"],
)
def test_signature_is_that_of_the_vector(
    query: list[tuple[str, str]], action: str, digest: str, signature: str
) -> None:
    request = signed(GATEWAY, query, action, "2016-07-14")
    names = ["host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"]
    assert hash_and_signature(request, names, "testsecret") == (digest, signature)
    assert request.headers["Authorization"] == (
        f"ACS3-HMAC-SHA256 Credential=testid,SignedHeaders={';'.join(names)},Signature={signature}"
    )


@pytest.mark.parametrize(
    ("host", "query", "action", "version", "digest", "signature"),
    [
        (
            GATEWAY,
            [GROUP, ("VpcIntranetEnable", "True")],
            "ModifyIntranetDomainPolicy",
            "2016-07-14",
            "38841acda88528c668a00a4072391c9ca758ac6b90827c2e15a2661d3241d091",
            "f16ae3ab0e52889ae4b733bf91a9670ea281e7f89bb3dde165f1553dfb3980ad",
        ),
        (
            LINK,
            [
                ("ClientToken", "0c593ea1-3bea-11e9-b96b-88e9fe637760"),
                ("EndpointId", "ep-hp33b2e43fays7s80001"),
                ("RegionId", "cn-hangzhou"),
                ("ServiceId", "epsrv-hp3vpx8yqxblby3i0001"),
            ],
            "EnableVpcEndpointConnection",
            "2020-04-15",
            "8844a743322983eead7c02c54e55ccad0bb81eb938e438fc5b7c9af6f9c63493",
            "6eab0502f75509fe3738de5fa84262c608266967ac92ed3978c1a877024947cb",
        ),
    ],
    ids=["V3-SDK", "V3-PL"],
)
def test_what_the_vendors_sdk_signs_gives_the_sdks_signature(
    host: str, query: list[tuple[str, str]], action: str, version: str, digest: str, signature: str
) -> None:
    request = signed(host, query, action, version, SDK_HEADERS)
    names = [name.lower() for name in request.headers if name.lower() not in ("authorization", "content-length")]
    assert hash_and_signature(request, names, "testsecret") == (digest, signature)


def test_signature_is_that_of_the_vendors_published_example() -> None:
    image = "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"
    auth = Acs3Auth(
        AccessKey("YourAccessKeyId", Secret("YourAccessKeySecret")),
        "RunInstances",
        "2014-05-26",
        now=lambda: datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        nonce=lambda: "3156853299f313e23d1673dc12e1703d",
    )
    url = f"https://ecs.cn-shanghai.aliyuncs.com/?RegionId=cn-shanghai&ImageId={image}"
    request = requests.Request("POST", url, auth=auth).prepare()
    assert request.headers["Authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_every_attempt_has_a_moment_and_a_nonce_of_its_own() -> None:
    auth = Acs3Auth(KEY, "DescribeInstances", "2016-07-14")
    first, second = (requests.Request("POST", f"https://{GATEWAY}/", auth=auth).prepare() for _ in range(2))
    assert first.headers["x-acs-signature-nonce"] != second.headers["x-acs-signature-nonce"]
    assert first.headers["Authorization"] != second.headers["Authorization"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first.headers["x-acs-date"])


def test_port_is_part_of_the_signed_and_of_the_sent_host() -> None:
    assert signed("127.0.0.1:9000", [], "DescribeInstances", "2016-07-14").headers["Host"] == "127.0.0.1:9000"


def test_an_empty_body_has_no_type_and_a_form_has_a_signed_one() -> None:
    auth = Acs3Auth(KEY, "X", "2020-04-15")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    empty = requests.Request("POST", f"https://{LINK}/", headers=kind, auth=auth).prepare()
    assert "Content-Type" not in empty.headers
    form = requests.Request("POST", f"https://{LINK}/", headers=kind, data=b"a=1", auth=auth).prepare()
    assert "SignedHeaders=content-type;host;x-acs-action" in form.headers["Authorization"]
    assert form.headers["x-acs-content-sha256"] == hashlib.sha256(b"a=1").hexdigest()


def test_only_the_order_and_the_spelling_of_the_query_are_free() -> None:
    def signature(query: str) -> str:
        auth = Acs3Auth(KEY, "X", "1", now=lambda: datetime(2026, 1, 2, tzinfo=UTC), nonce=lambda: NONCE)
        request = requests.Request("POST", f"https://{LINK}/?{query}", auth=auth).prepare()
        return request.headers["Authorization"].rpartition("=")[2]

    assert signature("a=1&b=x+y") == signature("b=x%20y&a=1")
    assert signature("Tag.10.Key=a&Tag.2.Key=b") == signature("Tag.2.Key=b&Tag.10.Key=a")
    assert signature("a=1") != signature("a=2")
    assert signature("a=") != signature("")


def test_the_auth_object_shows_no_secret() -> None:
    assert "canary" not in repr(Acs3Auth(AccessKey("AK", Secret("sk-canary")), "X", "1"))
