"""`manage.py prepare_demo`: one step of `demo`, in a process of its own that reads the demo's settings afresh."""

import json
import secrets
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from console import wiring
from console.access.demo_people import ensure_demo_people, renew_demo_password
from console.audit import anchors
from console.environment import Environment
from console.running import schema


def _refuse_newer_tables() -> None:
    if newer := schema.not_made_for_this(MigrationExecutor(connection)):
        raise CommandError(f"The data folder belongs to a newer version of the console ({', '.join(newer)}).")


class Command(BaseCommand):
    """Database, cache table, static files and demo people; prints one line of JSON about the password."""

    help = "A step of `demo`: prepare its database, static files and people."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Safe to repeat: what is there already stays, unless a new password is given."""
        if problems := wiring.problems():
            raise CommandError("\n".join(problems))
        _refuse_newer_tables()
        call_command("migrate", interactive=False, verbosity=0)
        if reason := anchors.reason_against_this_log():
            raise CommandError(reason)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        given = Environment().text("CONSOLE_DEMO_PASSWORD", default="")
        made = "" if given else secrets.token_urlsafe(12)
        if given:
            renew_demo_password(given)
        created = ensure_demo_people(given or made)
        self.stdout.write(json.dumps({"made": made if created else "", "given": bool(given)}))
