"""Why a part could not be read, kept so that fifty viewers are told by one failed read, and when to try again."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings

from console.clouds.advice import Advice, TryAgain
from console.clouds.errors import CloudBusy, CloudError, CloudForbidden, CloudNotFound, CloudRefused, CloudUnavailable
from console.clouds.pauses import is_asked_for

#: Seconds between tries at a cloud that stays away.
_LONGEST_WAIT: Final = 30.0
_KINDS: Final = {kind.code: kind for kind in (CloudRefused, CloudForbidden, CloudNotFound, CloudBusy, CloudUnavailable)}


def as_json(error: CloudError, now: datetime) -> dict[str, Any]:
    """The error as it is shown: no body, no header, no credential is part of one."""
    paused = is_asked_for(error) and error.retry_after
    return {
        "paused_until": (now + timedelta(seconds=paused)).isoformat() if paused else None,
        "code": error.code,
        "reason": error.reason,
        "status": error.status,
        "vendor_code": error.vendor_code,
        "request_id": error.request_id,
        "advice": asdict(error.advice),
    }


def from_json(content: Mapping[str, Any]) -> CloudError:
    """The reverse of `as_json`."""
    more = {name: content[name] for name in ("status", "vendor_code", "request_id")}
    error = _KINDS.get(content["code"], CloudUnavailable)(content["reason"], **more)
    if advice := content.get("advice"):  # not in rows of earlier versions
        error.advice = Advice(advice["meaning"], advice["next_step"], TryAgain(advice["try_again"]))
    return error


def paused_until(content: Mapping[str, Any]) -> datetime | None:
    """Until when the cloud itself asked not to be called, in whichever process it said so."""
    until = content.get("paused_until")
    return datetime.fromisoformat(until) if until else None


def next_try(error: CloudError, failures: int, now: datetime) -> datetime:
    """When to ask again after that many failures in a row: later each time, never before the cloud allows it."""
    wait = min(settings.STATUS_INTERVAL_SECONDS * 2.0 ** min(failures - 1, 10), _LONGEST_WAIT)
    return now + timedelta(seconds=max(wait, error.retry_after or 0.0))
