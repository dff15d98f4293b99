"""What changed since a person last marked a list as seen, in words: beside the row, and counted above the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from console.admission.display import STATUS_LABELS, When, when_of
from console.observations.news import News
from console.observations.parts import Part

_LABELS: Final = {status.value: label for status, label in STATUS_LABELS.items()}


@dataclass(frozen=True, slots=True)
class Mark:
    """What is new about one row."""

    word: str
    #: When the console first saw it so.
    when: When
    #: The status before the change; "" for a new row.
    before: str = ""


@dataclass(frozen=True, slots=True)
class NewsSummary:
    """What is new about a list, and what the form needs that marks it as seen."""

    text: str
    since: When
    part: str
    until: str


def mark_of(news: News | None, key: str, labels: Mapping[str, str] = _LABELS) -> Mark | None:
    """The mark of a row; None where nothing is new about it. `labels` say what a status is called."""
    if news is None:
        return None
    if key in news.appeared:
        return Mark("New", _when(news.appeared[key]))
    if key in news.changed:
        moment, before = news.changed[key]
        return Mark("Status changed", _when(moment), labels.get(before, before))
    return None


def _when(moment: float) -> When:
    return when_of(datetime.fromtimestamp(moment, UTC))


def summary_of(news: News | None, part: Part, as_of: datetime | None) -> NewsSummary | None:
    """None where nothing is new."""
    if not news or as_of is None:
        return None
    counts = ((len(news.appeared), "new"), (len(news.changed), "with another status"), (len(news.gone), "gone"))
    text = ", ".join(f"{count} {words}" for count, words in counts if count)
    return NewsSummary(text, when_of(news.since), part.value, as_of.isoformat())
