"""What a list spelled in its own way is named in that way, and compared without case (issue 11, points 5 and 6)."""

import json
from typing import Any

import pytest

from console.clouds.types import EVERYONE, AccountId, EndpointId, GatewayId, ServiceId
from tests.clouds.adapters import INTENT, KEY, adapters_to
from tests.clouds.raw_server import RawServer, answer, answering
from tests.clouds.vpcep_parties import FLAVOURS, NOTHING, party

HOST = GatewayId("0123456789abcdef0123456789abcdef")
SERVICE = ServiceId(NOTHING)
ENDPOINT = EndpointId("abcdefab-0000-4000-8000-00000000000a")
ACCOUNT = "abcdef0123456789abcdef0123456789"
PATH = "organizations:orgPath::o-abc123/r-ab12/*"


def permissions(*entries: str) -> bytes:
    rows = [{"id": str(number), "permission": entry} for number, entry in enumerate(entries)]
    return answer(200, {"permissions": rows, "total": len(rows), "total_count": len(rows)})


def connections(endpoint: str) -> bytes:
    rows = [{"id": endpoint, "status": "pendingAcceptance", "domain_id": ACCOUNT.upper()}]
    return answer(200, {"connections": rows, "total": 1, "total_count": 1})


def gateways(url: str) -> Any:
    return adapters_to(url, KEY).endpoints


def services(url: str) -> Any:
    return party(url, FLAVOURS["huawei with an access key"]).services


BOTH = pytest.mark.parametrize(("port", "host"), [(gateways, HOST), (services, SERVICE)], ids=["gateway", "service"])


def sent(server: RawServer) -> dict[str, Any]:
    return dict(json.loads(server.requests[-1].partition(b"\r\n\r\n")[2]))


@BOTH
@pytest.mark.parametrize(
    "raw", ["*", "iam:domain::*", f"iam:domain::{ACCOUNT}", f"iam:domain::{ACCOUNT.upper()}", ACCOUNT, PATH]
)
def test_an_entry_is_removed_by_the_text_of_the_list(port: Any, host: Any, raw: str) -> None:
    with RawServer(answering(permissions(raw), answer(200, {}))) as server:
        admission = port(server.url)
        (entry,) = admission.list_permissions(host)
        admission.remove_permission(host, entry.account, intent=INTENT)
        assert sent(server)["permissions"] == [raw]


@BOTH
def test_two_spellings_of_one_account_are_removed_together(port: Any, host: Any) -> None:
    with RawServer(answering(permissions("*", "iam:domain::*"), answer(200, {}))) as server:
        admission = port(server.url)
        assert {entry.account for entry in admission.list_permissions(host)} == {EVERYONE}
        admission.remove_permission(host, EVERYONE, intent=INTENT)
        assert sorted(sent(server)["permissions"]) == ["*", "iam:domain::*"]


@BOTH
def test_what_was_spelled_oddly_before_the_last_list_is_forgotten(port: Any, host: Any) -> None:
    script = answering(permissions(ACCOUNT), permissions(f"iam:domain::{ACCOUNT}"), answer(200, {}))
    with RawServer(script) as server:
        admission = port(server.url)
        admission.list_permissions(host)
        admission.list_permissions(host)
        admission.remove_permission(host, AccountId(ACCOUNT), intent=INTENT)
        assert sent(server)["permissions"] == [f"iam:domain::{ACCOUNT}"]


@BOTH
def test_an_upper_case_account_is_the_one_that_people_type_in_lower_case(port: Any, host: Any) -> None:
    with RawServer(answering(permissions(f"iam:domain::{ACCOUNT.upper()}"))) as server:
        admission = port(server.url)
        assert [entry.account for entry in admission.list_permissions(host)] == [ACCOUNT]
        assert admission.read_account(ACCOUNT.upper()) == admission.read_account(ACCOUNT) == ACCOUNT


@BOTH
def test_an_upper_case_endpoint_is_found_and_named_as_the_cloud_writes_it(port: Any, host: Any) -> None:
    with RawServer(answering(connections(ENDPOINT.upper()), answer(200, {}))) as server:
        admission = port(server.url)
        (row,) = admission.list_connections(host)
        assert (row.id, row.owner) == (ENDPOINT, ACCOUNT)
        admission.accept(host, row.id, intent=INTENT)
        assert sent(server)["endpoints"] == [ENDPOINT.upper()]


@BOTH
def test_another_process_that_has_not_read_the_list_finds_it_too(port: Any, host: Any) -> None:
    nothing = answer(200, {"connections": [], "total": 0, "total_count": 0})
    with RawServer(answering(nothing, connections(ENDPOINT.upper()), answer(200, {}))) as server:
        admission = port(server.url)
        found = admission.find_connection(host, ENDPOINT)
        assert found
        admission.reject(host, found.id, intent=INTENT)
        assert sent(server)["endpoints"] == [ENDPOINT.upper()]


def test_paths_of_an_organisation_can_be_added_where_the_cloud_takes_them() -> None:
    with RawServer(answering(answer(200, {}))) as server:
        admission = services(server.url)
        admission.add_permission(SERVICE, admission.read_account(f" {PATH} "), intent=INTENT)
        assert sent(server) == {"action": "add", "permissions": [PATH], "permission_type": "orgPath"}
        with pytest.raises(ValueError, match="path looks like"):
            admission.read_account("organizations:orgPath::<b>")


def test_elsewhere_the_reason_is_told() -> None:
    old = party("http://127.0.0.1:9", FLAVOURS["otc with an access key"]).services
    for admission in (old, gateways("http://127.0.0.1:9")):
        with pytest.raises(ValueError, match="no paths of an organisation"):
            admission.read_account(PATH)
