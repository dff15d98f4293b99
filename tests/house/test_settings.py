"""Every setting that the console reads stands in the README, and nothing else does."""

import ast
import re

from console.access.roles import ROLE_PERMISSIONS, Permission, Role
from console.running import overview
from tests.house.sources import ROOT, modules, tree

README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLE = README.split("## Settings", 1)[1].split("\n## ", 1)[0]


def listed() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", TABLE, re.MULTILINE))


def test_every_setting_is_in_the_readme() -> None:
    assert {setting.name for setting in overview.asked()} == listed()


def test_every_variable_that_the_code_names_is_a_listed_setting() -> None:
    named = {
        node.value
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and re.fullmatch(r"CONSOLE_[A-Z_]+", str(node.value))
    }
    assert {name.removesuffix("_FILE") if name not in listed() else name for name in named} <= listed()


def test_the_readme_gives_both_commands_as_one_line_each() -> None:
    install = "python3 -m venv .venv && .venv/bin/pip install -q -e"
    assert f"\n{install} . && .venv/bin/python manage.py demo\n" in README
    assert f"\n{install} '.[test]' && .venv/bin/python -m pytest\n" in README


def test_the_readme_points_at_files_that_exist() -> None:
    local = re.findall(r"\]\(([^)#:]+)\)", README)
    assert [target for target in local if not (ROOT / target).exists()] == []
    paths = re.findall(r"`((?:console|tests|templates|static)/[\w/.]+)`", README)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_readme_has_the_role_matrix_of_the_code() -> None:
    matrix = README.split("## Who may do what", 1)[1].split("\n\n", 3)[2].splitlines()
    roles = [cell.strip() for cell in matrix[0].strip("|").split("|")[1:]]
    assert roles == [role.label for role in Role]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in matrix[2:]]
    permissions = list(Permission)
    assert len(rows) == len(permissions)
    for row, permission in zip(rows, permissions, strict=True):
        assert row[0] == permission.label
        assert [cell == "yes" for cell in row[1:]] == [permission in ROLE_PERMISSIONS[role] for role in Role], row[0]
