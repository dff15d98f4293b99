"""Pages of lists: by number in API Gateway and networks, by token in PrivateLink (alibaba-contract 2.3, 4)."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from console.simcloud.alibaba.call import Call
from console.simcloud.alibaba.records import AlibabaRecord
from console.simcloud.alibaba.refusals import invalid

Row = TypeVar("Row", bound=AlibabaRecord)


def numbered(call: Call, rows: Sequence[Row], *, most: int = 50) -> tuple[Sequence[Row], dict[str, int]]:
    """The page that `PageNumber` (from 1) and `PageSize` (default 10) ask for, and the counters. Raises Refusal."""
    number = call.parameters.number("PageNumber", 1, 1, 10**6)
    size = call.parameters.number("PageSize", 10, 1, most)
    start = (number - 1) * size
    return rows[start : start + size], {"PageNumber": number, "PageSize": size, "TotalCount": len(rows)}


def tokened(call: Call, rows: Sequence[Row], *, most: int) -> tuple[list[Row], dict[str, Any]]:
    """The page after `NextToken`, newest first, and the counters; the total is a number here. Raises Refusal.

    A token names the last row seen, so that rows which come or go in between neither repeat others nor hide them."""
    size = call.parameters.number("MaxResults", min(50, most), 1, most)
    ordered = sorted(rows, key=_place, reverse=True)
    token = call.parameters.text("NextToken")
    if token:
        seen = _read(token)
        ordered = [row for row in ordered if _place(row) < seen]
    page = ordered[:size]
    counters: dict[str, Any] = {"MaxResults": size, "TotalCount": len(rows)}
    if len(ordered) > size:
        counters["NextToken"] = _token(page[-1])
    elif call.world.switches.alibaba_last_page == "empty_token":
        counters["NextToken"] = ""
    return page, counters


def _place(row: AlibabaRecord) -> tuple[float, str]:
    return row.created_at, row.id


def _token(row: AlibabaRecord) -> str:
    return base64.urlsafe_b64encode(f"{row.created_at!r} {row.id}".encode()).decode()


def _read(token: str) -> tuple[float, str]:
    try:
        moment, _, row_id = base64.urlsafe_b64decode(token.encode()).decode().partition(" ")
        return float(moment), row_id
    except (ValueError, binascii.Error):
        raise invalid("NextToken") from None
