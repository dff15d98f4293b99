"""What a list lacks is found out and told, and a list that shrank is read again (issue 11, points 3, 4 and 7)."""

import pytest

from console.clouds.alibaba.lists import PAGE_SIZE, read_numbered
from console.clouds.errors import CloudUnavailable
from console.clouds.paging import Listing, Page, read_all
from console.clouds.types import GatewayId, ServiceId
from tests.clouds.adapters import KEY, adapters_to
from tests.clouds.raw_server import RawServer, answer, answering
from tests.clouds.vpcep_parties import FLAVOURS, NOTHING, party

ROWS = [f"row-{number}" for number in range(600)]
HOST = GatewayId("0123456789abcdef0123456789abcdef")


@pytest.mark.parametrize("count", [500, 501, 600, 1000])
def test_a_total_that_counts_the_page_only_ends_no_list(count: int) -> None:
    rows = [str(number) for number in range(count)]

    def fetch(offset: int) -> Page[str]:
        page = rows[offset : offset + 500]
        return Page(page, len(page))

    found = read_all(fetch, identity=str, page_size=500)
    assert sorted(found) == sorted(rows)
    assert found.is_whole


def test_nor_that_of_a_numbered_list() -> None:
    rows = [str(number) for number in range(120)]

    def fetch(number: int) -> Page[str]:
        page = rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        return Page(page, len(page))

    assert read_numbered(fetch, str) == rows


def test_a_row_that_slides_between_two_pages_is_found_by_reading_again() -> None:
    reads: list[int] = []

    def fetch(offset: int) -> Page[str]:
        reads.append(offset)
        slid = len(reads) <= 2 and offset
        rows = ROWS[offset + 1 : offset + 501] if slid else ROWS[offset : offset + 500]
        return Page(rows, 600)

    found = read_all(fetch, identity=str, page_size=500)
    assert (len(found), found.is_whole) == (600, True)


def test_one_that_slides_each_time_is_told() -> None:
    def fetch(offset: int) -> Page[str]:
        return Page(ROWS[offset + bool(offset) : offset + 500 + bool(offset)], 600)

    found = read_all(fetch, identity=str, page_size=500)
    assert (len(found), found.lacking) == (599, 1)
    assert found.what_is_missing() == "it may lack 1 row"
    with pytest.raises(CloudUnavailable, match="not whole"):
        found.check_absence()


@pytest.mark.parametrize("refuses", [True, False], ids=["offsets beyond are refused", "offsets beyond are empty"])
@pytest.mark.parametrize(("count", "expected"), [(0, 0), (3, 600), (500, 600), (500, 0), (499, 2100), (1000, 1500)])
def test_a_list_that_shrank_is_read(count: int, expected: int, refuses: bool) -> None:
    rows = [str(number) for number in range(count)]

    def fetch(offset: int) -> Page[str]:
        if refuses and offset and offset >= count:
            return Page([], None, is_beyond=True)
        return Page(rows[offset : offset + 500], count)

    found = read_all(fetch, identity=str, page_size=500, expected=expected)
    assert (list(found), found.is_whole) == (rows, True)


def test_one_that_shrinks_while_it_is_read_is_read_again() -> None:
    left = 600
    reads = 0

    def fetch(offset: int) -> Page[str]:
        nonlocal left, reads
        reads += 1
        if offset and offset >= left:
            return Page([], None, is_beyond=True)
        page = Page(ROWS[:left][offset : offset + 500], left)
        left = 400 if reads == 1 else left
        return page

    found = read_all(fetch, identity=str, page_size=500)
    assert (len(found), found.is_whole) == (400, True)


def test_the_refusal_of_an_offset_is_the_end_and_no_error() -> None:
    rows = [{"id": f"{NOTHING[:-4]}{number:04d}", "status": "accepted"} for number in range(1000)]
    whole = answer(200, {"connections": rows, "total_count": 1000})
    beyond = answer(400, {"error_code": "EndPoint.0010", "error_msg": "Invalid offset"})
    with RawServer(answering(whole, beyond)) as server:
        found = party(server.url, FLAVOURS["huawei with an access key"]).services.list_connections(ServiceId(NOTHING))
        assert len(server.requests) == 2
    assert (len(found), found.is_whole) == (1000, True)


def test_odd_rows_are_counted_and_the_others_are_there() -> None:
    rows = [None, {"status": "accepted"}, {"id": NOTHING, "status": "accepted"}]
    with RawServer(answering(answer(200, {"connections": rows, "total": 3}))) as server:
        found = adapters_to(server.url, KEY).endpoints.list_connections(HOST)
        assert len(server.requests) == 1
    assert ([row.id for row in found], found.unreadable, found.lacking) == ([NOTHING], 2, 0)
    assert found.what_is_missing() == "2 rows could not be read"


def test_what_a_listing_lacks_is_a_part_of_it() -> None:
    assert Listing(["a"]) == ["a"]
    assert Listing(["a"]) == Listing(["a"])
    assert Listing(["a"], lacking=1) != Listing(["a"])
    assert Listing(["b", "a"], unreadable=1).ordered(str) == Listing(["a", "b"], unreadable=1)


def test_a_cloud_that_gives_the_same_page_for_every_offset_is_no_endless_list() -> None:
    reads: list[int] = []

    def fetch(offset: int) -> Page[str]:
        reads.append(offset)
        return Page(["a", "b"], 3)

    found = read_all(fetch, identity=str, page_size=500)
    assert (list(found), found.lacking) == (["a", "b"], 1)
    assert len(reads) < 10
