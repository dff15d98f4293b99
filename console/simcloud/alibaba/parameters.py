"""Parameters of an RPC request: from query and form, names case-sensitive, booleans in any case (contract 1.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from console.patterns import Pattern
from console.simcloud.alibaba.refusals import invalid, missing
from console.simcloud.wire import Request

_FORM: Final = "application/x-www-form-urlencoded"
_INTEGER: Final = Pattern(r"[0-9]+", 18)
_FLAGS: Final = {"true": True, "false": False}

Pairs = list[tuple[str, str]]


def query_of(request: Request) -> Pairs:
    """The query, decoded; empty values count."""
    return parse_qsl(request.raw_query, keep_blank_values=True)


def form_of(request: Request) -> Pairs:
    """The body's form, decoded; empty when the body is something else."""
    if not request.headers.get("content-type", "").startswith(_FORM):
        return []
    return parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Reads parameters; each reader refuses what is wrong with `Missing{Name}` or `Invalid{Name}`."""

    values: Mapping[str, str]

    def given(self, name: str) -> str | None:
        """The value, perhaps empty; None when it was not sent."""
        return self.values.get(name)

    def text(self, name: str, default: str = "") -> str:
        """The value; the default when it is empty or not there."""
        return self.values.get(name) or default

    def required(self, name: str) -> str:
        """The value. Raises Refusal when it is empty or not there."""
        value = self.values.get(name)
        if not value:
            raise missing(name)
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """True or false in any case. Raises Refusal for another value."""
        value = self.values.get(name)
        if not value:
            return default
        if value.lower() not in _FLAGS:
            raise invalid(name)
        return _FLAGS[value.lower()]

    def required_flag(self, name: str) -> bool:
        """True or false. Raises Refusal when it is not there, too."""
        self.required(name)
        return self.flag(name)

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number. Raises Refusal when it is outside the limits, which are included."""
        value = self.values.get(name)
        if not value:
            return default
        if not _INTEGER.fullmatch(value) or not least <= int(value) <= most:
            raise invalid(name)
        return int(value)

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        """One of some words. Raises Refusal for another one."""
        value = self.text(name, default)
        if value not in choices:
            raise invalid(name)
        return value

    def texts(self, name: str) -> list[str]:
        """An array of texts: `Name.1`, `Name.2` and so on, up to the first that is not there."""
        values: list[str] = []
        while value := self.values.get(f"{name}.{len(values) + 1}"):
            values.append(value)
        return values

    def objects(self, name: str) -> list[dict[str, str]]:
        """An array of objects: `Name.1.Key`, in the order of the numbers."""
        found: dict[int, dict[str, str]] = {}
        for full_name, value in self.values.items():
            stem, _, rest = full_name.partition(".")
            number, _, key = rest.partition(".")
            if stem == name and key and _INTEGER.fullmatch(number):
                found.setdefault(int(number), {})[key] = value
        return [found[number] for number in sorted(found)]
