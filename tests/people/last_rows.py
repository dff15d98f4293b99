"""What the audit log says last."""

import json
from typing import Any

from console.audit.models import Entry


def last_row(action: str = "") -> dict[str, Any]:
    """The newest row, of this action if one is given, with what stood before and after as objects."""
    rows = Entry.objects.filter(action=action) if action else Entry.objects.all()
    entry = rows.order_by("-seq").first()
    assert entry is not None
    return {
        "actor": entry.actor,
        "role": entry.role,
        "action": entry.action,
        "state": entry.state,
        "target": entry.target,
        "cloud": entry.cloud,
        "gateway_id": entry.gateway_id,
        "error_code": entry.error_code,
        "before": json.loads(entry.before),
        "after": json.loads(entry.after),
    }
