"""Reading what the cloud sends, tolerant of everything but a missing id; writing exactly what it wants."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.clouds import reading
from console.clouds.huawei import wire
from console.clouds.huawei.profiles import HUAWEI, OTC
from console.clouds.types import EVERYONE, AccountId, Availability, ConnectionStatus, EndpointId, ServiceName

UUID = "5f0c1c2e-7d0b-4a3c-9a55-0b8f3b0f7e11"
CONNECTION = {
    "id": "1a6f7c3e-2b4d-4e8f-9c10-77aa5b3d2e01",
    "marker_id": 422321321312321321,
    "created_at": "2026-04-29T02:12:44Z",
    "updated_at": "2026-04-29T02:12:45Z",
    "domain_id": "d0a1b2c3d4e5f60718293a4b5c6d7e8f",
    "status": "accepted",
}
GATEWAY = {
    "id": "7c9e6679f4d34b1c8a5f0e2d1c3b4a59",
    "project_id": "3b1f0c7a9d2e4f5688aa0c1d2e3f4051",
    "instance_name": "apig-prod",
    "status": "Running",
    "spec": "PROFESSIONAL",
    "create_time": 1735890506328,
    "vpc_id": "0d9a4f0e-1f5c-4c8e-8a55-0c2b6f7d1a01",
    "available_zone_ids": "[eu-west-101a, eu-west-101b]",
    "maintain_begin": "22:00:00",
    "maintain_end": "02:00:00",
    "ingress_ip": "192.168.0.152",
    "eip_address": None,
    "endpoint_service": None,
    "endpoint_services": [{"service_name": f"eu-west-101.apig.{UUID}", "created_at": "2021-8-03 06:04:43"}],
}


def detail(**changes: Any) -> Any:
    return wire.gateway_detail_from_wire({**GATEWAY, **changes}, region="eu-west-101", profile=HUAWEI)


def test_connection_of_the_contract_is_read_whole() -> None:
    found = wire.connection_from_wire(CONNECTION)
    assert found.packet_id == "422321321312321321"
    assert found.status is ConnectionStatus.ACCEPTED
    assert found.created_at == datetime(2026, 4, 29, 2, 12, 44, tzinfo=UTC)
    assert found.owner == "d0a1b2c3d4e5f60718293a4b5c6d7e8f"


@pytest.mark.parametrize(
    ("field", "sent", "attribute", "read"),
    [
        ("marker_id", "167960098", "packet_id", "167960098"),
        ("marker_id", None, "packet_id", ""),
        ("marker_id", True, "packet_id", ""),
        ("marker_id", [1], "packet_id", ""),
        pytest.param("marker_id", 10**5000, "packet_id", "", id="5001 digits"),
        ("status", "frozenByMoon", "status", ConnectionStatus.OTHER),
        ("status", "frozenByMoon", "raw_status", "frozenByMoon"),
        ("status", None, "status", ConnectionStatus.OTHER),
        ("status", ["accepted"], "status", ConnectionStatus.OTHER),
        ("status", "other", "status", ConnectionStatus.OTHER),
        ("domain_id", 7, "owner", "7"),
        ("domain_id", {"x": 1}, "owner", ""),
        ("created_at", "yesterday", "created_at", None),
        ("created_at", 12.5, "created_at", None),
        ("error", [{"error_code": "EndPoint.2022", "error_message": "no"}], "failure", "EndPoint.2022: no"),
        ("error", {"code": "X", "message": "y"}, "failure", "X: y"),
        ("error", [{"message": "a"}, 3, {"code": "b"}], "failure", "a; b"),
        ("error", None, "failure", ""),
        ("domain_id", "a\x00b\ud800c", "owner", "a\ufffdb\ufffdc"),
    ],
)
def test_odd_fields_do_not_lose_the_row(field: str, sent: Any, attribute: str, read: Any) -> None:
    found = wire.connection_from_wire({**CONNECTION, field: sent})
    assert getattr(found, attribute) == read
    assert found.id == CONNECTION["id"]


def test_row_with_nothing_but_its_id_is_kept() -> None:
    found = wire.connection_from_wire({"id": "x"})
    assert (found.id, found.packet_id, found.status) == ("x", "", ConnectionStatus.OTHER)


def test_older_spelling_of_the_update_time_is_read() -> None:
    row = {key: value for key, value in CONNECTION.items() if key != "updated_at"}
    found = wire.connection_from_wire({**row, "update_at": "2026-04-29T02:12:45Z"})
    assert found.updated_at == datetime(2026, 4, 29, 2, 12, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"connections": None},
        {"connections": {}},
        {"connections": "x"},
        {"connections": None, "total": 3},
    ],
)
def test_an_answer_without_its_list_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(reading.UnreadableAnswer):
        wire.page_from_wire(document, "connections", wire.connection_from_wire)


@pytest.mark.parametrize("row", [1, None, "x", [], {}, {"status": "accepted"}, {"id": None}, {"id": ["x"]}])
def test_an_odd_row_is_left_out_and_counted(row: Any) -> None:
    page = wire.page_from_wire({"connections": [row, CONNECTION]}, "connections", wire.connection_from_wire)
    assert (len(page.rows), page.unreadable, page.length) == (1, 1, 2)


def test_null_is_an_empty_list_where_the_total_says_so() -> None:
    page = wire.page_from_wire({"connections": None, "total": 0}, "connections", wire.connection_from_wire)
    assert (page.rows, page.unreadable) == ([], 0)


@pytest.mark.parametrize(("sent", "read"), [(3, 3), ("3", 3), (None, None), (True, None), ("many", None), ([], None)])
def test_total_is_read_from_a_number_or_its_text(sent: Any, read: int | None) -> None:
    page = wire.page_from_wire({"total": sent, "connections": []}, "connections", wire.connection_from_wire)
    assert page.total == read


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"1", b"{", b"\xff", b'{"a":' * 50_000])
def test_answer_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(reading.UnreadableAnswer):
        reading.parse_object(body)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2026-05-07T14:20:14Z", datetime(2026, 5, 7, 14, 20, 14, tzinfo=UTC)),
        ("2026-05-07T14:20:14", datetime(2026, 5, 7, 14, 20, 14, tzinfo=UTC)),
        ("2026-05-07T16:20:14+02:00", datetime(2026, 5, 7, 14, 20, 14, tzinfo=UTC)),
        ("2018-01-30T07:42:01.174", datetime(2018, 1, 30, 7, 42, 1, 174000, tzinfo=UTC)),
        ("2021-8-03 06:04:43", datetime(2021, 8, 3, 6, 4, 43, tzinfo=UTC)),
        ("2026-01-04T09:05:22.701000Z", datetime(2026, 1, 4, 9, 5, 22, 701000, tzinfo=UTC)),
        (1735890506328, datetime(2025, 1, 3, 7, 48, 26, 328000, tzinfo=UTC)),
        (1735890506, datetime(2025, 1, 3, 7, 48, 26, tzinfo=UTC)),
        ("1735890506328", datetime(2025, 1, 3, 7, 48, 26, 328000, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("2021-13-03 06:04:43", None),
        (10**30, None),
        (-5, None),
        (True, None),
        ("", None),
        (None, None),
        ({}, None),
    ],
)
def test_every_way_to_write_a_time_is_read_as_utc(sent: Any, read: datetime | None) -> None:
    assert reading.moment(sent) == read


@pytest.mark.parametrize(
    ("full", "region", "name", "service_id"),
    [
        (f"eu-de.apig.{UUID}", "eu-de", "apig", UUID),
        (f"eu-de.{UUID}", "eu-de", "", UUID),
        (f"eu-de.a.b.{UUID.upper()}", "eu-de", "a.b", UUID.upper()),
        (UUID, "", "", UUID),
        ("com.myhuaweicloud.eu-west-101.dns", "eu-west-101", "dns", ""),
        ("com.t-systems.otc.eu-de.obs", "eu-de", "obs", ""),
        ("com.example.thing", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_full_name_is_cut_by_the_rule_of_the_contract(full: str, region: str, name: str, service_id: str) -> None:
    assert wire.parse_service_name(full) == ServiceName(full, region, name, service_id)


@settings(deadline=None)
@given(full=st.text())
def test_no_text_crashes_the_cutting_of_full_names(full: str) -> None:
    assert wire.parse_service_name(full).full == full


LABEL = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=16)


@settings(deadline=None)
@given(region=LABEL, name=LABEL | st.just(""), service_id=st.uuids().map(str))
def test_cutting_undoes_joining(region: str, name: str, service_id: str) -> None:
    full = ".".join(part for part in (region, name, service_id) if part)
    assert wire.parse_service_name(full) == ServiceName(full, region, name, service_id)


def test_gateway_of_the_contract_is_read_whole() -> None:
    found = detail()
    assert (found.name, found.status, found.edition, found.is_running) == ("apig-prod", "Running", "PROFESSIONAL", True)
    assert found.created_at == datetime(2025, 1, 3, 7, 48, 26, 328000, tzinfo=UTC)
    assert found.zones == ("eu-west-101a", "eu-west-101b")
    assert found.maintenance_window == "22:00:00 - 02:00:00"
    assert (found.private_address, found.public_address) == ("192.168.0.152", "")
    assert found.service_name == ServiceName(f"eu-west-101.apig.{UUID}", "eu-west-101", "apig", UUID)
    assert found.availability is Availability.ENABLED


@pytest.mark.parametrize(
    "services", [None, [], {}, "x", [None], [{}], [{"service_name": None}], [{"service_name": ""}]]
)
def test_gateway_without_an_endpoint_service_says_so(services: Any) -> None:
    found = detail(endpoint_services=services)
    assert found.service_name is None
    assert found.availability is Availability.NOT_ENABLED


def test_deprecated_single_service_is_read_where_the_list_is_missing() -> None:
    found = detail(endpoint_services=None, endpoint_service={"service_name": f"r.n.{UUID}"})
    assert found.service_name.name == "n"


@pytest.mark.parametrize("region", ["la-north-2", "cn-north-1"])
def test_feature_is_absent_in_two_regions_of_huawei_only(region: str) -> None:
    found = wire.gateway_detail_from_wire(GATEWAY, region=region, profile=HUAWEI)
    assert found.availability is Availability.NOT_IN_REGION
    assert wire.gateway_detail_from_wire(GATEWAY, region=region, profile=OTC).availability is Availability.ENABLED


def test_feature_is_absent_on_nlb_editions() -> None:
    assert detail(spec="PROFESSIONAL_NLB").availability is Availability.NOT_ON_EDITION


@pytest.mark.parametrize(
    ("raw", "account"),
    [
        ("iam:domain::d0a1b2c3d4e5f60718293a4b5c6d7e8f", "d0a1b2c3d4e5f60718293a4b5c6d7e8f"),
        ("iam:domain::*", EVERYONE),
        ("*", EVERYONE),
        ("organizations:orgPath::o-1/*", "organizations:orgPath::o-1/*"),
    ],
)
def test_whitelist_entries_are_read_in_every_spelling(raw: str, account: str) -> None:
    found = wire.permission_from_wire({"id": "r", "permission": raw, "created_at": None})
    assert (found.account, found.raw) == (account, raw)


def test_whitelist_entry_without_a_record_id_is_kept_but_not_without_an_account() -> None:
    assert wire.permission_from_wire({"permission": "iam:domain::a"}).record_id == ""
    with pytest.raises(reading.UnreadableAnswer):
        wire.permission_from_wire({"id": "r"})


def test_writes_have_the_bodies_of_the_contract() -> None:
    endpoint = EndpointId("9fa04c5e-64ec-4106-a014-2ad71ad9997d")
    accept = b'{"action":"receive","endpoints":["9fa04c5e-64ec-4106-a014-2ad71ad9997d"]}'
    assert wire.connection_action_to_wire(wire.ACCEPT, [endpoint]) == accept
    assert json.loads(wire.connection_action_to_wire(wire.REJECT, [endpoint]))["action"] == "reject"
    entries = [wire.account_to_wire(EVERYONE), wire.account_to_wire(AccountId("a" * 32))]
    assert json.loads(wire.permissions_to_wire(entries)) == {
        "permissions": ["iam:domain::*", "iam:domain::" + "a" * 32]
    }
    assert json.loads(wire.rename_to_wire("")) == {"vpcep_service_name": ""}


@pytest.mark.parametrize(
    ("typed", "account"),
    [("a" * 32, "a" * 32), (" iam:domain::" + "b" * 32 + "\n", "b" * 32), ("*", "*"), ("iam:domain::*", "*")],
)
def test_account_ids_are_read_as_people_paste_them(typed: str, account: str) -> None:
    assert wire.read_account(typed) == account


@pytest.mark.parametrize("typed", ["", "a" * 31, "a" * 33, "g" * 32, "**", "iam:domain::", "a" * 32 + "\nb"])
def test_what_is_no_account_id_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match="32 characters"):
        wire.read_account(typed)


def test_endpoint_ids_are_uuids_in_lower_case() -> None:
    assert wire.read_endpoint_id(f" {UUID.upper()} ") == UUID
    for typed in ("", "x", UUID[:-1], UUID.replace("-", ""), f"{{{UUID}}}", UUID + "/.."):
        with pytest.raises(ValueError, match="looks like"):
            wire.read_endpoint_id(typed)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5)
ROW = st.dictionaries(
    st.sampled_from(sorted({*CONNECTION, *GATEWAY, "permission", "error", "endpoint_services"})), JSON
)


@settings(deadline=None)
@given(rows=st.lists(ROW | JSON, max_size=3), total=JSON)
def test_no_answer_crashes_the_reading(rows: list[Any], total: Any) -> None:
    for decode in (wire.connection_from_wire, wire.permission_from_wire, wire.gateway_from_wire):
        try:
            wire.page_from_wire({"rows": rows, "total": total}, "rows", decode)
        except reading.UnreadableAnswer:
            continue


@settings(deadline=None)
@given(row=ROW)
def test_no_gateway_crashes_the_reading(row: dict[str, Any]) -> None:
    try:
        wire.gateway_detail_from_wire(row, region="eu-de", profile=OTC)
    except reading.UnreadableAnswer:
        return


def test_ten_thousand_rows_are_read_whole() -> None:
    document = {"total": 10_000, "connections": [{**CONNECTION, "id": f"{UUID[:-5]}{n:05}"} for n in range(10_000)]}

    page = wire.page_from_wire(document, "connections", wire.connection_from_wire)

    assert len({row.id for row in page.rows}) == 10_000
