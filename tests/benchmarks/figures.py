"""What a benchmark says: lines with a measured value, its floor, their ratio and the aim, printed as one table."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """The rounds of one thing that was timed; each round holds the seconds of its repetitions."""

    rounds: Sequence[Sequence[float]]

    @property
    def medians(self) -> list[float]:
        """The median of each round, in seconds."""
        return [statistics.median(each) for each in self.rounds]

    @property
    def median(self) -> float:
        """The median of the rounds' medians, in seconds."""
        return statistics.median(self.medians)


@dataclass(frozen=True, slots=True)
class Ratio:
    """Subject over floor, round by round, so that what disturbs a whole round disturbs both."""

    each: Sequence[float]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.each)

    @property
    def spread(self) -> str:
        """The smallest and the largest."""
        return f"{min(self.each):.2f}-{max(self.each):.2f}"


def ratio(subject: Timing, floor: Timing) -> Ratio:
    """How many times as long the subject took."""
    return Ratio([a / b for a, b in zip(subject.medians, floor.medians, strict=True)])


@dataclass(frozen=True, slots=True)
class Aim:
    """A limit and whether it was kept."""

    text: str
    met: bool

    def __str__(self) -> str:
        return f"{self.text}: {'ok' if self.met else 'MISSED'}"


def at_most(value: float, limit: float, unit: str) -> Aim:
    """The aim is kept up to the limit."""
    return Aim(f"<= {limit:g} {unit}", value <= limit)


def at_least(value: float, limit: float, unit: str) -> Aim:
    """The aim is kept from the limit on."""
    return Aim(f">= {limit:g} {unit}", value >= limit)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. Texts are ready to be shown; "" where there is nothing to say."""

    what: str
    measured: str
    floor: str = ""
    ratio: str = ""
    spread: str = ""
    aim: Aim | None = None


def milliseconds(timing: Timing) -> str:
    """The median with as many digits as it deserves."""
    value = timing.median * 1000
    return f"{value:.0f} ms" if value >= 100 else f"{value:.1f} ms" if value >= 1 else f"{value:.3f} ms"


def compared(what: str, subject: Timing, floor: Timing, aim: Callable[[Ratio], Aim] | None = None) -> Line:
    """A line that sets a subject against its floor. `aim` judges the ratio."""
    found = ratio(subject, floor)
    judged = aim(found) if aim else None
    return Line(what, milliseconds(subject), milliseconds(floor), f"{found.median:.2f} x", found.spread, judged)


HEADS = ("", "measured", "floor", "ratio", "spread", "aim")


def table(title: str, lines: Sequence[Line]) -> str:
    """The lines under their heads, columns aligned."""
    cells = [HEADS]
    cells += [(x.what, x.measured, x.floor, x.ratio, x.spread, str(x.aim) if x.aim else "") for x in lines]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADS))]
    rows = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join([title, "-" * len(title), *rows, ""])
