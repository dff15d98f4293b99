"""`manage.py demo`: the whole console from nothing, on this machine (house.md part 5)."""

import json
import os
import signal
import subprocess
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from console.running import server
from console.running.demo import surroundings
from console.running.demo.children import start_worker
from console.running.demo.data_dir import DataDir, DataDirBusy
from console.running.demo.greeting import greet_when_ready, sign_in_text
from console.running.demo.simulated import SimulatedCloudFailed, start_simulated_cloud
from console.running.ports import CannotListen, address_of, claim, is_loopback

_DEMO_WORKERS = 2


class Command(BaseCommand):
    """Prepares a database, people and a simulated cloud of its own, then serves until Ctrl-C."""

    help = "Run the console from nothing, with demo people and a simulated cloud, on this machine."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The arguments of house.md part 5."""
        parser.add_argument("--port", type=int, default=8000, help="port of the console (8000)")
        parser.add_argument("--host", default="127.0.0.1", help="loopback address to listen on (127.0.0.1)")
        parser.add_argument("--data-dir", type=Path, help="folder of everything the demo makes (.data in the project)")
        parser.add_argument("--no-browser", action="store_true", help="do not open a browser")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until Ctrl-C or SIGTERM."""
        signal.signal(signal.SIGTERM, _stop)
        try:
            self._run(options)
        except (CannotListen, DataDirBusy, SimulatedCloudFailed) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stderr.write("Stopped.")

    def _run(self, options: dict[str, Any]) -> None:
        address, port = _address(options["host"]), options["port"]
        claim(address, port)
        data_dir = DataDir(options["data_dir"] or Path(settings.DATA_DIR))
        data_dir.prepare()
        with ExitStack() as stack:
            stack.callback(os.close, data_dir.lock())
            surroundings.set_up(data_dir)
            people = _prepare()
            self._say(sign_in_text(people["made"], given=people["given"]))
            lines = [f"Data folder: {data_dir.path}", "Stop with Ctrl-C. Started again it goes on where it was."]
            if not surroundings.uses_own_clouds():
                cloud, base_url = start_simulated_cloud(data_dir.world_file)
                stack.enter_context(cloud)
                os.environ["CONSOLE_SIMULATED_URL"] = base_url
                lines.insert(0, f"Simulated cloud: {base_url}")
            stack.enter_context(start_worker())
            service = server.Service(address, port, workers=min(server.cores(), _DEMO_WORKERS), patience=3)
            lines.append(f"The console is ready: {service.url}/")

            def started() -> None:
                # A terminal that is closed ends the demo; the server would take it as an order to renew its workers.
                signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))
                greet_when_ready(service.url, lines, self._say, open_browser=not options["no_browser"])

            server.run(service, when_started=started)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _address(host: str) -> str:
    address = address_of(host)
    if not is_loopback(address):
        raise CannotListen(
            f"The demo speaks plain HTTP, so it listens on this machine only, not on {host}. "
            "For other machines use `manage.py serve` with a TLS certificate or behind a proxy."
        )
    return address


def _prepare() -> dict[str, Any]:
    """Database, static files and people, made in a process that reads the settings afresh."""
    command = [sys.executable, str(Path(settings.ROOT) / "manage.py"), "prepare_demo"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 -- our own program
    if done.returncode:
        raise CommandError("The demo could not be prepared; the reason stands above.")
    people: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return people


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
