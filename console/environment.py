"""Typed readers of the environment. A bad value stops the start with one sentence that names the variable."""

import os
from dataclasses import dataclass, field
from pathlib import Path


class BadSetting(ValueError):
    """A variable has a value that cannot be used; the text names it and never shows a secret."""


_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off", ""})


@dataclass
class Environment:
    """Reads settings and remembers which were asked for, so that a check can list them."""

    #: name -> where its value came from: "environment", "file" or "default".
    asked: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, *, default: str) -> str:
        """The variable, or the content of the file that NAME_FILE names, or the default."""
        if name in os.environ:
            self.asked[name] = "environment"
            return os.environ[name]
        if path := os.environ.get(f"{name}_FILE"):
            self.asked[name] = "file"
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise BadSetting(f"{name}_FILE names a file that cannot be read: {error.strerror}") from error
        self.asked[name] = "default"
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        """A yes or no."""
        word = self.text(name, default="yes" if default else "no").strip().lower()
        if word in _YES:
            return True
        if word in _NO:
            return False
        raise BadSetting(f"{name} must be yes or no, not {word!r}")

    def number(self, name: str, *, default: int) -> int:
        """A whole number, not negative."""
        word = self.text(name, default=str(default)).strip()
        if not word.isdecimal():
            raise BadSetting(f"{name} must be a whole number, not {word!r}")
        return int(word)

    def words(self, name: str, *, default: list[str]) -> list[str]:
        """Words separated by commas."""
        return [word.strip() for word in self.text(name, default=",".join(default)).split(",") if word.strip()]
