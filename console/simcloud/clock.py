"""The simulated cloud's clock. Tests move it; nothing in the world asks the system for the time directly."""

import time
from datetime import UTC, datetime


class Clock:
    """Real time plus an offset that `advance` grows; with `frozen=True` only `advance` moves it.

    The window of signed requests (huawei-contract 3) is measured against real time, never against this clock:
    a client signs with its own clock, which a test does not move.
    """

    def __init__(self, *, frozen: bool = False) -> None:
        self._frozen_at = time.time() if frozen else None
        self._offset = 0.0

    def now(self) -> float:
        """Seconds since the epoch, as this cloud sees them."""
        base = time.time() if self._frozen_at is None else self._frozen_at
        return base + self._offset

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once. Negative values are refused with ValueError: clouds do not go back."""
        if seconds < 0:
            raise ValueError("time only moves forward")
        self._offset += seconds


def _utc(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


def zulu(moment: float) -> str:
    """`2026-05-07T14:20:14Z` (APIG and VPCEP, huawei-contract 1.4)."""
    return _utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def zoneless(moment: float) -> str:
    """`2026-05-07T14:20:14` (VPC v1)."""
    return _utc(moment).strftime("%Y-%m-%dT%H:%M:%S")


def microseconds(moment: float) -> str:
    """`2026-01-04T09:05:22.701000Z` (IAM; also the ledger)."""
    return _utc(moment).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def odd(moment: float) -> str:
    """`2021-8-03 06:04:43`: month unpadded, a space, no zone (`endpoint_services[].created_at`)."""
    at = _utc(moment)
    return f"{at.year}-{at.month}-{at:%d %H:%M:%S}"
