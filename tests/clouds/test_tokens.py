"""The token cache: one sign-in for many, renewed in time, never again after a refusal."""

import threading
import time
from collections.abc import Callable

import pytest

from console.clouds.budget import time_budget
from console.clouds.errors import CloudError, CloudForbidden, CloudUnavailable
from console.clouds.secret import Secret
from console.clouds.tokens import Token, TokenCache, TokenKey
from console.clouds.types import AccountId
from tests.at_once import PATIENCE, at_once

KEY = TokenKey("https://iam.example", "acme", "bot", "project-1")
HOURS = 3600.0


class Iam:
    """Counts sign-ins; fails when told to."""

    def __init__(self, *, slow: float = 0.0) -> None:
        self.calls = 0
        self.slow = slow
        self.error: CloudError | None = None
        self.lifetime = 24 * HOURS

    def sign_in(self) -> Token:
        self.calls += 1
        number = self.calls
        time.sleep(self.slow)
        if self.error is not None:
            raise self.error
        return Token(Secret(f"token-{number}"), self.lifetime, AccountId("account"))


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def iam() -> Iam:
    return Iam()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(clock: Clock) -> TokenCache:
    return TokenCache(clock)


def value(token: Token | None) -> str:
    return token.value.reveal() if token else ""


def in_twenty_threads(act: Callable[[], object]) -> list[object]:
    """What `act` gives, or raises, in many threads at once."""

    def run() -> object:
        try:
            return act()
        except CloudError as error:
            return error

    return at_once([run] * 20)


def test_token_is_kept_until_half_an_hour_before_its_end(cache: TokenCache, iam: Iam, clock: Clock) -> None:
    assert value(cache.get(KEY, iam.sign_in)) == "token-1"
    clock.now += 23.49 * HOURS
    assert value(cache.get(KEY, iam.sign_in)) == "token-1"
    clock.now += 0.02 * HOURS
    assert value(cache.get(KEY, iam.sign_in)) == "token-2"
    assert iam.calls == 2


def test_short_lived_token_is_used_for_half_its_life(cache: TokenCache, iam: Iam, clock: Clock) -> None:
    iam.lifetime = 60
    cache.get(KEY, iam.sign_in)
    clock.now += 29
    assert value(cache.get(KEY, iam.sign_in)) == "token-1"
    clock.now += 2
    assert value(cache.get(KEY, iam.sign_in)) == "token-2"


def test_every_part_of_the_key_has_its_own_token(cache: TokenCache, iam: Iam) -> None:
    keys = [
        KEY,
        TokenKey("https://other", "acme", "bot", "project-1"),
        TokenKey("https://iam.example", "b", "bot", "p"),
    ]
    assert len({value(cache.get(key, iam.sign_in)) for key in keys}) == 3


def test_twenty_threads_sign_in_once(cache: TokenCache) -> None:
    iam = Iam(slow=0.05)
    found = in_twenty_threads(lambda: value(cache.get(KEY, iam.sign_in)))
    assert found == ["token-1"] * 20
    assert iam.calls == 1


def test_twenty_threads_with_one_expired_token_sign_in_once(cache: TokenCache) -> None:
    iam = Iam()
    failed = cache.get(KEY, iam.sign_in)
    iam.slow = 0.05
    found = in_twenty_threads(lambda: value(cache.after_refusal(KEY, failed, iam.sign_in)))
    assert found == ["token-2"] * 20
    assert iam.calls == 2


def test_late_report_of_an_old_token_does_not_sign_in_again(cache: TokenCache, iam: Iam) -> None:
    old = cache.get(KEY, iam.sign_in)
    cache.after_refusal(KEY, old, iam.sign_in)
    assert value(cache.after_refusal(KEY, old, iam.sign_in)) == "token-2"
    assert iam.calls == 2


def test_refused_sign_in_is_remembered_for_every_thread(cache: TokenCache, clock: Clock) -> None:
    iam = Iam(slow=0.02)
    iam.error = CloudForbidden("The username or password is wrong.", status=401, vendor_code="401")
    found = in_twenty_threads(lambda: cache.get(KEY, iam.sign_in))
    assert all(isinstance(error, CloudForbidden) for error in found)
    assert iam.calls == 1
    clock.now += 59
    with pytest.raises(CloudForbidden, match="password is wrong"):
        cache.get(KEY, iam.sign_in)
    assert iam.calls == 1
    clock.now += 2
    iam.error = None
    assert value(cache.get(KEY, iam.sign_in)) == "token-2"


def test_unreachable_iam_is_asked_again(cache: TokenCache, iam: Iam) -> None:
    iam.error = CloudUnavailable("down")
    with pytest.raises(CloudUnavailable):
        cache.get(KEY, iam.sign_in)
    iam.error = None
    assert value(cache.get(KEY, iam.sign_in)) == "token-2"


def test_failed_renewal_leaves_the_old_token_in_use(cache: TokenCache, iam: Iam, clock: Clock) -> None:
    cache.get(KEY, iam.sign_in)
    clock.now += 23.6 * HOURS
    iam.error = CloudUnavailable("down")
    assert value(cache.get(KEY, iam.sign_in)) == "token-1"
    assert value(cache.get(KEY, iam.sign_in)) == "token-1"
    assert iam.calls == 2  # not asked again at once
    clock.now += 31
    iam.error = None
    assert value(cache.get(KEY, iam.sign_in)) == "token-3"


def test_ended_token_is_not_used_when_the_renewal_fails(cache: TokenCache, iam: Iam, clock: Clock) -> None:
    cache.get(KEY, iam.sign_in)
    clock.now += 25 * HOURS
    iam.error = CloudUnavailable("down")
    with pytest.raises(CloudUnavailable):
        cache.get(KEY, iam.sign_in)


def test_renewal_by_one_thread_does_not_stop_the_others(cache: TokenCache, clock: Clock) -> None:
    iam = Iam()
    cache.get(KEY, iam.sign_in)
    clock.now += 23.6 * HOURS
    iam.slow = 0.2
    renewal = threading.Thread(target=lambda: cache.get(KEY, iam.sign_in))
    renewal.start()
    time.sleep(0.05)
    started = time.monotonic()
    assert value(cache.get(KEY, iam.sign_in)) == "token-1"
    assert time.monotonic() - started < 0.1
    renewal.join(PATIENCE)
    assert value(cache.get(KEY, iam.sign_in)) == "token-2"


def test_fresh_token_that_is_refused_too_stops_the_sign_ins(cache: TokenCache, iam: Iam, clock: Clock) -> None:
    first = cache.get(KEY, iam.sign_in)
    second = cache.after_refusal(KEY, first, iam.sign_in)
    assert second is not None
    cache.fresh_token_refused(KEY)
    assert cache.after_refusal(KEY, second, iam.sign_in) is None
    assert iam.calls == 2
    clock.now += 61
    assert value(cache.after_refusal(KEY, second, iam.sign_in)) == "token-3"


def test_waiting_for_another_threads_sign_in_ends_with_the_budget(cache: TokenCache) -> None:
    iam = Iam(slow=0.4)
    first = threading.Thread(target=lambda: cache.get(KEY, iam.sign_in))
    first.start()
    time.sleep(0.05)
    with time_budget(0.1), pytest.raises(CloudUnavailable, match="too long"):
        cache.get(KEY, iam.sign_in)
    first.join(PATIENCE)


def test_bug_in_a_sign_in_does_not_block_the_next(cache: TokenCache, iam: Iam) -> None:
    def broken() -> Token:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cache.get(KEY, broken)
    assert value(cache.get(KEY, iam.sign_in)) == "token-1"


def test_token_is_never_printed(cache: TokenCache, iam: Iam) -> None:
    token = cache.get(KEY, iam.sign_in)
    assert "token-1" not in f"{token!r} {token} {token.value} {vars(cache)}"
