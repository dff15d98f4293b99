"""`manage.py audit_retain`: cut old rows off the audit log, keeping their proof."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from console.audit import retention
from console.audit.keyring import KeyTrouble
from console.audit.retention import NotCut


class Command(BaseCommand):
    """Without `--days` the setting CONSOLE_AUDIT_RETAIN_DAYS decides; export what must be kept before."""

    help = "Cut rows that are older than so many days, up to a signed checkpoint, which stays as their proof."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, help="how long rows are kept; default: the setting")
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        days = settings.AUDIT_RETAIN_DAYS if options["days"] is None else options["days"]
        if days < 1:
            raise CommandError("everything is kept: neither --days nor CONSOLE_AUDIT_RETAIN_DAYS says how long")
        try:
            found = retention.plan(days) if options["dry_run"] else retention.cut(days)
        except (NotCut, KeyTrouble) as trouble:
            raise CommandError(str(trouble)) from trouble
        if found is None:
            self.stdout.write("nothing to cut")
            return
        verb = "would be cut" if options["dry_run"] else "were cut"
        self.stdout.write(f"rows {found.first} to {found.last} {verb}; checkpoint {found.checkpoint} proves them")
