"""Access control of an endpoint: the IPv4 addresses and blocks that may use it (huawei-contract 5.7, 5.8, 11)."""

from collections.abc import Sequence
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from typing import Final

from console.simcloud.errors import Refusal
from console.simcloud.ledger import Act, Change
from console.simcloud.records import Endpoint
from console.simcloud.world import World

MAXIMUM: Final = 20
_CLOSED: Final = {"failed": "EndPoint.2047", "deleting": "EndPoint.2018", "creating": "EndPoint.2019"}


def check(world: World, entries: Sequence[str]) -> None:
    """Raises Refusal `EndPoint.2045` for more than twenty entries, 2044 for one that is no address or block."""
    if len(entries) > MAXIMUM:
        raise Refusal(400, "EndPoint.2045")
    if len(set(entries)) != len(entries):
        raise Refusal(400, "EndPoint.2044")
    for entry in entries:
        _check_one(entry, strict=world.switches.whitelist_host_bits == "refuse")


def _check_one(entry: str, *, strict: bool) -> None:
    try:
        network = IPv4Network(entry, strict=strict)
    except (AddressValueError, NetmaskValueError, ValueError):
        raise Refusal(400, "EndPoint.2044") from None
    _, slash, bits = entry.partition("/")
    if slash and not bits.isdigit():  # a netmask is understood by the library, not by the cloud
        raise Refusal(400, "EndPoint.2044")
    if network.prefixlen == 0 or entry.startswith("0.0.0.0"):  # noqa: S104 - an entry, not a binding
        raise Refusal(400, "EndPoint.2044")


def update(world: World, act: Act, endpoint: Endpoint, entries: Sequence[str], *, enabled: bool) -> None:
    """Replace the whole list. Raises Refusal; then nothing changes."""
    if endpoint.status in _CLOSED:
        raise Refusal(400, _CLOSED[endpoint.status])
    check(world, entries)
    before = spelled(endpoint)
    endpoint.whitelist, endpoint.enable_whitelist = list(entries) if enabled else [], enabled
    if spelled(endpoint) == before:
        return
    endpoint.updated_at = world.clock.now()
    change = Change("endpoint.access_control", endpoint.id, world.gateway_id_of(endpoint), before, spelled(endpoint))
    world.commit(act, [change], [endpoint])


def spelled(endpoint: Endpoint) -> str:
    """The setting on one line, for the ledger."""
    return f"on: {', '.join(endpoint.whitelist)}" if endpoint.enable_whitelist else "off"
