"""What runs inside a worker process of the server."""

from django.urls import get_resolver

from console.access import hashing
from console.clouds import bulkhead
from console.running.front.application import Front
from console.running.front.connections import Connections
from console.running.logs import log_thread_failures
from console.running.parent import end_with_parent


def load(server: int, threads: int, port: int) -> Front:
    """The application of one worker, called once in it. `server` started it, with so many threads, at this port."""
    end_with_parent(server)
    bulkhead.limit_for(threads)
    hashing.limit_for(threads)
    from console.wsgi import application

    log_thread_failures()
    get_resolver().url_patterns  # noqa: B018 -- loads every page's code now, not while the first visitor waits
    _watch()
    connections = Connections(port)
    connections.watch()
    return Front(application, threads, connections)


def _watch() -> None:
    """Imported here, because there are no models before the application is loaded."""
    from console.heartbeats.models import Process
    from console.running.status.watching import Watch

    Watch(Process.Kind.SERVER).start()
