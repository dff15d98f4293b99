"""A token or key never appears in what is kept of a call, wherever the cloud repeats it (reliability S8)."""

import base64
import html
import json
import logging
import traceback
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.clouds.credentials import AccessKey, Password
from console.clouds.errors import CloudError
from console.clouds.exchange import Exchange
from console.clouds.masking import MASK, Mask, sounds_secret
from console.clouds.secret import Secret
from console.clouds.types import EndpointId, GatewayId
from tests.clouds.adapters import INTENT, adapters_to
from tests.clouds.raw_server import RawServer, answer, answering

GATEWAY = GatewayId("7c9e6679f4d34b1c8a5f0e2d1c3b4a59")
ENDPOINT = EndpointId("2b7f8d4f-3c5e-4f90-8d21-88bb6c4e3f02")
#: Told apart from everything else by its beginning, whatever is done to the rest of it.
CANARY = st.text("ABCxyz019+/=_-.%&<>\"'\\ é", min_size=4, max_size=30).map(lambda rest: f"c4n4ry{rest}c4n4ry")

SPELLINGS = {
    "plain": lambda secret: secret,
    "in a URL": lambda secret: quote(secret, safe=""),
    "in JSON": lambda secret: json.dumps(secret)[1:-1],
    "in escapes": lambda secret: "".join(f"\\u{ord(char):04x}" for char in secret),
    "in HTML": html.escape,
    "in base64": lambda secret: base64.b64encode(secret.encode()).decode(),
}
PLACES = {
    "a JSON value": '{"error_code": "APIG.0301", "error_msg": "token %s is no good"}',
    "a JSON code": '{"error_code": "%s", "error_msg": "m"}',
    "a JSON name": '{"%s": {"error_code": "A.1", "error_msg": "m"}}',
    "a JSON request id": '{"error_code": "A.1", "error_msg": "m", "request_id": "%s"}',
    "a list in JSON": '{"permissions": ["x", ["%s"]]}',
    "twice the same name": '{"a": "%s", "a": "b"}',
    "a page": "<html><body>header X-Auth-Token: %s</body></html>",
    "broken JSON": '{"error_msg": "%s',
    "plain text": "%s",
}


def shown(error: CloudError | None, exchange: tuple[Exchange, ...], caplog: pytest.LogCaptureFixture) -> str:
    """All that is kept, logged or told to a person."""
    kept = [
        (one.call.url, one.call.headers, one.call.body, one.failure, one.answer, one.answer and one.answer.headers)
        for one in exchange
    ]
    bodies = "\n".join(one.answer.body for one in exchange if one.answer)
    logged = "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    told = "" if error is None else f"{error} {vars(error)} {''.join(traceback.format_exception(error))}"
    return f"{kept}\n{bodies}\n{logged}\n{told}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    token=CANARY.filter(str.isascii),
    password=CANARY,
    place=st.sampled_from(sorted(PLACES)),
    spelling=st.sampled_from(sorted(SPELLINGS)),
    status=st.sampled_from([200, 400, 401, 403, 404, 409, 429, 500, 502]),
    repeats_token=st.booleans(),
)
def test_a_cloud_that_repeats_token_or_password_anywhere_brings_none_to_light(
    *,
    caplog: pytest.LogCaptureFixture,
    token: str,
    password: str,
    place: str,
    spelling: str,
    status: int,
    repeats_token: bool,
) -> None:
    caplog.clear()
    secret = token if repeats_token else password
    body = (PLACES[place] % SPELLINGS[spelling](secret)).encode()
    echo = token.replace("%", "")
    replies = [
        answer(201, {"token": {}}, X_Subject_Token=token),
        answer(status, body, Content_Type=token, X_Request_Id=token, Retry_After=token, Set_Cookie=echo),
    ]
    script = answering(*replies, replies[0], *[replies[1]] * 9)
    with caplog.at_level(logging.DEBUG), RawServer(script) as server:
        adapters = adapters_to(server.url, Password("user", Secret(password), "domain"))
        error, exchange = None, ()
        try:
            exchange = adapters.endpoints.accept(GATEWAY, ENDPOINT, intent=INTENT).exchange
        except CloudError as caught:
            error, exchange = caught, caught.exchange
        text = shown(error, exchange, caplog)
    assert exchange
    for canary in (secret, SPELLINGS[spelling](secret), "c4n4ry", quote("c4n4ry")):
        assert canary not in text, place


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    secret=CANARY,
    place=st.sampled_from(sorted(PLACES)),
    spelling=st.sampled_from(sorted(SPELLINGS)),
    status=st.sampled_from([200, 400, 401, 403, 500]),
    which=st.sampled_from(["access", "secret"]),
)
def test_a_cloud_that_repeats_an_access_key_brings_none_to_light(
    caplog: pytest.LogCaptureFixture, secret: str, place: str, spelling: str, status: int, which: str
) -> None:
    caplog.clear()
    secret = secret if which == "secret" else "".join(char for char in secret if char.isascii() and char.isalnum())
    keys = AccessKey(secret, Secret("other-secret-key")) if which == "access" else AccessKey("AK0", Secret(secret))
    body = (PLACES[place] % SPELLINGS[spelling](secret)).encode()
    with caplog.at_level(logging.DEBUG), RawServer(answering(answer(status, body))) as server:
        error, exchange = None, ()
        try:
            exchange = adapters_to(server.url, keys).endpoints.accept(GATEWAY, ENDPOINT, intent=INTENT).exchange
        except CloudError as caught:
            error, exchange = caught, caught.exchange
        text = shown(error, exchange, caplog)
    assert exchange
    for canary in (secret, SPELLINGS[spelling](secret), "c4n4ry"):
        assert canary not in text, place


@pytest.mark.parametrize(
    "name",
    [
        "X-Auth-Token",
        "Authorization",
        "X-Security-Token",
        "Cookie",
        "Set-Cookie",
        "X-Subject-Token",
        "access_key",
        "secret",
        "password",
        "apiKey",
        "signature",
        "sessionId",
        "encoded_authorization_message",
    ],
)
def test_names_of_secrets_are_known(name: str) -> None:
    assert sounds_secret(name)
    assert Mask().header(name, "canary", 100) == MASK
    assert "canary" not in Mask().body(json.dumps({name: "canary"}).encode(), 100)
    assert "canary" not in Mask().body(json.dumps({"inner": {name: ["canary", {"a": "canary"}]}}).encode(), 1000)
    assert "canary" not in Mask().body(f"{name}: canary, other".encode(), 100)
    assert "canary" not in Mask().body(f"'{name}'='canary'".encode(), 100)
    assert "canary" not in Mask().body(json.dumps({"m": json.dumps({name: "canary"})}).encode(), 100)


@pytest.mark.parametrize(
    "name", ["X-Request-Id", "Content-Type", "X-Project-Id", "permission", "endpoints", "X-Language"]
)
def test_other_names_are_left_alone(name: str) -> None:
    assert Mask().header(name, "value", 100) == "value"
    assert Mask().body(json.dumps({name: "value"}).encode(), 100) == json.dumps({name: "value"})


def test_a_signature_header_is_masked_to_its_end() -> None:
    text = "sent Authorization: SDK-HMAC-SHA256 Access=canary1, SignedHeaders=host, Signature=canary2\nnext line"
    assert Mask().text(text, 500) == f"sent Authorization: {MASK}\nnext line"


@given(st.binary(max_size=300), st.integers(min_value=1, max_value=50))
def test_any_body_can_be_stored_and_is_never_longer_than_said(raw: bytes, longest: int) -> None:
    kept = Mask([Secret("secret-value")]).body(raw, longest)
    assert "\0" not in kept
    kept.encode()
    assert len(kept) <= longest + 200


def test_odd_json_can_be_stored() -> None:
    assert Mask().body(b'{"a": "\\u0000\\ud800x"}', 100) == '{"a":"\ufffd?x"}'
    assert Mask().body(b"[" * 100_000, 10).startswith("[[[")
    assert Mask().body(b'{"marker_id": 18014398509481984123}', 100) == '{"marker_id": 18014398509481984123}'


def test_a_secret_at_the_cut_leaves_no_piece() -> None:
    secret = "tok-" + "x" * 100
    assert "xxx" not in Mask([Secret(secret)]).body(b"a" * 50 + secret.encode(), 100)


def test_a_megabyte_without_words_is_masked_in_no_time() -> None:
    assert Mask([Secret("secret-value")]).body(b"a" * 1_000_000, 4_000).startswith("aaa")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_secret_that_a_careless_server_pasted_into_json_stays_hidden(spelling: str) -> None:
    secret = "c4n4ry0\\\\'c4n4ry"
    told = Mask([Secret(secret)]).body(f'{{"error_code": "{SPELLINGS[spelling](secret)}"}}'.encode(), 500)
    assert "c4n4ry" not in told


def test_a_secret_with_blanks_is_found_before_blanks_are_put_together() -> None:
    assert Mask([Secret("c4n4ry00  c4n4ry")]).line("token  c4n4ry00  c4n4ry\nis no good") == f"token {MASK} is no good"
