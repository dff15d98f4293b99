"""A failure that recurs is logged once when it begins and once when it ends, however often it is tried in between."""

import logging
from typing import Final

_RESOLVED: Final = "resolved: %s"


class RecurringFailure:
    """Remembers for this process whether something failed the last time, and why."""

    def __init__(self, logger: logging.Logger, what: str) -> None:
        """`what` begins each line in the log, such as "no checkpoint was signed"."""
        self._logger = logger
        self._what = what
        self._reason = ""

    @property
    def lasts(self) -> bool:
        """Whether it failed the last time."""
        return bool(self._reason)

    def happened(self, reason: str, error: BaseException | None = None) -> None:
        """Log it, with the traceback of `error`, unless it failed for the same reason the last time."""
        if reason != self._reason:
            self._reason = reason
            self._logger.error("%s: %s", self._what, reason, exc_info=error)

    def ended(self) -> None:
        """Log that it works again, unless it worked the last time."""
        if self.lasts:
            self._reason = ""
            self._logger.info(_RESOLVED, self._what)
