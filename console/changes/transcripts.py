"""Where what was sent and answered lies: a day after the end compressed, and once for all objects of a call.

Until then it lies with each Change as it is (`Change.wire`), which the release before reads and writes, too: so its
processes understand every new act during a rolling upgrade, and after a return to it.
"""

import hashlib
import json
import uuid
import zlib
from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from console import clock
from console.changes.models import Change, Transcript
from console.transactions import run_again_when_called_off

#: How long after its end the transcript of a Change is compressed.
COMPRESSED_AFTER: Final = timedelta(days=1)
#: Changes that are taken up in one transaction, so that writers need not wait long.
_PORTION: Final = 200
#: What is read where something else was put in the place of a transcript: no digest in the log fits it.
_DAMAGED: Final[dict[str, Any]] = {"attempts": [], "left_out": 0, "advice": None}


def transcript_of(change: Change) -> dict[str, Any] | None:
    """What was sent and answered, as `wire` keeps it; None where nothing is kept."""
    if change.wire is not None or change.transcript_id is None:
        return change.wire
    content = Transcript.objects.filter(pk=change.transcript_id).values_list("content", flat=True).first()
    return unpacked(content)


def unpacked(content: bytes | memoryview | None) -> dict[str, Any]:
    """The transcript in what a `Transcript` holds; one without a call where it is gone or damaged."""
    try:
        found: dict[str, Any] = json.loads(zlib.decompress(bytes(content or b"")))
    except (zlib.error, ValueError):
        return _DAMAGED
    return found


def digest_of(wire: dict[str, Any]) -> str:
    """SHA-256 of what was sent and answered."""
    return _digest(_text(wire))


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _text(wire: dict[str, Any]) -> bytes:
    """Sorted JSON without blanks."""
    return json.dumps(wire, sort_keys=True, separators=(",", ":")).encode()


@run_again_when_called_off
def compress_old() -> bool:
    """Compress the transcripts of some Changes that ended more than a day ago; whether there may be more."""
    with transaction.atomic():
        old = Change.objects.filter(wire__isnull=False, settled_at__lt=clock.now() - COMPRESSED_AFTER)
        locked = old.order_by("settled_at").select_for_update(skip_locked=True).defer(None).only("batch_id", "wire")
        changes = list(locked[:_PORTION])
        calls: dict[tuple[uuid.UUID, bytes], list[uuid.UUID]] = {}
        for change in changes:
            calls.setdefault((change.batch_id, _text(change.wire or {})), []).append(change.pk)
        for (batch_id, text), named in calls.items():
            kept, _ = Transcript.objects.get_or_create(
                batch_id=batch_id, digest=_digest(text), defaults={"content": zlib.compress(text)}
            )
            Change.objects.filter(pk__in=named).update(wire=None, transcript=kept)
    return len(changes) == _PORTION
