"""The list of gateways and a gateway's information."""

from functools import partial
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console import wiring
from console.access.guard import any_person, requires_at_gateway, sees_cloud
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.admission import views as admission
from console.admission.desk import Desk, view_of, without
from console.admission.list_news import ListNews, Onlooker, list_news
from console.admission.upkeep import upkeep_of
from console.changes.kinds.kind import Place
from console.clouds.types import GatewayId
from console.gateways import display, queries
from console.observations.asking import look, wants_refresh, wish_of
from console.observations.parts import Part
from console.observations.store import Where
from console.patterns import Pattern
from console.web import tables
from console.web.fragments import render, target_of

#: What no cloud could have as the id of a gateway is not asked for, and not kept.
_AN_ID: Final = Pattern(r"[A-Za-z0-9_-]+", 100)


@require_safe
@any_person("everybody may open the list; it holds only the gateways that the person may know of")
def gateways(request: ConsoleRequest) -> HttpResponse:
    """All gateways of all clouds, as far as this person may know of them. `?refresh=1` reads the clouds again."""
    seen = queries.load_gateways(wiring.clouds(), request.reach, wish_of(request))
    address = tables.Address(reverse("gateways:list"), without(request.GET, "refresh"))
    if wants_refresh(request):
        return HttpResponseRedirect(address.having())  # reloading the page later must not ask the clouds each time
    news = {one.cloud.name: _news(request, one) for one in seen}
    rows = [row for one in seen for row in display.rows_of(one, news[one.cloud.name])]
    choices = {name: sorted({getattr(row, name) for row in rows}) for name in ("status", "region", "cloud")}
    chosen = {name: address.value(name) for name in choices}
    kept = [row for row in rows if all(not value or getattr(row, name) == value for name, value in chosen.items())]
    context = {
        "table": tables.arrange(kept, display.COLUMNS, address, text_of=display.text_of, size=request.user.page_size),
        "listing": display.listing_of(seen, address),
        "news": [told for one in seen for told in display.cloud_news(one.cloud, news[one.cloud.name])],
        **view_of(request),
        "filters": [
            {"name": name, "label": name.capitalize(), "options": options, "chosen": chosen[name]}
            for name, options in choices.items()
        ],
        "filtered": bool(address.value("q")) or any(chosen.values()),
        "known": len(rows),
        "clear_url": address.path,
        "refresh_url": address.having(refresh=1),
    }
    fragment = "gateways/_gateways.html" if target_of(request) == "gateways" else None
    return render(request, "gateways/list.html", context, fragment=fragment)


def _news(request: ConsoleRequest, seen: queries.SeenCloud) -> ListNews:
    who = Onlooker(request.user.pk, partial(request.reach.sees_gateway, seen.cloud.name))
    return list_news(who, Place(seen.cloud, ""), Part.GATEWAYS, seen.shown, {})


@require_POST
@sees_cloud(act="page.open")
def seen(request: ConsoleRequest, cloud: str) -> HttpResponse:
    """Mark the gateways of one cloud as seen, as they were when the page showed them."""
    place = wiring.clouds().get(cloud)
    if place is None or place.catalog is None:
        raise Http404
    return admission.seen(request, Desk(Place(place, ""), reverse("gateways:list")))


@require_safe
@requires_at_gateway(Permission.SEE, act="page.open")
def information(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Gateway Information: what the cloud says about one gateway. `?refresh=1` reads it again."""
    place = wiring.clouds().get(cloud)
    if place is None or place.catalog is None or not _AN_ID.fullmatch(gateway_id):
        raise Http404
    catalog = place.catalog
    shown = look(request, Where(cloud, gateway_id), Part.DETAIL, lambda: catalog.get_gateway(GatewayId(gateway_id)))
    address = tables.Address(request.path, without(request.GET, "refresh"))
    if wants_refresh(request) and target_of(request) != "information":
        return HttpResponseRedirect(address.having())
    gateway = shown.value
    tone = display.tone_of(gateway.status) if gateway else ""
    context = {
        "gateway_id": gateway_id,
        "gateway": gateway,
        "facts": display.facts_of(gateway) if gateway else (),
        "tone": tone,
        "upkeep": upkeep_of(shown, f"{place.label} could not be read", address, changing=tone == "creating"),
        "refresh_url": address.having(refresh=1),
    }
    fragment = "gateways/_information.html" if target_of(request) == "information" else None
    return render(request, "gateways/information.html", context, fragment=fragment)
