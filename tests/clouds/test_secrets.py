"""Nothing of a secret in a log, an exception or a repr, whatever goes wrong (reliability S8)."""

import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from console.clouds.credentials import AccessKey, Password
from console.clouds.errors import CloudError
from console.clouds.secret import Secret
from console.clouds.transport import Limits
from console.clouds.types import EndpointId
from console.simcloud import SimulatedCloud
from console.simcloud.identity import DEMO
from tests.clouds.adapters import INTENT, KEY, PASSWORD, Adapters, adapters_to, gateway
from tests.clouds.raw_server import RawServer, answer, answering

FAULTS: list[dict[str, Any]] = [
    {"fault": "status", "status": 401},
    {"fault": "status", "status": 500},
    {"fault": "reset_before"},
    {"fault": "reset_after"},
    {"fault": "truncate"},
    {"fault": "html"},
    {"fault": "expire_tokens"},
]


def everything(adapters: Adapters, cloud: SimulatedCloud) -> list[CloudError]:
    """Try every port method; what went wrong."""
    place, endpoint = gateway(cloud, "main"), EndpointId("00000000-0000-4000-8000-000000000000")
    acts: list[Callable[[], object]] = [
        adapters.catalog.list_gateways,
        lambda: adapters.catalog.get_gateway(place),
        adapters.endpoints.own_account,
        lambda: adapters.endpoints.list_connections(place),
        lambda: adapters.endpoints.list_permissions(place),
        lambda: adapters.endpoints.accept(place, endpoint, intent=INTENT),
    ]
    errors = []
    for act in acts:
        try:
            act()
        except CloudError as error:
            errors.append(error)
    return errors


def told(errors: list[CloudError], caplog: pytest.LogCaptureFixture) -> str:
    """All that a person, a log or an error report would get to see."""
    texts = [f"{error} {error!r} {vars(error)} {''.join(traceback.format_exception(error))}" for error in errors]
    records = [f"{record.getMessage()} {record.args} {record.exc_text}" for record in caplog.records]
    return "\n".join([*texts, *records])


@pytest.mark.parametrize("path", ["/v3/auth", "/apigw/"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault["fault"]))
def test_no_fault_brings_a_secret_to_light(
    cloud: SimulatedCloud, caplog: pytest.LogCaptureFixture, fault: dict[str, Any], path: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        for credentials in (PASSWORD, KEY):
            adapters = adapters_to(cloud.base_url, credentials)
            if path == "/apigw/":
                adapters.endpoints.own_account()
            cloud.faults({"match": {"path": path}, **fault})
            shown = told(everything(adapters, cloud), caplog) + repr(vars(adapters)) + repr(vars(adapters.identity))
            cloud.faults()
            tokens = [entry.token.value.reveal() for entry in adapters.tokens._entries.values() if entry.token]
            secrets = [DEMO.password, DEMO.secret_key, *tokens]
            assert [secret for secret in secrets if secret in shown] == []
    assert caplog.records


@pytest.mark.parametrize(
    "reply",
    [
        answer(201, {}, X_Subject_Token="tok-canary\r\n folded"),
        b"HTTP/1.1 201 X\r\nX-Subject-Token: tok-canary\r\nbroken header line\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 201 X\r\nX-Subject-Token: tok-canary\r\nContent-Length: 5, 6\r\n\r\n{}",
        answer(201, b"tok-canary", X_Subject_Token="tok-canary"),
        answer(401, b"tok-canary"),
    ],
)
def test_malformed_sign_in_answers_leak_nothing(
    cloud: SimulatedCloud, caplog: pytest.LogCaptureFixture, reply: bytes
) -> None:
    with caplog.at_level(logging.DEBUG), RawServer(answering(reply)) as server:
        shown = told(everything(adapters_to(server.url, limits=Limits(read=0.2, total=0.5)), cloud), caplog)
    assert "canary" not in shown


def test_secret_that_no_header_can_carry_is_not_quoted(cloud: SimulatedCloud, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        errors = everything(adapters_to(cloud.base_url, AccessKey("ak-canary\n", Secret("sk-canary"))), cloud)
    assert errors
    assert "canary" not in told(errors, caplog)


def test_secrets_show_nothing_of_themselves() -> None:
    held = [Secret("canary"), Password("u", Secret("canary"), "d"), AccessKey("a", Secret("canary"))]
    assert "canary" not in f"{held} {held[0]} {held[0]!r:>20}"
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1
    assert Secret("a").reveal() == "a"
