"""From which address a request came. One answer for the limits on wrong passwords and for the audit log."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's IP address, "" where there is none to believe (a Unix socket).

    `X-Forwarded-For` is read only as far as the trusted proxies wrote it: each appends the address that called it, so
    with N of them the N-th from the right is the client and everything further left is the client's own invention
    (ASVS 4.1.3). A header that is too short did not come through them and is ignored.
    """
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    proxies = settings.TRUSTED_PROXIES
    if proxies and len(forwarded) >= proxies and (address := _address(forwarded[-proxies])):
        return address
    return _address(request.META.get("REMOTE_ADDR", ""))


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
