"""Where what was sent and answered lies: compressed, and once for all objects of a call.

Changes from before have it uncompressed in a column of their own (`Change.wire`), until their time is over.
"""

import hashlib
import json
import uuid
import zlib
from typing import Any, Final

from console.changes.models import Change, Transcript

#: What is read where something else was put in the place of a transcript: no digest in the log fits it.
_DAMAGED: Final[dict[str, Any]] = {"attempts": [], "left_out": 0, "advice": None}


def keep(batch_id: uuid.UUID, wire: dict[str, Any]) -> int:
    """Write down what was sent and answered in this act, unless it stands there already. The key for its Changes."""
    made = Transcript(batch_id=batch_id, digest=digest_of(wire), content=zlib.compress(_text(wire)))
    Transcript.objects.bulk_create([made], ignore_conflicts=True)
    return Transcript.objects.values_list("pk", flat=True).get(batch=batch_id, digest=made.digest)


def transcript_of(change: Change) -> dict[str, Any] | None:
    """What was sent and answered, as `wire` keeps it; None where nothing is kept."""
    if change.transcript_id is None:
        return change.wire
    return unpacked(Transcript.objects.filter(pk=change.transcript_id).values_list("content", flat=True).first())


def unpacked(content: bytes | memoryview | None) -> dict[str, Any]:
    """The transcript in what a `Transcript` holds; one without a call where it is gone or damaged."""
    try:
        found: dict[str, Any] = json.loads(zlib.decompress(bytes(content or b"")))
    except (zlib.error, ValueError):
        return _DAMAGED
    return found


def digest_of(wire: dict[str, Any]) -> str:
    """SHA-256 of what was sent and answered."""
    return hashlib.sha256(_text(wire)).hexdigest()


def _text(wire: dict[str, Any]) -> bytes:
    """Sorted JSON without blanks."""
    return json.dumps(wire, sort_keys=True, separators=(",", ":")).encode()
