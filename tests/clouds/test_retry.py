"""The retry matrix of huawei-contract 1.8."""

import pytest

from console.clouds.budget import time_budget
from console.clouds.errors import (
    CloudBusy,
    CloudError,
    CloudForbidden,
    CloudNotFound,
    CloudOutcomeUnknown,
    CloudRefused,
    CloudUnavailable,
)
from console.clouds.pauses import retry_after_seconds
from console.clouds.retry import with_retries
from console.clouds.transport import AnswerLost


class Cloud:
    """Fails with the given error for ever, and counts."""

    def __init__(self, error: CloudError, *, succeed_at: int = 0) -> None:
        self.error = error
        self.succeed_at = succeed_at
        self.tries = 0
        self.waits: list[float] = []

    def attempt(self) -> str:
        self.tries += 1
        if self.tries == self.succeed_at:
            return "done"
        raise self.error

    def call(self, *, is_write: bool) -> str:
        return with_retries(self.attempt, is_write=is_write, default_time=10, sleep=self.waits.append)


MATRIX = [
    # what came back                                                      tries of a read, of a write
    (CloudForbidden("", status=401, vendor_code="APIC.7101"), 1, 1),
    (CloudForbidden("", status=403), 1, 1),
    (CloudNotFound("", status=404), 1, 1),
    (CloudRefused("", status=400, vendor_code="APIC.7211"), 1, 1),
    (CloudRefused("", status=409, vendor_code="APIC.7701"), 1, 1),
    (CloudBusy("", status=429, vendor_code="APIGW.0308"), 4, 4),
    (CloudBusy("", status=400, vendor_code="EndPoint.0022"), 4, 4),
    (CloudBusy("", status=500, vendor_code="APIG.9008"), 4, 4),
    (CloudUnavailable("", status=500, vendor_code="EndPoint.0001"), 3, 1),
    (CloudUnavailable("", status=500, vendor_code="APIC.9007"), 3, 1),
    (CloudUnavailable("", status=502), 3, 1),
    (CloudUnavailable("", status=503), 3, 1),
    (CloudUnavailable("", status=504, vendor_code="EndPoint.0013"), 3, 1),
    (CloudUnavailable("", status=504, vendor_code="EndPoint.0011"), 1, 1),
    (CloudUnavailable("", status=504, vendor_code="Endpoint.0012"), 1, 1),
    (CloudUnavailable("a redirect", status=302), 1, 1),
    (CloudUnavailable("never sent, or no answer in time"), 1, 1),
    (AnswerLost("the connection broke"), 2, 1),
    (CloudOutcomeUnknown("", status=500), 1, 1),
    (CloudOutcomeUnknown("the answer was lost"), 1, 1),
]


@pytest.mark.parametrize(("error", "of_a_read", "of_a_write"), MATRIX)
def test_tries_are_those_of_the_matrix(error: CloudError, of_a_read: int, of_a_write: int) -> None:
    for is_write, tries in ((False, of_a_read), (True, of_a_write)):
        cloud = Cloud(error)
        with pytest.raises(type(error)):
            cloud.call(is_write=is_write)
        assert cloud.tries == tries


def test_a_later_try_may_succeed() -> None:
    cloud = Cloud(CloudBusy("", status=429), succeed_at=3)
    assert cloud.call(is_write=True) == "done"
    assert cloud.waits == [1.0, 2.0]


def test_retry_after_is_obeyed() -> None:
    cloud = Cloud(CloudBusy("", status=429, retry_after=3.0), succeed_at=2)
    cloud.call(is_write=False)
    assert cloud.waits == [3.0]


def test_longer_waits_than_the_time_left_are_not_begun() -> None:
    cloud = Cloud(CloudBusy("", status=429, retry_after=30.0))
    with pytest.raises(CloudBusy) as caught:
        cloud.call(is_write=False)
    assert cloud.waits == []
    assert caught.value.retry_after == 30.0

    cloud = Cloud(CloudBusy("", status=429))
    with time_budget(0.5), pytest.raises(CloudBusy):
        cloud.call(is_write=False)
    assert cloud.waits == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("2", 2.0),
        (" 5 ", 5.0),
        ("0", 0.0),
        ("Fri, 20 Nov 2026 12:00:07 GMT", 7.0),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0.0),
        ("9" * 400, 999_999_999.0),
        ("-3", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("Fri, 99 Nov 2026 99:99:99 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(header: str | None, seconds: float | None) -> None:
    headers = {"Date": "Fri, 20 Nov 2026 12:00:00 GMT"} | ({"Retry-After": header} if header is not None else {})
    assert retry_after_seconds(headers) == seconds
