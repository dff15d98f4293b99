"""The front itself: what the server calls for each request (ASGI), around the application that serves it (WSGI)."""

import time
import uuid
from functools import partial
from typing import Any, Final

from django.conf import settings

from console import context
from console.access.address import address_behind_proxies, address_block
from console.running.access_log import write_line
from console.running.front.answers import BrokenOff, ClientGone, Refused, health, refusal
from console.running.front.bodies import Receive, read_body
from console.running.front.connections import Connections
from console.running.front.limits import ClientRequests
from console.running.front.stream import Client, Send
from console.running.front.threads import Threads
from console.running.front.wsgi import Application, ask, environ_of, joined_headers

#: The body of somebody without a session, in bytes.
_LONGEST_OF_STRANGERS: Final = 64 * 1024
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

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        began = time.perf_counter()
        client = Client(receive, send)
        try:
            try:
                if scope["path"] == "/healthz":
                    await self._tell_health(scope, client, began)
                else:
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
        with self._clients.one_more(address_block(address)):
            body = await read_body(headers, receive, _longest_body(headers))
            answer = await self._pages.run(partial(ask, self._application, environ_of(scope, headers, body)))
            if answer.rest is None:
                await client.take(answer)
            else:
                await client.take_rest(answer, answer.rest, self._long_answers)

    async def _tell_health(self, scope: dict[str, Any], client: Client, began: float) -> None:
        """The process lives: said by itself, without thread, database or limit, since a supervisor ends a process that
        does not answer it, however busy that is."""
        request_id = uuid.uuid4().hex
        answer = health(request_id, scope["method"])
        _write_line(scope, answer.status, began, request_id)
        await client.take(answer)

    async def _refuse(self, scope: dict[str, Any], client: Client, refused: Refused, began: float) -> None:
        """Answer without the application, with a line in the log as it writes one."""
        request_id = uuid.uuid4().hex
        _write_line(scope, refused.status, began, request_id)
        await client.take(refusal(refused, request_id))


def _longest_body(headers: dict[bytes, bytes]) -> int:
    """In bytes. A stranger has one small form to send, that of the sign-in page."""
    known = f"{settings.SESSION_COOKIE_NAME}=".encode() in headers.get(b"cookie", b"")
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE) if known else _LONGEST_OF_STRANGERS


def _write_line(scope: dict[str, Any], status: int, began: float, request_id: str) -> None:
    token = context.request_id.set(request_id)
    try:
        write_line(scope["method"], scope["path"], status, began)
    finally:
        context.request_id.reset(token)
