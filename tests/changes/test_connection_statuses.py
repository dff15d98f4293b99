"""Accept and Reject are judged by our words for a status, so they mean the same for every cloud."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from console import wiring
from console.changes.kinds.connection import AcceptConnection, RejectConnection
from console.changes.kinds.kind import Answer, Kind, Place, Realm
from console.clouds.types import IntentId
from console.simcloud import SimulatedCloud
from tests.clouds.alibaba_party import endpoint_in, service_of

ACCEPT, REJECT = AcceptConnection(), RejectConnection()
INTENT = IntentId("change-1")


@dataclass
class Service:
    """A service of a cloud that has no word for waiting."""

    cloud: SimulatedCloud
    place: Place

    def answer(self, kind: Kind, status: str) -> tuple[Answer, str]:
        """What would happen to a connection with this status, in the cloud's own word."""
        endpoint = endpoint_in(self.cloud, status)
        verdict = kind.judge(self.place, endpoint, kind.look(self.place, [endpoint])[endpoint], {})
        return verdict.answer, verdict.because


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("CONSOLE_SIMULATED_ALIBABA", "yes")
    with SimulatedCloud() as cloud:
        monkeypatch.setenv("CONSOLE_SIMULATED_URL", cloud.base_url)
        wiring.forget_clouds()
        yield Service(cloud, Place(wiring.get_cloud("alibaba"), service_of(cloud), Realm.SERVICE))
    wiring.forget_clouds()


def test_each_status_allows_what_it_does_elsewhere(service: Service) -> None:
    for status, accept, reject in [
        ("Disconnected", Answer.WILL_DO, Answer.REFUSED),
        ("Connected", Answer.SKIPPED, Answer.WILL_DO),
        ("Connecting", Answer.REFUSED, Answer.REFUSED),
        ("Disconnecting", Answer.REFUSED, Answer.REFUSED),
        ("Pending", Answer.REFUSED, Answer.REFUSED),
        ("Deleting", Answer.REFUSED, Answer.REFUSED),
    ]:
        assert service.answer(ACCEPT, status)[0] is accept, status
        assert service.answer(REJECT, status)[0] is reject, status
    assert "nothing to cut" in service.answer(REJECT, "Disconnected")[1]
    assert service.answer(ACCEPT, "Pending")[1] == "Its status is Pending."


def test_what_is_seen_afterwards_proves_the_act_done_or_not_done(service: Service) -> None:
    endpoint = endpoint_in(service.cloud, "Disconnected")
    before = ACCEPT.look(service.place, [endpoint])[endpoint]
    assert ACCEPT.shows(before, {}) is False
    ACCEPT.call(service.place, endpoint, {}, INTENT)
    connected = ACCEPT.look(service.place, [endpoint])[endpoint]
    assert (ACCEPT.shows(connected, {}), REJECT.shows(connected, {})) == (True, False)
    REJECT.call(service.place, endpoint, {}, IntentId("change-2"))
    cut = REJECT.look(service.place, [endpoint])[endpoint]
    assert (REJECT.shows(cut, {}), ACCEPT.shows(cut, {})) == (True, False)
