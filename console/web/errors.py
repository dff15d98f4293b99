"""Error pages in calm words, with the request id. The page for 500 needs neither database nor context."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import get_template

from console.web.request_id import request_id_of


def page(request: HttpRequest, status: int, *, title: str = "", text: str = "", **context: Any) -> HttpResponse:
    """The page templates/errors/<status>.html, answered with that status."""
    values = {"title": title or HTTPStatus(status).phrase, "text": text, "request_id": request_id_of(request)}
    return render(request, f"errors/{status}.html", values | context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400. The reason stays in the log: it may hold what an attacker typed."""
    return page(request, HTTPStatus.BAD_REQUEST)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: the last resort, so it renders without context processors."""
    html = get_template("errors/500.html").render({"request_id": request_id_of(request)})
    return HttpResponseServerError(html)
