"""From which address a request came. One answer for the limits on wrong passwords, for those of the server's front and
for the audit log."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's IP address, "" where there is none to believe (a Unix socket)."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return address_behind_proxies(forwarded, request.META.get("REMOTE_ADDR", ""), settings.TRUSTED_PROXIES)


def address_behind_proxies(forwarded: str, remote: str, proxies: int) -> str:
    """The client's IP address, from the header `X-Forwarded-For` and the address that called us.

    The header is read only as far as the trusted proxies wrote it: each appends the address that called it, some with
    its port, so with N of them the N-th from the right is the client and everything further left is the client's own
    invention (ASVS 4.1.3). A header that is too short did not come through them and is ignored.
    """
    hops = forwarded.split(",")
    if proxies and len(hops) >= proxies and (address := _address(_without_port(hops[-proxies].strip()))):
        return address
    return _address(remote)


def _without_port(hop: str) -> str:
    """The address in `1.2.3.4:5678`, `[2001:db8::1]:443` and `[2001:db8::1]`; "" for what looks so and is not."""
    if hop.startswith("["):
        address, bracket, port = hop[1:].partition("]")
        fits = bracket and (not port or (port[0] == ":" and port[1:].isdecimal()))
        return address if fits and ":" in address else ""
    if hop.count(":") == 1:
        address, _, port = hop.partition(":")
        return address if port.isdecimal() else ""
    return hop


def _address(text: str) -> str:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def address_block(address: str) -> str:
    """What limits and counts hold for: an IPv4 address, or the /64 of an IPv6 address, all of which is one client's."""
    if ":" not in address:
        return address
    return str(ipaddress.IPv6Network((address.partition("%")[0], 64), strict=False))
