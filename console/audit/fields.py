"""A database field of its own for row numbers."""

from typing import TYPE_CHECKING

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField

if TYPE_CHECKING:
    _BigIntegerField = BigIntegerField[int, int]
else:
    _BigIntegerField = BigIntegerField


class RowNumberField(_BigIntegerField):
    """A 64-bit number that is given, never generated: it comes from the head of the chain.

    SQLite makes a column the table's own key only when its type is exactly "integer"; with "bigint" every look-up
    by number would go through a second tree, and the text index could not share the number.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The column type: "integer" on SQLite (64 bits there), "bigint" elsewhere."""
        return "integer" if connection.vendor == "sqlite" else "bigint"
