"""The house's rules about code that no linter knows (house.md part 3 and 4)."""

import ast
import re
import subprocess
import sys

from tests.house.sources import ROOT, imports, modules, named, project_files, tree

LONGEST_FUNCTION = 50
LONGEST_MODULE = 400
#: Names that say nothing about what is inside.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "misc", "base", "manager", "stuff", "lib"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path) -> list[Function]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, Function)]


def test_arrows_point_down() -> None:
    """In a process of its own, since the linter turns off the loggers of the one it runs in."""
    code = "import sys; from importlinter import cli; sys.exit(cli.lint_imports(no_cache=True))"
    linted = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    assert linted.returncode == 0, linted.stdout


def test_functions_are_short() -> None:
    long = [
        f"{named(path)}:{node.lineno} {node.name} has {length} lines"
        for path in modules(tests=True)
        for node in functions(path)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def test_modules_are_short() -> None:
    long = [
        f"{named(path)} has {length} lines"
        for path in modules(tests=True)
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    ]
    assert long == []


def test_names_say_what_is_inside() -> None:
    empty = [named(path) for path in modules(tests=True) if {path.stem, path.parent.name} & EMPTY_NAMES]
    assert empty == []


def test_every_module_says_what_lives_in_it() -> None:
    silent = [named(path) for path in modules() if path.stat().st_size and not ast.get_docstring(tree(path))]
    assert silent == []


def test_every_package_says_who_may_call_it() -> None:
    silent = [named(path) for path in modules() if path.name == "__init__.py" and not ast.get_docstring(tree(path))]
    silent = [name for name in silent if "/migrations/" not in name]
    assert silent == []


def test_public_functions_and_classes_are_described() -> None:
    silent = []
    for path in modules():
        tops = [node for node in tree(path).body if isinstance(node, Function | ast.ClassDef)]
        silent += [
            f"{named(path)}:{node.lineno} {node.name}"
            for node in tops
            if not node.name.startswith("_") and not ast.get_docstring(node)
        ]
    assert silent == []


def test_only_the_transport_speaks_http() -> None:
    allowed = {"console/clouds/transport.py"}
    speakers = [
        f"{named(path)} imports {name}"
        for path in modules()
        for name in imports(path)
        if name.split(".")[0] == "requests"
        and named(path) not in allowed
        and not name.startswith("requests.auth")  # the signing class is an auth class of requests
        and name != "requests.PreparedRequest"
    ]
    assert speakers == []


def test_only_the_check_before_a_send_makes_what_a_write_needs() -> None:
    """So that no path to a cloud, however it comes about, goes past the fresh check of rights and objects."""
    makers = {
        named(path)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "IntentId"
    }
    assert makers == {"console/clouds/types.py", "console/changes/clearance.py"}  # the first for what is never sent


def test_only_the_wiring_reads_settings_of_clouds() -> None:
    readers = {"console/wiring.py"}
    others = [
        named(path)
        for path in modules()
        if named(path) not in readers
        and not named(path).startswith("console/running/")  # lists the names, and starts the demo
        and any(
            isinstance(node, ast.Constant) and node.value in ("CONSOLE_CLOUDS_FILE", "CONSOLE_SIMULATED_URL")
            for node in ast.walk(tree(path))
        )
    ]
    assert others == []


def test_no_feature_asks_for_the_vendor() -> None:
    asking = [
        f"{named(path)}:{node.lineno}"
        for path in modules()
        if path.relative_to(ROOT).parts[1] not in ("clouds", "simcloud", "wiring.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare) and "provider" in ast.dump(node.left)
    ]
    assert asking == []


def test_no_feature_names_a_vendor() -> None:
    """In no name and no text; a docstring may say which contract a rule is from."""
    vendors = re.compile(r"\b(?:huawei|otc|alibaba|aliyun)", re.IGNORECASE)
    knowing = ("clouds", "simcloud", "wiring.py", "running", "access")  # access: words that no password may hold
    found = []
    for path in (path for path in modules() if path.relative_to(ROOT).parts[1] not in knowing):
        told = {
            id(node.body[0].value)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree(path)):
            said = [getattr(node, name, None) for name in ("id", "attr", "arg", "module", "name", "value")]
            if id(node) not in told and any(isinstance(word, str) and vendors.search(word) for word in said):
                found.append(f"{named(path)}:{getattr(node, 'lineno', 0)}")
    pages = (path for path in project_files() if path.suffix == ".html" and "templates" in path.parts)
    found += [named(path) for path in pages if vendors.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_certificates_are_always_checked() -> None:
    careless = [
        f"{named(path)}:{keyword.value.lineno}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "verify" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
    ]
    assert careless == []


def test_nothing_is_left_to_do() -> None:
    words = ("TODO", "FIXME", "XXX", "HACK", "breakpoint(")
    left = [
        f"{named(path)}: {word}" for path in modules() for word in words if word in path.read_text(encoding="utf-8")
    ]
    assert left == []
