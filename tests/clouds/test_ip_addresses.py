"""What an address leads to: positive, so that what nobody thought of is not public."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from console.clouds.addresses import problem_with_base_url
from console.ip_addresses import AddressKind, kind_of

PUBLIC = ["93.184.215.14", "1.1.1.1", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:1.1.1.1", "64:ff9b::101:101"]
PRIVATE = [
    *("10.0.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255", "fd12:3456::1", "fc00::1"),
    *("192.0.2.1", "198.51.100.1", "203.0.113.9", "2001:db8::1", "3fff::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"),
]
LOOPBACK = ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"]
METADATA = [
    *("169.254.169.254", "169.254.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
    *("fe80::1", "fe80::1%eth0", "febf::1", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254"),
    *("::ffff:169.254.169.254", "::169.254.169.254", "::ffff:0:169.254.169.254", "64:ff9b::a9fe:a9fe"),
    *("64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::1", "2001:0:a9fe:a9fe::", "2001:0:101:101::5601:5601"),
    *("2606::5efe:a9fe:a9fe", "2606::200:5efe:6464:64c8", "::ffff:0:168.63.129.16", "64:ff9b::6464:64c8"),
]
SPECIAL = [
    *("0.0.0.0", "0.1.2.3", "192.0.0.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "224.0.0.1", "239.1.2.3"),
    *("240.0.0.1", "255.255.255.255", "::", "::127.0.0.1", "::10.0.0.1", "::1.1.1.1", "::ffff:0:127.0.0.1"),
    *("::ffff:0:1.1.1.1", "64:ff9b::7f00:1", "64:ff9b::e000:1", "64:ff9b:1::101:101", "64:ff9b:1::a00:1"),
    *("2002:7f00:1::", "2002:101:101::1", "2001::1", "2001:0:101:101::1", "2001:2::1", "2001:10::1", "2001:20::1"),
    *("3ffe::1", "100::1", "fec0::1", "feff::1", "ff02::1", "ff0e::1", "4000::1", "5f00::1", "200::1", "400::1"),
    *("2606::5efe:7f00:1", "2606::200:5efe:a00:1"),
]


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        (kind, address)
        for kind, addresses in (
            (AddressKind.PUBLIC, PUBLIC),
            (AddressKind.PRIVATE, PRIVATE),
            (AddressKind.LOOPBACK, LOOPBACK),
            (AddressKind.METADATA, METADATA),
            (AddressKind.SPECIAL, SPECIAL),
        )
        for address in addresses
    ],
)
def test_every_address_has_its_kind(kind: AddressKind, address: str) -> None:
    assert kind_of(address) is kind


@given(some.ip_addresses())
def test_what_the_standard_library_knows_to_be_special_is_never_public(address: ipaddress.IPv4Address) -> None:
    if not address.is_global or address.is_multicast:
        assert kind_of(str(address)) is not AddressKind.PUBLIC


@given(some.ip_addresses(v=4), some.sampled_from(["::", "::ffff:0:0:0", "64:ff9b::", "64:ff9b:1::", "::ffff:0:0"]))
def test_no_disguise_makes_an_address_public(inner: ipaddress.IPv4Address, block: str) -> None:
    disguised = ipaddress.IPv6Address(int(ipaddress.IPv6Address(block)) | int(inner))
    if kind_of(str(inner)) is not AddressKind.PUBLIC:
        assert kind_of(str(disguised)) is not AddressKind.PUBLIC


@pytest.mark.parametrize("address", METADATA + SPECIAL)
def test_no_cloud_has_such_an_address(address: str) -> None:
    assert problem_with_base_url(f"https://[{address}]" if ":" in address else f"https://{address}")
