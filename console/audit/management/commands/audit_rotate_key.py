"""`manage.py audit_rotate_key`: from now on another key signs the checkpoints."""

import getpass
import socket
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from console.access.actor import SYSTEM
from console.audit import checkpoints
from console.audit.checkpoints import NothingToSign
from console.audit.keyring import KeyTrouble

_WARNING: Final = """\
The key {old} signed the audit log up to row {after}, and this machine does not hold it.
If another machine or a backup of the secrets still has it, stop here and put it back.

Go on, and a new key signs. The old one cannot endorse it, so this is what it means:
- Rows up to {after} stay proven by the old key, for everybody who knows it.
- Rows after {after} that were written before now are signed for the first time, by the new key. That nobody changed
  them since is proven by nothing.
- Who verifies elsewhere is told that the log is broken at row {next}, until they accept the new key by name
  (`verify_audit --accept-key ID`). Tell them its id yourself, by telephone or in a signed message: whoever owns the
  database could claim the same of a key of their own.
- The page Proof warns of the new key until an administrator acknowledges it there.
"""


class Command(BaseCommand):
    """The old key signs the new one. A key of the data folder is replaced; for a setting see the README.

    `--unendorsed` is for a key that is lost: nothing signs the new one, and people must be told.
    """

    help = (
        "Change the key that signs checkpoints of the audit log; the old key endorses the new one, unless it is lost."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--unendorsed", action="store_true", help="the old key is lost: go on with a key that it did not endorse"
        )
        parser.add_argument(
            "--yes", action="store_true", help="with --unendorsed: do not ask for the id of the lost key"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["unendorsed"]:
                self._replace(asks=not options["yes"])
            else:
                self.stdout.write(f"the key {checkpoints.rotate(SYSTEM)} signs from now on")
        except (KeyTrouble, NothingToSign) as trouble:
            raise CommandError(str(trouble)) from trouble

    def _replace(self, *, asks: bool) -> None:
        old, after = checkpoints.lost_key()
        self.stdout.write(_WARNING.format(old=old, after=after, next=after + 1))
        if asks and _typed("Type the id of the lost key to go on: ") != old:
            raise CommandError("not confirmed; nothing was changed")
        reason = f"manage.py audit_rotate_key --unendorsed, run by {getpass.getuser()} on {socket.gethostname()}"
        done = checkpoints.replace_lost_key(old, SYSTEM, reason)
        self.stdout.write(f"the key {done.key_id} signs from now on, and no key endorsed it; its public key is")
        self.stdout.write(done.public_key)


def _typed(question: str) -> str:
    """What the person types; "" where nobody can."""
    try:
        return input(question).strip()
    except EOFError:
        return ""
