"""Brings checkpoints out of the database: to a file, a webhook and by e-mail, as the settings say.

What is promised: each receiver gets checkpoints in their order and each at least once. What it does not take is tried
again, later and later, for thirty days.
"""

import logging
import smtplib
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from console import clock
from console.audit import checkpoint_file, keyring, statements, webhook
from console.audit.keyring import KeyTrouble
from console.audit.models import Checkpoint, Delivery
from console.audit.webhook import NotTaken
from console.recurring import RecurringFailure

logger = logging.getLogger(__name__)

_FIRST_WAIT: Final = timedelta(seconds=10)
_LONGEST_WAIT: Final = timedelta(hours=1)
#: CloudTrail tries as long after a wrong set-up (reliability.md 2.1).
_GIVE_UP_AFTER: Final = timedelta(days=30)
#: Whoever takes a delivery has it for so long; after that he has died.
_LEASE: Final = timedelta(minutes=2)
_MOST_AT_ONCE: Final = 50
_FAILURES: Final = {
    channel: RecurringFailure(logger, f"checkpoints are not delivered ({channel.value})")
    for channel in Delivery.Channel
}


def receivers() -> dict[Delivery.Channel, str]:
    """Where checkpoints go from this machine, without secrets."""
    found = {}
    if settings.AUDIT_ANCHOR_PATH:
        found[Delivery.Channel.FILE] = f"{socket.gethostname()}:{Path(settings.AUDIT_ANCHOR_PATH).absolute()}"[:500]
    if settings.AUDIT_WEBHOOK:
        found[Delivery.Channel.WEBHOOK] = webhook.shown(settings.AUDIT_WEBHOOK)[:500]
    if settings.AUDIT_EMAIL and settings.EMAIL_URL:
        found[Delivery.Channel.EMAIL] = ", ".join(settings.AUDIT_EMAIL)[:500]
    return found


def queue(checkpoint: Checkpoint) -> None:
    """Note where a new checkpoint must go. The file gets it as soon as the transaction ends."""
    now = clock.now()
    wanted = receivers()
    if (mail := wanted.get(Delivery.Channel.EMAIL)) and not _mail_is_due(mail, now):
        del wanted[Delivery.Channel.EMAIL]
    Delivery.objects.bulk_create(
        [
            Delivery(checkpoint=checkpoint, channel=channel, receiver=receiver, next_at=now)
            for channel, receiver in wanted.items()
        ]
    )
    transaction.on_commit(lambda: deliver_due([Delivery.Channel.FILE]), robust=True)


def deliver_due(channels: list[Delivery.Channel] | None = None) -> bool:
    """Send what waits for the receivers of this machine. Whether something was sent or tried."""
    busy = False
    for channel, receiver in receivers().items():
        if channels is not None and channel not in channels:
            continue
        for _ in range(_MOST_AT_ONCE):
            taken = _take(channel, receiver)
            if taken is None:
                break
            busy = True
            if not _try(taken):
                break
    return busy


def _take(channel: Delivery.Channel, receiver: str) -> Delivery | None:
    """The first that waits, if its time has come; the condition in the UPDATE decides between several workers."""
    now = clock.now()
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, channel=channel, receiver=receiver)
    found = waiting.select_related("checkpoint").order_by("checkpoint").first()
    if found is None or found.next_at > now:
        return None
    mine = waiting.filter(pk=found.pk, next_at=found.next_at)
    if not mine.update(next_at=now + _LEASE, attempts=found.attempts + 1):
        return None
    found.attempts += 1
    return found


def _try(taken: Delivery) -> bool:
    channel = Delivery.Channel(taken.channel)
    try:
        _SENDERS[channel](taken.checkpoint, taken.receiver)
    except (OSError, smtplib.SMTPException, NotTaken, KeyTrouble) as error:
        said = _in_words(error)
        _FAILURES[channel].happened(said)
        _failed(taken, said)
        return False
    _FAILURES[channel].ended()
    Delivery.objects.filter(pk=taken.pk).update(state=Delivery.State.DELIVERED, delivered_at=clock.now(), problem="")
    return True


def _in_words(error: Exception) -> str:
    """Without paths, addresses and answers, which may hold a secret."""
    if isinstance(error, NotTaken | KeyTrouble):
        return str(error)
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


def _failed(taken: Delivery, said: str) -> None:
    now = clock.now()
    wait = min(_FIRST_WAIT * 2 ** min(taken.attempts - 1, 20), _LONGEST_WAIT)
    over = now > taken.checkpoint.at + _GIVE_UP_AFTER
    Delivery.objects.filter(pk=taken.pk).update(
        problem=said[:300],
        next_at=now + wait,
        state=Delivery.State.GIVEN_UP if over else Delivery.State.WAITING,
    )


def _mail_is_due(receiver: str, now: datetime) -> bool:
    """Mail goes to people, so not with each checkpoint."""
    since = now - timedelta(seconds=settings.AUDIT_EMAIL_SECONDS)
    mails = Delivery.objects.filter(channel=Delivery.Channel.EMAIL, receiver=receiver, checkpoint__at__gt=since)
    return not mails.exists()


def _append(checkpoint: Checkpoint, receiver: str) -> None:
    checkpoint_file.append(Path(settings.AUDIT_ANCHOR_PATH), receiver, checkpoint)


def _post(checkpoint: Checkpoint, _receiver: str) -> None:
    last = Checkpoint.objects.order_by("-number").values_list("key_id", flat=True)[0]
    key = keyring.in_hand().get(last)
    if key is None:
        raise KeyTrouble("this machine does not hold the key that signed last")
    webhook.post(settings.AUDIT_WEBHOOK, checkpoint.line, key, last, private=settings.AUDIT_WEBHOOK_PRIVATE)


def _mail(checkpoint: Checkpoint, _receiver: str) -> None:
    fields = statements.read(checkpoint.line)
    text = (
        "The audit log of the private access console ended like this:\n\n"
        f"  checkpoint  {fields['number']}\n  time        {fields['at']}\n  row         {fields['seq']}\n"
        f"  hash        {fields['hash']}\n  signed by   key {fields['key']['key_id']}\n\n"
        "Keep this message. Should somebody rewrite the log, it proves what was there. The whole checkpoint, for\n"
        f"`manage.py verify_audit --checkpoints FILE`, is this line:\n\n{checkpoint.line}\n"
    )
    send_mail(f"Audit log: checkpoint {fields['number']}", text, None, settings.AUDIT_EMAIL)


_SENDERS: Final[dict[Delivery.Channel, Callable[[Checkpoint, str], None]]] = {
    Delivery.Channel.FILE: _append,
    Delivery.Channel.WEBHOOK: _post,
    Delivery.Channel.EMAIL: _mail,
}
