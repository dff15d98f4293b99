"""Logs: one JSON object a line on the error stream, whatever the logged texts hold (ASVS 16.2, reliability.md S8, S9).

Every library writes into the same stream. There is no other log.
"""

import json
import logging
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from console import context
from console.database_failures import failure_of
from console.running.masking import Mask

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
#: What one event may carry besides its message; everything else a caller passes in `extra` stays out.
FIELDS: Final = (
    "method",
    "path",
    "status",
    "duration_ms",
    "person",
    "cloud",
    "operation",
    "cloud_request_id",
    "attempt",
)
#: A cloud may answer with megabytes; a log line may not.
LONGEST: Final = 8_000
#: What a request of anybody can cause is no error of ours, and no traceback is worth the lines.
_OF_STRANGERS: Final = "django.security"
#: More than the longest secret with its name, in characters.
_OVERLAP: Final = 1_000
#: Loggers that never speak below this level: what they say there holds form fields, session data and SQL parameters.
QUIET: Final = {
    "django.db.backends": logging.INFO,
    "django.template": logging.INFO,
    "django.request": logging.ERROR,  # the access line has the status already
    "asyncio": logging.INFO,
    "PIL": logging.INFO,
}


class JsonLines(logging.Formatter):
    """Writes an event as one line of ASCII JSON: no character of a logged text can end or disguise the line."""

    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """The line. A message that cannot be put together is logged as it is rather than lost."""
        event: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._safe(_message(record)),
            "request_id": context.request_id.get(),
        }
        for name in FIELDS:
            if (value := record.__dict__.get(name)) is not None:
                event[name] = value if isinstance(value, int | float) else self._safe(str(value))
        if record.name.startswith(_OF_STRANGERS):
            event["level"] = "WARNING"
        elif record.exc_info and record.exc_info[0] is not None:
            event["error"] = self._safe(self._failure(record.exc_info))
        # Everything outside ASCII is escaped by json; DEL is the one control character that it leaves alone.
        return json.dumps(event, ensure_ascii=True).replace("\x7f", "\\u007f")

    def _failure(self, failure: Any) -> str:
        """The traceback; one line of a database that fails, which every request meets at the same place."""
        kind, error = failure[:2]
        if failure_of(error):
            return f"{kind.__name__}: {str(error).partition(chr(10))[0]}"
        return self.formatException(failure)

    def _safe(self, text: str) -> str:
        if len(text) <= LONGEST:
            return self._mask(text)
        # The end of a traceback says what happened, its beginning where from. Masked before it is cut, so that no half
        # of a secret is left at the cut.
        head = self._mask(text[: LONGEST // 4 + _OVERLAP])[: LONGEST // 4]
        tail = self._mask(text[-LONGEST * 3 // 4 - _OVERLAP :])[-LONGEST * 3 // 4 :]
        return f"{head} … {len(text)} characters … {tail}"


class ErrorStream(logging.StreamHandler[TextIO]):
    """Writes to whatever `sys.stderr` is at that moment; it may be exchanged after the start."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """The error stream of now."""
        return sys.stderr

    def handleError(self, record: logging.LogRecord) -> None:
        """A log that cannot be written (a closed pipe) must not stop the work nor print a stranger's traceback."""


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {record.args!r}"


def configure(config: Mapping[str, Any]) -> None:
    """Django's LOGGING_CONFIG. `config` holds `level` (a word) and `secrets` (exact values never to be written)."""
    level = str(config.get("level", "INFO")).upper()
    handler = ErrorStream()
    handler.setFormatter(JsonLines(Mask(config.get("secrets", ()))))
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each, ErrorStream)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level if level in LEVELS else "INFO")
    for name, floor in QUIET.items():
        logging.getLogger(name).setLevel(max(floor, root.level))
    # Django and granian bring handlers of their own; one pipeline is enough.
    for name in ("django", "django.server", "_granian", "py.warnings"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def log_thread_failures() -> None:
    """A thread that dies of an unexpected error says so in the log instead of printing a traceback."""

    def report(failure: threading.ExceptHookArgs) -> None:
        if failure.exc_value is not None:
            details = (failure.exc_type, failure.exc_value, failure.exc_traceback)
            logging.getLogger("console.running").error("A background thread failed", exc_info=details)

    threading.excepthook = report
