"""How a chain can be broken, and how to tell which way it was from the first row that does not hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from console.audit import chain
from console.audit.chain import Row
from console.audit.sources import Unreadable

#: How far around its place a row's true number is looked for.
_NEAR = 1_000


class Kind(StrEnum):
    """How a chain can be broken."""

    EDITED = "edited"  # the content of a row does not fit its hash
    FORGED = "forged"  # a row was rewritten together with its hash, or the head was
    DELETED = "deleted"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"  # rows are missing at the end
    FOREIGN = "foreign"  # the chain began in another installation
    GAP = "gap"  # an export leaves rows out; a filter does that too
    SIGNATURE = "signature"  # a checkpoint is not what a known key signed
    ANCHOR = "anchor"  # checkpoints outside the table are missing or are not those of the table


@dataclass(frozen=True)
class Whole:
    """Everything holds. The last number and hash are worth noting elsewhere: they prove the end."""

    rows: int
    last: int
    hash: str
    #: How many signed checkpoints agree with the rows.
    checkpoints: int = 0
    #: What was not compared, in words.
    remark: str = ""
    #: The last row that a checkpoint covers, and when that was signed; 0 and "" without checkpoints.
    signed: int = 0
    signed_at: str = ""

    def __str__(self) -> str:
        text = f"whole: {self.rows} rows, the last is {self.last} with the hash {self.hash}"
        if self.checkpoints:
            text += f"; {self.checkpoints} checkpoints agree"
        text += f"; {reach(self.signed, self.signed_at, self.last)}" if self.rows else ""
        return text + (f" ({self.remark})" if self.remark else "")


def reach(signed: int, at: str, last: int) -> str:
    """How far signatures protect a log, and what lies behind them: that could be cut off together with its head."""
    if not signed:
        return "no checkpoint says where it ends, so rows cut off the end would not be missed"
    text = f"signed up to row {signed} ({at})"
    if last <= signed:
        return text
    behind = f"row {last}" if last == signed + 1 else f"rows {signed + 1} to {last}"
    return f"{text}, only the next checkpoint will protect {behind}"


@dataclass(frozen=True)
class Break:
    """The first row that does not hold, by number."""

    seq: int
    kind: Kind
    text: str

    def __str__(self) -> str:
        return f"broken at row {self.seq}: {self.kind}: {self.text}"


class Source(Protocol):
    """Rows that can be read as often as needed, in the order in which they lie there."""

    def rows(self) -> Iterator[Row]:
        """All rows. Raises sources.Unreadable."""


@dataclass
class Link:
    """The end of the part that holds so far: what the next row must follow. `hash` is None before an export's row 1."""

    seq: int
    hash: str | None


def diagnose(source: Source, link: Link, row: Row, missing: Kind) -> Break:
    """What happened where `row` does not follow `link`. `missing` is the kind for rows that are simply not there."""
    place = link.seq + 1
    if chain.seal(row) != row.hash:
        return _not_its_hash(source, link, row)
    if row.seq > place:
        return _number_ahead(source, row, place, missing)
    if row.seq < place:
        return Break(row.seq, Kind.INSERTED, f"the number {row.seq} occurs again after row {link.seq}")
    if link.seq == 0:
        return Break(row.seq, Kind.FOREIGN, "row 1 does not begin with this installation's genesis hash")
    return _follows_another(source, link, row)


def _not_its_hash(source: Source, link: Link, row: Row) -> Break:
    """The content does not fit the hash: edited, unless the row is whole under another number."""
    place = link.seq + 1
    follower = _follower(source, link)
    number = _true_number(row)
    if follower is not None and follower != row.seq:
        if number is not None and number > follower - 1:
            return Break(place, Kind.REORDERED, f"the row that belongs here stands at {follower}")
        return Break(place, Kind.INSERTED, f"it is no part of the chain: row {follower} follows row {link.seq}")
    if number == place:
        return Break(place, Kind.EDITED, f"its number was changed to {row.seq}")
    if number is not None and number > row.seq:
        return Break(place, Kind.DELETED, f"rows {place} to {number - 1} are missing and later ones were renumbered")
    if number is not None and number < row.seq:
        return Break(
            number, Kind.INSERTED, f"it is no part of the chain: its place belongs to what is now row {row.seq}"
        )
    return Break(row.seq, Kind.EDITED, "its content does not fit its hash")


def _follows_another(source: Source, link: Link, row: Row) -> Break:
    """Whole in itself and rightly numbered, but not after the row before it: which of both is the wrong one?"""
    place, followed, last = link.seq + 1, False, ""
    try:
        for other in source.rows():
            last = other.hash
            if other.previous_hash == link.hash and last != row.hash and chain.seal(other._replace(seq=place)) == last:
                return Break(place, Kind.INSERTED, f"it is no part of the chain: another row follows row {link.seq}")
            followed = followed or other.previous_hash == row.hash
    except Unreadable:
        pass  # behind the break the rows may be anything
    if followed or last == row.hash:
        return Break(link.seq, Kind.FORGED, f"it was rewritten together with its hash: row {row.seq} follows another")
    return Break(row.seq, Kind.FORGED, "it was put in place of another: it fits neither of its neighbours")


def _number_ahead(source: Source, row: Row, place: int, missing: Kind) -> Break:
    """Numbers are left out: moved to a later place, or not there at all."""
    try:
        seen = False
        for later in source.rows():
            if seen and place <= later.seq < row.seq:
                return Break(place, Kind.REORDERED, f"row {later.seq} stands after row {row.seq}")
            seen = seen or later.seq == row.seq
    except Unreadable:
        pass  # behind the break the file may be anything
    gone = f"row {place} is missing" if row.seq == place + 1 else f"rows {place} to {row.seq - 1} are missing"
    return Break(place, missing, f"{gone}: deleted, or left out by a filter" if missing is Kind.GAP else gone)


def _follower(source: Source, link: Link) -> int | None:
    """Where the row stands that truly follows `link`, if it is anywhere."""
    try:
        for row in source.rows():
            if row.previous_hash == link.hash and chain.seal(row._replace(seq=link.seq + 1)) == row.hash:
                return row.seq
    except Unreadable:
        pass  # behind the break the rows may be anything
    return None


def _true_number(row: Row) -> int | None:
    """The number under which the row fits its hash."""
    near = range(max(1, row.seq - _NEAR), row.seq + _NEAR)
    return next((number for number in near if chain.seal(row._replace(seq=number)) == row.hash), None)
