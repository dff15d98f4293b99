"""A refused certificate is told with its dates and names, which are read without sending or believing anything."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from console.clouds import certificates
from console.clouds.errors import CloudUnavailable
from console.clouds.transport import Limits, Request, Transport

LIMITS = Limits(connect=1, read=0.6, total=1.0)
WRITE = Request("apig", "POST", "/x", body=b"{}", is_write=True)
LONG_AGO = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
LONG_HENCE = datetime(2099, 5, 3, 12, 0, tzinfo=UTC)
HERE = x509.IPAddress(ip_address("127.0.0.1"))


class Maker:
    """Makes certificates in a folder, each signed by the maker before it, or by itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.issuer: tuple[x509.Name, ec.EllipticCurvePrivateKey] | None = None

    def make(
        self,
        names: Sequence[x509.GeneralName] = (HERE,),
        begins: datetime = LONG_AGO - timedelta(days=90),
        ends: datetime = LONG_HENCE,
        *,
        authority: bool = False,
    ) -> Path:
        """Certificate and key in one file."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"test {authority}")])
        signer, signing_key = self.issuer or (name, key)
        builder = x509.CertificateBuilder(signer, name, key.public_key(), x509.random_serial_number(), begins, ends)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        made = builder.sign(signing_key, hashes.SHA256())
        if authority:
            self.issuer = (name, key)
        plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file = self.folder / f"{len(list(self.folder.iterdir()))}.pem"
        file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*plain))
        return file


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path)


class Host:
    """What a server saw: how many connections, how many whole handshakes, and what was sent after them."""

    def __init__(self) -> None:
        self.connections = 0
        self.handshakes = 0
        self.received = b""
        self.url = ""


@contextmanager
def host(certificate: Path, *, deaf_from: int = 99) -> Iterator[Host]:
    """A TLS server with this certificate; from its connection of that number on it says nothing any more."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = socket.create_server(("127.0.0.1", 0))
    seen, stopping = Host(), threading.Event()
    seen.url = f"https://127.0.0.1:{server.getsockname()[1]}"

    def serve() -> None:
        with suppress(OSError):
            while True:
                plain, _ = server.accept()
                seen.connections += 1
                with plain, suppress(OSError):
                    if seen.connections >= deaf_from:
                        stopping.wait(5)
                        continue
                    with context.wrap_socket(plain, server_side=True) as connection:
                        seen.handshakes += 1
                        seen.received += connection.recv(1_000)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        stopping.set()
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(timeout=2)


def told(url: str, trusted: Path) -> str:
    """What is said of a write that could not be sent."""
    with pytest.raises(CloudUnavailable) as caught:
        Transport({"apig": url}, limits=LIMITS, ca_file=str(trusted)).send(WRITE)
    return caught.value.reason


def test_an_expired_certificate_says_since_when(maker: Maker) -> None:
    made = maker.make(ends=LONG_AGO)
    with host(made) as server:
        assert told(server.url, made).endswith(" has been expired since 3 May 2026 12:00 UTC")
    assert server.received == b""


def test_a_certificate_of_the_future_says_from_when_on_it_holds(maker: Maker) -> None:
    made = maker.make(begins=LONG_HENCE, ends=LONG_HENCE + timedelta(days=1))
    with host(made) as server:
        assert " is not valid before 3 May 2099 12:00 UTC by this machine's clock" in told(server.url, made)


def test_where_the_authority_has_expired_the_certificate_is_not_blamed(maker: Maker) -> None:
    authority = maker.make(names=(), ends=LONG_AGO, authority=True)
    with host(maker.make()) as server:
        assert told(server.url, authority).endswith(" comes from an authority whose own certificate has expired")


def test_a_certificate_for_another_name_says_which_names_it_has(maker: Maker) -> None:
    made = maker.make([x509.DNSName("apig.example"), x509.DNSName("*.iam.example"), x509.IPAddress(ip_address("::1"))])
    with host(made) as server:
        assert told(server.url, made).endswith(" is for another name: it names apig.example, *.iam.example, ::1")
    assert server.received == b""


def test_of_many_names_some_are_told_and_the_others_counted(maker: Maker) -> None:
    made = maker.make([x509.DNSName(f"h{number}.example") for number in range(8)])
    with host(made) as server:
        assert told(server.url, made).endswith(
            "it names h0.example, h1.example, h2.example, h3.example, h4.example and 3 more"
        )


def test_names_that_are_no_names_are_not_repeated(maker: Maker) -> None:
    odd = [x509.DNSName(text) for text in ("<b>\x1b[31m", "two words", "x" * 400)]
    made = maker.make(odd)
    with host(made) as server:
        assert told(server.url, made).endswith(f"it names {'x' * 100}")


def test_a_certificate_without_names_is_for_another_name(maker: Maker) -> None:
    made = maker.make(names=())
    with host(made) as server:
        assert told(server.url, made).endswith(" is for another name")


def test_an_unknown_authority_is_told_without_asking_the_host_again(maker: Maker) -> None:
    made, other = maker.make(), maker.make()
    with host(made) as server:
        assert "comes from an authority that this console does not know" in told(server.url, other)
    assert server.connections == 1


def test_a_host_that_does_not_answer_again_costs_no_more_than_the_time_of_the_call(maker: Maker) -> None:
    made = maker.make(ends=LONG_AGO)
    with host(made, deaf_from=2) as server:
        started = time.monotonic()
        assert told(server.url, made).endswith(" has expired")
        assert time.monotonic() - started < LIMITS.total + 0.5
    assert server.connections == 2


def test_the_second_look_goes_to_no_address_that_the_console_does_not_call(
    maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server may give another address the second time."""
    monkeypatch.setattr(certificates, "may_connect", lambda _peer, _scheme: False)
    made = maker.make(ends=LONG_AGO)
    with host(made) as server:
        assert told(server.url, made).endswith(" has expired")
    assert server.handshakes <= 1
    assert server.received == b""
