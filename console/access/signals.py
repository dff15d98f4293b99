"""What is told of people who are added without a page: by commands. The audit log listens."""

from typing import Final

from django.dispatch import Signal

#: Sent in the transaction that adds somebody, with `person`, `role` (held on everything) and `command`.
person_added: Final = Signal()
#: Sent in the transaction that replaces a password, with `person` and `command`.
password_replaced: Final = Signal()
