"""One time budget for all that a page asks of clouds, so that it is there within ten seconds whatever they do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from console import wiring
from console.clouds.budget import time_budget
from console.clouds.bulkhead import one_page


class TimeLimitMiddleware:
    """A cloud that hangs, or drips, costs a page `wiring.page_time()` seconds in all, not for each call (R12).

    What an act had not begun to write by then was certainly not sent; what it had is unknown, as ever.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request within the time."""
        with time_budget(wiring.page_time()), one_page():
            return self.get_response(request)
