"""A process that was started by another ends with it, even when that one is killed and cannot say goodbye."""

import os
import threading
import time
from typing import Final

#: How often to look, in seconds.
INTERVAL: Final = 0.5


def end_with_parent() -> None:
    """Watch the parent from a thread and end this process at once when it is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(INTERVAL)
        os._exit(1)  # no clean-up: an orphan that still holds the port must let go now

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
