"""The example for Compose and the image that it is made of. No engine for containers runs here: the files are read, and
what goes into the image is tried without one.

`compose-spec.json` is the schema of Compose (compose-spec/compose-spec, schema/compose-spec.json, Apache-2.0).
"""

import json
import shlex
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from console.patterns import Pattern
from tests.house.test_settings import listed
from tests.running.deploy.examples import DEPLOY, SETTINGS, environment_of, make_secrets, needs_program
from tests.running.processes import ROOT, clean_environment

CONTAINER = DEPLOY / "container"
SCHEMA = Path(__file__).with_name("compose-spec.json")
#: An image by its version: a digest would never get the fixes of its version, `latest` is another one every day.
_IMAGE = Pattern(r"[a-z0-9./-]+:[0-9]+[0-9.]*[a-z0-9.-]*", 200)


@cache
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CONTAINER / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def ours() -> dict[str, dict[str, Any]]:
    """Those that run the console's code."""
    return {name: service for name, service in services().items() if service["image"].startswith("private-access")}


def files_of(service: dict[str, Any]) -> set[str]:
    """Where its secrets lie in the container."""
    short = {f"/run/secrets/{secret}" for secret in service.get("secrets", []) if isinstance(secret, str)}
    return short | {secret["target"] for secret in service.get("secrets", []) if isinstance(secret, dict)}


def environment(service: dict[str, Any]) -> dict[str, str]:
    own: dict[str, str] = service.get("environment", {})
    return environment_of(DEPLOY / "settings.env") | own


def test_compose_takes_the_file() -> None:
    Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(compose())


def test_it_is_two_servers_with_a_worker_each_and_what_they_need() -> None:
    expected = {"database", "cache", "migrate", "serve-1", "worker-1", "serve-2", "worker-2", "proxy"}
    assert set(services()) == expected


def test_every_service_is_locked_in() -> None:
    for name, service in services().items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["user"] not in ("root", "0", "0:0"), name
        assert "privileged" not in service, name


def test_every_service_tells_whether_it_is_well_or_why_it_does_not() -> None:
    asked = {name for name, service in services().items() if "test" in service["healthcheck"]}
    assert asked == {"database", "cache", "serve-1", "serve-2", "proxy"}
    assert {name for name in services() if services()[name]["healthcheck"].get("disable")} == set(services()) - asked


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert {name: service["ports"] for name, service in services().items() if "ports" in service} == {
        "proxy": ["80:80", "443:443"]
    }
    assert {name for name, service in services().items() if "edge" in service["networks"]} == {"proxy"}


def test_images_are_pinned_by_their_version() -> None:
    images = [service["image"] for service in services().values()] + [image for image, *_ in _lines("FROM")]
    assert [image for image in images if not _IMAGE.fullmatch(image)] == []


def test_the_image_of_the_console_is_named_after_its_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert {service["image"] for service in ours().values()} == {f"private-access-console:{version}"}


def test_every_variable_of_the_console_is_a_setting() -> None:
    for service in ours().values():
        names = environment(service)
        assert {name.removesuffix("_FILE") if name not in listed() else name for name in names} <= listed()


def test_every_file_that_a_setting_names_is_mounted_where_it_says() -> None:
    for name, service in ours().items():
        named = {value for value in environment(service).values() if value.startswith(SETTINGS)}
        lacking = named - files_of(service)
        # Migrating reads no cloud.
        assert lacking == ({f"{SETTINGS}/clouds.toml"} if name == "migrate" else set()), name


def test_every_secret_is_described_and_used() -> None:
    used = {
        secret if isinstance(secret, str) else secret["source"]
        for service in services().values()
        for secret in service.get("secrets", [])
    }
    assert used == set(compose()["secrets"])


def test_only_the_migration_gets_the_password_of_the_owner() -> None:
    for name, service in ours().items():
        assert (f"{SETTINGS}/owner-database-url" in files_of(service)) == (name == "migrate")


@needs_program("openssl", "Debian package openssl")
def test_the_script_makes_every_secret_but_those_of_clouds_and_certificate(tmp_path: Path) -> None:
    make_secrets(tmp_path / "secrets")
    made = {path.name for path in (tmp_path / "secrets").iterdir()}
    needed = {Path(secret["file"]).name for secret in compose()["secrets"].values()}
    assert needed - made == {"clouds.toml", "cloud-secret-key", "chain.pem", "key.pem"}
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "secrets").iterdir()} == {0}


def test_the_script_leaves_the_secrets_of_an_installation_alone(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    with pytest.raises(subprocess.CalledProcessError):
        make_secrets(tmp_path / "secrets")
    assert list((tmp_path / "secrets").iterdir()) == []


def test_everything_waits_for_the_migration() -> None:
    for name, service in ours().items():
        if name != "migrate":
            assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_a_server_and_its_worker_are_one_machine() -> None:
    """The file of checkpoints is known by the name of its machine and by its path."""
    for number in ("1", "2"):
        server, worker = services()[f"serve-{number}"], services()[f"worker-{number}"]
        assert server["hostname"] == worker["hostname"] == f"console-{number}"
        assert server["volumes"] == worker["volumes"] == [f"data-{number}:/var/lib/private-access-console"]


def test_the_proxy_finds_the_servers_where_its_example_says() -> None:
    text = (DEPLOY / "proxy/nginx.conf").read_text(encoding="utf-8")
    for name in ("serve-1", "serve-2"):
        address = services()[name]["networks"]["inside"]["ipv4_address"]
        assert f"server {address}:8000 " in text
    (pool,) = compose()["networks"]["inside"]["ipam"]["config"]
    assert f"allow {pool['subnet']};" in text


def test_every_file_that_is_mounted_is_there() -> None:
    mounted = [
        volume.split(":")[0]
        for service in services().values()
        for volume in service.get("volumes", [])
        if volume.startswith(".")
    ]
    assert mounted
    assert [path for path in mounted if not (CONTAINER / path).is_file()] == []
    build = ours()["serve-1"]["build"]
    assert (CONTAINER / build["context"]).resolve() == ROOT
    assert ROOT / build["dockerfile"] == CONTAINER / "Containerfile"


def _lines(instruction: str) -> list[list[str]]:
    """The arguments of each such instruction of the Containerfile."""
    text = (CONTAINER / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [shlex.split(line)[1:] for line in lines if line.split()[0] == instruction]


def test_the_image_installs_extras_that_there_are() -> None:
    (wanted,) = [word for line in _lines("RUN") for word in line if word.startswith(".[")]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert set(wanted[2:-1].split(",")) == {"postgres", "redis"} <= set(extras)


def test_the_image_runs_as_the_user_that_compose_names() -> None:
    assert _lines("USER")[-1] == [ours()["serve-1"]["user"]]


def test_the_image_holds_all_that_the_console_needs(tmp_path: Path) -> None:
    """Its files alone, in a folder of their own: the checks pass, static files are there, its command is known."""
    code = tmp_path / "code"
    code.mkdir()
    for *sources, target in [arguments for arguments in _lines("COPY") if not arguments[0].startswith("--")]:
        for source in map(ROOT.joinpath, sources):
            if source.is_dir():
                shutil.copytree(source, code / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, code / target)
    (command,) = _lines("CMD")
    first = command[0].strip("[],")
    for arguments in (["check"], ["collectstatic", "--no-input", "--verbosity", "0"], [first, "--help"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=code,
            env=clean_environment(SECRET_KEY="k3y" * 20, CONSOLE_DATA_DIR=str(tmp_path / "data")),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "data" / "static" / "staticfiles.json").is_file()
