"""An intent's check is asked right before each time that its write leaves; nothing leaves once that has expired."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from console.clouds import attempt
from console.clouds.errors import CheckExpired, CloudBusy, CloudError, CloudForbidden, Withheld
from console.clouds.transport import Request, Transport
from console.clouds.types import IntentId
from console.simcloud import SimulatedCloud
from tests.clouds.raw_server import RawServer, answer, answering
from tests.clouds.test_admission_behaviour import Door, writes
from tests.clouds.test_admission_behaviour import door as door
from tests.clouds.test_admission_behaviour import effects as effects

ACTS = ("accept", "reject", "add", "remove")
HOURS = 3600.0


def for_ever() -> float:
    return time.monotonic() + HOURS


def withheld() -> float:
    raise Withheld("not any more")


class Counted:
    """A check that says yes so often, and then no."""

    def __init__(self, yes: int) -> None:
        self.asked, self._yes = 0, yes

    def __call__(self) -> float:
        self.asked += 1
        return for_ever() if self.asked <= self._yes else withheld()


@pytest.mark.parametrize("act", ACTS)
def test_a_write_that_is_withheld_never_leaves(
    door: Door, cloud: SimulatedCloud, effects: Callable[[], list[str]], act: str
) -> None:
    door.port.list_connections(door.host)  # signed in by now, where one signs in
    if act == "remove":
        door.port.add_permission(door.host, door.stranger, intent=IntentId("before"))
    calls, done = cloud.calls(), effects()
    with pytest.raises(Withheld) as caught:
        writes(door)[act](IntentId("change-1", withheld))
    assert caught.value.exchange == ()
    writing = [call for call in cloud.calls()[len(calls) :] if "List" not in str(call) and call["method"] != "GET"]
    assert writing == []
    assert effects() == done


@pytest.mark.parametrize("act", ["accept", "reject"])
def test_each_retry_of_a_throttled_write_is_checked_again(
    door: Door, cloud: SimulatedCloud, effects: Callable[[], list[str]], act: str
) -> None:
    cloud.faults({"match": door.deciding, "fault": "status", "status": 429, "times": 1})
    check = Counted(yes=1)
    with pytest.raises(Withheld) as caught:
        writes(door)[act](IntentId("change-1", check))
    assert check.asked == 2
    assert [one.answer.status for one in caught.value.exchange if one.answer] == [429]  # the try before it is told
    assert effects() == []


def test_the_replay_after_a_new_sign_in_is_checked_again(
    door: Door, cloud: SimulatedCloud, effects: Callable[[], list[str]]
) -> None:
    door.port.list_connections(door.host)
    cloud.faults({"match": door.deciding, "fault": "status", "status": 401, "times": 1})
    check = Counted(yes=1)
    with pytest.raises(CloudError) as caught:  # a key is not signed in again: its 401 is final
        writes(door)["accept"](IntentId("change-1", check))
    assert (check.asked, type(caught.value)) in [(1, CloudForbidden), (2, Withheld)]
    assert effects() == []


def test_no_byte_leaves_after_the_check_has_expired() -> None:
    """As where the process was frozen between the check and the call."""
    with RawServer(answering(answer())) as server:
        transport = Transport({"apig": server.url})
        late = Request("apig", "POST", "/v2/x", body=b"{}", is_write=True, check=lambda: time.monotonic() - 0.001)
        with pytest.raises(CheckExpired) as caught:
            transport.send(late)
        assert isinstance(caught.value, CloudBusy)  # nothing was done: it may be checked and sent again
        assert server.requests == []


def test_no_byte_leaves_on_a_kept_connection_either(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(answering(answer())) as server:
        transport = Transport({"apig": server.url})
        write: dict[str, Any] = {"service": "apig", "method": "POST", "path": "/v2/x", "body": b"{}", "is_write": True}
        transport.send(Request(**write, check=for_ever))
        monkeypatch.setattr(attempt, "_clock", lambda: time.monotonic() + 2 * HOURS)
        with pytest.raises(CheckExpired):
            transport.send(Request(**write, check=for_ever))
        assert len(server.requests) == 1


def test_an_answer_that_comes_after_the_check_expired_is_still_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(answering(answer(body={"id": "x"}))) as server:
        transport = Transport({"apig": server.url})
        request = Request("apig", "POST", "/v2/x", body=b"{}", is_write=True, check=lambda: time.monotonic() + 5)
        assert transport.send(request).status == 200
