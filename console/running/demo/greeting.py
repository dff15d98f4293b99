"""What a demo tells the person who started it."""

import os
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable
from typing import Final

from console.access.demo_people import DEMO_PEOPLE

#: How long to wait for the first answer, in seconds.
_PATIENCE: Final = 60


def sign_in_text(made: str, *, given: bool) -> str:
    """Who can sign in and how. `made` is a password that was generated just now: it is shown this once."""
    if made:
        how = f"Password for all of them, shown only this once: {made}"
    elif given:
        how = "Password for all of them: the one in CONSOLE_DEMO_PASSWORD."
    else:
        how = (
            "Password: the one printed at the first start on this data folder. "
            "To set a new one, start with CONSOLE_DEMO_PASSWORD."
        )
    people = [f"  {username:<10}{role.label}" for username, _, role in DEMO_PEOPLE]
    return "\n".join(["Sign in as one of", *people, how])


def greet_when_ready(url: str, lines: list[str], say: Callable[[str], None], *, open_browser: bool) -> None:
    """From a thread: wait for the first answer, then print the lines and open the browser."""

    def wait_and_greet() -> None:
        if not _answers(f"{url}/healthz"):
            say("The console does not answer yet. Its log above says why.")
            return
        for line in lines:
            say(line)
        if open_browser and _has_display():
            webbrowser.open(url)

    threading.Thread(target=wait_and_greet, name="greeting", daemon=True).start()


def _answers(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            with opener.open(address, timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def _has_display() -> bool:
    if not sys.stdout.isatty():
        return False  # nobody is looking
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
