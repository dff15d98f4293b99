"""Certificates are always checked, and the time limits hold inside TLS too."""

import shutil
import socket
import ssl
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from console.clouds.errors import CloudOutcomeUnknown, CloudUnavailable
from console.clouds.transport import Limits, Request, Transport
from tests.clouds.raw_server import answer, read_request

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="needs the openssl command to make a certificate")
LIMITS = Limits(connect=2, read=0.4, total=0.6)
WRITE = Request("apig", "POST", "/x", body=b"{}", is_write=True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key in the same file."""
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "made.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    names = [
        "-subj",
        "/CN=test",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-addext",
        "basicConstraints=critical,CA:TRUE",
    ]
    subprocess.run(
        [*command, *names, "-keyout", folder / "key.pem", "-out", made], check=True, capture_output=True, timeout=30
    )
    made.write_text(made.read_text() + (folder / "key.pem").read_text())
    return made


def allow_old(context: ssl.SSLContext, newest: ssl.TLSVersion) -> None:
    """Speak what nobody should speak any more, up to this version."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, newest


@contextmanager
def tls_server(
    certificate: Path, content: bytes, *, drip: bool = False, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if newest is not ssl.TLSVersion.TLSv1_3:
        allow_old(context, newest)
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                plain, _ = server.accept()
                with plain, suppress(OSError), context.wrap_socket(plain, server_side=True) as connection:
                    read_request(connection)
                    for start in range(0, len(content), 1 if drip else len(content)):
                        connection.sendall(content[start : start + (1 if drip else len(content))])
                        time.sleep(0.05 if drip else 0)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.getsockname()[1]}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(timeout=2)


def test_unknown_authority_is_refused_and_nothing_was_sent(certificate: Path) -> None:
    with tls_server(certificate, answer()) as url, pytest.raises(CloudUnavailable, match="authority that this console"):
        Transport({"apig": url}, limits=LIMITS).send(WRITE)


def test_configured_authority_is_believed(certificate: Path) -> None:
    with tls_server(certificate, answer(body={"a": 1})) as url:
        transport = Transport({"apig": url}, limits=LIMITS, ca_file=str(certificate))
        assert transport.send(WRITE).body == b'{"a": 1}'


def test_name_of_another_host_is_refused(certificate: Path) -> None:
    with tls_server(certificate, answer()) as url:
        transport = Transport({"apig": url.replace("127.0.0.1", "localhost")}, limits=LIMITS, ca_file=str(certificate))
        with pytest.raises(CloudUnavailable, match=r"is for another name: it names 127\.0\.0\.1$"):
            transport.send(WRITE)


def test_a_cloud_that_speaks_an_old_tls_only_is_sent_nothing(certificate: Path) -> None:
    with tls_server(certificate, answer(), newest=ssl.TLSVersion.TLSv1_1) as url:
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        allow_old(old, ssl.TLSVersion.TLSv1_1)
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        with socket.create_connection(address, timeout=2) as plain, old.wrap_socket(plain) as connection:
            assert connection.version() == "TLSv1.1"

        with pytest.raises(CloudUnavailable, match="TLS"):
            Transport({"apig": url}, limits=LIMITS, ca_file=str(certificate)).send(WRITE)


def test_a_cloud_that_speaks_tls_1_2_is_understood(certificate: Path) -> None:
    with tls_server(certificate, answer(body={"a": 1}), newest=ssl.TLSVersion.TLSv1_2) as url:
        transport = Transport({"apig": url}, limits=LIMITS, ca_file=str(certificate))
        assert transport.send(WRITE).body == b'{"a": 1}'


def test_dripping_answer_ends_with_the_total_inside_tls(certificate: Path) -> None:
    with tls_server(certificate, answer(body=b" " * 500), drip=True) as url:
        started = time.monotonic()
        with pytest.raises(CloudOutcomeUnknown, match="in time"):
            Transport({"apig": url}, limits=LIMITS, ca_file=str(certificate)).send(WRITE)
        assert time.monotonic() - started < 1.5
