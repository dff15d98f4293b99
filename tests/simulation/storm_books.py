"""What the console's own tables say after a storm, as JSON. Run by storms.py with the console's environment.

    python -m tests.simulation.storm_books SECONDS

It waits until every Change has an end, but no longer than that.
"""

import json
import os
import sys
import time
from datetime import datetime
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
django.setup()

from console.changes.models import BUSY, OPEN, Batch, Change  # noqa: E402

_FIELDS: Final = (
    *("id", "batch_id", "kind", "gateway_id", "target", "stage", "reason", "actor_name", "parameters", "before"),
    *("after", "error_code", "explanation", "cloud_request_id", "claimed_at", "intended_at", "settled_at"),
)


def main(seconds: float) -> dict[str, Any]:
    """All Changes, and whether they all have an end."""
    end = time.monotonic() + seconds
    while not (over := _is_over()) and time.monotonic() < end:
        time.sleep(0.5)
    return {"over": over, "changes": [_plain(row) for row in Change.objects.order_by("claimed_at").values(*_FIELDS)]}


def _is_over() -> bool:
    still = Change.objects.filter(stage__in={*BUSY, *OPEN})
    return not still.exists() and not Batch.objects.filter(in_background=True, finished_at=None).exists()


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _as_text(value) for name, value in row.items()}


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    return value if isinstance(value, str | int | dict | None) else str(value)


if __name__ == "__main__":
    print(json.dumps(main(float(sys.argv[1]))))
