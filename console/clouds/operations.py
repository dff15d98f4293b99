"""What a call asks for, in the words of the cloud that it goes to: its version, its operation, and what it says."""

import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from console.clouds.alibaba.client import API_GATEWAY, PRIVATELINK
from console.clouds.exchange import WireCall
from console.patterns import Pattern

#: Product codes by version (alibaba-contract 1.6): an RPC call names its version, and its service only in its host.
_RPC_SERVICES: Final = {API_GATEWAY.version: "CloudAPI", PRIVATELINK.version: "PrivateLink"}
_VERSION_IN_PATH: Final = Pattern(r"/(v[0-9]+(?:\.[0-9]+)?)/", 2_000)


@dataclass(frozen=True, slots=True)
class Operation:
    """How the call names what it wants. An operation that only its path tells has no name and no service here."""

    #: v1, v2; or a date where operations are called by name. "" where the call has none.
    version: str
    name: str
    service: str


def operation_of(call: WireCall) -> Operation:
    """What the call names itself."""
    headers = {name.lower(): value for name, value in call.headers}
    if name := headers.get("x-acs-action", ""):
        version = headers.get("x-acs-version", "")
        return Operation(version, name, _RPC_SERVICES.get(version, ""))
    found = _VERSION_IN_PATH.search(urlsplit(call.url).path)
    return Operation(found[1] if found else "", "", "")


def content_of(call: WireCall) -> str:
    """What the call says: its body, or as JSON what stands in its query; "" where its path says it all."""
    query = parse_qsl(urlsplit(call.url).query, keep_blank_values=True)
    return call.body or (json.dumps(dict(query), ensure_ascii=False) if query else "")
