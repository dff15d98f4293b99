"""What a page about one thing is made of: the strip of its pages, and facts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of the thing, in the vendor's tab strip (features 1.2)."""

    title: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value; `copy` where the value is worth copying, `url` where it leads somewhere."""

    label: str
    value: str
    copy: bool = False
    url: str = ""
