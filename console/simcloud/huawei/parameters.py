"""Reading query parameters and bodies, each service in its own manner (huawei-contract 1.6, 11)."""

from collections.abc import Iterable
from typing import Any, Final, TypeVar

from console.patterns import Pattern
from console.simcloud.errors import Refusal, bad_parameter
from console.simcloud.huawei.call import Call
from console.simcloud.records import Endpoint, EndpointService, Permission

Row = TypeVar("Row", Endpoint, EndpointService, Permission)

UUID: Final = Pattern(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", 36)
MARKER: Final = Pattern(r"[0-9]+", 19)
_INTEGER: Final = Pattern(r"-?[0-9]{1,18}", 19)


def apig_page(query: dict[str, str]) -> slice:
    """APIG's paging: a negative offset is 0, a limit of 0 or less is 20, more than 500 is 500."""
    offset = max(0, _integer(query, "offset", 0))
    limit = _integer(query, "limit", 20)
    limit = 20 if limit <= 0 else min(limit, 500)
    return slice(offset, offset + limit)


def _integer(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not _INTEGER.fullmatch(text):
        raise bad_parameter(name)
    return int(text)


def vpcep_page(query: dict[str, str], *, most: int = 1000, zero: str = "refuse") -> slice:
    """VPCEP's paging: default 10, from 1 to `most`; anything else is 400 `EndPoint.0006` or `EndPoint.0010`.

    `zero` is the switch `vpcep_zero_limit`."""
    limit, offset = query.get("limit", "10"), query.get("offset", "0")
    least = 1 if zero == "refuse" else 0
    if not _INTEGER.fullmatch(limit) or not least <= int(limit) <= most:
        raise Refusal(400, "EndPoint.0006")
    if not _INTEGER.fullmatch(offset) or int(offset) < 0:
        raise Refusal(400, "EndPoint.0010")
    return slice(int(offset), int(offset) + int(limit))


def vpcep_order(query: dict[str, str], keys: dict[str, str]) -> tuple[str, bool]:
    """VPCEP's order: the record's attribute to sort by, and whether downwards. Default: creation, downwards.

    `keys` are the profile's sort keys. Raises Refusal 0017 or 0018."""
    key, direction = query.get("sort_key", next(iter(keys))), query.get("sort_dir", "desc")
    if key not in keys:
        raise Refusal(400, "EndPoint.0017")
    if direction not in ("asc", "desc"):
        raise Refusal(400, "EndPoint.0018")
    return keys[key], direction == "desc"


def vpcep_rows(call: Call, rows: Iterable[Row], *, most: int = 1000) -> tuple[list[Row], int]:
    """A page of records in the order that the query wants, and how many there are in all."""
    query = call.request.query()
    page = vpcep_page(query, most=most, zero=call.world.switches.vpcep_zero_limit)
    key, newest_first = vpcep_order(query, call.world.profile.sort_keys)
    ordered = sorted(rows, key=lambda row: float(getattr(row, key, row.created_at)), reverse=newest_first)
    return ordered[page], len(ordered)


def text_list(body: dict[str, Any], name: str, *, most: int, refusal: Refusal) -> list[str]:
    """A list of 1 to `most` texts in a body. Raises the refusal for anything else."""
    values = body.get(name)
    if not isinstance(values, list) or not 1 <= len(values) <= most:
        raise refusal
    if not all(isinstance(value, str) for value in values):
        raise refusal
    return values
