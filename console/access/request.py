"""The request as views of this console see it, after the middleware: who asks, what they may do, whether htmx asks."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

from console.access.models import Person
from console.access.reach import Reach

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


class ConsoleRequest(HttpRequest):
    """For annotations only: Django makes the requests, the middleware adds these."""

    user: Person  # views behind the guard never see an anonymous user
    reach: Reach
    htmx: "HtmxDetails"
    request_id: str
