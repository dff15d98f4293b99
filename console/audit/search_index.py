"""The index behind the free-text search: which rows hold which words. What a row's words are is said in `words`."""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

from console.audit import words
from console.audit.catalog import State

# Contentless: the table keeps only the index, its row ids are the row numbers of the log. The words come ready made, so
# the plain tokenizer takes each as it is. Beginnings of up to six letters have lists of their own; longer ones are put
# together from all words that begin so, which for a common word costs as much as all its rows.
_SQLITE: Final = (
    """CREATE VIRTUAL TABLE audit_words
    USING fts5(words, content='', columnsize=0, detail=none, tokenize='ascii', prefix='1 2 3 4 5 6')""",
    """CREATE TRIGGER audit_words_fill AFTER INSERT ON audit_entry
    BEGIN INSERT INTO audit_words(rowid, words) VALUES (NEW.seq, NEW.words); END""",
    "INSERT INTO audit_words(rowid, words) SELECT seq, words FROM audit_entry",
)

# A contentless index forgets a row only when it is told its words again.
_SQLITE_FORGET: Final = """CREATE TRIGGER audit_words_forget AFTER DELETE ON audit_entry
    BEGIN INSERT INTO audit_words(audit_words, rowid, words) VALUES ('delete', OLD.seq, OLD.words); END"""

#: The indexed expression; a query must repeat it to the letter.
VECTOR: Final = "array_to_tsvector(string_to_array(audit_entry.words, ' '))"


def create(connection: BaseDatabaseWrapper) -> None:
    """Make the index and fill it from the rows that are there."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for statement in _SQLITE:
                cursor.execute(statement)
        else:
            cursor.execute(
                f"CREATE INDEX audit_by_words ON audit_entry USING gin ({VECTOR.replace('audit_entry.', '')})"
            )


def follow_deletions(connection: BaseDatabaseWrapper) -> None:
    """Let the index forget rows that retention cuts. PostgreSQL's does so by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(_SQLITE_FORGET)


def keep_deletions(connection: BaseDatabaseWrapper) -> None:
    """Undo `follow_deletions`."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS audit_words_forget")


def first_lost(connection: BaseDatabaseWrapper, first: int, last: int) -> int | None:
    """The first of these rows that the index does not know at all, None when it knows all.

    Asked by the words for the states, of which every row has one. PostgreSQL keeps its index itself.
    """
    if connection.vendor != "sqlite" or last < first:
        return None
    where = "FROM audit_words WHERE audit_words MATCH %s AND rowid >= %s AND rowid <= %s"
    with connection.cursor() as cursor:
        question = " OR ".join(f'"{words.parts(state)[0]}"' for state in State)
        cursor.execute(f"SELECT COUNT(*) {where}", [question, first, last])
        if cursor.fetchone()[0] == last - first + 1:
            return None
        cursor.execute(f"SELECT rowid {where} ORDER BY rowid", [question, first, last])
        place = first
        for (number,) in cursor:
            if number != place:
                break
            place += 1
        return place


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove the index."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS audit_words_fill")
            cursor.execute("DROP TABLE IF EXISTS audit_words")
        else:
            cursor.execute("DROP INDEX IF EXISTS audit_by_words")
