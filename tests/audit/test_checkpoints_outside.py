"""Checkpoints leave the machine for real: over TLS with the certificate checked, and through a mail server."""

import ipaddress
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from console.audit import checkpoints, delivery
from console.audit.models import Delivery
from tests.audit.factories import entries
from tests.audit.receiver import receiving

pytestmark = pytest.mark.usefixtures("vault")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that vouches for itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "receiver.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return file


def test_a_webhook_over_tls_is_delivered_where_the_certificate_is_trusted(settings, certificate, monkeypatch):
    settings.AUDIT_WEBHOOK_PRIVATE = True
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with receiving(certificate) as receiver:
        settings.AUDIT_WEBHOOK = f"{receiver.url}/hook"
        entries(1)
        checkpoints.sign()
        delivery.deliver_due()
    assert [json.loads(body)["number"] for body in receiver.bodies] == [1]
    assert Delivery.objects.get(channel="webhook").state == "delivered"


def test_a_webhook_whose_certificate_nobody_vouches_for_gets_nothing(settings, certificate):
    settings.AUDIT_WEBHOOK_PRIVATE = True
    with receiving(certificate) as receiver:
        settings.AUDIT_WEBHOOK = f"{receiver.url}/hook"
        entries(1)
        checkpoints.sign()
        delivery.deliver_due()
    assert receiver.bodies == []
    told = Delivery.objects.get(channel="webhook")
    assert (told.state, told.problem) == ("waiting", "no answer (SSLCertVerificationError)")


class _Postbox:
    """Keeps what a mail server took."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], Message]] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        self.mails.append((envelope.rcpt_tos, BytesParser().parsebytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def postbox(settings) -> Iterator[_Postbox]:
    box = _Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield box
    server.stop()


def test_a_mail_server_takes_the_checkpoint(settings, postbox: _Postbox):
    settings.AUDIT_EMAIL, settings.EMAIL_URL = ["auditor@example.com"], "smtp://127.0.0.1"
    entries(1)
    signed = checkpoints.sign()
    delivery.deliver_due()
    ((receivers, mail),) = postbox.mails
    assert receivers == ["auditor@example.com"]
    assert mail["Subject"] == "Audit log: checkpoint 1"
    assert signed.line in mail.get_payload(decode=True).decode()
    assert Delivery.objects.get(channel="email").state == "delivered"
