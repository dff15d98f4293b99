"""Which base URLs a cloud may be configured with (reliability S7).

The console sends credentials to these addresses, so they are as dull as possible: https, a host, maybe a port.
"""

from typing import Final
from urllib.parse import SplitResult, urlsplit

from console.ip_addresses import AddressKind, kind_of
from console.patterns import Pattern

_HOST: Final = Pattern(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*", 253)
#: A host whose last label is a number is an IP address to some libraries, in decimal, octal or hex.
_NUMERIC_LABEL: Final = Pattern(r"0x[0-9a-f]*|[0-9]+", 253)
#: Where machines are told who they are; outside of the link-local block.
_METADATA_HOSTS: Final = frozenset(
    {"metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal"}
)


def problem_with_base_url(url: str) -> str:
    """What is wrong with a base URL, as the end of a sentence; "" where it may be used.

    Plain http is for this machine alone: a simulated cloud, in whichever vendor's profile.
    """
    if not url.isascii() or not url.isprintable() or set(url) & set(' \\"<>'):
        return "has characters that no address has"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "is no address"
    shape = _problem_with_shape(parts, host, port)
    return shape or _problem_with_host(host, parts.scheme)


def _problem_with_shape(parts: SplitResult, host: str, port: int | None) -> str:
    if parts.scheme not in ("https", "http"):
        return "must begin with https://"
    if "@" in parts.netloc:
        return "must not carry a user name or a password"
    if not host or port == 0 or parts.netloc.endswith(":"):
        return "must name a host, and a port only after a colon"
    if parts.path not in ("", "/") or parts.query or parts.fragment or "?" in parts.netloc:
        return "must end after the host or port: paths are added by the console"
    return ""


def _problem_with_host(host: str, scheme: str) -> str:
    try:
        kind: AddressKind | None = kind_of(host)
    except ValueError:
        kind = None
        if _NUMERIC_LABEL.fullmatch(host.rpartition(".")[2]) or not _HOST.fullmatch(host):
            return "must name a host by its name or a plain IP address"
        if host in _METADATA_HOSTS:
            return "must not point at a metadata service"
    if kind is AddressKind.METADATA:
        return "must not point at a link-local or metadata address"
    if kind is AddressKind.SPECIAL:
        return "must not point at a special address"
    on_loopback = kind is AddressKind.LOOPBACK if kind else host == "localhost" or host.endswith(".localhost")
    if scheme == "http" and not on_loopback:
        return "must begin with https://; plain http is only for a simulated cloud on this machine"
    return ""


def may_connect(peer: str, scheme: str) -> bool:
    """Whether credentials may go to the address that a name led to: judged when the connection stands, before a byte.

    A base URL was checked by its name only, and a name server may give another address at any time.
    """
    kind = kind_of(peer)
    if scheme == "http":
        return kind is AddressKind.LOOPBACK
    return kind in (AddressKind.PUBLIC, AddressKind.PRIVATE, AddressKind.LOOPBACK)
