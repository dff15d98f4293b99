"""Whether one more may be made at all (huawei-contract 12.1)."""

from console.clouds.services import Quota


def used_up(quota: Quota | None, things: str) -> str:
    """Why there can be no more of these things; "" where there can be, or where the quota is not known."""
    if quota is None or not quota.is_reached:
        return ""
    return f"The quota of {things} is used up: {quota.used} of {quota.total}. Delete one, or ask for more."
