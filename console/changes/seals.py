"""The wire of a Change lies beside the audit log; its digest lies in it, so that a changed wire is found out."""

import hashlib
import json
from typing import Any

from console.audit.models import Entry
from console.changes.models import Change


def digest_of(wire: dict[str, Any]) -> str:
    """SHA-256 of what was sent and answered, as sorted JSON without blanks."""
    text = json.dumps(wire, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_as_sealed(change: Change) -> bool | None:
    """Whether the wire is the one that the log sealed; None where the log has no seal for it, such as a late answer."""
    sealed = [after["wire_sha256"] for after in _afters(change) if isinstance(after, dict) and "wire_sha256" in after]
    if not change.wire or not sealed:
        return None
    return digest_of(change.wire) in sealed


def _afters(change: Change) -> list[Any]:
    rows = Entry.objects.filter(change_id=str(change.pk)).values_list("after", flat=True)
    return [json.loads(text) for text in rows]
