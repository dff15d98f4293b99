"""Instances, API groups and who reaches them from a VPC, in our words (source 003; alibaba-contract 2).

A group of APIs lives on an instance. Its VPC domain, the second-level domain name for VPC, is what callers in a VPC
use: on a shared instance those of every VPC of the region, on a dedicated one those of the one VPC it is bound to.
What an act would bring is worked out in `vpc_access_rules`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

ApiInstanceId = NewType("ApiInstanceId", str)
ApiGroupId = NewType("ApiGroupId", str)


class Migration(StrEnum):
    """How the last move of a group to another instance went (alibaba-contract 2.5). An open set: see `OTHER`."""

    NONE = "none"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ApiInstance:
    """What API groups run on (alibaba-contract 2.1). Missing texts are ""."""

    id: ApiInstanceId
    name: str
    #: Used by all customers of the region together; otherwise it is dedicated to this account.
    shared: bool
    #: The cloud's own word.
    status: str
    #: Whether the cloud is still at work on it, so that nothing may be changed; an unknown word counts as such.
    is_changing: bool
    #: The one VPC whose callers reach a dedicated instance; "" where it is bound to none. Always "" on a shared one.
    vpc_id: str
    vswitch_id: str
    #: The account that has that VPC.
    vpc_owner: str
    #: The VPC of the backends of a VPC integration instance: another thing than the VPC of the callers.
    backend_vpc_id: str
    #: The size that was bought.
    edition: str
    region: str
    zone: str
    #: Most requests a second; None where the cloud does not say.
    request_limit: int | None
    #: Which TLS versions callers may use, in the cloud's words.
    https_policy: str
    #: Addresses from which backends are called, in a VPC and over the Internet.
    vpc_egress: str
    internet_egress: str
    #: Whether backends in the VPC may call the gateway back (the self-calling domain).
    self_calling: bool
    ipv6: bool
    #: UTC; None when the cloud gave none or an unreadable one.
    created_at: datetime | None

    @property
    def is_bound(self) -> bool:
        return bool(self.vpc_id)


@dataclass(frozen=True, slots=True)
class OwnDomain:
    """A domain name of the customer's own on a group (alibaba-contract 2.3 and 2.7)."""

    name: str
    #: Never reachable from the Internet.
    vpc_only: bool
    #: Whether the name's CNAME record leads to the group; None where the cloud does not say.
    cname_resolved: bool | None
    #: Whether calls by this name work now; None where the cloud does not say.
    in_effect: bool | None
    #: The cloud's remark, such as why it does not work; "" where there is none.
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ApiGroup:
    """A group of APIs under one set of domain names (alibaba-contract 2.3). Missing texts are ""."""

    id: ApiGroupId
    name: str
    description: str
    instance_id: ApiInstanceId
    #: Whether its instance is a shared one.
    shared: bool
    region: str
    base_path: str
    #: The public second-level domain.
    public_domain: str
    #: The second-level domain name for VPC; "" while VPC access is disabled.
    vpc_domain: str
    #: For backends that call the gateway back; "" where there is none.
    self_calling_domain: str
    own_domains: tuple[OwnDomain, ...]
    migration: Migration
    #: The cloud's own word, shown when `migration` is OTHER.
    raw_migration: str
    #: Why the cloud says the last move failed; "" where unknown.
    migration_error: str
    #: Most requests a second; None where the cloud does not say.
    request_limit: int | None
    https_policy: str
    #: UTC; None when the cloud gave none or an unreadable one.
    created_at: datetime | None
    modified_at: datetime | None

    @property
    def is_enabled(self) -> bool:
        """Whether it has a VPC domain."""
        return bool(self.vpc_domain)

    @property
    def is_moving(self) -> bool:
        """Whether the cloud is moving it to another instance; an unknown word counts as such, so we keep looking."""
        return self.migration in (Migration.RUNNING, Migration.OTHER)
