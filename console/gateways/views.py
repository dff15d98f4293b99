"""The list of gateways and a gateway's information."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from console import wiring
from console.access.guard import any_person, requires_at_gateway
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.clouds.errors import CloudError, CloudNotFound
from console.clouds.types import GatewayId
from console.gateways import display, queries
from console.web import tables
from console.web.fragments import render
from console.web.problems import Problem, problem_of


@require_safe
@any_person("everybody may open the list; it holds only the gateways that the person may know of")
def gateways(request: ConsoleRequest) -> HttpResponse:
    """All gateways of all clouds, as far as this person may know of them."""
    as_of = timezone.now()
    found, unread = queries.load_gateways(wiring.clouds(), request.reach)
    address = tables.Address(reverse("gateways:list"), request.GET)
    rows = [display.row_of(entry) for entry in found]
    choices = {name: sorted({getattr(row, name) for row in rows}) for name in ("status", "region", "cloud")}
    chosen = {name: address.value(name) for name in choices}
    kept = [row for row in rows if all(not value or getattr(row, name) == value for name, value in chosen.items())]
    context = {
        "table": tables.arrange(kept, display.COLUMNS, address, text_of=display.text_of, size=request.user.page_size),
        "unread": [display.unread_row(cloud, _unread(cloud, request)) for cloud in unread],
        "filters": [
            {"name": name, "label": name.capitalize(), "options": options, "chosen": chosen[name]}
            for name, options in choices.items()
        ],
        "filtered": bool(address.value("q")) or any(chosen.values()),
        "known": len(rows),
        "as_of": as_of,
        "clear_url": address.path,
    }
    return render(request, "gateways/list.html", context, fragment="gateways/_gateways.html")


def _unread(unread: queries.UnreadCloud, request: ConsoleRequest) -> Problem:
    return problem_of(unread.error, f"{unread.cloud.label} could not be read", request.get_full_path())


@require_safe
@requires_at_gateway(Permission.SEE, act="page.open")
def information(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Gateway Information: what the cloud says about one gateway."""
    place = wiring.clouds().get(cloud)
    if place is None or place.catalog is None:
        raise Http404
    context: dict[str, object] = {"gateway_id": gateway_id, "as_of": timezone.now()}
    try:
        gateway = place.catalog.get_gateway(GatewayId(gateway_id))
    except CloudNotFound as error:
        raise Http404 from error
    except CloudError as error:
        context["problem"] = _unread(queries.UnreadCloud(place, error), request)
    else:
        context |= {"gateway": gateway, "facts": display.facts_of(gateway), "tone": display.tone_of(gateway.status)}
    return render(request, "gateways/information.html", context)
