"""What the search goes by is no part of a row's hash; the verifier works it out again."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from console.audit import words
from console.audit.breaks import Break, Kind, Whole
from console.audit.verify import verify_table
from tests.audit.factories import entries
from tests.audit.proving import lay_open, sql

pytestmark = pytest.mark.django_db

_texts = st.lists(st.text(st.characters(max_codepoint=0x180) | st.sampled_from("aB9_-. \n"), max_size=90), max_size=3)


@given(_texts, _texts)
def test_the_quick_way_to_make_words_finds_the_same_as_the_general_one(texts, identifiers):
    general = dict.fromkeys(filter(None, map(words.whole, identifiers)))
    for text in texts:
        general |= dict.fromkeys(words.parts(text))
    assert words.index(texts, identifiers) == " ".join(general)


@pytest.mark.parametrize("column", ["actor", "previous_hash", "after"])
def test_a_value_that_is_no_text_is_an_edit(column):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps text only in a column of text")
    entries(3)
    lay_open()
    sql(f"UPDATE audit_entry SET {column} = x'6e756c6c' WHERE seq = 2")
    assert _found() == (2, Kind.EDITED)


def test_changed_search_words_are_an_edit_and_told_beside_a_later_break():
    entries(6)
    lay_open()
    sql("UPDATE audit_entry SET words = 'nothing' WHERE seq = 3")
    assert _found() == (3, Kind.EDITED)
    sql("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 5")
    assert _found() == (5, Kind.EDITED)
    assert "besides, edited: the search words of row 3" in str(verify_table())


def test_a_row_taken_out_of_the_search_index_is_an_edit():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its index itself")
    entries(6)
    assert isinstance(verify_table(), Whole)
    sql("INSERT INTO audit_words(audit_words, rowid, words) SELECT 'delete', seq, words FROM audit_entry WHERE seq = 4")
    assert _found() == (4, Kind.EDITED)
    assert "taken out of the index" in str(verify_table())


def _found() -> tuple[int, Kind]:
    broken = verify_table()
    assert isinstance(broken, Break)
    return broken.seq, broken.kind
