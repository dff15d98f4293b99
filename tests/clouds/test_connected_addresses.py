"""The address that is connected to is judged, whatever name led there (DNS rebinding, reliability S7)."""

import socket
from collections.abc import Iterator

import pytest

from console.clouds.errors import CloudUnavailable
from console.clouds.transport import Request, Transport
from tests.clouds.raw_server import RawServer, answer, answering

_LOOPBACK = "127.0.0.1"


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(answering(answer())) as running:
        yield running


def leads_to(monkeypatch: pytest.MonkeyPatch, peer: str) -> None:
    """Every connection of this test goes to the server on loopback and says that it went to `peer`."""

    class Disguised(socket.socket):
        def getpeername(self) -> tuple[str, int]:
            return (peer, 443)

    real = socket.create_connection

    def connect(address: tuple[str, int], *args: object, **kwargs: object) -> socket.socket:
        plain = real((_LOOPBACK, address[1]))
        return Disguised(plain.family, plain.type, plain.proto, fileno=plain.detach())

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)


@pytest.mark.parametrize("peer", ["169.254.169.254", "100.100.100.200", "168.63.129.16", "fd00:ec2::254", "0.0.0.1"])
def test_a_name_that_leads_to_a_metadata_service_gets_no_byte(
    server: RawServer, monkeypatch: pytest.MonkeyPatch, peer: str
) -> None:
    leads_to(monkeypatch, peer)
    transport = Transport({"apig": f"http://localhost:{server.url.rpartition(':')[2]}"})
    with pytest.raises(CloudUnavailable, match="leads to an address that the console does not call"):
        transport.send(Request("apig", "GET", "/v2/instances"))
    assert server.requests == []


def test_plain_http_is_spoken_to_this_machine_only_whatever_localhost_leads_to(
    server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads_to(monkeypatch, "93.184.215.14")
    transport = Transport({"apig": f"http://apig.localhost:{server.url.rpartition(':')[2]}"})
    with pytest.raises(CloudUnavailable, match="leads to an address that the console does not call"):
        transport.send(Request("apig", "GET", "/v2/instances"))
    assert server.requests == []
