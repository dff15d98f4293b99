"""Reading the cloud's answers: tolerant of what it leaves out or spells oddly (alibaba-contract 2 and 4)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.clouds.alibaba import link_wire, wire
from console.clouds.alibaba.lists import read_numbered, read_tokened
from console.clouds.paging import Page
from console.clouds.reading import UnreadableAnswer
from console.clouds.services import ServiceStatus, ServiceType
from console.clouds.types import ConnectionStatus, ServiceId
from console.clouds.vpc_access import Migration

#: The vendor's own example (contract 2.1).
DEDICATED = {
    "InstanceId": "apigateway-hz-b3c5dadd5abc",
    "InstanceName": "prod",
    "InstanceType": "VPC_DEDICATED",
    "Status": "RUNNING",
    "CreatedTime": "2021-10-22 15:36:53.0",
    "UserVpcId": "vpc-t4nhx1yu9t0g4",
    "UserVswitchId": "vsw-t4eh1d7qi2f",
    "VpcOwnerId": 1408453217640291,
    "VpcSlbIntranetEnable": False,
    "SupportIpv6": True,
    "InstanceRpsLimit": 2500,
    "VipTypeList": "unknown to every SDK",
}


def test_an_instance_is_read_with_its_binding() -> None:
    found = wire.instance_from_wire(DEDICATED)
    assert (found.vpc_id, found.vswitch_id, found.vpc_owner) == (
        "vpc-t4nhx1yu9t0g4",
        "vsw-t4eh1d7qi2f",
        "1408453217640291",
    )
    assert found.created_at == datetime(2021, 10, 22, 15, 36, 53, tzinfo=UTC)
    assert (found.shared, found.is_changing, found.ipv6, found.self_calling) == (False, False, True, False)


@pytest.mark.parametrize(
    ("kind", "shared"), [("VPC_SHARED", True), ("CLASSIC_SHARED", True), ("VPC_DEDICATED", False), ("NEW", False)]
)
def test_a_type_that_is_not_shared_is_held_to_the_stricter_rules(kind: str, shared: bool) -> None:
    found = wire.instance_from_wire({**DEDICATED, "InstanceType": kind})
    assert found.shared is shared
    assert found.is_bound is not shared


@pytest.mark.parametrize(("status", "changing"), [("RUNNING", False), ("WAIT_SWITCH", True), ("", True), (None, True)])
def test_every_status_but_the_one_counts_as_changing(status: Any, changing: bool) -> None:
    assert wire.instance_from_wire({**DEDICATED, "Status": status}).is_changing is changing


@pytest.mark.parametrize("name", ["VpcDomain", "MigrationStatus", "CustomDomains", "CreatedTime", "TrafficLimit"])
@pytest.mark.parametrize("value", [None, "", [], {}, 7, True, {"DomainItem": 3}])
def test_an_odd_field_spoils_no_group(name: str, value: Any) -> None:
    found = wire.group_from_wire({"GroupId": "g", name: value})
    assert found.id == "g"
    assert found.own_domains == ()
    if name == "VpcDomain":
        assert found.is_enabled is (value == 7)


@pytest.mark.parametrize(
    ("word", "migration"),
    [
        ("", Migration.NONE),
        (None, Migration.NONE),
        ("Running", Migration.RUNNING),
        ("Success", Migration.SUCCEEDED),
        ("Failed", Migration.FAILED),
        ("Fail", Migration.FAILED),
        ("Paused", Migration.OTHER),
    ],
)
def test_a_migration_is_read_in_all_its_words(word: Any, migration: Migration) -> None:
    found = wire.group_from_wire({"GroupId": "g", "MigrationStatus": word})
    assert (found.migration, found.raw_migration) == (migration, word or "")


def test_an_own_name_that_is_binding_is_in_effect_and_one_that_is_bound_is_not() -> None:
    """The vendor's words say the opposite of what they seem to (contract 2.3)."""
    rows = [
        {"DomainName": "a.example", "CustomDomainType": "intranet", "DomainBindingStatus": "BINDING"},
        {"DomainName": "b.example", "CustomDomainType": "INTRANET", "DomainBindingStatus": "BOUND"},
        {"DomainName": "c.example", "DomainCNAMEStatus": "UNRESOLVED"},
        {"CustomDomainType": "intranet"},
    ]
    found = wire.group_from_wire({"GroupId": "g", "CustomDomains": {"DomainItem": rows}}).own_domains
    assert [(own.name, own.vpc_only, own.in_effect, own.cname_resolved) for own in found] == [
        ("a.example", True, True, None),
        ("b.example", True, False, None),
        ("c.example", False, None, False),
    ]


@pytest.mark.parametrize(
    ("document", "path", "count"),
    [
        ({"Instances": {"InstanceAttribute": [{}]}}, wire.INSTANCES, 1),
        ({"Instances": {}}, wire.INSTANCES, 0),
        ({"Connections": []}, link_wire.CONNECTIONS, 0),
    ],
)
def test_lists_are_wrapped_or_bare(document: Any, path: tuple[str, ...], count: int) -> None:
    assert len(wire.rows_in(document, path)) == count


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"Instances": []},
        {"Instances": None},
        {"Instances": 3},
        {"Instances": {"InstanceAttribute": {}}},
    ],
)
def test_a_list_that_is_not_there_is_no_empty_list(document: Any) -> None:
    with pytest.raises(UnreadableAnswer):
        wire.rows_in(document, wire.INSTANCES)


@pytest.mark.parametrize(("total", "read"), [(2, 2), ("2", 2), (None, None), ("many", None), (True, None)])
def test_a_total_is_a_number_or_digits(total: Any, read: int | None) -> None:
    page = wire.page_from_wire({"Vpcs": {"Vpc": []}, "TotalCount": total}, wire.VPCS, wire.vpc_from_wire)
    assert page.total == read


def test_a_row_without_an_id_fails_the_read() -> None:
    for decode in (wire.instance_from_wire, wire.group_from_wire, wire.vpc_from_wire, wire.vswitch_from_wire):
        with pytest.raises(UnreadableAnswer):
            decode({"Status": "RUNNING"})
    for decode_link in (link_wire.service_from_wire, link_wire.connection_from_wire):
        with pytest.raises(UnreadableAnswer):
            decode_link({})


# PrivateLink


@pytest.mark.parametrize(
    ("word", "status", "changing", "can_accept", "can_reject"),
    [
        ("Connected", ConnectionStatus.ACCEPTED, False, False, True),
        ("Connecting", ConnectionStatus.CREATING, True, False, False),
        ("Disconnected", ConnectionStatus.NOT_CONNECTED, False, True, False),
        ("Disconnecting", ConnectionStatus.OTHER, True, False, False),
        ("Pending", ConnectionStatus.OTHER, True, False, False),
        ("Deleting", ConnectionStatus.DELETING, True, False, False),
        ("ServiceDeleted", ConnectionStatus.OTHER, True, False, False),
        ("<b>New</b>", ConnectionStatus.OTHER, True, False, False),
    ],
)
def test_a_connections_status_is_read_and_says_what_may_be_done(
    word: str, status: ConnectionStatus, changing: bool, can_accept: bool, can_reject: bool
) -> None:
    found = link_wire.connection_from_wire({"EndpointId": "ep-1", "ConnectionStatus": word})
    assert (found.status, found.raw_status) == (status, word)
    assert (status.is_changing, status.can_accept, status.can_reject) == (changing, can_accept, can_reject)
    assert bool(found.failure) == (word == "ServiceDeleted")


def test_a_connection_has_only_what_the_cloud_tells() -> None:
    row = {"EndpointId": "ep-1", "EndpointOwnerId": 9507199254740993, "ModifiedTime": "2021-09-28T10:34:46Z"}
    found = link_wire.connection_from_wire(row)
    assert (found.owner, found.packet_id, found.created_at) == ("9507199254740993", "", None)
    assert found.updated_at == datetime(2021, 9, 28, 10, 34, 46, tzinfo=UTC)


@pytest.mark.parametrize(("auto", "approval"), [(True, False), (False, True), ("true", False)])
def test_a_service_that_accepts_by_itself_needs_no_approval(auto: Any, approval: bool) -> None:
    row = {"ServiceId": "epsrv-1", "ServiceStatus": "Active", "ServiceType": "Interface", "AutoAcceptEnabled": auto}
    found = link_wire.service_from_wire(row)
    assert (found.approval_required, found.status) == (approval, ServiceStatus.AVAILABLE)
    assert found.service_type is ServiceType.INTERFACE
    assert link_wire.service_from_wire({"ServiceId": "epsrv-1"}).approval_required is None


def test_a_service_that_is_being_modified_is_changing() -> None:
    found = link_wire.service_from_wire({"ServiceId": "epsrv-1", "ServiceStatus": "Pending"})
    assert (found.status.is_changing, found.raw_status) == (True, "Pending")


@pytest.mark.parametrize(
    ("full", "region"),
    [
        ("com.aliyuncs.privatelink.cn-hangzhou.epsrv-hp3vpx8yqxblby3i0001", "cn-hangzhou"),
        ("something.else", ""),
        ("", ""),
    ],
)
def test_a_services_name_is_taken_apart(full: str, region: str) -> None:
    found = link_wire.name_from_wire(full, ServiceId("epsrv-hp3vpx8yqxblby3i0001"))
    assert (found.full, found.region, found.name) == (full, region, "")
    assert found.service_id == "epsrv-hp3vpx8yqxblby3i0001"


def test_a_whitelist_is_read_from_numbers_and_arns() -> None:
    document = {
        "Users": [{"UserId": 12345678}, {"UserId": "9507199254740993"}],
        "UserARNs": [{"UserARN": "acs:ram:*:12345678:*"}, {"UserARN": "acs:ram:*::*"}, {}],
        "TotalCount": "7",
    }
    found = link_wire.permissions_from_wire(document)
    assert [row.account for row in found.rows] == ["12345678", "9507199254740993", "12345678", "acs:ram:*::*"]
    with pytest.raises(UnreadableAnswer):
        link_wire.permissions_from_wire({"TotalCount": "0"})


@pytest.mark.parametrize("typed", ["12345678", " 1729384756102938 ", "acs:ram:*:1729384756102938:*"])
def test_an_account_is_read_as_people_paste_it(typed: str) -> None:
    assert link_wire.read_account(typed) in ("12345678", "1729384756102938")


@pytest.mark.parametrize("typed", ["", "*", "1234567", "1" * 21, "7cc2018e40394f7c9692f1713e76234d", "١٢٣٤٥٦٧٨"])
def test_what_is_no_account_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match="8 to 20 digits"):
        link_wire.read_account(typed)


def test_ids_are_read_in_the_clouds_spelling() -> None:
    assert link_wire.read_endpoint_id(" EP-hp33b2e43fays7s80001 ") == "ep-hp33b2e43fays7s80001"
    assert link_wire.read_service_id("epsrv-hp3vpx8yqxblby3i0001") == "epsrv-hp3vpx8yqxblby3i0001"
    assert wire.read_group_id("523E8DC7BBE04613B5B1D726C2A7889D") == "523e8dc7bbe04613b5b1d726c2a7889d"
    for read in (link_wire.read_endpoint_id, link_wire.read_service_id, wire.read_group_id, wire.read_instance_id):
        for typed in ("", "a b", "../x", "-ep", "ü"):
            with pytest.raises(ValueError, match="ID"):
                read(typed)


# Lists


@settings(max_examples=50, deadline=None)
@given(count=st.integers(0, 23), size=st.integers(1, 10), totals=st.booleans(), paged=st.booleans())
def test_numbered_lists_are_read_to_their_end(count: int, size: int, totals: bool, paged: bool) -> None:
    rows = [str(number) for number in range(count)]

    def fetch(number: int) -> Page[str]:
        page = rows[(number - 1) * size : number * size] if paged else rows
        return Page(page, count if totals else None)

    assert read_numbered(fetch, str) == rows


@settings(max_examples=50, deadline=None)
@given(count=st.integers(0, 23), size=st.integers(1, 10), turns_back=st.booleans())
def test_tokened_lists_are_read_to_their_end_and_never_in_circles(count: int, size: int, turns_back: bool) -> None:
    rows = [str(number) for number in range(count)]

    def fetch(token: str) -> tuple[Page[str], str]:
        start = int(token or 0)
        end = start + size
        return Page(rows[start:end], None), str(end) if end < count else "0" if turns_back else ""

    assert read_tokened(fetch, str) == rows


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(DEDICATED)), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(row=st.dictionaries(st.sampled_from([*DEDICATED, "GroupId", "EndpointId", "ServiceId", "Users"]), JSON))
def test_no_row_crashes_a_reader(row: dict[str, Any]) -> None:
    for decode in (wire.instance_from_wire, wire.group_from_wire, link_wire.service_from_wire):
        try:
            decode(row)
        except UnreadableAnswer:
            continue
    try:
        link_wire.connection_from_wire(row)
        json.dumps(link_wire.permissions_from_wire(row).rows, default=str)
    except UnreadableAnswer:
        pass
