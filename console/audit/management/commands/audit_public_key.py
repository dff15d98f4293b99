"""`manage.py audit_public_key`: the keys to verify checkpoints with."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.audit import checkpoints, keyring


class Command(BaseCommand):
    """Prints every public key that ever signed as PEM, oldest first."""

    help = "Print the public keys that verify the checkpoints of the audit log."

    def handle(self, *args: Any, **options: Any) -> None:
        keys = checkpoints.public_keys()
        if not keys:
            raise CommandError("nothing was signed yet; see audit_checkpoint")
        for key in keys:
            self.stdout.write(keyring.public_pem(key["public_key"]), ending="")
