"""`manage.py audit_checkpoint`: sign how the audit log ends, now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.access.actor import SYSTEM
from console.audit import checkpoints
from console.audit.checkpoints import NothingNew, NothingToSign
from console.audit.keyring import KeyTrouble


class Command(BaseCommand):
    """Prints the checkpoint as one line, to be kept elsewhere; the last one where nothing is new since."""

    help = "Sign a checkpoint of the audit log, print it, and send it where the settings say."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(checkpoints.on_demand(SYSTEM).line)
        except NothingNew as nothing:
            self.stdout.write(nothing.last.line)
            self.stderr.write(str(nothing))
        except (KeyTrouble, NothingToSign) as trouble:
            raise CommandError(str(trouble)) from trouble
