"""PrivateLink's connections as their provider sees them: lists, pages, accept and reject (alibaba-contract 4)."""

from typing import Any

import pytest

from console.simcloud import SimulatedCloud
from console.simcloud.alibaba.identity import OTHER_REGION
from tests.simcloud.alibaba_caller import AlibabaCaller, code_of, contoso_of
from tests.simcloud.caller import Reply

BUSY = (400, "EndpointConnectionOperationDenied")


def rows(alibaba: AlibabaCaller, **query: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = alibaba.link("ListVpcEndpointConnections", **query).body["Connections"]
    return found


def first(alibaba: AlibabaCaller, status: str, service: str = "main") -> str:
    """The newest connection in this status."""
    return str(rows(alibaba, ServiceId=alibaba.seeded(service), ConnectionStatus=status)[0]["EndpointId"])


def shown(alibaba: AlibabaCaller, endpoint_id: str) -> tuple[str, set[str]]:
    """A connection's status, and those of its zones."""
    (row,) = rows(alibaba, EndpointId=endpoint_id)
    return row["ConnectionStatus"], {zone["ZoneStatus"] for zone in row["Zones"]}


def decide(alibaba: AlibabaCaller, verb: str, endpoint_id: str, **more: object) -> Reply:
    parameters = {"ServiceId": alibaba.seeded("main"), "EndpointId": endpoint_id, **more}
    return alibaba.link(f"{verb}VpcEndpointConnection", **parameters)


def test_without_a_service_all_of_them_are_listed(alibaba: AlibabaCaller) -> None:
    body = alibaba.link("ListVpcEndpointConnections").body
    assert (len(body["Connections"]), body["MaxResults"], body["TotalCount"]) == (50, 50, "62")
    rest = alibaba.link("ListVpcEndpointConnections", NextToken=body["NextToken"]).body
    assert (len(rest["Connections"]), rest["NextToken"]) == (12, "")
    seen = [row["EndpointId"] for row in body["Connections"] + rest["Connections"]]
    assert len(set(seen)) == 62


def test_every_state_and_several_owners_are_seeded(alibaba: AlibabaCaller) -> None:
    everything = rows(alibaba) + rows(alibaba, NextToken=alibaba.link("ListVpcEndpointConnections").body["NextToken"])
    assert {row["ConnectionStatus"] for row in everything} == {
        *("Disconnected", "Connecting", "Connected", "Disconnecting", "Pending", "Deleting", "ServiceDeleted"),
    }
    owners = {row["EndpointOwnerId"] for row in everything}
    assert len(owners) == 7
    assert max(owners) > 2**53
    assert {row["ResourceOwner"] for row in everything} == {True, False}


def test_a_connection_has_no_creation_time(alibaba: AlibabaCaller) -> None:
    row = rows(alibaba)[0]
    assert set(row) == {
        *("ServiceId", "ServiceRegionId", "EndpointId", "EndpointRegionId", "EndpointVpcId", "EndpointOwnerId"),
        *("ResourceOwner", "ConnectionStatus", "Bandwidth", "TrafficControlMode", "ModifiedTime", "ResourceGroupId"),
        "Zones",
    }
    assert set(row["Zones"][0]) == {"ZoneId", "ZoneStatus", "EniId", "VSwitchId", "ResourceId", "ZoneDomain"}


def test_connections_are_found_by_service_endpoint_owner_and_status(alibaba: AlibabaCaller) -> None:
    service = alibaba.seeded("auto_accept")
    assert {row["ServiceId"] for row in rows(alibaba, ServiceId=service)} == {service}
    owner = contoso_of(alibaba.cloud).account.id
    assert {row["EndpointOwnerId"] for row in rows(alibaba, EndpointOwnerId=owner)} == {owner}
    assert {row["ConnectionStatus"] for row in rows(alibaba, ConnectionStatus="Pending")} == {"Pending"}
    assert rows(alibaba, EndpointId="ep-nothing") == []
    assert rows(alibaba, RegionId=OTHER_REGION) == []
    assert code_of(alibaba.link("ListVpcEndpointConnections", RegionId="")) == (400, "MissingRegionId")


def test_other_accounts_see_their_own_services_only(alibaba: AlibabaCaller) -> None:
    contoso = contoso_of(alibaba.cloud)
    assert {row["ServiceId"] for row in rows(contoso)} == {alibaba.seeded("foreign")}
    waiting = first(alibaba, "Disconnected")
    assert code_of(decide(contoso, "Enable", waiting)) == (400, "EndpointServiceNotFound")


@pytest.mark.parametrize("size", [1, 7, 50])
def test_pages_neither_repeat_nor_hide_anything(alibaba: AlibabaCaller, size: int) -> None:
    service = alibaba.seeded("auto_accept")
    seen: list[str] = []
    token = ""
    while True:
        query = {"ServiceId": service, "MaxResults": size} | ({"NextToken": token} if token else {})
        body = alibaba.link("ListVpcEndpointConnections", **query).body
        seen += [row["EndpointId"] for row in body["Connections"]]
        token = body["NextToken"]
        if not token:
            break
    assert len(seen) == len(set(seen)) == int(body["TotalCount"]) == 16


def test_a_page_goes_on_where_it_was_when_something_comes_in_between(alibaba: AlibabaCaller) -> None:
    contoso, service = contoso_of(alibaba.cloud), alibaba.seeded("main")
    body = alibaba.link("ListVpcEndpointConnections", ServiceId=service, MaxResults=5).body
    contoso.link("CreateVpcEndpoint", ServiceId=service, VpcId=alibaba.vpc("vpc-contoso")[0])
    after = rows(alibaba, ServiceId=service, MaxResults=5, NextToken=body["NextToken"])
    assert not {row["EndpointId"] for row in after} & {row["EndpointId"] for row in body["Connections"]}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"MaxResults": 0}, "InvalidMaxResults"),
        ({"MaxResults": 51}, "InvalidMaxResults"),
        ({"NextToken": "nonsense"}, "InvalidNextToken"),
        ({"NextToken": "bm9uc2Vuc2U="}, "InvalidNextToken"),
    ],
)
def test_a_bad_page_is_refused(alibaba: AlibabaCaller, query: dict[str, object], code: str) -> None:
    assert code_of(alibaba.link("ListVpcEndpointConnections", **query)) == (400, code)


def test_an_accepted_connection_passes_through_connecting(alibaba: AlibabaCaller, cloud: SimulatedCloud) -> None:
    cloud.world.delay = 5
    waiting = first(alibaba, "Disconnected")
    assert shown(alibaba, waiting) == ("Disconnected", {"Wait"})
    reply = decide(alibaba, "Enable", waiting)
    assert list(reply.body) == ["RequestId"]
    assert shown(alibaba, waiting) == ("Connecting", {"Connecting"})
    assert code_of(decide(alibaba, "Enable", waiting)) == BUSY
    cloud.world.advance(5)
    assert shown(alibaba, waiting) == ("Connected", {"Connected"})
    assert alibaba.effects() == [("connection.accept", waiting, "Disconnected", "Connected")]
    assert cloud.ledger()[0]["gateway_id"] == alibaba.seeded("main")


def test_a_rejected_connection_looks_like_one_that_was_never_accepted(
    alibaba: AlibabaCaller, cloud: SimulatedCloud
) -> None:
    cloud.world.delay = 5
    accepted = first(alibaba, "Connected")
    decide(alibaba, "Disable", accepted)
    assert shown(alibaba, accepted) == ("Disconnecting", {"Disconnecting"})
    cloud.world.advance(5)
    assert shown(alibaba, accepted) == ("Disconnected", {"Disconnected"})
    assert decide(alibaba, "Enable", accepted).status == 200


def test_a_decision_changes_the_bandwidth(alibaba: AlibabaCaller) -> None:
    waiting = first(alibaba, "Disconnected")
    decide(alibaba, "Enable", waiting, Bandwidth=500, TrafficControlMode="BandwidthLimit")
    (row,) = rows(alibaba, EndpointId=waiting)
    assert (row["Bandwidth"], row["TrafficControlMode"]) == (500, "BandwidthLimit")
    assert code_of(decide(alibaba, "Enable", waiting, Bandwidth=99)) == (400, "InvalidBandwidth")


def test_one_decision_of_an_account_keeps_all_others_out(alibaba: AlibabaCaller, cloud: SimulatedCloud) -> None:
    cloud.world.delay = 5
    waiting, accepted = first(alibaba, "Disconnected"), first(alibaba, "Connected", "auto_accept")
    decide(alibaba, "Enable", waiting)
    elsewhere = {"ServiceId": alibaba.seeded("auto_accept"), "EndpointId": accepted}
    concurrent = alibaba.link("DisableVpcEndpointConnection", **elsewhere)
    assert code_of(concurrent) == (400, "ConcurrentCallNotSupported")
    contoso = contoso_of(cloud)
    foreign = rows(contoso)[0]["EndpointId"]
    parameters = {"ServiceId": alibaba.seeded("foreign"), "EndpointId": foreign}
    assert contoso.link("DisableVpcEndpointConnection", **parameters).status == 200
    cloud.world.advance(5)
    assert alibaba.link("DisableVpcEndpointConnection", **elsewhere).status == 200


def test_a_dry_run_says_that_it_would_work_as_an_error(alibaba: AlibabaCaller) -> None:
    waiting, busy = first(alibaba, "Disconnected"), first(alibaba, "Pending")
    assert code_of(decide(alibaba, "Enable", waiting, DryRun=True)) == (400, "DryRunOperation")
    assert code_of(decide(alibaba, "Enable", busy, DryRun=True)) == BUSY
    assert (alibaba.effects(), shown(alibaba, waiting)[0]) == ([], "Disconnected")


def test_a_client_token_makes_a_decision_happen_once(alibaba: AlibabaCaller) -> None:
    waiting = first(alibaba, "Disconnected")
    assert decide(alibaba, "Enable", waiting, ClientToken="t").status == 200
    assert decide(alibaba, "Disable", waiting, ClientToken="t").status == 200
    assert decide(alibaba, "Enable", waiting, ClientToken="t").status == 200
    assert shown(alibaba, waiting)[0] == "Disconnected"
    assert [effect[0] for effect in alibaba.effects()] == ["connection.accept", "connection.reject"]


@pytest.mark.parametrize("verb", ["Enable", "Disable"])
def test_what_does_not_exist_is_400(alibaba: AlibabaCaller, verb: str) -> None:
    assert code_of(decide(alibaba, verb, "ep-nothing")) == (400, "EndpointConnectionNotFound")
    elsewhere = first(alibaba, "Connected", "auto_accept")
    assert code_of(decide(alibaba, verb, elsewhere)) == (400, "EndpointConnectionNotFound")
    assert code_of(decide(alibaba, verb, elsewhere, ServiceId="epsrv-0")) == (400, "EndpointServiceNotFound")
    assert code_of(decide(alibaba, verb, elsewhere, ServiceId="")) == (400, "MissingServiceId")
    assert code_of(decide(alibaba, verb, "")) == (400, "MissingEndpointId")
