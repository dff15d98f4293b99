"""The page where a host's connections and whitelist stand: where its acts are, and how to come back to it."""

from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.urls import reverse

from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.admission.cards import Rights
from console.changes.kinds.kind import Place

#: Parameters that say how the page was asked for, and nothing about what it shows.
_NOT_KEPT: Final = ("poll", "polled", "refresh")
#: Every feature that mounts the acts of this room gives them these names.
ACT_NAMES: Final = ("accept", "reject", "add_account", "remove_account", "seen")


@dataclass(frozen=True, slots=True)
class Desk:
    """One host, and the address of its page."""

    place: Place
    page_url: str

    def act_urls(self) -> dict[str, str]:
        """The acts' addresses, worked out once and not once per row."""
        at = (self.place.cloud.name, self.place.host)
        return {f"{name}_url": reverse(f"{self.place.realm}:{name}", args=at) for name in ACT_NAMES}

    def back_url(self, request: ConsoleRequest) -> str:
        """The page, in the view it was left in. Only a query string is taken from the request, never an address."""
        wanted = request.POST.get("back") or request.GET.get("back", "")
        query = QueryDict(wanted).urlencode()
        return f"{self.page_url}?{query}" if query else self.page_url

    def rights(self, request: ConsoleRequest) -> Rights:
        """What the person may do here."""
        at = (self.place.cloud.name, self.place.host)
        return Rights(
            decide=request.reach.may(Permission.DECIDE_CONNECTIONS, *at),
            edit_whitelist=request.reach.may(Permission.EDIT_WHITELIST, *at),
        )


def view_of(request: ConsoleRequest) -> dict[str, str]:
    """What brings a person back to the same view of the tables: for a form, and as one more parameter of a link."""
    query = without(request.GET, *_NOT_KEPT).urlencode()
    back = QueryDict(mutable=True)
    back["back"] = query
    return {"back": "&" + back.urlencode() if query else "", "back_query": query}


def without(query: QueryDict, *names: str) -> QueryDict:
    """The query, but for these parameters."""
    kept = query.copy()
    for name in names:
        kept.pop(name, None)
    return kept
