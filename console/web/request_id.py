"""One id ties a page, its log lines, its audit rows and its cloud calls together."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from console import context

HEADER = "X-Request-Id"


def request_id_of(request: HttpRequest) -> str:
    """The id of this request; "" for a request that never passed the middleware."""
    return getattr(request, "request_id", "")


class RequestIdMiddleware:
    """Gives each request an id of our own making: one sent from outside is not believed (ASVS 4.1.3)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request with its id in the context variable, and say the id in the answer."""
        request_id = uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        token, sent = context.request_id.set(request_id), context.has_sent.set(False)
        try:
            response = self.get_response(request)
        finally:
            context.request_id.reset(token)
            context.has_sent.reset(sent)
        response.headers[HEADER] = request_id
        return response
