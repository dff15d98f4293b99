"""`manage.py verify_audit [FILE]`: whether the audit log is whole (house.md part 5)."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from console.audit import keyring, trust
from console.audit.breaks import Break
from console.audit.keyring import KeyTrouble
from console.audit.sampling import verify_sample
from console.audit.verify import verify_file, verify_table


class Command(BaseCommand):
    """Exit code 0 and one line when whole, 1 and the first broken row when not, 2 when nothing could be read."""

    help = "Verify the audit log, or an export of it (JSON lines) without any database."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", metavar="FILE", type=Path, help="a JSON-lines export; default: the table"
        )
        parser.add_argument("--installation", default="", help="the installation id that row 1 of FILE must begin with")
        parser.add_argument("--checkpoints", metavar="FILE", type=Path, help="signed checkpoints to compare FILE with")
        parser.add_argument("--public-key", metavar="FILE", type=Path, help="PEM; one of its keys must have signed")
        parser.add_argument(
            "--accept-key",
            metavar="KEY",
            action="append",
            default=[],
            help="id or base64 of a key that is believed although no key endorsed it, because the one before was lost; "
            "may be repeated. Ask the console's administrator for it, not the console",
        )
        parser.add_argument(
            "--sample",
            type=float,
            metavar="PERCENT",
            help="check only so much of the table, in segments between signed checkpoints, chosen by chance",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = _verify(options)
        except (OSError, KeyTrouble) as error:
            named = getattr(error, "filename", None)
            said = f"{named} cannot be read: {getattr(error, 'strerror', '')}" if named else str(error)
            raise CommandError(said, returncode=2) from error
        except DatabaseError as error:
            raise CommandError("the database cannot be read; has it been migrated?", returncode=2) from error
        self.stdout.write(str(found))
        if isinstance(found, Break):
            sys.exit(1)


def _verify(options: dict[str, Any]) -> Any:
    file, signed, pem, accepted = (options[name] for name in ("file", "checkpoints", "public_key", "accept_key"))
    given = keyring.read_public(pem.read_text(encoding="utf-8", errors="replace")) if pem else []
    if options["sample"] is not None and (file is not None or not 0 < options["sample"] <= 100):
        raise CommandError("--sample takes a percentage up to 100, of the table and not of a file", returncode=2)
    if file is not None:
        return verify_file(file, options["installation"], signed, given, accepted)
    roots = given or trust.own_keys()
    accepted = accepted if given else [*accepted, *roots]  # a key in our own hands needs no other name
    if options["sample"] is not None:
        return verify_sample(options["sample"], roots, accepted=accepted)
    return verify_table(roots, accepted=accepted)
