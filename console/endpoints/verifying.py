"""Verify: what is said about a service name (source 004; huawei-contract 5.3)."""

from dataclasses import dataclass
from typing import Final

from console.clouds.limits import region_in
from console.clouds.services import FoundService
from console.endpoints.display import TYPES
from console.web.moments import local_text

FOUND: Final = "Service name found."
NOT_FOUND: Final = "Service name not found."
_ADVICE: Final = (
    "Check whether the region is the same as that of the service and whether the name is correct. "
    "A service in another account is found only by its whole name."
)


@dataclass(frozen=True, slots=True)
class Verified:
    """What Verify found. `lines` say more of it, or what to look at."""

    ok: bool
    title: str
    lines: tuple[str, ...]

    @property
    def level(self) -> str:
        """The tone of the notice."""
        return "success" if self.ok else "warning"


def verdict_on(name: str, region: str, found: FoundService | None) -> Verified:
    """What is said of this name in this region."""
    if found is None:
        return Verified(ok=False, title=NOT_FOUND, lines=(_other_region(name, region) or _ADVICE,))
    lines = [f"Service Type: {TYPES[found.service_type]}"]
    if found.created_at:
        lines.append(f"Created {local_text(found.created_at)}.")
    if found.charged:
        lines.append("The vendor charges for its use.")
    return Verified(ok=True, title=FOUND, lines=tuple(lines))


def _other_region(name: str, region: str) -> str:
    meant = region_in(name)
    if not meant or meant == region:
        return ""
    return (
        f"The name begins with {meant}, and this is {region}. Endpoint and service must be in the same region: "
        "create the endpoint there, or check the name."
    )
