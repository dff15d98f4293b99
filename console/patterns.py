"""Regular expressions for text from outside: each says the longest text that it is tried on.

They are made when their module is imported, never from what somebody typed, so that the tests find all of them: each
is one that RE2 takes too (no lookaround, no backreference), and is quick on hostile texts of its longest length.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

Match = re.Match[str]


class Pattern:
    """An expression, and the longest text that it is tried on, in characters.

    `match` and `fullmatch` find nothing in a longer text. The other methods look at its first `longest` characters:
    what lies behind them is dropped from what `sub` and `split` give back.
    """

    __slots__ = ("_compiled", "expression", "longest")

    def __init__(
        self,
        expression: str,
        longest: int,
        *,
        ignore_case: bool = False,
        ascii_only: bool = False,
        dot_all: bool = False,
    ) -> None:
        """`ascii_only`: \\d, \\w and \\s mean those of ASCII. `dot_all`: a dot is any character, line ends too."""
        flags = {re.IGNORECASE: ignore_case, re.ASCII: ascii_only, re.DOTALL: dot_all}
        self.expression: Final = expression
        self.longest: Final = longest
        self._compiled: Final = re.compile(expression, sum(flag for flag, wanted in flags.items() if wanted))

    def match(self, text: str, start: int = 0) -> Match | None:
        """At the beginning of the text, or at `start`."""
        return self._compiled.match(text, start) if len(text) <= self.longest else None

    def fullmatch(self, text: str) -> Match | None:
        """The whole text."""
        return self._compiled.fullmatch(text) if len(text) <= self.longest else None

    def search(self, text: str) -> Match | None:
        """The first place in the text."""
        return self._compiled.search(text[: self.longest])

    def finditer(self, text: str) -> Iterator[Match]:
        """All places, in order."""
        return self._compiled.finditer(text[: self.longest])

    def findall(self, text: str) -> list[str]:
        """What stands at all places."""
        return [found[0] for found in self.finditer(text)]

    def sub(self, replacement: str | Callable[[Match], str], text: str) -> str:
        """The text with all places replaced."""
        return self._compiled.sub(replacement, text[: self.longest])

    def split(self, text: str) -> list[str]:
        """The pieces between all places."""
        return self._compiled.split(text[: self.longest])

    def __repr__(self) -> str:
        return f"Pattern({self.expression!r}, {self.longest})"
