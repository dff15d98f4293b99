"""Free-text search that stays quick on a million rows, whether the word is common or rare.

Two steps. A common word fills the page from the first few thousand rows that fit the other filters, read in order. Only
when it does not, the index is asked (`search_index`): the word is then so rare that all its rows are soon found.
Databases left alone choose between the two by guesses that are wrong by factors of a thousand.
"""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import BooleanField, F, Q, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat

from console.audit.models import Entry
from console.audit.search_index import VECTOR
from console.audit.words import Asked

#: Rows read in order before the index is asked. A word in every eightieth row fills a page of 50 from these.
NEARBY = 4_000

# The plus sign keeps SQLite from asking the index about each row of another filter instead of the other way round.
_SQLITE_WHERE = """audit_words MATCH %s AND audit_words.rowid > %s AND audit_words.rowid < %s
    AND audit_entry.seq = +audit_words.rowid"""


def find(
    rows: QuerySet[Entry], asked: Sequence[Asked], low: int, high: int, *, newest_first: bool, count: int
) -> list[Entry]:
    """Up to `count` of the rows between the numbers `low` and `high` (both excluded) that have all the words."""
    between = _between(rows, low, high, newest_first=newest_first)
    edge = between.values_list("seq", flat=True)[NEARBY : NEARBY + 1].first()
    if edge is None:  # so few rows that reading them is all there is to do
        return list(_with_words(between, asked)[:count])
    near_low, near_high = (edge, high) if newest_first else (low, edge)
    nearby = _between(rows, near_low, near_high, newest_first=newest_first)
    found = list(_with_words(nearby, asked)[:count])
    if len(found) == count:
        return found
    return _by_index(rows, asked, low, high, newest_first=newest_first, count=count)


def _between(rows: QuerySet[Entry], low: int, high: int, *, newest_first: bool) -> QuerySet[Entry]:
    """One bound on each side: of two, SQLite may walk the index by the wider one."""
    return rows.filter(seq__gt=low, seq__lt=high).order_by("-seq" if newest_first else "seq")


def _with_words(rows: QuerySet[Entry], asked: Sequence[Asked]) -> QuerySet[Entry]:
    """Read row after row. Words are letters and digits only, so nothing in them can be taken for a pattern."""
    rows = rows.alias(padded=Concat(Value(" "), "words", Value(" "), output_field=TextField()))
    for word in asked:
        end = "" if word.begins else " "
        split = Q(padded__contains=f" {word.parts[-1]}{end}")
        for part in word.parts[:-1]:
            split &= Q(padded__contains=f" {part} ")
        if word.parts != (word.whole,):
            split |= Q(padded__contains=f" {word.whole}{end}")
        rows = rows.filter(split)
    return rows


def _by_index(
    rows: QuerySet[Entry], asked: Sequence[Asked], low: int, high: int, *, newest_first: bool, count: int
) -> list[Entry]:
    if connection.vendor == "sqlite":
        matching = rows.extra(  # noqa: S610 - no foreign text
            tables=["audit_words"],
            where=[_SQLITE_WHERE],
            params=[_question(asked, '"{}"', '"{}" *', " AND ", " OR "), low, high],
            order_by=["-audit_words.rowid" if newest_first else "audit_words.rowid"],
        )
        return list(matching[:count])
    question = [_question(asked, "'{}'", "'{}':*", " & ", " | ")]
    has_words = RawSQL(f"{VECTOR} @@ %s::tsquery", question, output_field=BooleanField())  # noqa: S611 - no foreign text
    # The sum keeps the planner from reading the whole table backwards for the sake of the order.
    order = F("seq") + 0
    matching = rows.filter(has_words, seq__gt=low, seq__lt=high)
    with transaction.atomic(), connection.cursor() as cursor:
        # With too little memory the row numbers of a common word are kept by page, and every row read to be sure.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        return list(matching.order_by(order.desc() if newest_first else order.asc())[:count])


def _question(asked: Sequence[Asked], exact: str, beginning: str, both: str, either: str) -> str:
    """The words in the language of the index. They are letters and digits only, so they can be quoted plainly."""

    def one(word: Asked) -> str:
        last = beginning if word.begins else exact
        split = both.join([*(exact.format(part) for part in word.parts[:-1]), last.format(word.parts[-1])])
        return f"({split})" if word.parts == (word.whole,) else f"(({split}){either}{last.format(word.whole)})"

    return both.join(map(one, asked))
