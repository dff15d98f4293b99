"""What an IP address leads to: who is told to call an address asks here first. Pure: resolves no names.

An address counts as public because it lies in a block that the internet routes to, never because it is on no list of
exceptions. Sources: IANA's special-purpose registries for IPv4 and IPv6; the metadata addresses of cloud vendors.
"""

import ipaddress
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressKind(StrEnum):
    """Who answers at an address."""

    #: Anybody on the internet.
    PUBLIC = "public"
    #: Machines of a private network, and documentation examples.
    PRIVATE = "private"
    LOOPBACK = "loopback"
    #: Link-local addresses and the services that tell a machine its credentials.
    METADATA = "metadata"
    #: Multicast, broadcast, reserved blocks, retired tunnels and other addresses that no server has.
    SPECIAL = "special"


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(*texts: str) -> tuple[_Network, ...]:
    return tuple(map(ipaddress.ip_network, texts))


#: AWS and most others (link-local), Alibaba Cloud, Azure, Oracle Cloud; AWS and Google over IPv6.
_METADATA: Final = _networks(
    *("169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32"),
    *("fe80::/10", "fd00:ec2::/32", "fd20:ce::254/128"),
)
_LOOPBACK: Final = _networks("127.0.0.0/8", "::1/128")
#: Private use, shared address space of carriers, unique local addresses; documentation.
_PRIVATE: Final = _networks(
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"),
    *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
)
#: "This network", protocol assignments, relays of 6to4, benchmarks, multicast, reserved blocks and broadcast; of IPv6
#: protocol assignments (Teredo is one), 6to4 and the retired 6bone. What is outside of 2000::/3 needs no entry.
_SPECIAL: Final = _networks(
    *("0.0.0.0/8", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"),
    *("2001::/23", "2002::/16", "3ffe::/16"),
)
#: All that is given out to networks of the internet (global unicast).
_GIVEN_OUT: Final = _networks("0.0.0.0/0", "2000::/3")

_MAPPED: Final = ipaddress.ip_network("::ffff:0:0/96")
#: NAT64 of everybody (RFC 6052), and the one that a network keeps for itself (RFC 8215).
_NAT64, _LOCAL_NAT64 = map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48"))
#: Blocks whose last 32 bits are an IPv4 address: IPv4-mapped, -compatible and -translated (RFC 4291, 2765), NAT64.
_LAST_BITS: Final = (*_networks("::ffff:0:0/96", "::/96", "::ffff:0:0:0/96"), _NAT64, _LOCAL_NAT64)
_6TO4, _TEREDO = map(ipaddress.ip_network, ("2002::/16", "2001::/32"))
#: The middle of an ISATAP address (RFC 5214), before its IPv4 address.
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})
_BITS: Final = 0xFFFF_FFFF


def kind_of(text: str) -> AddressKind:
    """Who answers at this address; a zone ("%eth0") may follow it. Raises ValueError for what is no address."""
    address = ipaddress.ip_address(text)
    if getattr(address, "scope_id", None):
        return AddressKind.METADATA  # only link-local addresses need a zone
    return _kind(address)


def _kind(address: Address) -> AddressKind:
    if _within(address, _METADATA):
        return AddressKind.METADATA
    if _within(address, _LOOPBACK):
        return AddressKind.LOOPBACK
    if inner := embedded(address):
        return _kind_of_disguised(address, inner)
    if _within(address, _PRIVATE):
        return AddressKind.PRIVATE
    if _within(address, _SPECIAL) or not _within(address, _GIVEN_OUT):
        return AddressKind.SPECIAL
    return AddressKind.PUBLIC


def _kind_of_disguised(address: Address, inner: Iterable[ipaddress.IPv4Address]) -> AddressKind:
    """An IPv4 address in IPv6 clothes leads where the IPv4 address does; only two of the clothes are in use."""
    kinds = {_kind(one) for one in inner}
    if address in _MAPPED:
        return kinds.pop()
    if AddressKind.METADATA in kinds:
        return AddressKind.METADATA
    if address in _NAT64 and kinds <= {AddressKind.PUBLIC, AddressKind.PRIVATE}:
        return kinds.pop()
    return AddressKind.SPECIAL


def embedded(address: Address) -> tuple[ipaddress.IPv4Address, ...]:
    """Every IPv4 address that an IPv6 address holds by a known scheme; none for an ordinary one."""
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    number = int(address)
    found = []
    if _within(address, _LAST_BITS) or (number >> 32) & _BITS in _ISATAP:
        found.append(number & _BITS)
    if address in _6TO4:
        found.append((number >> 80) & _BITS)
    if address in _TEREDO:  # the server, and the client with its bits turned round
        found += [(number >> 64) & _BITS, ~number & _BITS]
    return tuple(map(ipaddress.IPv4Address, found))


def _within(address: Address, networks: Iterable[_Network]) -> bool:
    return any(address in network for network in networks)
