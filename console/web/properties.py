"""Filters by property, as chips above a table: pick a property, type a value, take a chip away; all in the URL."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from console.web.tables import Address

Row = TypeVar("Row")
#: Longer words match nothing and only make addresses long.
_LONGEST: Final = 128


@dataclass(frozen=True, slots=True)
class Property(Generic[Row]):
    """A property that rows can be filtered by. `words` gives what the typed value is compared with.

    With `choices` the whole word must be the same, without them a part of it is enough; case never counts.
    """

    name: str
    title: str
    words: Callable[[Row], Iterable[str]]
    choices: tuple[str, ...] = ()

    def holds(self, row: Row, wanted: str) -> bool:
        """Whether the row has what is wanted."""
        found = (word.casefold() for word in self.words(row))
        wanted = wanted.casefold()
        return any(word == wanted if self.choices else wanted in word for word in found)


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is set, and the address without it."""

    title: str
    value: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Filters(Generic[Row]):
    """What the address filters by."""

    properties: Sequence[Property[Row]]
    chips: Sequence[Chip]
    #: What else the address says, for the hidden inputs of the form that adds a filter.
    kept: Sequence[tuple[str, str]]
    #: Where to go when a filter was just added; "" otherwise.
    added_url: str


def filters_of(properties: Sequence[Property[Row]], address: Address) -> Filters[Row]:
    """The filters of the address; `property` and `value`, as the form sends them, become one more."""
    chips = [
        Chip(one.title, value, address.having(**{one.name: None, "page": None}))
        for one in properties
        if (value := address.value(one.name))
    ]
    kept = [
        (name, value)
        for name, values in address.parameters.lists()
        for value in values
        if name not in ("property", "value", "page", "poll", "polled", "q")
    ]
    return Filters(properties, chips, kept, _added(properties, address))


def matching(rows: Iterable[Row], properties: Sequence[Property[Row]], address: Address) -> list[Row]:
    """The rows that pass every filter of the address."""
    wanted = [(one, value) for one in properties if (value := address.value(one.name))]
    return [row for row in rows if all(one.holds(row, value) for one, value in wanted)]


def _added(properties: Sequence[Property[Row]], address: Address) -> str:
    if "property" not in address.parameters:
        return ""
    name, value = address.value("property"), address.value("value")[:_LONGEST]
    changes: dict[str, str | int | None] = {"property": None, "value": None, "page": None}
    if value and name in {one.name for one in properties}:
        changes[name] = value
    return address.having(**changes)
