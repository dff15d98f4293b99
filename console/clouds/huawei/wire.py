"""Between the wire's words and ours: API Gateway's, and what VPCEP and VPC share with it.

Reading is tolerant: a missing or odd field of a row becomes "" or None, an unknown status stays visible. Only what
makes a row useless, no id, fails the read (huawei-contract 0 and 1).
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from console.clouds.huawei.profiles import HUAWEI, OTC, Profile
from console.clouds.paging import Page, page_of
from console.clouds.reading import JsonObject, UnreadableAnswer, count, moment, text
from console.clouds.types import (
    EVERYONE,
    AccountId,
    Availability,
    Connection,
    ConnectionStatus,
    EndpointId,
    Gateway,
    GatewayDetail,
    GatewayId,
    Permission,
    ServiceName,
)
from console.patterns import Pattern

T = TypeVar("T")

ACCEPT: Final = "receive"
REJECT: Final = "reject"

#: Refused by us, since the cloud would take the path for an account that nobody has.
NO_PATHS: Final = "The whitelist here takes accounts, and no paths of an organisation."
_ACCOUNT_PREFIX: Final = "iam:domain::"
_STATUSES: Final[dict[Any, ConnectionStatus]] = {status.value: status for status in ConnectionStatus}
_ACCOUNT: Final = Pattern(r"[0-9a-f]{32}", 32)


def page_from_wire(
    document: JsonObject, name: str, decode: Callable[[JsonObject], T], *, total_name: str = "total"
) -> Page[T]:
    """One page of the list called `name`. Raises UnreadableAnswer where it is missing; null is an empty list where the
    total says so."""
    rows, total = document.get(name), count(document.get(total_name))
    if rows is None and name in document and total == 0:
        rows = []
    if not isinstance(rows, list):
        raise UnreadableAnswer(f"the answer has no list of {name}")
    return page_of(rows, decode, total)


def id_of(row: JsonObject) -> str:
    """The one field that no row can do without. Raises UnreadableAnswer."""
    found = text(row.get("id"))
    if not found:
        raise UnreadableAnswer("a row of the answer has no id")
    return found


def our_id(raw: str) -> str:
    """A UUID or an account ID of 32 hexadecimal digits in lower case; everything else as it is."""
    lower = raw.lower()
    return lower if is_uuid(lower) or _ACCOUNT.fullmatch(lower) else raw


def connection_from_wire(row: JsonObject) -> Connection:
    """Contract 4.4. `marker_id` may be a number above 2^53 or digits as text."""
    raw_status = row.get("status")
    if raw_status.__class__ is not str:
        raw_status = text(raw_status)
    status = _STATUSES.get(raw_status, ConnectionStatus.OTHER)
    return Connection(
        EndpointId(our_id(id_of(row))),
        text(row.get("marker_id")),
        status,
        text(raw_status),
        AccountId(our_id(text(row.get("domain_id")))),
        moment(row.get("created_at")),
        moment(row.get("updated_at") or row.get("update_at")),
        failure_from_wire(row["error"]) if "error" in row else "",
    )


def failure_from_wire(value: Any) -> str:
    """Why a connection failed: an object or a list of them, in either pair of keys (contract 1.5)."""
    reasons = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            code = text(item.get("error_code") or item.get("code"))
            message = text(item.get("error_message") or item.get("error_msg") or item.get("message"))
            reasons.append(": ".join(part for part in (code, message) if part))
    return "; ".join(reason for reason in reasons if reason)


def account_from_wire(raw: str) -> AccountId:
    """`iam:domain::X` is X, and both spellings of the wildcard are EVERYONE; other entries stay as they are."""
    return AccountId(our_id(raw.removeprefix(_ACCOUNT_PREFIX)))


def account_to_wire(account: AccountId) -> str:
    """An account, or EVERYONE, as a gateway's whitelist spells it (contract 4.7)."""
    return f"{_ACCOUNT_PREFIX}{account}"


def read_account(typed: str) -> AccountId:
    """An account ID as people type or paste it, with or without the wire's prefix (contract 4.7 and 11)."""
    account = account_from_wire(typed.strip())
    if account.startswith("organizations:"):
        raise ValueError(NO_PATHS)
    if account == EVERYONE or _ACCOUNT.fullmatch(account):
        return account
    raise ValueError("An account ID has 32 characters, 0-9 and a-f; an asterisk (*) means every account.")


def read_endpoint_id(typed: str) -> EndpointId:
    """A VPC endpoint's id, in the lower case that the cloud uses (contract 11)."""
    found = typed.strip().lower()
    if is_uuid(found):
        return EndpointId(found)
    raise ValueError("A VPC endpoint ID looks like 2b7f8d4f-3c5e-4f90-8d21-88bb6c4e3f02.")


def permission_from_wire(row: JsonObject) -> Permission:
    """Contract 4.6. The entry itself is what counts, so a record without an id is kept."""
    raw = text(row.get("permission"))
    account = account_from_wire(raw)
    if not account:
        raise UnreadableAnswer("a row of permissions names no account")
    return Permission(
        EVERYONE if account == EVERYONE else account, text(row.get("id")), moment(row.get("created_at")), raw
    )


def gateway_from_wire(row: JsonObject) -> Gateway:
    """A row of the list of gateways (contract 4.1)."""
    return Gateway(
        id=GatewayId(id_of(row)),
        name=text(row.get("instance_name")),
        status=text(row.get("status")),
        edition=text(row.get("spec")),
        created_at=moment(row.get("create_time")),
        project_id=text(row.get("project_id")),
    )


def gateway_detail_from_wire(row: JsonObject, *, region: str, profile: Profile) -> GatewayDetail:
    """A gateway's own page (contract 4.2)."""
    base = gateway_from_wire(row)
    service = _service_of(row)
    return GatewayDetail(
        id=base.id,
        name=base.name,
        status=base.status,
        edition=base.edition,
        created_at=base.created_at,
        project_id=base.project_id,
        description=text(row.get("description")),
        vpc_id=text(row.get("vpc_id")),
        subnet_id=text(row.get("subnet_id")),
        security_group_id=text(row.get("security_group_id")),
        zones=_zones(row.get("available_zone_ids")),
        maintenance_window=_window(row),
        private_address=text(row.get("ingress_ip")),
        public_address=text(row.get("eip_address")),
        enterprise_project_id=text(row.get("enterprise_project_id")),
        service_name=service,
        availability=_availability(base.edition, region, service, profile),
    )


def _service_of(row: JsonObject) -> ServiceName | None:
    """Item 0 of `endpoint_services`; the deprecated single object where the list is empty (contract 4.2)."""
    several = row.get("endpoint_services")
    first = several[0] if isinstance(several, list) and several else row.get("endpoint_service")
    full = text(first.get("service_name")) if isinstance(first, dict) else ""
    return parse_service_name(full) if full else None


def parse_service_name(full: str) -> ServiceName:
    """Cut a full name (contract 1.3): with a UUID at its end it is a service's own, else a cloud service's."""
    labels = full.split(".")
    if is_uuid(labels[-1]):
        region = labels[0] if len(labels) > 1 else ""
        return ServiceName(full, region, ".".join(labels[1:-1]), labels[-1])
    for profile in (HUAWEI, OTC):
        if full.startswith(profile.cloud_service_prefix):
            region, _, name = full.removeprefix(profile.cloud_service_prefix).partition(".")
            return ServiceName(full, region, name, "")
    return ServiceName(full, "", "", "")


def is_uuid(label: str) -> bool:
    """Whether it is an id as VPCEP and VPC write them, in either case."""
    if len(label) != 36 or label.count("-") != 4:
        return False
    try:
        return str(UUID(label)) == label.lower()
    except ValueError:
        return False


def _availability(edition: str, region: str, service: ServiceName | None, profile: Profile) -> Availability:
    """Contract 1.1: absent in some regions and on NLB editions, whatever else the answer says."""
    if region in profile.regions_without_endpoints:
        return Availability.NOT_IN_REGION
    if "NLB" in edition.upper():
        return Availability.NOT_ON_EDITION
    return Availability.ENABLED if service else Availability.NOT_ENABLED


def _zones(value: Any) -> tuple[str, ...]:
    """The wire gives one text such as "[az-1, az-2]"; a real list is read as well."""
    if isinstance(value, list):
        return tuple(zone for item in value if (zone := text(item)))
    return tuple(zone for part in text(value).strip("[] ").split(",") if (zone := part.strip(" \"'")))


def _window(row: JsonObject) -> str:
    begin, end = text(row.get("maintain_begin")), text(row.get("maintain_end"))
    return f"{begin} - {end}" if begin and end else ""


def connection_action_to_wire(action: str, endpoint_ids: Sequence[str]) -> bytes:
    """Contract 4.5 and 5.5; `action` is ACCEPT or REJECT."""
    return to_bytes({"action": action, "endpoints": list(endpoint_ids)})


def permissions_to_wire(entries: Sequence[str]) -> bytes:
    """Contract 4.7; the entries as the cloud spells them."""
    return to_bytes({"permissions": list(entries)})


def rename_to_wire(name: str) -> bytes:
    """Contract 4.3: the one field, so that nothing else of the gateway is touched."""
    return to_bytes({"vpcep_service_name": name})


def to_bytes(body: JsonObject) -> bytes:
    """A body as it is sent."""
    return json.dumps(body, separators=(",", ":")).encode()
