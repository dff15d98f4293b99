"""Writing VPCEP: the bodies of its calls (huawei-contract 5). What is empty or the cloud's own default is left out."""

from collections.abc import Iterable, Sequence
from typing import Final

from console.clouds.huawei import wire
from console.clouds.reading import JsonObject
from console.clouds.services import NewEndpoint, NewService, PortMapping, ServiceType, ServiceUpdate, Tag
from console.clouds.types import EVERYONE, AccountId, EndpointId, ServiceId
from console.patterns import Pattern

ADD: Final = "add"
REMOVE: Final = "remove"

_ACCOUNT: Final = Pattern(r"[A-Za-z0-9]+", 64)
#: How entries begin that admit a part of an organisation; on Huawei Cloud only (contract 5.6).
_PATH: Final = Pattern(r"organizations:orgPath::o-[a-z0-9]+(/[A-Za-z0-9*?-]+)*/?", 1024)
_BAD_PATH: Final = "An organisation's path looks like organizations:orgPath::o-abcdef0123/r-ab12/ou-ab12-cdef/*."
ORGANISATION: Final = "organizations:orgPath::"


def new_service_to_wire(new: NewService) -> bytes:
    """Contract 5.1. Services that customers create are interface services."""
    return wire.to_bytes(
        {
            "port_id": new.backend_id,
            "vpc_id": new.vpc_id,
            "approval_enabled": new.approval_required,
            "service_type": ServiceType.INTERFACE.value,
            "server_type": new.server_type,
            "ports": _ports(new.ports),
            **_given(service_name=new.name, description=new.description, tags=_tags(new.tags)),
        }
    )


def service_update_to_wire(update: ServiceUpdate) -> bytes:
    """Contract 5.2. Raises ValueError where nothing is to change."""
    body: JsonObject = {}
    if update.name is not None:
        body["service_name"] = update.name
    if update.approval_required is not None:
        body["approval_enabled"] = update.approval_required
    if update.ports is not None:
        body["ports"] = _ports(update.ports)
    if update.description is not None:
        body["description"] = update.description
    if not body:
        raise ValueError("an update must change something")
    return wire.to_bytes(body)


def new_endpoint_to_wire(new: NewEndpoint) -> bytes:
    """Contract 5.7: an address in a subnet for interface services, routes for gateway services."""
    placed = _in_route_tables(new) if new.service_type is ServiceType.GATEWAY else _in_subnet(new)
    return wire.to_bytes(
        {
            "vpc_id": new.vpc_id,
            "endpoint_service_id": new.service_id,
            **placed,
            **_given(description=new.description, tags=_tags(new.tags)),
        }
    )


def _in_subnet(new: NewEndpoint) -> JsonObject:
    control = {"whitelist": list(new.whitelist), "enable_whitelist": True} if new.access_control else {}
    return {
        "subnet_id": new.subnet_id,
        "enable_dns": new.dns_enabled,
        **_given(port_ip=new.address),
        **control,
    }


def _in_route_tables(new: NewEndpoint) -> JsonObject:
    return _given(routetables=list(new.route_tables))


def access_control_to_wire(*, enabled: bool, whitelist: Sequence[str]) -> bytes:
    """Contract 5.8: both always, since what is missing is taken for empty and off."""
    return wire.to_bytes({"whitelist": list(whitelist), "enable_whitelist": enabled})


def tags_to_wire(*, add: Sequence[Tag], remove: Sequence[Tag]) -> bytes:
    """Contract 5.8. A tag without a value is removed by its key. Raises ValueError unless one of the two is given."""
    if bool(add) == bool(remove):
        raise ValueError("tags are either added or removed in one call")
    if add:
        return wire.to_bytes({"action": "create", "tags": _tags(add)})
    return wire.to_bytes({"action": "delete", "tags": [_given(key=tag.key, value=tag.value) for tag in remove]})


def connection_description_to_wire(endpoint_id: EndpointId, description: str) -> bytes:
    """Contract 5.5."""
    return wire.to_bytes({"connections": [{"id": endpoint_id, "description": description}]})


def permission_action_to_wire(action: str, entries: Sequence[str]) -> bytes:
    """Contract 5.6; `action` is ADD or REMOVE, the entries are of one account."""
    of_organisation = {"permission_type": "orgPath"} if entries[0].startswith(ORGANISATION) else {}
    return wire.to_bytes({"action": action, "permissions": list(entries), **of_organisation})


def account_to_wire(account: AccountId) -> str:
    """An entry as this service's whitelist spells it. Everyone is a bare asterisk here, unlike in API Gateway."""
    bare = account == EVERYONE or account.startswith(ORGANISATION)
    return account if bare else wire.account_to_wire(account)


def read_account(typed: str, *, organisations: bool) -> AccountId:
    """An account ID as people type or paste it, with or without the wire's prefix (contract 5.6 and 11).

    Where the cloud takes them, also a path of an organisation, which stands for the accounts below it.
    """
    account = wire.account_from_wire(typed.strip())
    if account == EVERYONE or _ACCOUNT.fullmatch(account) or (organisations and _PATH.fullmatch(account)):
        return account
    if account.startswith(ORGANISATION):
        raise ValueError(_BAD_PATH if organisations else wire.NO_PATHS)
    raise ValueError("An account ID has 1 to 64 letters and digits; an asterisk (*) means every account.")


def read_service_id(typed: str) -> ServiceId:
    """An endpoint service's id, in the lower case that the cloud uses (contract 11)."""
    found = typed.strip().lower()
    if wire.is_uuid(found):
        return ServiceId(found)
    raise ValueError("A VPC endpoint service ID looks like 5f0c1c2e-7d0b-4a3c-9a55-0b8f3b0f7e11.")


def _ports(ports: Iterable[PortMapping]) -> list[JsonObject]:
    return [{"client_port": one.client_port, "server_port": one.server_port, "protocol": one.protocol} for one in ports]


def _tags(tags: Iterable[Tag]) -> list[JsonObject]:
    return [{"key": tag.key, "value": tag.value} for tag in tags]


def _given(**fields: str | list[JsonObject] | list[str]) -> JsonObject:
    """Those that are not empty."""
    return {name: value for name, value in fields.items() if value}
