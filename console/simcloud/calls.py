"""The record of every request received: what, when, by whom and with which outcome, never with a secret."""

import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, Final

#: Older ones are forgotten.
KEPT: Final = 50_000


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One request. `status` is None where no answer was sent; `fault` names what spoiled it."""

    at: str
    method: str
    path: str
    query: str
    #: Of an RPC request to `/`; "" where the path says it all.
    action: str
    status: int | None
    request_id: str
    client: str
    milliseconds: float
    fault: str | None


class Calls:
    """The requests since the start or the last reset, oldest first. The control door's own are not among them."""

    def __init__(self) -> None:
        self._records: deque[CallRecord] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def add(self, record: CallRecord) -> None:
        """Note a request."""
        with self._lock:
            self._records.append(record)

    def as_dicts(self) -> list[dict[str, Any]]:
        """The record as the control door shows it."""
        with self._lock:
            records = list(self._records)
        return [asdict(record) for record in records]

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._records.clear()
