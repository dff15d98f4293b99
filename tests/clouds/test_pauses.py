"""A cloud that names the moment to come back is not called before it, by nobody in this process (R13)."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from console.clouds.errors import CloudBusy, CloudError
from console.clouds.pauses import LONGEST, NotYet
from console.clouds.traffic import Purpose, calling
from console.simcloud import SimulatedCloud
from tests.clouds.adapters import INTENT, KEY, Adapters, adapters_to, calls, gateway
from tests.clouds.alibaba_party import alibaba_party

LIST, ACTION = "vpc-endpoint/connections$", "permissions/batch-add$"


def busy(path: str, status: int = 429, **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"match": {"path": path}, "fault": "status", "status": status, "headers": named, "times": 1}


def in_a_minute() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)


def list_connections(adapters: Adapters, cloud: SimulatedCloud) -> int:
    return len(adapters.endpoints.list_connections(gateway(cloud, "main")))


@pytest.mark.parametrize("moment", [lambda: "60", in_a_minute], ids=["seconds", "date"])
def test_until_a_service_is_back_nothing_is_sent_by_anybody(
    adapters: Adapters, cloud: SimulatedCloud, moment: Callable[[], str]
) -> None:
    cloud.faults(busy(LIST, 503, Retry_After=moment()))
    with pytest.raises(CloudError):
        list_connections(adapters, cloud)
    sent = len(cloud.calls())

    others = [
        lambda: list_connections(adapters, cloud),
        adapters.catalog.list_gateways,
        lambda: adapters.endpoints.add_permission(gateway(cloud, "main"), "a" * 32, intent=INTENT),  # type: ignore[arg-type]
    ]
    for other in others:
        with pytest.raises(NotYet, match=r"not to be called again before [0-9:]{8} UTC; nothing was sent") as caught:
            other()
        assert 55 < (caught.value.retry_after or 0) <= 60
    assert len(cloud.calls()) == sent
    assert cloud.ledger() == []

    adapters.waits.append(61)  # a minute later
    assert list_connections(adapters, cloud) == 13


def test_what_was_asked_for_after_a_read_holds_reads_and_no_act(adapters: Adapters, cloud: SimulatedCloud) -> None:
    cloud.faults(busy(LIST, 429, Retry_After="60"))
    for read in (lambda: list_connections(adapters, cloud), adapters.catalog.list_gateways):
        with pytest.raises(CloudBusy):
            read()
    adapters.endpoints.add_permission(gateway(cloud, "main"), "a" * 32, intent=INTENT)  # type: ignore[arg-type]
    assert [row["action"] for row in cloud.ledger()] == ["permission.add"]
    with calling(Purpose.ACT):
        assert list_connections(adapters, cloud) == 13


def test_what_was_asked_for_after_a_confirmation_holds_no_act(adapters: Adapters, cloud: SimulatedCloud) -> None:
    cloud.faults(busy(LIST, 429, Retry_After="60"))
    with calling(Purpose.CONFIRM), pytest.raises(CloudBusy):
        list_connections(adapters, cloud)
    with calling(Purpose.ACT):
        assert list_connections(adapters, cloud) == 13
    for purpose in (Purpose.SHOW, Purpose.CONFIRM):
        with calling(purpose), pytest.raises(NotYet):
            list_connections(adapters, cloud)


def test_what_was_asked_for_after_an_act_holds_acts_and_no_read(adapters: Adapters, cloud: SimulatedCloud) -> None:
    cloud.faults(busy(ACTION, 429, Retry_After="60"))
    for _ in range(2):
        with pytest.raises(CloudBusy):
            adapters.endpoints.add_permission(gateway(cloud, "main"), "a" * 32, intent=INTENT)  # type: ignore[arg-type]
    assert len(calls(cloud, "batch-add")) == 1
    assert list_connections(adapters, cloud) == 13


@pytest.mark.parametrize(("code", "holds_acts"), [("Throttling.User", True), ("Throttling.Api", False)])
def test_what_the_other_vendor_says_of_the_whole_account_holds_acts_too(
    cloud: SimulatedCloud, code: str, *, holds_acts: bool
) -> None:
    party = alibaba_party(cloud)
    cloud.faults({**busy("^/$", 400, x_acs_retry_after="60000"), "code": code})
    with pytest.raises(CloudBusy):
        party.access.list_instances()
    sent = len(cloud.calls())
    with calling(Purpose.ACT), pytest.raises(CloudBusy) if holds_acts else nullcontext():
        party.access.list_instances()
    assert (len(cloud.calls()) == sent) == holds_acts


def test_a_refused_sign_in_may_ask_for_it_too(adapters: Adapters, cloud: SimulatedCloud) -> None:
    cloud.faults(busy("auth/tokens", 429, Retry_After="30"))
    for _ in range(3):
        with pytest.raises(CloudBusy):
            adapters.catalog.list_gateways()
    assert len(calls(cloud)) == 1


def test_a_silly_wish_is_cut(adapters: Adapters, cloud: SimulatedCloud) -> None:
    cloud.faults(busy(LIST, 429, Retry_After="9999999"))
    for _ in range(2):
        with pytest.raises(CloudBusy) as caught:
            list_connections(adapters, cloud)
        assert LONGEST - 5 < (caught.value.retry_after or 0) <= LONGEST


def test_without_the_header_the_next_call_is_sent(cloud: SimulatedCloud) -> None:
    adapters = adapters_to(cloud.base_url, KEY)
    cloud.faults({**busy(LIST), "times": 4})
    with pytest.raises(CloudBusy):
        list_connections(adapters, cloud)
    assert list_connections(adapters, cloud) == 13


@pytest.mark.parametrize(
    ("status", "headers"),
    [(503, {"Retry_After": "60"}), (429, {"Retry_After": "60"}), (400, {"x_acs_retry_after": "60000"})],
)
def test_the_other_vendor_is_obeyed_as_well(cloud: SimulatedCloud, status: int, headers: dict[str, str]) -> None:
    party = alibaba_party(cloud)
    cloud.faults(busy("^/$", status, **headers))
    for _ in range(3):
        with pytest.raises(CloudError) as caught:
            party.access.list_instances()
        assert 55 < (caught.value.retry_after or 0) <= 60
    assert len(cloud.calls()) == 1


def test_a_call_and_its_replay_after_a_sign_in_are_four_tries_together(
    adapters: Adapters, cloud: SimulatedCloud
) -> None:
    list_connections(adapters, cloud)
    before = len(calls(cloud, "/vpc-endpoint/connections"))
    throttled = busy(LIST, 429, Retry_After="0")
    cloud.faults({**throttled, "times": 2}, {**busy(LIST, 401), "code": "APIG.1002"}, {**throttled, "times": 99})
    with pytest.raises(CloudBusy):
        list_connections(adapters, cloud)
    assert [row["status"] for row in calls(cloud, "/vpc-endpoint/connections")[before:]] == [429, 429, 401, 429]

    cloud.faults({**throttled, "times": 3}, {**busy(LIST, 401), "code": "APIG.1002", "times": 99})
    with pytest.raises(CloudBusy, match="and then the sign-in had ended"):
        list_connections(adapters, cloud)
    assert len(calls(cloud, "/vpc-endpoint/connections")) == before + 8
