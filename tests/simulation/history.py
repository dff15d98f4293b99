"""What happened, told so that it reads like a story: who did what, when, and to which object."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from tests.simulation.scheduler import BEGINNING, Scheduler

#: Lines of a shortened story.
LONGEST: Final = 60
#: Lines that are remembered.
_KEPT: Final = 20_000


class Untrue(AssertionError):
    """An invariant does not hold; `about` are the object and the Changes that it is about."""

    def __init__(self, what: str, *about: str) -> None:
        super().__init__(what)
        self.what = what
        self.about = tuple(filter(None, about))


@dataclass(frozen=True, slots=True)
class Line:
    """`about` are objects, Changes and processes; a line about none of them is about everybody."""

    at: float
    text: str
    about: tuple[str, ...]


@dataclass
class History:
    """The lines of one simulation, oldest first."""

    scheduler: Scheduler
    lines: list[Line] = field(default_factory=list)

    def note(self, text: str, *about: str) -> None:
        """It happens now."""
        self.lines.append(Line(self.scheduler.now, text, about))
        if len(self.lines) > 2 * _KEPT:
            del self.lines[:_KEPT]

    def story_of(self, untrue: Untrue) -> str:
        """Only what is about the object and its Changes, with the names of those that take part, and what befell
        everybody meanwhile."""
        wanted = set(untrue.about)
        own = [line for line in self.lines if wanted & set(line.about)]
        since = own[0].at if own else self.scheduler.now - 60
        told = [line for line in self.lines if line.at >= since and (not line.about or wanted & set(line.about))]
        short = told if len(told) <= LONGEST else [*told[: LONGEST // 4], *told[-LONGEST * 3 // 4 :]]
        names = dict(zip(dict.fromkeys(untrue.about), _NAMES, strict=False))
        return "\n".join([*_told(short, names), f"{self._moment(self.scheduler.now)}  THEN: {untrue.what}"])

    @staticmethod
    def _moment(at: float) -> str:
        return f"{at - BEGINNING:10.3f} s"


_NAMES: Final = ("the object", "Change A", "Change B", "Change C", "Change D")


def _told(lines: Iterable[Line], names: dict[str, str]) -> Iterable[str]:
    for line in lines:
        text = line.text
        for word, name in names.items():
            text = text.replace(word, f"{name} ({word[:8]})")
        yield f"{History._moment(line.at)}  {text}"
