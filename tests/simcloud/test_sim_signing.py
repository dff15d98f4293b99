"""Requests signed with an access key, against a signer written here from the contract's steps and vectors."""

import hashlib
import hmac
import json
import time
from urllib.parse import quote

import pytest

from console.simcloud import SimulatedCloud
from console.simcloud.huawei import signing
from console.simcloud.identity import CONSUMER, DEMO
from console.simcloud.wire import Request
from tests.simcloud.caller import Reply, exchange

_V1_PATH = "/v2/0605767a3300d5762fb7c0186d9e1779/apigw/instances/eddc4d25480b4cd6b512f270a1b8b341/vpc-endpoint"
_HOST = "apig.eu-west-101.example.test"
_SECRET = "SKEXAMPLEabcdefghijklmnopqrstuvwxyz01234"
_NAMES = ("content-type", "host", "x-project-id", "x-sdk-date")


@pytest.mark.parametrize(
    ("method", "target", "body", "expected"),
    [
        (
            "POST",
            f"{_V1_PATH}/connections/action",
            b'{"action":"receive","endpoints":["9fa04c5e-64ec-4106-a014-2ad71ad9997d"]}',
            "a3a66e27bc098b6ff3f0cf2b1875ef71e7f55780a767bc396c3a44c4c53ad8cd",
        ),
        (
            "GET",
            f"{_V1_PATH}/connections?status=pendingAcceptance&limit=20&offset=0",
            b"",
            "1c9696a86588146b700ce15008a7598d94955404402f7412d521b8d99d149bc5",
        ),
        (
            "GET",
            f"{_V1_PATH}/permissions?permission=iam%3Adomain%3A%3A7cc2018e40394f7c9692f1713e76234d&limit=20",
            b"",
            "004c04f613c9b97a4489144004adf6ba9694a5273515d51a78302d4af123e9af",
        ),
    ],
)
def test_the_contracts_vectors_come_out(method: str, target: str, body: bytes, expected: str) -> None:
    headers = {
        "content-type": "application/json",
        "host": _HOST,
        "x-project-id": "0605767a3300d5762fb7c0186d9e1779",
        "x-sdk-date": "20260102T030405Z",
    }
    request = Request(method, target, headers, body)
    canonical = signing.canonical_request(request, _NAMES)
    assert signing.signature(canonical, "20260102T030405Z", _SECRET) == expected


def _signed(cloud: SimulatedCloud, method: str, path: str, body: bytes = b"", **changes: str) -> Reply:
    """Send a signed request. `secret`, `key`, `date`, `project` and `signed_query` replace what is right."""
    path, _, query = path.partition("?")
    date = changes.get("date", time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()))
    headers = {"host": cloud.base_url.removeprefix("http://"), "x-sdk-date": date}
    if "project" in changes:
        headers["x-project-id"] = changes["project"]
    names = sorted(headers)
    lines = [
        method,
        "/".join(quote(part, safe="-_.~") for part in path.split("/")) + "/",
        changes.get("signed_query", query),
        "".join(f"{name}:{headers[name]}\n" for name in names),
        ";".join(names),
        hashlib.sha256(body).hexdigest(),
    ]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    secret = changes.get("secret", DEMO.secret_key)
    signed = hmac.new(secret.encode(), f"SDK-HMAC-SHA256\n{date}\n{digest}".encode(), hashlib.sha256).hexdigest()
    key = changes.get("key", DEMO.access_key)
    authorization = f"SDK-HMAC-SHA256 Access={key}, SignedHeaders={';'.join(names)}, Signature={signed}"
    named = {name.title().replace("-", "_"): value for name, value in headers.items() if name != "host"}
    target = f"{path}?{query}" if query else path
    return exchange(cloud.base_url, method, target, body or None, Authorization=authorization, **named)


INSTANCES = f"/v2/{DEMO.project_id}/apigw/instances"


def test_a_signed_request_is_let_in(cloud: SimulatedCloud) -> None:
    assert _signed(cloud, "GET", INSTANCES).body["total"] == 5
    assert _signed(cloud, "GET", INSTANCES, project=DEMO.project_id).status == 200


def test_a_signed_body_is_the_body(cloud: SimulatedCloud) -> None:
    path = f"{INSTANCES}/{cloud.world.gateway_named('main').id}/vpc-endpoint/permissions/batch-add"
    body = json.dumps({"permissions": ["iam:domain::*"]}).encode()
    assert _signed(cloud, "POST", path, body).status == 200
    assert cloud.ledger()[0]["actor"] == "northwind/console-bot"


def test_the_query_is_signed_sorted_and_encoded(cloud: SimulatedCloud) -> None:
    reply = _signed(
        cloud,
        "GET",
        f"{INSTANCES}?offset=0&instance_name=a%20b&limit=3",
        signed_query="instance_name=a%20b&limit=3&offset=0",
    )
    assert reply.status == 200


def test_a_wrong_signature_echoes_the_canonical_request(cloud: SimulatedCloud) -> None:
    reply = _signed(cloud, "GET", INSTANCES, secret="wrong")
    assert (reply.status, reply.code) == (401, "APIGW.0301")
    assert f"verify aksk signature fail, canonical request: GET|{INSTANCES}/||host:" in reply.body["error_msg"]


def test_a_changed_body_does_not_fit_its_signature(cloud: SimulatedCloud) -> None:
    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    reply = _signed(cloud, "GET", f"{INSTANCES}?limit=3", signed_query="limit=4", date=date)
    assert reply.code == "APIGW.0301"


@pytest.mark.parametrize(("offset", "status"), [(-14 * 60, 200), (14 * 60, 200), (-16 * 60, 401), (16 * 60, 401)])
def test_the_window_is_fifteen_minutes(cloud: SimulatedCloud, offset: int, status: int) -> None:
    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() + offset))
    reply = _signed(cloud, "GET", INSTANCES, date=date)
    assert reply.status == status
    if status == 401:
        assert reply.code == "APIGW.0301"


@pytest.mark.parametrize("date", ["", "yesterday", "2026-01-02T03:04:05Z"])
def test_a_malformed_date_is_outside_the_window(cloud: SimulatedCloud, date: str) -> None:
    assert _signed(cloud, "GET", INSTANCES, date=date).code == "APIGW.0301"


@pytest.mark.parametrize("authorization", ["", "Basic abc", "SDK-HMAC-SHA256 Access=x", "SDK-HMAC-SHA256 " + "x" * 999])
def test_a_malformed_authorization_is_refused(cloud: SimulatedCloud, authorization: str) -> None:
    reply = exchange(cloud.base_url, "GET", INSTANCES, Authorization=authorization)
    assert (reply.status, reply.code) == (401, "APIGW.0301")


def test_an_unknown_key_is_refused(cloud: SimulatedCloud) -> None:
    assert _signed(cloud, "GET", INSTANCES, key="NOBODY").code == "APIGW.0301"


def test_a_key_is_for_its_own_projects(cloud: SimulatedCloud) -> None:
    foreign = f"/v2/{CONSUMER.project_id}/apigw/instances"
    assert _signed(cloud, "GET", foreign).code == "APIC.7130"
    assert _signed(cloud, "GET", foreign, project=CONSUMER.project_id).code == "APIC.7130"
    assert _signed(cloud, "GET", INSTANCES, key=CONSUMER.access_key, secret=CONSUMER.secret_key).code == "APIC.7130"


def test_six_wrong_signatures_lock_the_key_for_five_minutes(cloud: SimulatedCloud) -> None:
    for _ in range(6):
        _signed(cloud, "GET", INSTANCES, secret="wrong")
    locked = _signed(cloud, "GET", INSTANCES)
    assert (locked.status, locked.code) == (401, "APIGW.0301")
    assert "AK access failed to reach the limit" in locked.body["error_msg"]
    cloud.world.advance(5 * 60)
    assert _signed(cloud, "GET", INSTANCES).status == 200


def test_the_headers_that_matter_have_to_be_signed() -> None:
    request = Request("GET", "/", {"host": "x", "x-sdk-date": "20260102T030405Z"})
    canonical = signing.canonical_request(request, ("host",))
    signed = signing.signature(canonical, "20260102T030405Z", "secret")
    assert not signing.is_signed_by(request, signing.Credential("key", ("host",), signed), "secret")
