"""Which settings were asked for, and where each came from. Secrets are never part of it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from console import settings
from console.running.masking import MASK, Mask

#: What `console.wiring` reads, and `demo` besides.
_OF_THE_CLOUDS: Final = (
    "CONSOLE_CLOUDS_FILE",
    "CONSOLE_SIMULATED_URL",
    "CONSOLE_SIMULATED_ALIBABA",
    "CONSOLE_CONNECT_TIMEOUT",
    "CONSOLE_READ_TIMEOUT",
    "CONSOLE_PAGE_TIMEOUT",
    "CONSOLE_DEMO_PASSWORD",
)
_SECRET_WORDS: Final = ("SECRET", "PASSWORD", "TOKEN")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `value` is masked; "" when it was left at its default."""

    name: str
    #: "environment", "file" or "default".
    source: str
    value: str


def asked() -> list[Setting]:
    """Every setting of the console by name, as this process was started."""
    sources = settings.env.asked | {name: _source(name) for name in _OF_THE_CLOUDS}
    return [Setting(name, source, _shown(name, source)) for name, source in sorted(sources.items())]


def _source(name: str) -> str:
    if os.environ.get(name):
        return "environment"
    return "file" if os.environ.get(f"{name}_FILE") else "default"


def _is_secret(name: str) -> bool:
    return any(word in name for word in _SECRET_WORDS)


def _shown(name: str, source: str) -> str:
    if source == "default":
        return ""
    if _is_secret(name):
        return MASK
    value = (
        os.environ[name] if source == "environment" else Path(os.environ[f"{name}_FILE"]).read_text(encoding="utf-8")
    )
    return Mask()(value.strip())
