"""A quota as a bar: how much of it is used, and a word where it is nearly or wholly used up (features P-35)."""

from dataclasses import dataclass
from typing import Final

from console.clouds.services import Quota

#: A bar this full is worth a word.
_NEARLY: Final = 0.8


@dataclass(frozen=True, slots=True)
class QuotaBar:
    """What the bar shows."""

    #: Of what, in the plural.
    noun: str
    used: int
    total: int
    #: What to say beside the bar; "" while there is plenty.
    warning: str
    reached: bool


def quota_bar(quota: Quota | None, noun: str) -> QuotaBar | None:
    """None where the quota could not be read."""
    if quota is None:
        return None
    return QuotaBar(noun, quota.used, quota.total, _warning(quota, noun), quota.is_reached)


def _warning(quota: Quota, noun: str) -> str:
    if quota.is_reached:
        return f"The quota of {noun} is used up: {quota.used} of {quota.total}. No more can be created."
    if quota.used >= quota.total * _NEARLY:
        return f"{quota.total - quota.used} more can be created."
    return ""
