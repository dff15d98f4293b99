"""Sends one checkpoint to a receiver outside, over a connection to an address that was looked at first.

Nothing but the address of the settings is ever called: no redirect is followed, no proxy of the environment used, and
the name is looked up once, so that the address that was judged is the address that is called (reliability.md S7).
"""

import base64
import http.client
import socket
import ssl
import time
from typing import Final
from urllib.parse import SplitResult, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.ip_addresses import AddressKind, kind_of

#: Seconds for the connection, and for each step of the answer.
_PATIENCE: Final = 10.0
#: Whose machines a receiver may be; with CONSOLE_AUDIT_WEBHOOK_PRIVATE also those of one's own network.
_ALLOWED: Final = frozenset({AddressKind.PUBLIC})
_ALLOWED_PRIVATE: Final = _ALLOWED | {AddressKind.PRIVATE, AddressKind.LOOPBACK}


class NotTaken(Exception):
    """The receiver did not take it, or may not be called. The text holds neither path nor query of its address."""


def post(url: str, line: str, key: Ed25519PrivateKey, key_id: str, *, private: bool) -> None:
    """Send the line; returns when the receiver answers 2xx.

    The header `Console-Signature: t=SECONDS,key=ID,ed25519=BASE64` signs the Unix time, a full stop and the body, so
    that a receiver can refuse what is old. `private` allows plain HTTP and addresses that are not public. Raises
    NotTaken.
    """
    parts = _checked(url, private=private)
    body = (line + "\n").encode()
    moment = str(int(time.time()))
    proof = base64.b64encode(key.sign(moment.encode() + b"." + body)).decode()
    headers = {
        "Content-Type": "application/x-ndjson",
        "Console-Signature": f"t={moment},key={key_id},ed25519={proof}",
        "User-Agent": "private-access-console",
    }
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts, private=private)
    try:
        connection.request("POST", path, body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise NotTaken(f"no answer ({type(error).__name__})") from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotTaken(f"it answered {status}")


def shown(url: str) -> str:
    """The receiver for people: scheme and host. A path often holds a secret."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}"
    except ValueError:
        return "an address that cannot be read"


def _checked(url: str, *, private: bool) -> SplitResult:
    try:
        parts = urlsplit(url)
        readable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        readable = False
    if not readable:
        raise NotTaken("its address cannot be read")
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise NotTaken("its address must begin with https://")
    if parts.username or parts.password:
        raise NotTaken("its address must not hold a name or password")
    return parts


def _connection(parts: SplitResult, *, private: bool) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise NotTaken("its name is not known") from error
    if not all(_may_be_called(address, private=private) for address in addresses):
        raise NotTaken("its address is not public, and CONSOLE_AUDIT_WEBHOOK_PRIVATE does not allow that")
    if parts.scheme == "https":
        return _Tls(host, port, addresses[0])
    return _Plain(host, port, addresses[0])


def _may_be_called(address: str, *, private: bool) -> bool:
    """Never a metadata service and never a special address, whatever the settings say."""
    return kind_of(address) in (_ALLOWED_PRIVATE if private else _ALLOWED)


class _Plain(http.client.HTTPConnection):
    """Calls the address that was judged, in the name of the host."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=_PATIENCE)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), _PATIENCE)


class _Tls(http.client.HTTPSConnection):
    """The same with TLS; the certificate must be the host's."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=_PATIENCE, context=self._tls)
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), _PATIENCE)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
