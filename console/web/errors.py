"""Error pages in calm words, with the request id. They are shown whatever else is broken.

What htmx asked for is refused in a part of a page, beside what was typed. All others are tried in three ways: with the
frame of all pages, which needs session, database, clouds and static files; bare, which needs its template only; and as
plain text. What failed is logged.
"""

import logging
import sys
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.templatetags.static import static

from console import context
from console.database_failures import Failure, failure_of
from console.database_file import DatabaseFileGone
from console.web.fragments import DIALOG, DIALOG_REFUSAL, target_of, wants_fragment
from console.web.request_id import request_id_of

logger = logging.getLogger(__name__)

_BARE: Final = "errors/_bare.html"
_FRAGMENT: Final = "errors/_fragment.html"
_WHY: Final = {
    Failure.AWAY: "The console keeps its records in a database that cannot be reached at the moment.",
    Failure.LOCKED: "Another process has held the lock of the console's database for longer than a page can wait.",
    Failure.FULL: "There is no room left for the records of the console. Its administrator must free some.",
    Failure.READ_ONLY: "The console's database takes no writes. Its administrator must find out why.",
}


def page(
    request: HttpRequest, status: int, *, template: str = "", title: str = "", text: str = "", **context: Any
) -> HttpResponse:
    """The page templates/errors/<status>.html, or another one of `template`, answered with that status."""
    name = template or f"errors/{status}.html"
    values = {"title": title or HTTPStatus(status).phrase, "text": text, "request_id": request_id_of(request)}
    try:
        if wants_fragment(request) and status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return _fragment(request, name, values | context, status)
        return render(request, name, values | context, status=status)
    except Exception:
        logger.exception("The page for status %d could not be shown with its frame", status)
    return _bare_page(name, values | context, status)


def _fragment(request: HttpRequest, name: str, values: dict[str, Any], status: int) -> HttpResponse:
    """The same words where htmx asked from: nothing that was typed there is swapped away."""
    in_dialog = target_of(request) == DIALOG
    response = render(request, name, {**values, "layout": _FRAGMENT, "in_dialog": in_dialog}, status=status)
    response.headers["HX-Retarget"] = f"#{DIALOG_REFUSAL}" if in_dialog else "#messages"
    response.headers["HX-Reswap"] = "innerHTML" if in_dialog else "afterbegin"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400. The reason stays in the log: it may hold what an attacker typed."""
    return page(request, HTTPStatus.BAD_REQUEST)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: the frame of a page may be what failed, so it is not tried.

    A database that is away, full, locked or read-only is no mistake of the console, and has a page of its own.
    """
    error = sys.exc_info()[1]
    if failure := failure_of(error):
        return _database_page(request, failure, str(error) if isinstance(error, DatabaseFileGone) else "")
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    values = {"title": "Something went wrong", "text": "", "request_id": request_id_of(request)}
    return _bare_page(f"errors/{status}.html", values, status)


def _database_page(request: HttpRequest, failure: Failure, text: str) -> HttpResponse:
    """Names the database, and says whether anything was sent."""
    values = {
        "title": f"The database {failure}",
        "text": text or _WHY[failure],
        "has_sent": context.has_sent.get(),
        "request_id": request_id_of(request),
    }
    return _bare_page("errors/503_database.html", values, HTTPStatus.SERVICE_UNAVAILABLE)


def _bare_page(name: str, values: dict[str, Any], status: int) -> HttpResponse:
    """Without context processors: neither session, database nor clouds are needed."""
    files = {"stylesheet": _static("css/console.css"), "favicon": _static("img/favicon.svg")}
    try:
        html = get_template(name).render({**values, **files, "layout": _BARE})
    except Exception:
        logger.exception("The bare page for status %d could not be shown", status)
        return _plain_text(values, status)
    return HttpResponse(html, status=status)


def _plain_text(values: dict[str, Any], status: int) -> HttpResponse:
    lines = ("Private Access Console", values["title"], values["text"], f"Request ID {values['request_id']}")
    text = "\n\n".join(line for line in lines if line)
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")


def _static(path: str) -> str:
    """Where the file is served; by its plain name, which is served too, while the manifest cannot be read."""
    try:
        return static(path)
    except (ImproperlyConfigured, OSError, ValueError):
        return f"{settings.STATIC_URL}{path}"
