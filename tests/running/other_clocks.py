"""A process whose machine has another time."""

import os
from pathlib import Path
from typing import Final

from tests.conditions import faketime

_SLEEP: Final = "import threading, time\ntime.sleep = lambda seconds: threading.Event().wait(seconds) and None\n"


def other_clock(offset: str, folder: Path) -> dict[str, str]:
    """Environment of a process whose clock differs by so much, such as "+5m" or "-300s".

    libfaketime breaks `time.sleep` of Python 3.11, which sleeps up to a moment: another way is put in its place, by a
    file in `folder`.
    """
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(_SLEEP)
    library = faketime()
    assert library, "another clock needs libfaketime (apt-get install faketime)"
    return {
        "LD_PRELOAD": library,
        "FAKETIME": offset,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")])),
    }
