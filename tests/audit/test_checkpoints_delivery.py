import base64
import json
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.core import mail
from django.utils import timezone

from console import clock
from console.audit import checkpoints, delivery, keyring, webhook
from console.audit.breaks import Whole
from console.audit.models import Delivery
from console.audit.webhook import NotTaken
from tests.audit.factories import entries
from tests.audit.proving import lines, sign, third_party, verified
from tests.audit.receiver import Receiver, receiving

pytestmark = pytest.mark.usefixtures("vault")


@pytest.fixture
def receiver(settings):
    with receiving() as running:
        settings.AUDIT_WEBHOOK = f"{running.url}/hooks/secret-canary?token=secret-canary"
        settings.AUDIT_WEBHOOK_PRIVATE = True
        yield running


def _make_due() -> None:
    Delivery.objects.filter(state="waiting").update(next_at=timezone.now())


def _states(channel: str) -> list[str]:
    return list(Delivery.objects.filter(channel=channel).order_by("checkpoint").values_list("state", flat=True))


def test_the_file_gets_each_checkpoint_when_the_transaction_ends(vault, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        entries(1)
        first = checkpoints.sign()
        entries(1)
        second = checkpoints.sign()
    assert (vault / "audit-checkpoints.jsonl").read_text().splitlines() == [first.line, second.line]
    assert _states("file") == ["delivered", "delivered"]


def test_a_file_that_cannot_be_written_is_tried_again(settings, vault):
    (vault / "occupied").write_text("")
    settings.AUDIT_ANCHOR_PATH = str(vault / "occupied" / "file.jsonl")
    entries(1)
    sign()
    told = Delivery.objects.get(channel="file")
    assert (told.state, told.problem, told.attempts) == ("waiting", "File exists", 1)
    assert told.next_at > timezone.now()


def test_a_webhook_gets_signed_bodies_in_their_order(receiver: Receiver):
    for _ in range(3):
        entries(1)
        checkpoints.sign()
    delivery.deliver_due()
    assert [json.loads(body)["number"] for body in receiver.bodies] == [1, 2, 3]
    assert receiver.paths[0] == "/hooks/secret-canary?token=secret-canary"
    assert _states("webhook") == ["delivered"] * 3
    parts = dict(part.split("=", 1) for part in receiver.signatures[0].split(","))
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(checkpoints.public_keys()[0]["public_key"]))
    key.verify(base64.b64decode(parts["ed25519"]), parts["t"].encode() + b"." + receiver.bodies[0])
    assert parts["key"] == checkpoints.public_keys()[0]["key_id"]


@pytest.mark.parametrize("answer", [302, 404, 500, 503])
def test_what_is_not_taken_is_tried_again_later_and_later(receiver: Receiver, answer, caplog):
    receiver.answers = [answer, answer, 204]
    entries(1)
    checkpoints.sign()
    waits = []
    for _ in range(2):
        delivery.deliver_due()
        told = Delivery.objects.get(channel="webhook")
        assert (told.state, told.problem) == ("waiting", f"it answered {answer}")
        waits.append(told.next_at - timezone.now())
        assert not delivery.deliver_due()  # not before its time
        _make_due()
    assert waits[1] > waits[0]
    delivery.deliver_due()
    assert _states("webhook") == ["delivered"]
    assert len(receiver.paths) == 3
    assert "/elsewhere" not in receiver.paths
    assert "secret-canary" not in caplog.text


def test_a_later_checkpoint_waits_for_the_one_before(receiver: Receiver):
    receiver.answers = [500, 204]
    for _ in range(2):
        entries(1)
        checkpoints.sign()
    delivery.deliver_due()
    assert _states("webhook") == ["waiting", "waiting"]
    _make_due()
    delivery.deliver_due()
    assert [json.loads(body)["number"] for body in receiver.bodies] == [1, 1, 2]


def test_after_thirty_days_it_is_given_up(receiver: Receiver, monkeypatch):
    receiver.answers = [500]
    entries(1)
    checkpoints.sign()
    late = timezone.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "source", lambda: late)
    delivery.deliver_due()
    assert _states("webhook") == ["given_up"]


def test_a_worker_that_died_leaves_its_delivery_to_the_next(receiver: Receiver, monkeypatch):
    entries(1)
    checkpoints.sign()
    to = delivery.receivers()[Delivery.Channel.WEBHOOK]
    assert delivery._take(Delivery.Channel.WEBHOOK, to) is not None
    assert delivery._take(Delivery.Channel.WEBHOOK, to) is None
    later = timezone.now() + timedelta(minutes=5)
    monkeypatch.setattr(clock, "source", lambda: later)
    delivery.deliver_due()
    assert _states("webhook") == ["delivered"]


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://localhost/",
            "https://10.0.0.1/",
            "https://169.254.169.254/",
        ),
        *("https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://0.0.0.0/"),
        *(
            "https://100.64.0.1/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://224.0.0.1/",
            "https://2130706433/",
        ),
        *("https://[::127.0.0.1]/", "https://[::ffff:0:127.0.0.1]/", "https://[fec0::1]/", "https://168.63.129.16/"),
        *("https://100.100.100.200/", "https://[64:ff9b:1::7f00:1]/", "https://[2001:db8::1]/", "https://[3fff::1]/"),
        *("http://198.51.100.1/", "ftp://example.org/", "file:///etc/passwd", "https://", "https://[", "hello"),
        *("https://name:canary-password@example.org/", "https://example.org:99999/"),
    ],
)
def test_addresses_that_are_not_public_are_never_called(url, monkeypatch):
    def never(*args: object, **kwargs: object) -> None:
        raise AssertionError("called")

    monkeypatch.setattr(socket, "create_connection", never)
    with pytest.raises(NotTaken) as refused:
        webhook.post(url, "{}", Ed25519PrivateKey.generate(), "key", private=False)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("host", ["169.254.169.254", "100.100.100.200", "168.63.129.16", "[fe80::1]", "0.0.0.0"])
def test_a_setting_for_private_receivers_opens_no_metadata_service(host, monkeypatch):
    def never(*args: object, **kwargs: object) -> None:
        raise AssertionError("called")

    monkeypatch.setattr(socket, "create_connection", never)
    with pytest.raises(NotTaken, match="not public"):
        webhook.post(f"http://{host}/", "{}", Ed25519PrivateKey.generate(), "key", private=True)


def test_one_private_address_among_several_is_enough_to_refuse(monkeypatch):
    found = [(2, 1, 6, "", ("93.184.215.14", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(NotTaken, match="not public"):
        webhook.post("https://example.org/", "{}", Ed25519PrivateKey.generate(), "key", private=False)


def test_the_receiver_is_shown_without_path_and_query(receiver: Receiver):
    entries(1)
    checkpoints.sign()
    assert "secret-canary" not in str(list(Delivery.objects.values_list("receiver", flat=True)))
    assert webhook.shown("https://[") == "an address that cannot be read"


def test_mail_goes_out_once_in_its_time_with_the_whole_checkpoint(settings, vault):
    settings.AUDIT_EMAIL, settings.EMAIL_URL = ["audit@example.org"], "smtp://mail.example.org"
    made = []
    for _ in range(3):
        entries(1)
        made.append(checkpoints.sign())
    delivery.deliver_due()
    assert [message.subject for message in mail.outbox] == ["Audit log: checkpoint 1"]
    assert mail.outbox[0].to == ["audit@example.org"]
    assert made[0].line in mail.outbox[0].body
    pem = (vault / "audit-signing-key.pem").read_text().splitlines()[1]
    assert pem not in mail.outbox[0].body


def test_without_settings_nothing_goes_anywhere(settings):
    settings.AUDIT_ANCHOR_PATH = ""
    entries(1)
    checkpoints.sign()
    assert not Delivery.objects.exists()
    assert not delivery.deliver_due()


def test_what_left_the_database_proves_it(receiver: Receiver):
    entries(3)
    checkpoints.sign()
    delivery.deliver_due()
    assert third_party(lines(), signed=[body.decode() for body in receiver.bodies]) is None
    assert third_party(lines()[:-1], signed=[body.decode() for body in receiver.bodies]) == (3, "truncated")


def test_a_machine_without_the_key_sends_nothing(receiver: Receiver, vault: Path):
    entries(1)
    checkpoints.sign()
    (vault / "audit-signing-key.pem").unlink()
    delivery.deliver_due()
    assert receiver.bodies == []
    assert "does not hold the key" in Delivery.objects.get(channel="webhook").problem
    assert not keyring.in_hand()


def test_a_new_anchor_begins_where_it_is_named(settings, vault: Path):
    entries(1)
    sign()
    settings.AUDIT_ANCHOR_PATH = str(vault / "another.jsonl")
    entries(1)
    sign()
    assert isinstance(verified(), Whole)
    assert len((vault / "another.jsonl").read_text().splitlines()) == 1
