"""`manage.py audit_rotate_key`: from now on another key signs the checkpoints."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.access.actor import SYSTEM
from console.audit import checkpoints
from console.audit.checkpoints import NothingToSign
from console.audit.keyring import KeyTrouble


class Command(BaseCommand):
    """The old key signs the new one. A key of the data folder is replaced; for a setting see the README."""

    help = "Change the key that signs checkpoints of the audit log; the old key endorses the new one."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(f"the key {checkpoints.rotate(SYSTEM)} signs from now on")
        except (KeyTrouble, NothingToSign) as trouble:
            raise CommandError(str(trouble)) from trouble
