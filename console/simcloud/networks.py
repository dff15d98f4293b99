"""Addresses inside subnets: which are taken, which is the next free one."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Final

from console.simcloud.errors import Refusal
from console.simcloud.records import Subnet
from console.simcloud.world import World

#: Besides network and broadcast: the gateway (first host) and the last three hosts (huawei-contract 7).
_RESERVED_AT_THE_END: Final = 3

#: Used by the cloud itself: networks that overlap it can neither offer a service nor hold an endpoint (5.1, 5.7).
_RESERVED_BLOCK: Final = IPv4Network("198.19.128.0/17")


def overlaps_reserved(cidr: str) -> bool:
    """Whether endpoint services and endpoints fail in a network of this block."""
    return IPv4Network(cidr).overlaps(_RESERVED_BLOCK)


def gateway_ip(subnet: Subnet) -> str:
    """The subnet's router: its first host."""
    return str(IPv4Network(subnet.cidr)[1])


def usable(subnet: Subnet) -> Iterator[str]:
    """The addresses that can be given out, in order."""
    hosts = IPv4Network(subnet.cidr)
    return (str(hosts[number]) for number in range(2, hosts.num_addresses - 1 - _RESERVED_AT_THE_END))


def used(world: World, subnet: Subnet) -> dict[str, tuple[str, str]]:
    """Addresses in use: who uses each, as (id, device owner)."""
    taken = {port.ip: (port.id, port.device_owner) for port in world.ports.values() if port.subnet_id == subnet.id}
    for endpoint in world.endpoints.values():
        if endpoint.subnet_id == subnet.id and endpoint.ip:
            taken[endpoint.ip] = (endpoint.id, "network:vpc_endpoint")
    for gateway in world.gateways.values():
        if gateway.subnet_id == subnet.id:
            taken[gateway.ingress_ip] = (gateway.id, "network:apig")
    return taken


def available_count(world: World, subnet: Subnet) -> int:
    """How many addresses are left (`available_ip_address_count`)."""
    size = IPv4Network(subnet.cidr).num_addresses - 3 - _RESERVED_AT_THE_END
    return max(0, size - len(used(world, subnet)))


def choose(world: World, subnet: Subnet, wanted: str | None) -> str:
    """The wanted address if it is free, or the next free one. Raises Refusal 2041, 2042 or 2043."""
    taken = used(world, subnet)
    if wanted is None:
        free = next((address for address in usable(subnet) if address not in taken), None)
        if free is None:
            raise Refusal(400, "EndPoint.2042")
        return free
    try:
        address = IPv4Address(wanted)
    except AddressValueError:
        raise Refusal(400, "EndPoint.2041") from None
    if address not in IPv4Network(subnet.cidr):
        raise Refusal(400, "EndPoint.2043")
    if wanted in taken:
        raise Refusal(400, "EndPoint.2042")
    if wanted not in set(usable(subnet)):
        raise Refusal(400, "EndPoint.2043")
    return wanted
