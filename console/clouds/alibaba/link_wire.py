"""Between PrivateLink's words and ours (alibaba-contract 4). Arrays are bare here, and rows have fewer fields."""

from functools import partial
from typing import Final

from console.clouds.alibaba.wire import Parameters, flag, id_in, rows_in
from console.clouds.paging import Page, page_of
from console.clouds.reading import JsonObject, UnreadableAnswer, moment, text
from console.clouds.services import EndpointService, ServiceStatus, ServiceType, Tag
from console.clouds.types import (
    AccountId,
    Connection,
    ConnectionStatus,
    EndpointId,
    Permission,
    ServiceId,
    ServiceName,
    Traits,
)
from console.patterns import Pattern

SERVICES: Final = ("Services",)
CONNECTIONS: Final = ("Connections",)
_USERS: Final = ("Users", "UserARNs")

#: What PrivateLink has not (alibaba-contract 4.4).
TRAITS: Final = Traits(
    packet_id=False,
    created_at=False,
    tells_waiting=False,
    everyone=False,
    permission_created_at=False,
    account_hint="8 to 20 digits",
)

#: The others, such as Disconnecting, Pending (being modified) and ServiceDeleted, stay the cloud's own word.
_CONNECTION: Final = {
    "Connected": ConnectionStatus.ACCEPTED,
    "Connecting": ConnectionStatus.CREATING,
    "Disconnected": ConnectionStatus.NOT_CONNECTED,
    "Deleting": ConnectionStatus.DELETING,
    "Deleted": ConnectionStatus.DELETING,
}
_FAILURES: Final = {"ServiceDeleted": "The endpoint service was deleted."}
_SERVICE: Final = {
    "Creating": ServiceStatus.CREATING,
    "Active": ServiceStatus.AVAILABLE,
    "Deleting": ServiceStatus.DELETING,
}
_TYPES: Final = {"Interface": ServiceType.INTERFACE}
_LOCKED: Final = "FinancialLocked"

_ACCOUNT: Final = Pattern(r"[0-9]{8,20}", 20)
_ARN: Final = Pattern(r"acs:ram:\*:([0-9]{8,20}):\*", 100)
_ENDPOINT_ID: Final = Pattern(r"ep-[0-9a-z]{4,61}", 64)
_SERVICE_ID: Final = Pattern(r"epsrv-[0-9a-z]{4,58}", 64)
_NAME: Final = Pattern(r"com\.aliyuncs\.privatelink\.([0-9a-z-]+)\.(epsrv-[0-9a-z]+)", 200)


def service_from_wire(row: JsonObject) -> EndpointService:
    """Alibaba-contract 4.2. `Pending` means being modified; the backends are the load balancer's own matter."""
    raw_status = text(row.get("ServiceStatus"))
    service_id = ServiceId(id_in(row, "ServiceId"))
    return EndpointService(
        id=service_id,
        name=name_from_wire(text(row.get("ServiceName")), service_id),
        status=_SERVICE.get(raw_status, ServiceStatus.OTHER),
        raw_status=raw_status,
        service_type=_TYPES.get(text(row.get("ServiceType")), ServiceType.OTHER),
        approval_required=not flag(row["AutoAcceptEnabled"]) if "AutoAcceptEnabled" in row else None,
        server_type=text(row.get("ServiceResourceType")).upper(),
        backend_id="",
        vpc_id="",
        ports=(),
        description=text(row.get("ServiceDescription")),
        tags=_tags(row),
        connection_count=None,
        created_at=moment(row.get("CreateTime")),
        updated_at=None,
        failure="Locked for want of payment." if row.get("ServiceBusinessStatus") == _LOCKED else "",
    )


def name_from_wire(full: str, service_id: ServiceId) -> ServiceName:
    """`com.aliyuncs.privatelink.{region}.{id}`: people choose no part of it (alibaba-contract 4.1)."""
    match = _NAME.fullmatch(full)
    return ServiceName(full, match[1] if match else "", "", match[2] if match else service_id)


def _tags(row: JsonObject) -> tuple[Tag, ...]:
    found = row.get("Tags")
    items = found if isinstance(found, list) else []
    return tuple(Tag(text(i.get("Key")), text(i.get("Value"))) for i in items if isinstance(i, dict) and i.get("Key"))


def connection_from_wire(row: JsonObject) -> Connection:
    """Alibaba-contract 4.2: no name, no packet id and no creation time, only when it was last modified."""
    raw_status = text(row.get("ConnectionStatus"))
    return Connection(
        id=EndpointId(id_in(row, "EndpointId")),
        packet_id="",
        status=_CONNECTION.get(raw_status, ConnectionStatus.OTHER),
        raw_status=raw_status,
        owner=AccountId(text(row.get("EndpointOwnerId"))),
        created_at=None,
        updated_at=moment(row.get("ModifiedTime")),
        failure=_FAILURES.get(raw_status, ""),
    )


def permissions_from_wire(document: JsonObject) -> Page[Permission]:
    """One page of a whitelist: accounts by number, and once more, or instead, as ARNs (alibaba-contract 4.2).

    Raises UnreadableAnswer where it has neither list.
    """
    if not any(name in document for name in _USERS):
        raise UnreadableAnswer("the answer has no list of Users")
    users = rows_in(document, ("Users",)) if "Users" in document else []
    arns = rows_in(document, ("UserARNs",)) if "UserARNs" in document else []
    named = page_of(users, partial(_permission, name="UserId"))
    by_arn = page_of(arns, partial(_permission, name="UserARN"))
    return Page([*named.rows, *by_arn.rows], None, named.unreadable + by_arn.unreadable)


def _permission(row: JsonObject, *, name: str) -> Permission:
    raw = id_in(row, name)
    return Permission(account_from_wire(raw), "", None, raw)


def account_from_wire(raw: str) -> AccountId:
    """The account of a number or of an ARN; other ARNs stay as they are."""
    match = _ARN.fullmatch(raw)
    return AccountId(match[1] if match else raw)


def page_to_wire(token: str, size: int) -> Parameters:
    """Which page of a list; "" for the first."""
    size_only = {"MaxResults": str(size)}
    return {**size_only, "NextToken": token} if token else size_only


def service_to_wire(service_id: ServiceId) -> Parameters:
    """Names a service."""
    return {"ServiceId": service_id}


def connection_to_wire(service_id: ServiceId, endpoint_id: EndpointId) -> Parameters:
    """Names a connection: it has no id of its own."""
    return {"ServiceId": service_id, "EndpointId": endpoint_id}


def user_to_wire(service_id: ServiceId, account: AccountId) -> Parameters:
    """One entry of a whitelist, always by number."""
    return {"ServiceId": service_id, "UserId": account}


def read_account(typed: str) -> AccountId:
    """An account ID as people type or paste it, bare or in an ARN."""
    account = account_from_wire(typed.strip())
    if _ACCOUNT.fullmatch(account):
        return account
    raise ValueError("An account ID has 8 to 20 digits.")


def read_endpoint_id(typed: str) -> EndpointId:
    """A VPC endpoint's id."""
    found = typed.strip().lower()
    if _ENDPOINT_ID.fullmatch(found):
        return EndpointId(found)
    raise ValueError("A VPC endpoint ID looks like ep-hp33b2e43fays7s80001.")


def read_service_id(typed: str) -> ServiceId:
    """A VPC endpoint service's id."""
    found = typed.strip().lower()
    if _SERVICE_ID.fullmatch(found):
        return ServiceId(found)
    raise ValueError("A VPC endpoint service ID looks like epsrv-hp3vpx8yqxblby3i0001.")
