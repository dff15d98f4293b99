"""Lists read to their end."""

import pytest

from console.clouds.errors import CloudUnavailable
from console.clouds.paging import Page, read_all


class Rows:
    """A list behind offsets; counts the reads."""

    def __init__(self, count: int, most: int = 500) -> None:
        self.rows = [f"row-{number}" for number in range(count)]
        self.most = most
        self.reads: list[int] = []

    def fetch(self, offset: int) -> Page[str]:
        self.reads.append(offset)
        return Page(self.rows[offset : offset + self.most], len(self.rows))


@pytest.mark.parametrize(
    ("count", "reads"), [(0, [0]), (1, [0]), (500, [0, 500]), (501, [0, 500]), (1203, [0, 500, 1000])]
)
def test_lists_are_read_to_their_end(count: int, reads: list[int]) -> None:
    cloud = Rows(count)
    assert read_all(cloud.fetch, identity=str, page_size=500) == cloud.rows
    assert sorted(cloud.reads) == reads


def test_a_cloud_that_gives_less_than_asked_for_is_followed() -> None:
    cloud = Rows(95, most=10)
    assert sorted(read_all(cloud.fetch, identity=str, page_size=500)) == sorted(cloud.rows)


def test_a_row_that_shifts_onto_two_pages_appears_once() -> None:
    cloud = Rows(6, most=3)

    def fetch(offset: int) -> Page[str]:
        page = cloud.fetch(offset)
        if len(cloud.reads) == 1:  # a new row comes in front while the pages are read
            cloud.rows.insert(0, "new")
        return page

    found = read_all(fetch, identity=str, page_size=500)
    assert len(found) == len(set(found)) == 7  # totals differed, so it was read again, whole


def test_a_list_that_cannot_be_true_is_not_read() -> None:
    with pytest.raises(CloudUnavailable):
        read_all(lambda offset: Page([], 5), identity=str, page_size=500)
    with pytest.raises(CloudUnavailable):
        read_all(lambda offset: Page(["a"], 10**12), identity=str, page_size=500)


def test_a_list_without_a_total_is_read_until_a_short_page() -> None:
    rows = [str(number) for number in range(25)]
    found = read_all(lambda offset: Page(rows[offset : offset + 10], None), identity=str, page_size=500)
    assert found == rows


def test_an_error_on_a_later_page_is_the_error_of_the_list() -> None:
    cloud = Rows(20, most=5)

    def fetch(offset: int) -> Page[str]:
        if offset == 10:
            raise CloudUnavailable("lost")
        return cloud.fetch(offset)

    with pytest.raises(CloudUnavailable, match="lost"):
        read_all(fetch, identity=str, page_size=500)


@pytest.mark.parametrize(
    ("count", "expected", "reads"),
    [
        (1203, 1203, [0, 500, 1000]),
        (1203, 700, [0, 500, 1000]),
        (1203, 2100, [0, 500, 1000, 1500, 2000]),
        (3, 1203, [0, 500, 1000]),
        (0, 501, [0, 500]),
    ],
)
def test_a_guess_of_the_length_may_be_wrong(count: int, expected: int, reads: list[int]) -> None:
    cloud = Rows(count)
    assert read_all(cloud.fetch, identity=str, page_size=500, expected=expected) == cloud.rows
    assert sorted(cloud.reads) == reads


def test_a_guess_does_not_mislead_where_the_cloud_gives_less_than_asked_for() -> None:
    cloud = Rows(95, most=10)
    assert sorted(read_all(cloud.fetch, identity=str, page_size=500, expected=900)) == sorted(cloud.rows)


def test_an_absurd_guess_is_bounded() -> None:
    cloud = Rows(3)
    assert read_all(cloud.fetch, identity=str, page_size=500, expected=10**12) == cloud.rows
    assert len(cloud.reads) == 200
