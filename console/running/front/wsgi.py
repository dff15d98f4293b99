"""Calls the application for a request that is whole (WSGI, PEP 3333). Nothing of the process environment is in it."""

import io
import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from console.running.front.answers import Answer, Headers, Refused

logger = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

#: A file of a told length up to this is read into memory at once. Bytes.
_SMALL_FILE: Final = 1_000_000
#: These two are no HTTP_ variables; the length is that of the body as it was read.
_OWN_NAMES = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


def joined_headers(scope: Mapping[str, Any]) -> dict[bytes, bytes]:
    """Each header once, by its name in lower case.

    A name with an underscore would arrive under the name of another header, as if a proxy had sent that one.
    """
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if b"_" in name:
            continue
        separator = b"; " if name == b"cookie" else b","
        headers[name] = headers[name] + separator + value if name in headers else value
    return headers


def environ_of(scope: Mapping[str, Any], headers: Mapping[bytes, bytes], body: bytes) -> dict[str, Any]:
    """The environ of one request with its whole body; `headers` as from `joined_headers`."""
    host, port = scope["server"]
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        variable = _OWN_NAMES.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        environ[variable] = value.decode("latin-1")
    # The body was taken out of its chunks, if it came in any.
    if environ.pop("HTTP_TRANSFER_ENCODING", None) is not None or "CONTENT_LENGTH" in environ:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def ask(application: Application, environ: dict[str, Any]) -> Answer:
    """What the application answers, in a thread. All of it, unless it is long."""
    head: list[tuple[int, Headers]] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        head.append((int(status.split(" ", 1)[0]), [*encoded, (b"server", b"console")]))

    try:
        body = application(environ, start)
        status, headers = head[-1]
        if environ["REQUEST_METHOD"] == "HEAD":
            close(body)
            return Answer(status, headers)
        if _is_long(body, headers):
            return Answer(status, headers, rest=body)
        try:
            return Answer(status, headers, b"".join(body))
        finally:
            close(body)
    except Exception:
        logger.exception("The application failed")
        raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR) from None


def _is_long(body: Iterable[bytes], headers: Headers) -> bool:
    """Whether it is neither in memory already, as a page is, nor a file small enough for it."""
    if not getattr(body, "streaming", True) or isinstance(body, list):
        return False
    length = dict(headers).get(b"content-length", b"")
    return not (length.isdigit() and int(length) <= _SMALL_FILE)


def close(body: Iterable[bytes]) -> None:
    """Tell the application that its answer was read, or will not be."""
    if ended := getattr(body, "close", None):
        ended()
