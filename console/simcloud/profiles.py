"""What differs between Huawei Cloud and Open Telekom Cloud (huawei-contract 9); the switch `profile` chooses one."""

from dataclasses import dataclass
from typing import Final

from console.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Profile:
    """One flavour of the same services."""

    name: str
    #: How the names of the cloud's own endpoint services begin; region and service follow (1.3).
    cloud_prefix: str
    #: What a tag's key and value may consist of (10 #8).
    tag_text: Pattern
    #: Longest description, in characters.
    description_maximum: int
    #: The wire's sort keys, with the record's attribute.
    sort_keys: dict[str, str]
    server_types: frozenset[str]
    proxies: frozenset[str]
    #: Whether whitelists know organisations.
    knows_organizations: bool
    #: Whether the calls exist that only Huawei Cloud has: renaming, descriptions, batches, access control, policies.
    has_newer_calls: bool
    #: Whether subnets say how many addresses are free (7).
    counts_addresses: bool
    #: Whether a token request must name a project or domain.
    needs_scope: bool


HUAWEI: Final = Profile(
    name="huawei",
    cloud_prefix="com.myhuaweicloud.",
    tag_text=Pattern(r"(?:[^ =*<>\\,|/](?:[^=*<>\\,|/]*[^ =*<>\\,|/])?)?", 1_000),
    description_maximum=512,
    sort_keys={"create_at": "created_at", "update_at": "updated_at"},
    server_types=frozenset({"VM", "LB", "VIP"}),
    proxies=frozenset({"close", "toa_open", "proxy_open", "open"}),
    knows_organizations=True,
    has_newer_calls=True,
    counts_addresses=True,
    needs_scope=False,
)

OTC: Final = Profile(
    name="otc",
    cloud_prefix="com.t-systems.otc.",
    tag_text=Pattern(r"[A-Za-z0-9_@-]*", 1_000),
    description_maximum=128,
    sort_keys={"created_at": "created_at", "updated_at": "updated_at"},
    server_types=frozenset({"VM", "LB", "VIP", "BMS"}),
    proxies=frozenset({"close", "toa_open", "proxy_open", "open", "proxy_vni"}),
    knows_organizations=False,
    has_newer_calls=False,
    counts_addresses=False,
    needs_scope=True,
)

PROFILES: Final = {profile.name: profile for profile in (HUAWEI, OTC)}
