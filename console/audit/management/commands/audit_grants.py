"""`manage.py audit_grants ROLE`: what the database role of the running console may do."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from console.audit import roles


class Command(BaseCommand):
    """Prints SQL and runs none of it: the owner of the tables pipes it into `psql`, after each `migrate`."""

    help = "Print the SQL that lets a PostgreSQL role run the console but neither change nor delete the audit log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", metavar="ROLE", help="the role of `serve` and `worker`; it must exist")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor == "sqlite":
            raise CommandError("SQLite has no roles; there only the triggers keep the log append-only")
        for statement in roles.grants(options["role"]):
            self.stdout.write(statement)
