"""Starts the simulated cloud of a demo."""

import json
import os
from pathlib import Path
from typing import Final

from console.running.demo.children import Child
from console.running.ports import free_port

PREFERRED_PORT: Final = 9000
ADDRESS: Final = "127.0.0.1"


class SimulatedCloudFailed(RuntimeError):
    """It did not start; its own words went to the error stream."""


def start_simulated_cloud(state: Path) -> tuple[Child, str]:
    """The process and its base URL; the world is kept in `state`. Raises SimulatedCloudFailed."""
    # Somebody may take the port between looking and starting; then any other will do.
    for port in (free_port(ADDRESS, PREFERRED_PORT), 0):
        arguments = ("--host", ADDRESS, "--port", str(port), "--state", str(state))
        child = Child("-m", "console.simcloud", *arguments, "--exit-with-parent", str(os.getpid()))
        if base_url := _base_url(child.first_line()):
            return child, base_url
        child.stop()
    raise SimulatedCloudFailed("The simulated cloud did not start; the reason stands above.")


def _base_url(line: str) -> str:
    """It prints one line of JSON once it listens; "" when it gave up instead."""
    try:
        return str(json.loads(line)["base_url"])
    except (ValueError, KeyError, TypeError):
        return ""
