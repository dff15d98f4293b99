"""The worker: settles what is open and carries out long acts. Several may run, on several machines."""

import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.running import jobs, parent, private_files, schema


class Command(BaseCommand):
    """`manage.py worker`."""

    help = "Settle open changes and carry out long acts until stopped. Any number of workers may run."
    #: The other checks are about pages, which are loaded for them: nothing of a worker.
    requires_system_checks = ("clouds",)

    def add_arguments(self, parser: CommandParser) -> None:
        """`--exit-with-parent` is for the demo, which starts one."""
        parser.add_argument("--exit-with-parent", type=int, metavar="PID", help="end when this parent process is gone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until SIGTERM or SIGINT."""
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        if options["exit_with_parent"]:
            parent.end_with_parent(options["exit_with_parent"])
        if reason := schema.refusal():
            raise CommandError(f"The worker does not start. {reason}")
        private_files.close_to_others(Path(settings.DATA_DIR))
        if text := private_files.warning():
            self.stderr.write(f"Warning: {text}")
        self.stdout.write("Working until SIGTERM or SIGINT.")
        self.stdout.flush()
        jobs.work(stopping)
