"""Search, sorting and paging of the whole set, with the state in the URL."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from console.web.tables import Address, Arranged, Column, arrange

COLUMNS = (Column("name", "Name", lambda row: row), Column("operation", "Operation"))


def arranged(rows: list[str], query: str = "", prefix: str = "") -> Arranged[str]:
    return arrange(rows, COLUMNS, Address("/here/", QueryDict(query), prefix), text_of=str, size=20)


def test_the_order_is_that_of_the_whole_set_and_not_of_one_page() -> None:
    rows = [f"{number:04}" for number in range(501)]
    assert arranged(rows, "sort=-name&size=10").rows[0] == "0500"
    assert arranged(rows, "sort=-name&size=10&page=51").rows == ["0000"]


def test_a_page_that_does_not_exist_is_the_first() -> None:
    for wrong in ("0", "-1", "9999", "x", "", "1e3", "٣"):
        assert arranged(["a", "b"], f"page={wrong}").page.number == 1


def test_only_the_vendors_page_sizes_are_taken() -> None:
    rows = [str(number) for number in range(100)]
    assert len(arranged(rows, "size=50").rows) == 50
    assert len(arranged(rows, "size=1000000").rows) == 20


def test_an_unknown_sort_key_changes_nothing() -> None:
    assert arranged(["b", "a"], "sort=__class__").rows == ["b", "a"]
    assert arranged(["b", "a"], "sort=operation").rows == ["b", "a"]


def test_a_second_click_turns_the_order_round() -> None:
    head = arranged(["a"], "sort=name").headers[0]
    assert (head.sorted, head.url) == ("ascending", "/here/?sort=-name")
    head = arranged(["a"], "sort=-name").headers[0]
    assert (head.sorted, head.url) == ("descending", "/here/?sort=name")


def test_two_tables_of_one_page_keep_out_of_each_others_way() -> None:
    table = arranged([str(number) for number in range(50)], "page=2&ppage=3&pq=1", prefix="p")
    assert table.query == "1"
    assert "page=2" in table.headers[0].url


def test_the_poll_counter_never_reaches_a_link() -> None:
    assert "poll" not in arranged(["a"], "poll=1&polled=17&q=a").headers[0].url


@pytest.mark.parametrize("total", [0, 1, 9, 10, 11, 20, 21, 10_000])
def test_every_row_is_on_exactly_one_page(total: int) -> None:
    rows = [f"{number:05}" for number in range(total)]
    pages = arranged(rows, "size=50").page.pages
    assert [row for page in range(1, pages + 1) for row in arranged(rows, f"size=50&page={page}").rows] == rows


@given(rows=st.lists(st.text(max_size=5), max_size=30), words=st.text(max_size=5))
def test_search_finds_exactly_the_rows_that_hold_every_word(rows: list[str], words: str) -> None:
    query = QueryDict(mutable=True)
    query["q"] = words
    query["size"] = "50"
    found = list(arranged(rows, query.urlencode()).rows)
    wanted = words.strip().casefold().split()
    assert found == [row for row in rows if all(word in row.casefold() for word in wanted)]
