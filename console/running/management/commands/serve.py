"""`manage.py serve`: production. Refuses to start in a state that it could not stand up for."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from console.running import private_files, readiness, server
from console.running.ports import CannotListen, address_of, claim


class Command(BaseCommand):
    """Checks first, then collects the static files, then serves until SIGTERM. Never changes the database."""

    help = "Serve the console in production, with TLS or behind a proxy that does TLS."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where and how to serve; everything else is a setting."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
        parser.add_argument("--workers", type=int, default=server.cores(), help="worker processes (one for each core)")
        parser.add_argument("--threads", type=int, default=server.THREADS, help="threads of each worker (16)")
        parser.add_argument("--tls-certificate", type=Path, help="certificate chain in PEM")
        parser.add_argument("--tls-key", type=Path, help="its private key in PEM")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGINT or SIGTERM."""
        service = self._service(options)
        private_files.close_to_others(Path(settings.DATA_DIR))
        reasons = list(readiness.reasons_against(service))
        if reasons:
            raise CommandError("The console does not start:\n" + "\n".join(f"- {reason}" for reason in reasons))
        for warning in readiness.warnings_about():
            self.stderr.write(f"Warning: {warning}")
        if readiness.only_simulated():
            self.stderr.write(
                "================================================================\n"
                "SIMULATED CLOUD ONLY: nothing that is decided here reaches a real\n"
                "cloud. Name your clouds in a file and set CONSOLE_CLOUDS_FILE.\n"
                "================================================================"
            )
        # The pages name static files by their content, so an upgrade without this would serve pages without a style.
        call_command("collectstatic", interactive=False, verbosity=0)
        connections.close_all()
        server.run(service, when_started=lambda: self._say(f"Serving {service.url}/"))

    def _service(self, options: dict[str, Any]) -> server.Service:
        certificate, key = options["tls_certificate"], options["tls_key"]
        if problem := readiness.certificate_problem(certificate, key):
            raise CommandError(problem)
        try:
            address = address_of(options["host"])
            claim(address, options["port"])
        except CannotListen as error:
            raise CommandError(str(error)) from error
        return server.Service(address, options["port"], options["workers"], options["threads"], certificate, key)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
