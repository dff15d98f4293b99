"""A cloud that cannot be read again at the last moment: nothing is sent, and one click asks the same question anew."""

from collections.abc import Iterator
from random import Random
from typing import NoReturn

import pytest

from console.changes.kinds.registry import KINDS
from console.changes.models import Change
from console.clouds.errors import CloudUnavailable
from console.simcloud import SimulatedCloud
from tests.changes.deeds import DEEDS, many_things
from tests.stage import Stage, wired

pytestmark = pytest.mark.django_db(transaction=True)

#: Each way in which an act's address holds what was asked for.
KINDS_WITH_WISHES = (
    *("permission.add", "service.rename", "service.create", "service.update", "connection.describe", "tags.update"),
    *("endpoint.create", "endpoint.access_control", "vpc.bind"),
)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with SimulatedCloud(many_things()) as cloud, wired(cloud, monkeypatch, CONSOLE_SIMULATED_ALIBABA="1"):
        yield Stage(cloud)


def unreadable(*_: object) -> NoReturn:
    raise CloudUnavailable("The service is busy.")


def test_retry_asks_for_the_same_objects_with_the_same_wishes_and_reason(scene: Stage) -> None:
    browser, chance = scene.browser("admin"), Random(7)
    for name in KINDS_WITH_WISHES:
        deed = DEEDS[name]
        page = browser.open(deed.place(browser, scene.gateway_id, chance))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(KINDS[name]), "look_for", unreadable)
            answer = deed.confirmed(browser, page, "CHG-7")
        sent = Change.objects.latest("claimed_at")
        assert (answer.status, sent.stage) == (409, "cancelled"), name

        again = browser.click(answer, "Retry")
        assert deed.button_on(again), f"{name}: {again.text}"
        browser.submit(again, deed.button_on(again), word=deed.typed)
        done = Change.objects.latest("claimed_at")
        assert (done.stage, done.reason) == ("succeeded", "CHG-7"), name
        assert done.parameters == sent.parameters
        assert done.target == sent.target or KINDS[name].creates


def test_every_one_of_several_is_asked_for_again(scene: Stage) -> None:
    browser, ids = scene.browser("operator"), scene.connection_ids("pendingAcceptance")[:3]
    page = browser.open(f"{scene.tab_url}connections/accept/?back=q%3Dx&" + "&".join(f"id={one}" for one in ids))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(KINDS["connection.accept"]), "look_for", unreadable)
        answer = browser.submit(page, "Accept", reason="CHG-8")
    again = browser.click(answer, "Retry")
    assert [row["VPC Endpoint ID"] for row in again.table("Accept 3 Connections")] == ids
    assert again.form("Accept").fields["reason"] == ["CHG-8"]
    assert again.link("Cancel") == f"{scene.tab_url}?q=x"
