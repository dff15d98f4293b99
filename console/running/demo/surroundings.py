"""The settings of a demo, put into the environment so that every process it starts reads the same."""

import os
from collections.abc import MutableMapping

from console.running.demo.data_dir import DataDir


def uses_own_clouds(environ: MutableMapping[str, str] = os.environ) -> bool:
    """Whether the person brought a file of clouds, so that none is simulated."""
    return bool(environ.get("CONSOLE_CLOUDS_FILE"))


def set_up(data_dir: DataDir, environ: MutableMapping[str, str] = os.environ) -> None:
    """What a demo decides itself, and defaults for what the person has not chosen."""
    environ["CONSOLE_DATA_DIR"] = str(data_dir.path)
    environ["CONSOLE_PLAIN_HTTP"] = "yes"  # loopback only; the command refuses every other address
    environ["CONSOLE_TRUSTED_PROXIES"] = "0"
    environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1,[::1]"
    if "SECRET_KEY" not in environ:
        environ.setdefault("SECRET_KEY_FILE", str(data_dir.key_file))
    # Read only where no file of clouds is named: the demo shows both vendors.
    environ.setdefault("CONSOLE_SIMULATED_ALIBABA", "yes")
    # The terminal belongs to the person; requests would bury what they must read.
    environ.setdefault("CONSOLE_LOG_LEVEL", "WARNING")
