"""SDK-HMAC-SHA256 against the vectors of huawei-contract 3."""

import re
from datetime import UTC, datetime

import pytest
import requests

from console.clouds.huawei.signing import SignatureAuth, TokenAuth
from console.clouds.secret import Secret

PROJECT = "0605767a3300d5762fb7c0186d9e1779"
HOST = "https://apig.eu-west-101.example.test"
ENDPOINT = f"/v2/{PROJECT}/apigw/instances/eddc4d25480b4cd6b512f270a1b8b341/vpc-endpoint"
ACCEPT = b'{"action":"receive","endpoints":["9fa04c5e-64ec-4106-a014-2ad71ad9997d"]}'


def signed(method: str, url: str, body: bytes | None = None, project: str = PROJECT) -> requests.PreparedRequest:
    auth = SignatureAuth(
        "AKIDEXAMPLE0123456789",
        Secret("SKEXAMPLEabcdefghijklmnopqrstuvwxyz01234"),
        project,
        now=lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )
    headers = {"Content-Type": "application/json"}
    return requests.Request(method, url, headers=headers, data=body, auth=auth).prepare()


@pytest.mark.parametrize(
    ("method", "path", "body", "signature"),
    [
        ("POST", "/connections/action", ACCEPT, "a3a66e27bc098b6ff3f0cf2b1875ef71e7f55780a767bc396c3a44c4c53ad8cd"),
        (
            "GET",
            "/connections?status=pendingAcceptance&limit=20&offset=0",
            None,
            "1c9696a86588146b700ce15008a7598d94955404402f7412d521b8d99d149bc5",
        ),
        (
            "GET",
            "/permissions?permission=iam%3Adomain%3A%3A7cc2018e40394f7c9692f1713e76234d&limit=20",
            None,
            "004c04f613c9b97a4489144004adf6ba9694a5273515d51a78302d4af123e9af",
        ),
    ],
    ids=["V1", "V2", "V3"],
)
def test_signature_is_that_of_the_vector(method: str, path: str, body: bytes | None, signature: str) -> None:
    header = signed(method, HOST + ENDPOINT + path, body).headers["Authorization"]
    assert header == (
        "SDK-HMAC-SHA256 Access=AKIDEXAMPLE0123456789, "
        f"SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature={signature}"
    )


def test_port_is_part_of_the_signed_and_of_the_sent_host() -> None:
    assert signed("GET", "http://127.0.0.1:9000/v3/projects").headers["Host"] == "127.0.0.1:9000"


def test_global_service_is_called_without_a_project() -> None:
    request = signed("GET", HOST + "/v3/auth/projects", project="")
    assert "X-Project-Id" not in request.headers
    assert "x-project-id" not in request.headers["Authorization"]


def test_only_the_order_of_the_query_is_free() -> None:
    def signature(query: str) -> str:
        return re.sub(r".*Signature=", "", signed("GET", f"{HOST}/x?{query}").headers["Authorization"])

    assert signature("a=1&b=2&a=0") == signature("b=2&a=0&a=1")
    assert signature("a=1") != signature("a=2")
    assert signature("a=%20") != signature("a=")


def test_auth_objects_show_no_secret() -> None:
    shown = repr(TokenAuth(Secret("tok-canary"))) + repr(SignatureAuth("AK", Secret("sk-canary")))
    assert "canary" not in shown
