"""The same address serves a page to a browser and a fragment to htmx; this is the only place that asks which."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_template
from django.utils.cache import patch_vary_headers

#: The ids in the dialog (templates/base.html) of what htmx fills, and of what says above it why that was refused.
DIALOG: Final = "dialog-body"
DIALOG_REFUSAL: Final = "dialog-refusal"


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asked for a part of a page. A boosted link is an ordinary page."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted


def target_of(request: HttpRequest) -> str:
    """The id of the part of the page that htmx is to replace; "" where it wants the page."""
    htmx = getattr(request, "htmx", None)
    return (htmx.target or "") if htmx is not None and wants_fragment(request) else ""


def render(
    request: HttpRequest,
    page: str,
    context: Mapping[str, Any],
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render `fragment` for htmx, else `page`; caches are told that the answer varies."""
    template = fragment if fragment and wants_fragment(request) else page
    response = render_template(request, template, dict(context), status=status)
    patch_vary_headers(response, ("HX-Request", "HX-Boosted"))
    return response
