"""What may lie in the repository."""

import re
import tomllib

from tests.house.sources import ROOT, named, project_files, text_files

TOP = {".ci", ".gitignore", "README.md", "console", "manage.py", "pyproject.toml", "static", "templates", "tests"}

#: Written in pieces, so that this file does not find itself.
MACHINE_PATHS = re.compile("/" + r"(?:root|home/\w+|Users/\w+|work|tmp/(?:venv|plan|toy))/" + r"\w")
REGISTRIES = re.compile(
    r"py"
    + r"pi\.org|python"
    + r"hosted|index-"
    + r"url|npm"
    + r"js\.(?:com|org)|un"
    + r"pkg|js"
    + r"delivr|cdn"
    + r"js"
)
SECRETS = {
    "a private key": re.compile("-----BEGIN " + r"[A-Z ]*PRIVATE KEY-----"),
    "an AWS key": re.compile(r"\bAK" + r"IA[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(r"\bgh" + r"[pousr]_[A-Za-z0-9]{30,}\b"),
    "a signed token": re.compile(r"\bey" + r"J[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}\."),
    "a URL with a password": re.compile(
        r"\b(?:https?|postgres(?:ql)?|redis)://[^\s/:@<>{}$\"']+:(?!CANARY|canary|PASSWORD)[^\s/@<>{}$\"'*]{8,}@"
    ),
}


def test_the_top_holds_the_given_names_only() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in project_files()}
    assert found <= TOP
    assert {"README.md", "console", "manage.py", "pyproject.toml"} <= found


def test_no_file_names_a_machine() -> None:
    found = [
        f"{named(path)}: {match.group(0)}"
        for path in text_files()
        for match in MACHINE_PATHS.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_file_names_a_registry() -> None:
    found = [
        f"{named(path)}: {match.group(0)}"
        for path in text_files()
        for match in REGISTRIES.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_file_holds_a_secret() -> None:
    found = [
        f"{named(path)}: {what}"
        for path in text_files()
        for what, pattern in SECRETS.items()
        if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_file_is_huge() -> None:
    huge = [named(path) for path in project_files() if path.stat().st_size > 600_000]
    assert huge == []


def test_every_dependency_says_what_it_is_for() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if re.match(r'\s+"[A-Za-z0-9_.\[\],-]+\s*[<>=]', line)]
    assert listed
    assert [line for line in listed if "#" not in line] == []


def test_there_are_few_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert len(project["dependencies"]) <= 12  # reliability.md S10
