"""Whose pages read clouds."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from console.clouds.allowance import page_of


class ReadAllowanceMiddleware:
    """What a page reads counts towards the allowance of the person who opened it (`clouds.allowance`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request as a page of its person."""
        if request.user.pk is None:
            return self.get_response(request)
        with page_of(request.user.pk, settings.READS_A_MINUTE):
            return self.get_response(request)
