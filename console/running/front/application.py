"""The front itself: what the server calls for each request (ASGI), around the application that serves it (WSGI)."""

import time
import uuid
from functools import partial
from typing import Any, Final

from django.conf import settings

from console import context
from console.access.address import address_behind_proxies
from console.running.access_log import write_line
from console.running.front.answers import BrokenOff, ClientGone, Refused, refusal
from console.running.front.bodies import Receive, read_body
from console.running.front.connections import Connections
from console.running.front.limits import ClientRequests, client_of
from console.running.front.stream import Client, Send
from console.running.front.threads import Threads
from console.running.front.wsgi import Application, ask, environ_of, joined_headers

#: For so many threads there is one more, which hands out a long answer.
_SHARE_OF_LONG_ANSWERS: Final = 4


class Front:
    """Takes the requests of one process from the server, and has them served by threads."""

    def __init__(self, application: Application, threads: int, connections: Connections) -> None:
        self._application = application
        self._connections = connections
        self._clients = ClientRequests(settings.CLIENT_REQUESTS)
        self._pages = Threads("page", threads)
        self._long_answers = Threads("long-answer", max(threads // _SHARE_OF_LONG_ANSWERS, 1))
        # A supervisor ends a process that does not answer it, however busy that is.
        self._health = Threads("health", 1)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        began = time.perf_counter()
        client = Client(receive, send)
        try:
            try:
                await self._serve(scope, receive, client)
            except Refused as refused:
                await self._refuse(scope, client, refused, began)
        except BrokenOff:
            self._connections.give_up((scope["client"][0], int(scope["client"][1])))
        except ClientGone:
            pass

    async def _serve(self, scope: dict[str, Any], receive: Receive, client: Client) -> None:
        headers = joined_headers(scope)
        forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1")
        address = address_behind_proxies(forwarded, scope["client"][0], settings.TRUSTED_PROXIES)
        with self._clients.one_more(client_of(address)):
            body = await read_body(headers, receive, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
            threads = self._health if scope["path"] == "/healthz" else self._pages
            answer = await threads.run(partial(ask, self._application, environ_of(scope, headers, body)))
            if answer.rest is None:
                await client.take(answer)
            else:
                await client.take_rest(answer, answer.rest, self._long_answers)

    async def _refuse(self, scope: dict[str, Any], client: Client, refused: Refused, began: float) -> None:
        """Answer without the application, with a line in the log as it writes one."""
        request_id = uuid.uuid4().hex
        token = context.request_id.set(request_id)
        try:
            write_line(scope["method"], scope["path"], refused.status, began)
        finally:
            context.request_id.reset(token)
        await client.take(refusal(refused, request_id))
