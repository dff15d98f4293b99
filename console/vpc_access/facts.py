"""What the pages of an instance and of a group say about them, label by label (contract 2.1 and 2.3)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from console.clouds.vpc_access import ApiGroup, ApiInstance, OwnDomain
from console.vpc_access.display import DEDICATED, SHARED, reached_from
from console.web.details import Fact
from console.web.moments import UNKNOWN, local_text

_NO_LIMIT = "not provided by this cloud"


def facts_of_instance(instance: ApiInstance) -> tuple[Fact, ...]:
    """The instance itself; its binding stands in a card of its own."""
    return (
        Fact("Name", instance.name),
        Fact("ID", instance.id, copy=True),
        Fact("Type", SHARED if instance.shared else DEDICATED),
        Fact("Size", instance.edition),
        Fact("Region", instance.region),
        Fact("Zone", instance.zone),
        Fact("Most requests", _limit(instance.request_limit)),
        Fact("HTTPS policy", instance.https_policy),
        Fact("IPv6", _yes(instance.ipv6)),
        Fact("Self-calling domain", _yes(instance.self_calling)),
        Fact("Calls backends from", ", ".join(filter(None, (instance.vpc_egress, instance.internet_egress)))),
        Fact("VPC of its backends", instance.backend_vpc_id, copy=True),
        Fact("Created", local_text(instance.created_at)),
    )


def facts_of_binding(instance: ApiInstance) -> tuple[Fact, ...]:
    """The one VPC whose callers reach a dedicated instance."""
    return (
        Fact("VPC", instance.vpc_id, copy=True),
        Fact("vSwitch", instance.vswitch_id, copy=True),
        Fact("Account of the VPC", instance.vpc_owner, copy=True),
    )


def facts_of_group(cloud: str, group: ApiGroup, instance: ApiInstance | None) -> tuple[Fact, ...]:
    """The group itself; its VPC domain stands in a card of its own."""
    at = reverse("vpc_access:instance", args=(cloud, group.instance_id))
    return (
        Fact("Name", group.name),
        Fact("ID", group.id, copy=True),
        Fact("Instance", instance.name or instance.id if instance else group.instance_id, url=at),
        Fact("Description", group.description),
        Fact("Public domain", group.public_domain, copy=True),
        Fact("Self-calling domain", group.self_calling_domain, copy=True),
        Fact("Base path", group.base_path),
        Fact("Most requests", _limit(group.request_limit)),
        Fact("HTTPS policy", group.https_policy),
        Fact("VPC domain reached from", reached_from(group, instance)),
        Fact("Created", local_text(group.created_at)),
        Fact("Changed", local_text(group.modified_at)),
    )


@dataclass(frozen=True, slots=True)
class OwnDomainRow:
    """One domain name of the customer's own."""

    name: str
    reached: str
    cname: str
    works: str
    remark: str


def own_domain_rows(domains: Iterable[OwnDomain]) -> list[OwnDomainRow]:
    """Lines of Own domain names; what the cloud does not say is called unknown."""
    return [
        OwnDomainRow(
            name=domain.name,
            reached="The VPC only" if domain.vpc_only else "The Internet too",
            cname=_said(domain.cname_resolved, "Leads to the group", "Does not lead to the group"),
            works=_said(domain.in_effect, "Yes", "No"),
            remark=domain.remark,
        )
        for domain in domains
    ]


def _said(value: bool | None, yes: str, no: str) -> str:  # noqa: FBT001 - a cloud's answer, not a switch
    return UNKNOWN if value is None else yes if value else no


def _yes(value: bool) -> str:  # noqa: FBT001 - a cloud's answer, not a switch
    return "Yes" if value else "No"


def _limit(requests: int | None) -> str:
    return _NO_LIMIT if requests is None else f"{requests} a second"
