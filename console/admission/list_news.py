"""News of a cloud's lists: what changed since a person last looked, of what they may know of and did not do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from console.admission import own_acts
from console.admission.marks import Mark, NewsSummary, mark_of, summary_of
from console.changes.kinds.kind import Place
from console.clouds.paging import Listing
from console.observations.news import News, news_for
from console.observations.parts import LISTS, Part
from console.observations.store import Where
from console.observations.watch import Observation


@dataclass(frozen=True, slots=True)
class ListNews:
    """What is new about one list to one person."""

    news: News | None = None
    #: None where nothing is new.
    summary: NewsSummary | None = None
    #: What a status is called.
    labels: Mapping[str, str] = field(default_factory=dict)

    def mark(self, key: str) -> Mark | None:
        """The mark of a row; None where nothing is new about it."""
        return mark_of(self.news, key, self.labels)


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Whose news they are, and of which rows, by their key, that person may know."""

    person_id: int
    sees: Callable[[str], bool]


def list_news(
    who: Onlooker, place: Place, part: Part, shown: Observation[Listing[Any]], labels: Mapping[str, str]
) -> ListNews:
    """`place` is the cloud as a whole. A list that the person sees for the first time has no news."""
    found = news_for(who.person_id, Where(place.cloud.name, ""), {part: shown}).get(part)
    if not found:
        return ListNews()
    kind = LISTS[part]
    states = {kind.identify(row): kind.state(row) for row in shown.value or ()}
    news = own_acts.left_out_of_list(_known_to(found, who.sees), place, who.person_id, states)
    return ListNews(news, summary_of(news, part, shown.as_of), labels)


def _known_to(news: News, sees: Callable[[str], bool]) -> News:
    return replace(
        news,
        appeared={key: at for key, at in news.appeared.items() if sees(key)},
        changed={key: what for key, what in news.changed.items() if sees(key)},
        gone={key: at for key, at in news.gone.items() if sees(key)},
    )
