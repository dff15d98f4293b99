"""The rules for addresses: what they let through, the cloud takes; what they refuse, they explain."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.clouds import limits
from console.simcloud import World, access_control
from console.simcloud.errors import Refusal

ENTRIES = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.tuples(st.ip_addresses(v=4), st.integers(0, 33)).map(lambda pair: f"{pair[0]}/{pair[1]}"),
    st.tuples(st.ip_addresses(v=4), st.integers(0, 32)).map(lambda pair: str(IPv4Network(pair, strict=False))),
    st.text(alphabet="0123456789./:x ", max_size=20),
)


@given(typed=st.lists(ENTRIES, max_size=22))
@settings(max_examples=200, deadline=None)
def test_what_is_let_through_is_taken_by_the_cloud_and_what_is_not_would_be_refused(typed: list[str]) -> None:
    world = World()
    try:
        entries = limits.read_whitelist(typed)
    except ValueError:
        with pytest.raises(Refusal):
            access_control.check(world, [text.strip() for text in typed if text.strip()])
    else:
        access_control.check(world, entries)


@pytest.mark.parametrize("typed", ["1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4/24x", "::1", "", "1.2.3.4.5", "one"])
def test_no_address(typed: str) -> None:
    with pytest.raises(ValueError, match="is no IPv4 address"):
        limits.read_address(typed)


@given(address=st.ip_addresses(v=4, network="10.1.0.0/16"), used=st.sets(st.ip_addresses(v=4, network="10.1.2.0/24")))
def test_an_address_must_be_inside_unused_and_neither_end_nor_gateway(
    address: IPv4Address, used: set[IPv4Address]
) -> None:
    subnet = IPv4Network("10.1.2.0/24")
    wrong = address not in subnet or address in (subnet[0], subnet[-1], IPv4Address("10.1.2.1")) or address in used
    taken = frozenset(map(str, used))
    try:
        limits.check_place(str(address), subnet=str(subnet), gateway="10.1.2.1", used=taken)
    except ValueError:
        assert wrong
    else:
        assert not wrong


def test_a_subnet_that_cannot_be_read_is_left_to_the_cloud() -> None:
    limits.check_place("10.0.0.1", subnet="", gateway="", used=frozenset())


@pytest.mark.parametrize(
    "name",
    [
        "eu-de.69e93219-e3ad-43b9-8416-9d788319ac9f",
        "eu-de.orders.69e93219-e3ad-43b9-8416-9d788319ac9f",
        "com.myhuaweicloud.eu-west-101.dns",
        "  eu-de.orders.69e93219-e3ad-43b9-8416-9d788319ac9f ",
    ],
)
def test_whole_service_names(name: str) -> None:
    assert limits.read_full_name(name) == name.strip()


@pytest.mark.parametrize(
    "name",
    [
        *("", "orders", "eu-de.orders", "69e93219-e3ad-43b9-8416-9d788319ac9f", "com.", "com.A"),
        "eu-de.seventeen-letters-.69e93219-e3ad-43b9-8416-9d788319ac9f",
        "eu-de.orders.69e93219-e3ad-43b9-8416-9d788319ac9f.x",
        "com." + "x" * 125,
    ],
)
def test_what_is_no_whole_service_name_is_told(name: str) -> None:
    with pytest.raises(ValueError, match=r"looks like|At most 128"):
        limits.read_full_name(name)


def test_the_region_of_a_name_is_its_first_part_unless_it_is_the_clouds_own() -> None:
    assert limits.region_in("eu-de.orders.x") == "eu-de"
    assert limits.region_in("com.myhuaweicloud.eu-west-101.dns") == ""
