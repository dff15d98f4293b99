"""What a service and an endpoint may look like, before anything is sent (huawei-contract 11). Pure rules.

Each `read_` function gives the value that a person typed, or raises ValueError in words for that person.
"""

import ipaddress
from collections.abc import Sequence
from typing import Final

from console.clouds.services import PortMapping, Tag
from console.patterns import Pattern

LONGEST_SERVICE_NAME: Final = 16
LONGEST_FULL_NAME: Final = 128
LONGEST_DESCRIPTION: Final = 128
HIGHEST_PORT: Final = 65_535
#: Rows of a form; the call itself takes 200 (huawei-contract 10 #18).
MOST_PORTS: Final = 50
#: Per service or endpoint. Newer documents say 20; ten are taken everywhere (huawei-contract 10 #8).
MOST_TAGS: Final = 10
LONGEST_TAG_KEY: Final = 36
LONGEST_TAG_VALUE: Final = 43
#: Addresses and blocks that may use one VPC endpoint (huawei-contract 10 #17).
MOST_ADDRESSES: Final = 20
#: The cloud keeps it for itself: what overlaps it never comes to life (huawei-contract 5.1, 11).
RESERVED_BLOCK: Final = ipaddress.IPv4Network("198.19.128.0/17")

#: The longest of a service name, a tag's key and a tag's value.
_NAME: Final = Pattern(r"[A-Za-z0-9_-]*", LONGEST_TAG_VALUE)
_ID: Final = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_UUID: Final = Pattern(_ID, 36)
_FULL_NAME: Final = Pattern(rf"[a-z0-9-]+(\.[A-Za-z0-9_-]{{1,16}})?\.{_ID}|com\.[a-z0-9.-]+", LONGEST_FULL_NAME)
_BLOCK: Final = Pattern(r"[0-9.]+/[0-9]{1,2}", 20)
_PORT: Final = Pattern(r"[0-9]+", 5)
#: Keys that only the cloud itself may use.
_CLOUDS_OWN: Final = "_sys_"
_CHARACTERS: Final = "Only letters, digits, hyphens (-) and underscores (_)."


def read_uuid(text: str) -> str:
    """The ID of a VPC, a subnet, a port, a service or an endpoint, in lower case."""
    found = text.strip().lower()
    if not _UUID.fullmatch(found):
        raise ValueError("This is no such ID: 32 digits and letters a to f, in groups of 8, 4, 4, 4 and 12.")
    return found


def read_service_name(text: str) -> str:
    """The chosen part of a service name; "" for none."""
    name = text.strip()
    if len(name) > LONGEST_SERVICE_NAME:
        raise ValueError(f"At most {LONGEST_SERVICE_NAME} characters.")
    if not _NAME.fullmatch(name):
        raise ValueError(_CHARACTERS)
    return name


def read_description(text: str) -> str:
    """Words about a service, an endpoint or a connection; "" for none."""
    words = text.strip()
    if len(words) > LONGEST_DESCRIPTION:
        raise ValueError(f"At most {LONGEST_DESCRIPTION} characters; these are {len(words)}.")
    if "<" in words or ">" in words:
        raise ValueError("No < and no >.")
    return words


def read_port(text: str) -> int:
    """A port number."""
    digits = text.strip()
    if not _PORT.fullmatch(digits) or not 1 <= int(digits) <= HIGHEST_PORT:
        raise ValueError(f"A whole number from 1 to {HIGHEST_PORT}.")
    return int(digits)


def check_ports(ports: Sequence[PortMapping]) -> None:
    """Raises ValueError, in words, for mappings that a service cannot have together."""
    if not ports:
        raise ValueError("At least one port mapping.")
    if len(ports) > MOST_PORTS:
        raise ValueError(f"At most {MOST_PORTS} port mappings; these are {len(ports)}.")
    seen: set[tuple[str, int]] = set()
    for mapping in ports:
        if (one := (mapping.protocol, mapping.client_port)) in seen:
            raise ValueError(f"Terminal port {mapping.client_port} is there twice.")
        seen.add(one)


def read_tag(key: str, value: str) -> Tag:
    """One tag. The key is needed, the value may be empty."""
    key, value = key.strip(), value.strip()
    if not key:
        raise ValueError("A tag needs a key.")
    if len(key) > LONGEST_TAG_KEY:
        raise ValueError(f"A key has at most {LONGEST_TAG_KEY} characters.")
    if len(value) > LONGEST_TAG_VALUE:
        raise ValueError(f"A value has at most {LONGEST_TAG_VALUE} characters.")
    if not (_NAME.fullmatch(key) and _NAME.fullmatch(value)):
        raise ValueError(_CHARACTERS)
    if key.startswith(_CLOUDS_OWN):
        raise ValueError(f"Keys that begin with {_CLOUDS_OWN} are the cloud's own.")
    return Tag(key, value)


def check_tags(tags: Sequence[Tag], most: int = MOST_TAGS) -> None:
    """Raises ValueError, in words, for tags that one object cannot have together. Keys are told apart by case."""
    if len(tags) > most:
        raise ValueError(f"At most {most} tags; these are {len(tags)}.")
    keys: set[str] = set()
    for tag in tags:
        if tag.key in keys:
            raise ValueError(f"The key {tag.key} is there twice.")
        keys.add(tag.key)


def read_address(text: str) -> str:
    """One IPv4 address, in four numbers without leading zeros."""
    typed = text.strip()
    try:
        return str(ipaddress.IPv4Address(typed))
    except ValueError:
        raise ValueError(f"{typed} is no IPv4 address such as 192.168.0.12.") from None


def read_whitelist(texts: Sequence[str]) -> tuple[str, ...]:
    """The addresses and blocks that may use a VPC endpoint, in the order they were typed."""
    entries = tuple(_read_entry(text.strip()) for text in texts if text.strip())
    if len(entries) > MOST_ADDRESSES:
        raise ValueError(f"At most {MOST_ADDRESSES} addresses and blocks; these are {len(entries)}.")
    if again := next((entry for entry in entries if entries.count(entry) > 1), None):
        raise ValueError(f"{again} is there twice.")
    return entries


def _read_entry(typed: str) -> str:
    """An address, or a block /1 to /32 that begins where its mask says."""
    if "/" not in typed:
        entry = read_address(typed)
    elif not _BLOCK.fullmatch(typed):
        raise ValueError(f"{typed} is no IPv4 address or CIDR block such as 192.168.0.0/24.")
    else:
        entry = _read_block(typed)
    if entry.startswith("0.0.0.0"):  # noqa: S104 - an entry, not a binding
        raise ValueError(f"{typed} stands for every address. Switch access control off instead.")
    return entry


def _read_block(typed: str) -> str:
    try:
        block = ipaddress.IPv4Network(typed, strict=False)
    except ValueError:
        raise ValueError(f"{typed} is no IPv4 address or CIDR block such as 192.168.0.0/24.") from None
    if block.prefixlen == 0:
        raise ValueError(f"{typed} stands for every address. Switch access control off instead.")
    if not typed.startswith(f"{block.network_address}/"):
        raise ValueError(f"{typed} begins in the middle of a block. Did you mean {block}?")
    return str(block)


def check_place(address: str, *, subnet: str, gateway: str, used: frozenset[str]) -> None:
    """Raises ValueError, in words, unless the address can be taken in the subnet (huawei-contract 7 and 11).

    `subnet` is its CIDR block; one that cannot be read is left to the cloud to judge. `gateway` is the subnet's own.
    """
    try:
        network = ipaddress.IPv4Network(subnet, strict=False)
    except ValueError:
        return
    place = ipaddress.IPv4Address(address)
    if place not in network:
        raise ValueError(f"{address} is not in the subnet {network}.")
    if place in (network.network_address, network.broadcast_address):
        raise ValueError(f"{address} is the first or the last address of the subnet, which nothing can have.")
    if address == gateway:
        raise ValueError(f"{address} is the subnet's gateway.")
    if address in used:
        raise ValueError(f"{address} is in use.")


def overlaps_reserved(cidr: str) -> bool:
    """Whether a network takes addresses of RESERVED_BLOCK; False for what is no IPv4 network."""
    try:
        network = ipaddress.IPv4Network(cidr, strict=False)
    except ValueError:
        return False
    return network.overlaps(RESERVED_BLOCK)


def read_full_name(text: str) -> str:
    """The whole name of a service, as its owner gives it; a cloud's own service has a name that begins with com."""
    name = text.strip()
    if len(name) > LONGEST_FULL_NAME:
        raise ValueError(f"At most {LONGEST_FULL_NAME} characters.")
    if not _FULL_NAME.fullmatch(name):
        raise ValueError("A service name looks like eu-de.orders.69e93219-e3ad-43b9-8416-9d788319ac9f. Copy all of it.")
    return name


def region_in(full_name: str) -> str:
    """The region that a service name begins with; "" for a cloud's own service."""
    first = full_name.partition(".")[0]
    return "" if first == "com" else first
