"""What no module of the console does, whatever it is about: shells, made-up code, worn-out cryptography."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.sources import imports, modules, named, tree

#: They start the console's own programs, with arguments of their own.
_STARTERS = {"console/running/demo/children.py", "console/running/management/commands/demo.py"}


def _calls(path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_no_code_is_made_from_text() -> None:
    made = {"eval", "exec", "compile", "__import__"}
    assert [f"{named(p)}: {name}" for p in modules() for name, _ in _calls(p) if name in made] == []


def test_no_shell_is_started_and_only_the_demo_starts_programs() -> None:
    found = set()
    for path in modules():
        for name, call in _calls(path):
            assert name not in ("os.system", "os.popen"), path
            assert not [k for k in call.keywords if k.arg == "shell"], path
            if name.startswith(("subprocess.", "os.exec", "os.spawn")) and name != "subprocess.TimeoutExpired":
                found.add(named(path))
    assert found <= _STARTERS


@pytest.mark.parametrize("weak", ["md5", "sha1", "ECB", "ARC4", "TripleDES"])
def test_no_worn_out_cryptography_but_a_vendors_own_in_the_simulated_cloud(weak: str) -> None:
    """The vendor's older signatures are HMAC-SHA1: the simulated cloud knows them, the adapter never sends them."""
    found = {
        named(p)
        for p in modules()
        for node in ast.walk(tree(p))
        if isinstance(node, ast.Attribute) and node.attr == weak
    }
    assert found <= ({"console/simcloud/alibaba/signing.py"} if weak == "sha1" else set())


def test_cryptography_comes_from_the_standard_library_and_from_one_package() -> None:
    others = ("Crypto.", "Cryptodome.", "nacl.", "jwt.", "jose.", "rsa.", "OpenSSL.")
    assert [f"{named(p)}: {name}" for p in modules() for name in imports(p) if name.startswith(others)] == []


def test_what_must_not_be_guessed_is_not_made_with_plain_chance() -> None:
    """`random` is for the simulated cloud, for pauses between tries and for samples by the system's own chance."""
    plain = {"random.random", "random.choice", "random.choices", "random.randint", "random.randbytes", "random.sample"}
    users = {named(p) for p in modules() for name, _ in _calls(p) if name in plain}
    assert not [name for name in users if name.startswith(("console/access", "console/audit", "console/changes"))]


def test_nothing_is_unpickled() -> None:
    loaders = ("pickle", "marshal", "shelve", "dill", "yaml")
    assert [named(p) for p in modules() for name in imports(p) if name.partition(".")[0] in loaders] == []
