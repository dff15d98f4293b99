"""A process that was started by another ends with it, even when that one is killed and cannot say goodbye."""

import os
import threading
import time
from typing import Final

#: How often to look, in seconds.
INTERVAL: Final = 0.5


def end_with_parent(parent: int) -> None:
    """Watch from a thread that `parent` is still this process's parent, and end at once when it is not.

    The parent gives its own number: a child that looks it up itself may look when it is an orphan already, and would
    then live for ever.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(INTERVAL)
        os._exit(1)  # no clean-up: an orphan that still holds the port must let go now

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
