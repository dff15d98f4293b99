"""Looking at passwords costs a processor, so few threads do it at a time, and strangers hold nobody up who is known."""

import time

import pytest

from console.access import hashing
from console.access.models import Person, SignInWait
from tests.access.test_waits import browser, has_to_wait, sign_in, used_browser
from tests.access.test_waits import olivia as olivia
from tests.at_once import at_once

pytestmark = pytest.mark.django_db


def test_passwords_are_looked_at_by_few_threads_and_the_others_are_told(
    olivia: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = hashing.Places(waiting=0, patience=0.01)
    monkeypatch.setattr(hashing, "_places", {False: places})
    with places.one():
        response = sign_in(browser())
    assert has_to_wait(response) == 3
    assert "busy with other sign-ins. This one was not tried" in response.content.decode()
    assert not SignInWait.objects.filter(failures__gte=1).exists()
    assert sign_in(browser()).status_code == 302


def test_strangers_do_not_hold_up_who_is_known(olivia: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    client = used_browser()
    strangers = hashing.Places(waiting=0, patience=0.01)
    monkeypatch.setattr(hashing, "_places", {False: strangers, True: hashing.Places(waiting=1)})
    with strangers.one():
        assert sign_in(client).status_code == 302


def test_one_password_is_looked_at_at_a_time() -> None:
    places, most, inside = hashing.Places(waiting=2), 0, [0]

    def look() -> str:
        nonlocal most
        try:
            with places.one():
                inside[0] += 1
                most = max(most, inside[0])
                time.sleep(0.05)
                inside[0] -= 1
                return "looked"
        except hashing.Busy:
            return "busy"

    found = at_once([look] * 8)
    assert most == 1
    assert 1 <= found.count("looked") <= 8
    assert found.count("busy") >= 1
