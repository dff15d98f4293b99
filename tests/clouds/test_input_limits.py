"""The rules for names, ports, descriptions and tags: their edges, and that the cloud takes what they let through."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.clouds import limits
from console.clouds.services import PortMapping, Tag
from console.simcloud import services, tags
from console.simcloud.errors import Refusal
from console.simcloud.port_mappings import read as read_ports
from console.simcloud.world import World

#: Mostly what is allowed, with what is not in between.
TEXTS = st.text(st.sampled_from("aZ09_-@.=<>*,|/ \t\u00e9\u4e2d"), max_size=50)
WORLD = World.seeded(seed=1)


def complaint(rule: object, *texts: str) -> str:
    """What the rule says; "" where it is content."""
    try:
        rule(*texts)  # type: ignore[operator]
    except ValueError as error:
        return str(error)
    return ""


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_a_name_that_passes_is_taken_by_the_cloud(text: str) -> None:
    if complaint(limits.read_service_name, text):
        with pytest.raises(Refusal):
            services.check_name(text.strip())
    else:
        services.check_name(limits.read_service_name(text))


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_a_tag_that_passes_is_taken_by_the_cloud_in_every_profile(key: str, value: str) -> None:
    if complaint(limits.read_tag, key, value):
        return
    tag = limits.read_tag(key, value)
    for profile in ("huawei", "otc"):
        WORLD.switch(profile=profile)
        tags.check(WORLD, [{"key": tag.key, "value": tag.value}])


@settings(max_examples=100, deadline=None)
@given(st.integers(-5, 70_000), st.integers(-5, 70_000))
def test_ports_pass_exactly_when_the_cloud_takes_them(client: int, server: int) -> None:
    ours = not complaint(limits.read_port, str(client)) and not complaint(limits.read_port, str(server))
    try:
        read_ports([{"client_port": client, "server_port": server}])
        theirs = True
    except Refusal:
        theirs = False
    assert ours == theirs


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("k" * 36, "v" * 43, ""),
        ("k" * 37, "", "A key has at most 36 characters."),
        ("k", "v" * 44, "A value has at most 43 characters."),
        ("k", "", ""),
        ("", "v", "A tag needs a key."),
        ("k", "a.b", "Only letters, digits, hyphens (-) and underscores (_)."),
        ("k\u00e9", "", "Only letters, digits, hyphens (-) and underscores (_)."),
        ("_sys_k", "", "Keys that begin with _sys_ are the cloud's own."),
        (" k ", " v ", ""),
    ],
)
def test_the_edges_of_a_tag(key: str, value: str, says: str) -> None:
    assert complaint(limits.read_tag, key, value) == says


def test_keys_are_told_apart_by_case_and_counted() -> None:
    limits.check_tags([Tag("a"), Tag("A")])
    limits.check_tags([Tag(f"k{number}") for number in range(10)])
    assert "At most 10 tags" in complaint(limits.check_tags, [Tag(f"k{number}") for number in range(11)])  # type: ignore[arg-type]
    assert "twice" in complaint(limits.check_tags, [Tag("a", "1"), Tag("a", "2")])  # type: ignore[arg-type]


def test_port_mappings_are_one_to_fifty_each_terminal_port_once() -> None:
    fifty = [PortMapping(number, 80) for number in range(1, 51)]
    limits.check_ports(fifty)
    assert "At least one" in complaint(limits.check_ports, [])  # type: ignore[arg-type]
    assert "these are 51" in complaint(limits.check_ports, [*fifty, PortMapping(51, 80)])  # type: ignore[arg-type]
    assert "Terminal port 1 is there twice" in complaint(limits.check_ports, [fifty[0], PortMapping(1, 81)])  # type: ignore[arg-type]


@pytest.mark.parametrize("words", ["a" * 128, "", 'Ünïcode & "quotes"'])
def test_a_description_that_passes(words: str) -> None:
    assert limits.read_description(f" {words} ") == words


@pytest.mark.parametrize("words", ["a" * 129, "a<b", "a>b"])
def test_a_description_that_does_not(words: str) -> None:
    assert complaint(limits.read_description, words)


@pytest.mark.parametrize(
    ("cidr", "overlaps"),
    [
        ("198.19.128.0/24", True),
        ("198.19.0.0/16", True),
        ("198.19.127.0/24", False),
        ("198.20.0.0/16", False),
        ("0.0.0.0/0", True),
        ("", False),
        ("fd00::/8", False),
    ],
)
def test_the_block_that_the_cloud_keeps(cidr: str, overlaps: bool) -> None:
    assert limits.overlaps_reserved(cidr) is overlaps


def test_an_id_is_read_in_lower_case() -> None:
    some = "3F2B1C7A-0D4E-4B53-9C61-5A7E8F901234"
    assert limits.read_uuid(f" {some} ") == some.lower()
    for wrong in ("", some[:-1], some.replace("-", ""), f"{some}0", "\uff13" + some[1:]):
        assert complaint(limits.read_uuid, wrong)
