"""The tables of this feature: each with its rows, its error, and when it looks again by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from console.admission.freshness import ACTS_ARE_OFF
from console.admission.list_news import ListNews
from console.admission.marks import NewsSummary
from console.admission.upkeep import Upkeep, upkeep_of
from console.observations.watch import Observation
from console.vpc_access import display
from console.vpc_access.display import GroupRow, InstanceRow, Viewer
from console.vpc_access.queries import Overview
from console.web.tables import Address, Arranged, Column, arrange

Row = TypeVar("Row", InstanceRow, GroupRow)


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice above a table; `options` are (value, label)."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Card(Generic[Row]):
    """One table, or why there is none."""

    upkeep: Upkeep
    #: None where nothing is new.
    news: NewsSummary | None
    table: Arranged[Row] | None
    filters: tuple[Filter, ...]
    #: Whether a search or a filter leaves rows out.
    filtered: bool
    clear_url: str
    #: Parameters of the page that the search must not lose: those of its other table.
    kept: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Kind(Generic[Row]):
    """One kind of table."""

    columns: Sequence[Column[Row]]
    text_of: Callable[[Row], str]
    filters: tuple[Filter, ...]


def instances_card(viewer: Viewer, seen: Overview, address: Address, size: int, news: ListNews) -> Card[InstanceRow]:
    """Instances."""
    kinds = _filter(address, "kind", "Type", {name: name for name in (display.SHARED, display.DEDICATED)})
    kind = _Kind(
        display.INSTANCE_COLUMNS,
        display.instance_text,
        (kinds, _filter(address, "reach", "VPC", display.REACH)),
    )
    shown = seen.instances
    viewer = viewer if shown.current else replace(viewer, off=ACTS_ARE_OFF)
    rows = [display.instance_row(viewer, one, seen.groups_on(one.id), news.mark(one.id)) for one in shown.value or ()]
    upkeep = _upkeep(shown, "The instances could not be read", address, rows)
    return _card(rows, kind, address, upkeep, news, size)


def groups_card(
    viewer: Viewer, seen: Overview, address: Address, size: int, news: ListNews | None = None
) -> Card[GroupRow]:
    """API groups, with the news of those of all instances; without, those of one."""
    of_one, news = news is None, news or ListNews()
    kind = _Kind(
        display.GROUP_COLUMNS_OF_ONE if of_one else display.GROUP_COLUMNS,
        display.group_text,
        (_filter(address, "state", "VPC access", display.STATES),),
    )
    shown, instances = seen.groups, seen.by_id()
    viewer = viewer if shown.current else replace(viewer, off=ACTS_ARE_OFF)
    rows = [display.group_row(viewer, group, instances, news.mark(group.id)) for group in shown.value or ()]
    upkeep = _upkeep(shown, "The API groups could not be read", address, rows)
    return _card(rows, kind, address, upkeep, news, size)


def _upkeep(shown: Observation[Any], what: str, address: Address, rows: Sequence[Row]) -> Upkeep:
    """What the card says about its own content; the page's own address has no prefix of a table."""
    page = Address(address.path, address.parameters)
    return upkeep_of(shown, what, page, changing=any(row.is_changing for row in rows))


def _card(
    rows: Sequence[Row], kind: _Kind[Row], address: Address, upkeep: Upkeep, news: ListNews, size: int
) -> Card[Row]:
    chosen = {one.name: one.chosen for one in kind.filters if one.chosen}
    kept = [row for row in rows if all(getattr(row, name) == value for name, value in chosen.items())]
    known = upkeep.fresh is not None
    table = arrange(kept, kind.columns, address, text_of=kind.text_of, size=size) if known else None
    own = {"poll", "polled"} | {address.prefix + name for name in ("q", "page", *(one.name for one in kind.filters))}
    return Card(
        upkeep=upkeep,
        news=news.summary,
        table=table,
        filters=kind.filters,
        filtered=bool(chosen) or bool(address.value("q")),
        clear_url=address.having(q=None, page=None, **dict.fromkeys(chosen)),
        kept=[(name, address.parameters.get(name, "")) for name in address.parameters if name not in own],
    )


def _filter(address: Address, name: str, label: str, options: Mapping[str, str]) -> Filter:
    asked = address.value(name)
    return Filter(name, label, tuple(options.items()), asked if asked in options else "")
