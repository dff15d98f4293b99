"""The files that the house's rules are about."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_TEXT = {
    ".py",
    ".html",
    ".css",
    ".js",
    ".toml",
    ".md",
    ".txt",
    ".svg",
    ".json",
    ".cfg",
    ".ini",
    ".yml",
    ".yaml",
    ".sh",
    ".sql",
    ".env",
    ".conf",
    ".service",
    "",
}


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that belongs to the project: tracked, or new and not ignored. Without git, whatever lies here."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True, timeout=30).stdout.split(
            "\0"
        )
        found = [ROOT / name for name in names if name]
    except (OSError, subprocess.CalledProcessError):
        found = [path for top in ("console", "templates", "static", "tests") for path in (ROOT / top).rglob("*")]
    return tuple(path for path in found if path.is_file() and "__pycache__" not in path.parts)


def text_files() -> list[Path]:
    """Those that people read."""
    return [path for path in project_files() if path.suffix in _TEXT]


def modules(*, tests: bool = False) -> list[Path]:
    """Python files of the console, and of the tests when asked for. Migrations are generated, so they are left out."""
    tops = ("console", "tests") if tests else ("console",)
    python = [path for path in project_files() if path.suffix == ".py" and "migrations" not in path.parts]
    return [path for path in python if path.relative_to(ROOT).parts[0] in tops]


@cache
def tree(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """The dotted names that a module imports, with the names taken from them."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def named(path: Path) -> str:
    """How a failure names the file."""
    return str(path.relative_to(ROOT))
