"""The act of this room, for features to mount: GET asks for tags and shows the confirmation, POST acts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpResponse

from console.access.request import ConsoleRequest
from console.changes import confirmation
from console.changes.addresses import HOST_NOUNS, PAGE_TITLES
from console.changes.kinds import registry
from console.changes.kinds.kind import Parameters, Place
from console.changes.kinds.tags import tags_of
from console.clouds.errors import CloudError
from console.clouds.limits import MOST_TAGS
from console.clouds.services import Tag
from console.tagging.fields import TagsForm
from console.tagging.wordings import TagsWording
from console.web.fragments import render


@dataclass(frozen=True, slots=True)
class Tagged:
    """Something with tags, and the page that shows them."""

    place: Place
    page_url: str
    #: What its tags are now. Raises CloudError.
    read: Callable[[], Sequence[Tag]]
    #: Where the question is asked, with what was typed.
    action_url: str

    def decision(self, targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        """What a person is asked: which tags come, or which one goes."""
        removes = "remove" in parameters
        named = ", ".join(
            f"{tag.key}={tag.value}" for tag in tags_of(parameters.get("remove" if removes else "add", ()))
        )
        facts = ((HOST_NOUNS[self.place.realm], self.place.host), ("Removed" if removes else "Added", named))
        wording = TagsWording(removes=removes)
        return confirmation.Decision(
            registry.UPDATE_TAGS,
            self.place,
            wording,
            self.page_url,
            targets,
            parameters,
            action_url=self.action_url,
            specification=facts,
        )


def update(request: ConsoleRequest, thing: Tagged) -> HttpResponse:
    """Add the tags that are typed, or take the one away that `?remove=` names."""
    if request.method == "POST":
        return confirmation.act(request, thing.decision, confirmation.Scope(registry.UPDATE_TAGS, thing.place))
    removed = request.GET.get("remove", "")
    try:
        tags = thing.read()
    except CloudError as error:
        return confirmation.unread(request, thing.decision((), {}), error)
    if not removed:
        return _add(request, thing, MOST_TAGS - len(tags))
    found = [[tag.key, tag.value] for tag in tags if tag.key == removed]
    if not found:
        return confirmation.refuse(request, thing.decision((), {"remove": []}), "It has no such tag.")
    return confirmation.ask(request, thing.decision([thing.place.host], {"remove": found}))


def _add(request: ConsoleRequest, thing: Tagged, left: int) -> HttpResponse:
    form = TagsForm(request.GET if "tags" in request.GET else None, left=left)
    if form.is_bound and form.is_valid():
        added = [[tag.key, tag.value] for tag in form.cleaned_data["tags"]]
        return confirmation.ask(request, thing.decision([thing.place.host], {"add": added}))
    context = {
        "form": form,
        "action_url": request.path,
        "back_url": thing.page_url,
        "home_title": PAGE_TITLES[thing.place.realm],
    }
    status = 422 if form.is_bound else 200
    return render(request, "tagging/add.html", context, fragment="tagging/_add.html", status=status)
