"""`manage.py demo` as a person starts it: processes, ports, an empty folder (house.md part 5)."""

import os
import re
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.prepared import PASSWORD, copy_prepared
from tests.running.processes import Running, Visitor, children, free_port, is_running, listens, run, until

TOKEN = "health" * 6
HEALTH = {"CONSOLE_HEALTH_TOKEN": TOKEN}


class Demo(Running):
    """A demo on a free port."""

    def __init__(self, data_dir: Path, *arguments: str, **settings: str) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        super().__init__(
            "demo", "--port", str(self.port), "--data-dir", str(data_dir), "--no-browser", *arguments, **settings
        )

    def ready(self) -> "Demo":
        assert self.says(f"The console is ready: {self.base}/"), self.printed
        return self

    def end_leaving_nothing(self, number: int) -> None:
        """End it with this signal; fails when anything is left of it."""
        started = children(self.process.pid)
        assert self.stop(number) == 0
        assert not listens(self.port)
        # By process and not by port: another demo may take port 9000 the moment it is free.
        assert until(lambda: not any(is_running(pid) for pid in started), 20), started
        assert "Traceback" not in self.printed

    @property
    def simulated_port(self) -> int:
        found = re.search(r"Simulated cloud: http://127\.0\.0\.1:(\d+)", self.printed)
        assert found, self.printed
        return int(found[1])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo for the tests that only look."""
    with Demo(tmp_path_factory.mktemp("demo") / "data", CONSOLE_DEMO_PASSWORD=PASSWORD, **HEALTH) as running:
        yield running.ready()


def _folder(demo: Demo) -> Path:
    return Path(re.search(r"Data folder: (.+)", demo.printed)[1])  # type: ignore[index]


def test_it_says_who_can_sign_in_and_where_everything_is(demo: Demo) -> None:
    for name, role in [("admin", "Administrator"), ("operator", "Operator"), ("owner", "Account owner")]:
        assert re.search(rf"{name} +{role}", demo.printed)
    for name, role in [("auditor", "Auditor"), ("viewer", "Viewer")]:
        assert re.search(rf"{name} +{role}", demo.printed)
    assert "Data folder: " in demo.printed
    assert listens(demo.simulated_port)


def test_a_given_password_is_never_printed(demo: Demo) -> None:
    assert PASSWORD not in demo.printed


@pytest.mark.parametrize("name", ["admin", "operator", "owner", "auditor", "viewer"])
def test_each_of_the_people_can_sign_in_and_sees_the_gateways(demo: Demo, name: str) -> None:
    visitor = Visitor(demo.base)
    assert "Gateways" in visitor.sign_in(name, PASSWORD)
    status, text, _ = visitor.open("/gateways/")
    assert status == 200
    assert "Simulated cloud" in text
    assert re.search(r'href="/demo/gateways/[0-9a-f]{32}/', text)


def test_static_files_are_named_by_content_compressed_and_cached(demo: Demo) -> None:
    visitor = Visitor(demo.base)
    page = visitor.open("/sign-in/")[1]
    style = re.search(r'href="(/static/css/console\.[0-9a-f]{12}\.css)"', page)
    assert style
    status, _, headers = visitor.open(style[1])
    assert status == 200
    assert "immutable" in headers["cache-control"]
    assert headers["x-content-type-options"] == "nosniff"
    assert visitor.gets(re.search(r'src="(/static/django_htmx/[^"]+)"', page)[1])  # type: ignore[index]


def test_what_packages_bring_and_no_page_names_is_not_served(demo: Demo) -> None:
    served = [path for path in (_folder(demo) / "static").rglob("*") if path.is_file()]
    assert served
    assert [path for path in served if re.search(r"/ext/|/account/|htmx-4|htmax", str(path))] == []


def test_no_header_names_the_software(demo: Demo) -> None:
    headers = Visitor(demo.base).open("/sign-in/")[2]
    assert headers["server"] == "console"
    assert not re.search(r"granian|django|python|whitenoise", str(headers), re.IGNORECASE)


def test_health_answers(demo: Demo) -> None:
    visitor = Visitor(demo.base)
    assert visitor.open("/healthz")[:2] == (200, "ok\n")
    assert visitor.open("/readyz")[:2] == (200, "ready\n")
    visitor = Visitor(demo.base, token=TOKEN)
    assert until(lambda: '"demo": "reachable"' in visitor.open("/readyz")[1])
    assert until(lambda: '"alibaba": "reachable"' in visitor.open("/readyz")[1])


def test_the_data_folder_is_closed_to_others_and_invisible_to_git(demo: Demo, tmp_path: Path) -> None:
    folder = _folder(demo)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / ".gitignore").read_text() == "*\n"
    assert stat.S_IMODE((folder / "secret-key").stat().st_mode) == 0o600
    assert len((folder / "secret-key").read_text()) >= 50


def test_a_second_demo_on_the_same_folder_is_refused(demo: Demo) -> None:
    second = run("demo", "--port", str(free_port()), "--data-dir", str(_folder(demo)), "--no-browser")
    assert second.returncode == 1
    assert "Another demo is running" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_taken_port_is_one_sentence_and_changes_nothing(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run("demo", "--port", str(port), "--data-dir", str(tmp_path / "data"), "--no-browser")
    assert ended.returncode == 1
    assert f"Port {port} on 127.0.0.1 is already in use" in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""
    assert not (tmp_path / "data").exists()


def test_plain_http_is_for_this_machine_only(tmp_path: Path) -> None:
    ended = run("demo", "--host", "0.0.0.0", "--data-dir", str(tmp_path / "data"), "--no-browser")
    assert ended.returncode == 1
    assert "listens on this machine only" in ended.stderr
    assert not (tmp_path / "data").exists()


def test_ended_by_any_signal_it_leaves_nothing_and_started_again_it_keeps_everything(tmp_path: Path) -> None:
    with Demo(tmp_path / "data") as first:
        first.ready()
        password = re.search(r"shown only this once: (\S+)", first.printed)
        assert password
        visitor = Visitor(first.base)
        assert "Gateways" in visitor.sign_in("operator", password[1])
        gateways = sorted(set(re.findall(r"/demo/gateways/[0-9a-f]{32}/", visitor.open("/gateways/")[1])))
        first.end_leaving_nothing(signal.SIGINT)

    with Demo(tmp_path / "data") as again:
        again.ready()
        assert password[1] not in again.printed
        assert "the one printed at the first start" in again.printed
        visitor = Visitor(again.base)
        assert "Gateways" in visitor.sign_in("operator", password[1])
        assert sorted(set(re.findall(r"/demo/gateways/[0-9a-f]{32}/", visitor.open("/gateways/")[1]))) == gateways
        again.end_leaving_nothing(signal.SIGTERM)

    with Demo(tmp_path / "data", CONSOLE_DEMO_PASSWORD=PASSWORD) as renewed:
        renewed.ready()
        assert "Gateways" in Visitor(renewed.base).sign_in("operator", PASSWORD)
        renewed.end_leaving_nothing(signal.SIGHUP)


def _serving(demo: Demo) -> list[int]:
    return [pid for pid in children(demo.process.pid) if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]


def test_a_worker_that_dies_is_replaced_and_a_demo_that_is_killed_leaves_no_orphan(tmp_path: Path) -> None:
    copy_prepared(tmp_path / "data")
    with Demo(tmp_path / "data") as demo:
        demo.ready()
        serving = _serving(demo)
        assert serving
        for pid in serving:
            os.kill(pid, signal.SIGKILL)
        assert until(lambda: Visitor(demo.base).gets("/healthz"), 20)

        started = children(demo.process.pid)
        assert set(started).isdisjoint(serving)
        assert len(started) >= 3  # of the server, the worker, the simulated cloud
        demo.stop(signal.SIGKILL)
        assert until(lambda: not listens(demo.port) and not any(is_running(pid) for pid in started), 20)


def test_own_clouds_are_used_instead_of_a_simulated_one(tmp_path: Path) -> None:
    clouds = tmp_path / "clouds.toml"
    nobody = f'"http://127.0.0.1:{free_port()}"'
    clouds.write_text(f'[clouds.mine]\nprovider = "simulated"\nlabel = "Mine"\nendpoints = {{ all = {nobody} }}\n')
    copy_prepared(tmp_path / "data")
    with Demo(tmp_path / "data", CONSOLE_CLOUDS_FILE=str(clouds), CONSOLE_DEMO_PASSWORD=PASSWORD, **HEALTH) as demo:
        demo.ready()
        assert "Simulated cloud:" not in demo.printed
        visitor = Visitor(demo.base)
        assert "Mine" in visitor.sign_in("viewer", PASSWORD)
        visitor = Visitor(demo.base, token=TOKEN)
        assert until(lambda: '"mine": "unreachable"' in visitor.open("/readyz")[1])


def test_a_mistake_in_the_clouds_file_is_told_before_anything_is_served(tmp_path: Path) -> None:
    clouds = tmp_path / "clouds.toml"
    clouds.write_text('[clouds.mine]\nprovider = "nobody"\n')
    port = free_port()
    ended = run(
        "demo",
        "--port",
        str(port),
        "--data-dir",
        str(tmp_path / "data"),
        "--no-browser",
        CONSOLE_CLOUDS_FILE=str(clouds),
    )
    assert ended.returncode == 1
    assert "clouds.mine.provider" in ended.stderr
    assert "Traceback" not in ended.stderr
