"""The acts of this room, for features to mount at their own addresses: GET shows the confirmation, POST acts."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect

from console.access.request import ConsoleRequest
from console.admission import selection, wordings
from console.admission.desk import Desk
from console.admission.forms import AccountsForm
from console.admission.queries import where_of
from console.changes import confirmation
from console.changes.addresses import HOST_WORDS, PAGE_TITLES
from console.changes.kinds import registry
from console.changes.kinds.kind import Kind, Parameters, Place
from console.changes.wording import Wording
from console.clouds.errors import CloudError
from console.observations import news
from console.observations.parts import LISTS, Part
from console.web.fragments import render

Decide = Callable[[Sequence[str], Parameters], confirmation.Decision]
#: What an address asks for. Raises ValueError, in words, and CloudError.
Asked = Callable[[ConsoleRequest, Place, Kind], Sequence[str]]


def accept(request: ConsoleRequest, desk: Desk) -> HttpResponse:
    """Let VPC endpoints connect."""
    wording = wordings.AcceptWording(desk.place.admission.traits)
    return _decide_asked(request, desk, registry.ACCEPT, wording, selection.asked_endpoints)


def reject(request: ConsoleRequest, desk: Desk) -> HttpResponse:
    """Refuse VPC endpoints, or cut connected ones."""
    wording = wordings.RejectWording(desk.place.admission.traits)
    return _decide_asked(request, desk, registry.REJECT, wording, selection.asked_endpoints)


def add_account(request: ConsoleRequest, desk: Desk) -> HttpResponse:
    """Ask for accounts, then confirm, then put them on the whitelist."""
    kind, wording = registry.ADD_PERMISSION, wordings.AddWording()
    if request.method == "POST":
        return _decide(request, desk, kind, wording)
    if selection.asks_again(request):
        return _decide_asked(request, desk, kind, wording, selection.asked_before)
    typed = "\n".join(request.GET.getlist("id"))
    form = AccountsForm({"id": typed} if "id" in request.GET else None, port=desk.place.admission)
    if form.is_bound and form.is_valid():
        return _decide(request, desk, kind, wording, form.cleaned_data["id"])
    context = {
        "form": form,
        "action_url": request.path,
        "back_url": desk.back_url(request),
        "back": request.GET.get("back", ""),
        "host": HOST_WORDS[desk.place.realm],
        "realm": desk.place.realm.value,
        "home_title": PAGE_TITLES[desk.place.realm],
    }
    status = 422 if form.is_bound else 200
    return render(request, "admission/add_account.html", context, fragment="admission/_add_account.html", status=status)


def remove_account(request: ConsoleRequest, desk: Desk) -> HttpResponse:
    """Take accounts off the whitelist."""
    wording = wordings.RemoveWording(desk.place.admission.traits)
    return _decide_asked(request, desk, registry.REMOVE_PERMISSION, wording, selection.asked_accounts)


def seen(request: ConsoleRequest, desk: Desk) -> HttpResponse:
    """Mark a list as seen, as it was when the page showed it."""
    try:
        part, until = Part(request.POST.get("part", "")), datetime.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        return HttpResponseBadRequest()
    if part in LISTS and until.tzinfo is not None:
        news.mark_seen(request.user.pk, where_of(desk.place), part, until)
    return HttpResponseRedirect(desk.back_url(request), status=303)


def _decide(
    request: ConsoleRequest, desk: Desk, kind: Kind, wording: Wording, targets: Sequence[str] = ()
) -> HttpResponse:
    """Show the confirmation, or act on one."""
    back_url = desk.back_url(request)

    def decision(wanted: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        return confirmation.Decision(kind, desk.place, wording, back_url, wanted, parameters)

    if request.method == "POST":
        return confirmation.act(request, decision, confirmation.Scope(kind, desk.place))
    return confirmation.ask(request, decision(targets, {}))


def _decide_asked(request: ConsoleRequest, desk: Desk, kind: Kind, wording: Wording, asked: Asked) -> HttpResponse:
    """As `_decide`, for the objects that the address asks for."""
    if request.method == "POST":
        return _decide(request, desk, kind, wording)
    blank = confirmation.Decision(kind, desk.place, wording, desk.back_url(request), ())
    try:
        targets = asked(request, desk.place, kind)
    except ValueError as error:
        return confirmation.refuse(request, blank, str(error))
    except CloudError as error:
        return confirmation.unread(request, blank, error)
    return _decide(request, desk, kind, wording, targets)
