"""The wire of a Change lies beside the audit log; its digest lies in it, so that a changed wire is found out."""

import json
from typing import Any

from console.audit.models import Entry
from console.changes.models import Change
from console.changes.transcripts import digest_of, transcript_of


def is_as_sealed(change: Change) -> bool | None:
    """Whether the wire is the one that the log sealed; None where the log has no seal for it, such as a late answer."""
    sealed = [after["wire_sha256"] for after in _afters(change) if isinstance(after, dict) and "wire_sha256" in after]
    kept = transcript_of(change)
    if not kept or not sealed:
        return None
    return digest_of(kept) in sealed


def _afters(change: Change) -> list[Any]:
    rows = Entry.objects.filter(change_id=str(change.pk)).values_list("after", flat=True)
    return [json.loads(text) for text in rows]
