"""Signing in to the simulated cloud: as seldom as possible, and never against a refusal."""

from typing import Any

import pytest

from console.clouds.credentials import AccessKey, Credentials, Password
from console.clouds.errors import CloudBusy, CloudError, CloudForbidden, CloudUnavailable
from console.clouds.secret import Secret
from console.clouds.types import EndpointId
from console.simcloud import SimulatedCloud
from console.simcloud.identity import DEMO
from tests.at_once import at_once
from tests.clouds.adapters import INTENT, KEY, Adapters, adapters_to, calls, gateway

SIGN_IN = "/v3/auth/tokens"
WRONG_PASSWORD = Password(DEMO.user_name, Secret("wrong-canary"), DEMO.domain_name)
WRONG_KEY = AccessKey(DEMO.access_key, Secret("wrong-canary"))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def outcomes(adapters: Adapters, count: int = 1) -> list[str]:
    """What listing the gateways gave, in as many threads at once."""

    def read() -> str:
        try:
            return str(len(adapters.catalog.list_gateways()))
        except CloudError as error:
            return str(error.code)

    return at_once([read] * count)


def test_twenty_calls_at_once_sign_in_once(adapters: Adapters, cloud: SimulatedCloud) -> None:
    assert outcomes(adapters, 20) == ["5"] * 20
    assert len(calls(cloud, SIGN_IN)) == 1


def test_sign_in_asks_for_the_project_and_no_catalog(adapters: Adapters, cloud: SimulatedCloud) -> None:
    outcomes(adapters)
    assert calls(cloud, SIGN_IN)[0]["query"] == "nocatalog=true"


def test_token_is_renewed_before_it_ends(cloud: SimulatedCloud) -> None:
    clock = Clock()
    adapters = adapters_to(cloud.base_url, clock=clock)
    for hours in (0, 12, 23.4, 23.6, 24, 47, 47.2):
        clock.now = hours * 3600
        assert outcomes(adapters) == ["5"]
    assert len(calls(cloud, SIGN_IN)) == 3


def test_expired_token_is_replaced_and_the_call_replayed_once(adapters: Adapters, cloud: SimulatedCloud) -> None:
    outcomes(adapters)
    cloud.faults({"match": {"path": "/instances$"}, "fault": "expire_tokens", "times": 1})
    assert outcomes(adapters) == ["5"]
    assert len(calls(cloud, SIGN_IN)) == 2
    assert [row["status"] for row in calls(cloud, "/instances")] == [200, 401, 200]


def test_write_under_an_expired_token_happens_once(adapters: Adapters, cloud: SimulatedCloud) -> None:
    outcomes(adapters)
    cloud.world.tokens.expire_all()
    endpoint = EndpointId(next(row.id for row in cloud.world.connections_of("main") if row.status == "accepted"))
    adapters.endpoints.reject(gateway(cloud, "main"), endpoint, intent=INTENT)
    assert len(cloud.ledger()) == 1


def test_twenty_calls_with_an_expired_token_sign_in_once_more(adapters: Adapters, cloud: SimulatedCloud) -> None:
    outcomes(adapters)
    cloud.world.tokens.expire_all()
    assert outcomes(adapters, 20) == ["5"] * 20
    assert len(calls(cloud, SIGN_IN)) == 2


@pytest.mark.parametrize("switch", ["gateway", "service"])
def test_both_codes_of_an_expired_token_are_known(adapters: Adapters, cloud: SimulatedCloud, switch: str) -> None:
    cloud.world.switch(expired_token_code=switch)
    outcomes(adapters)
    cloud.world.tokens.expire_all()
    assert outcomes(adapters) == ["5"]


def test_refusal_of_a_fresh_token_ends_in_an_error_and_not_in_a_loop(adapters: Adapters, cloud: SimulatedCloud) -> None:
    cloud.faults({"match": {"path": "/apigw/"}, "fault": "status", "status": 401, "code": "APIGW.0307"})
    assert outcomes(adapters) == ["forbidden"]
    assert len(calls(cloud, "/instances")) == 2
    assert len(calls(cloud, SIGN_IN)) == 2
    assert outcomes(adapters, 10) == ["forbidden"] * 10
    assert len(calls(cloud, SIGN_IN)) == 2
    cloud.faults()
    assert outcomes(adapters) == ["5"]


def test_wrong_password_is_sent_once_a_minute_at_most(cloud: SimulatedCloud) -> None:
    clock = Clock()
    adapters = adapters_to(cloud.base_url, WRONG_PASSWORD, clock=clock)
    for _ in range(5):
        assert outcomes(adapters, 4) == ["forbidden"] * 4
    assert len(calls(cloud, SIGN_IN)) == 1
    clock.now = 61
    outcomes(adapters, 4)
    assert len(calls(cloud, SIGN_IN)) == 2
    assert calls(cloud, "/apigw/") == []


def test_wrong_secret_key_is_not_locked_by_our_asking(cloud: SimulatedCloud) -> None:
    clock = Clock()
    adapters = adapters_to(cloud.base_url, WRONG_KEY, clock=clock)
    for _ in range(5):
        assert outcomes(adapters) == ["forbidden"]
    assert len(calls(cloud, "/instances")) == 1
    clock.now = 61
    assert outcomes(adapters, 4) == ["forbidden"] * 4
    assert len(calls(cloud, "/instances")) == 2


def test_access_key_that_works_again_is_used_again(cloud: SimulatedCloud) -> None:
    clock = Clock()
    adapters = adapters_to(cloud.base_url, KEY, clock=clock)
    bad = {"fault": "status", "status": 401, "code": "APIGW.0301", "times": 1}
    cloud.faults({"match": {"path": "/instances"}, **bad})
    assert outcomes(adapters) == ["forbidden"]
    clock.now = 61
    assert outcomes(adapters) == ["5"]
    assert outcomes(adapters, 3) == ["5"] * 3


def test_other_refusals_do_not_stop_an_access_key(cloud: SimulatedCloud) -> None:
    adapters = adapters_to(cloud.base_url, KEY)
    cloud.faults({"match": {"path": "/instances"}, "fault": "status", "status": 401, "code": "APIC.7107", "times": 1})
    assert outcomes(adapters) == ["forbidden"]
    assert outcomes(adapters) == ["5"]


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ({"fault": "status", "status": 201, "body": "{}"}, CloudUnavailable),
        ({"fault": "status", "status": 201, "body": "<html>", "headers": {"X-Subject-Token": "t"}}, CloudUnavailable),
        ({"fault": "status", "status": 503}, CloudUnavailable),
        ({"fault": "status", "status": 429, "headers": {"Retry-After": "99"}}, CloudBusy),
        ({"fault": "reset_after"}, CloudUnavailable),
    ],
)
def test_sign_in_that_fails_makes_the_write_certainly_not_sent(
    adapters: Adapters, cloud: SimulatedCloud, rule: dict[str, Any], kind: type[CloudError]
) -> None:
    cloud.faults({"match": {"path": SIGN_IN}, **rule})
    with pytest.raises(CloudError) as caught:
        adapters.endpoints.rename_service(gateway(cloud, "main"), "x", intent=INTENT)
    assert isinstance(caught.value, kind)
    assert calls(cloud, "/apigw/") == []


@pytest.mark.parametrize("body", ["{}", '{"token": null}', '{"token": {"expires_at": 7, "user": []}}'])
def test_account_comes_from_the_projects_where_the_token_does_not_name_it(
    adapters: Adapters, cloud: SimulatedCloud, body: str
) -> None:
    token, _ = cloud.world.tokens.issue(DEMO, DEMO.projects[0])
    headers = {"X-Subject-Token": token}
    cloud.faults({"match": {"path": SIGN_IN}, "fault": "status", "status": 201, "body": body, "headers": headers})
    assert adapters.endpoints.own_account() == DEMO.domain_id


def test_key_of_a_user_without_the_project_says_so(cloud: SimulatedCloud) -> None:
    adapters = adapters_to(cloud.base_url, KEY)
    cloud.faults(
        {"match": {"path": "/v3/auth/projects"}, "fault": "status", "status": 200, "body": '{"projects": [1]}'}
    )
    with pytest.raises(CloudUnavailable, match="no access to the configured project"):
        adapters.endpoints.own_account()


@pytest.mark.parametrize("credentials", [WRONG_PASSWORD, WRONG_KEY], ids=["password", "key"])
def test_refused_credentials_are_not_in_the_error(cloud: SimulatedCloud, credentials: Credentials) -> None:
    with pytest.raises(CloudForbidden) as caught:
        adapters_to(cloud.base_url, credentials).catalog.list_gateways()
    assert "canary" not in f"{caught.value} {caught.value!r} {vars(caught.value)}"
