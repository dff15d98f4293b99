"""What runs inside a worker process of the server."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.urls import get_resolver

from console.clouds import bulkhead
from console.running.logs import log_thread_failures
from console.running.parent import end_with_parent

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_OF_THE_REQUEST = ("HTTP_", "REQUEST_", "SERVER_", "REMOTE_", "CONTENT_", "PATH_", "QUERY_", "SCRIPT_", "wsgi.")


def guarded(application: WsgiApplication) -> WsgiApplication:
    """The application without what the server adds on both sides.

    It puts the whole process environment, secrets included, beside the headers of a request, and its own name on the
    answer.
    """

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, [*headers, ("Server", "console")], exc_info)

        request = {name: value for name, value in environ.items() if name.startswith(_OF_THE_REQUEST)}
        return application(request, start)

    return serve


def load(server: int, threads: int) -> WsgiApplication:
    """The application of one worker, called once in it. `server` started it, and gives it so many threads."""
    end_with_parent(server)
    bulkhead.limit_for(threads)
    for name in [name for name in os.environ if name.startswith(_OF_THE_REQUEST)]:
        del os.environ[name]  # HTTP_PROXY, say, would arrive as a header that no client sent
    from console.wsgi import application

    log_thread_failures()
    get_resolver().url_patterns  # noqa: B018 -- loads every page's code now, not while the first visitor waits
    return guarded(application)
