"""What stays: over restarts, resets and the control door; and what `--describe` tells."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from console.simcloud import SimulatedCloud, World
from console.simcloud.alibaba.identity import CONTOSO, NORTHWIND
from tests.simcloud.alibaba_caller import AlibabaCaller, code_of, contoso_of
from tests.simcloud.caller import Caller, exchange


@contextmanager
def kept(path: Path, delay: float = 0) -> Iterator[AlibabaCaller]:
    world = World.seeded(delay=delay)
    world.keep_in(path)
    with SimulatedCloud(world) as cloud:
        yield AlibabaCaller(cloud)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cloud.state"


def everything(alibaba: AlibabaCaller) -> object:
    return {**alibaba.described, "ledger": alibaba.cloud.ledger()}


def waiting(alibaba: AlibabaCaller) -> dict[str, str]:
    query = {"ServiceId": alibaba.seeded("main"), "ConnectionStatus": "Disconnected"}
    rows = alibaba.link("ListVpcEndpointConnections", **query).body["Connections"]
    return {"ServiceId": query["ServiceId"], "EndpointId": rows[0]["EndpointId"]}


def status(alibaba: AlibabaCaller, connection: dict[str, str]) -> str:
    return str(alibaba.link("ListVpcEndpointConnections", **connection).body["Connections"][0]["ConnectionStatus"])


def test_everything_is_there_after_a_restart(path: Path) -> None:
    with kept(path) as alibaba:
        alibaba.bind("unbound", "vpc-hybrid")
        alibaba.enable("unbound_disabled")
        alibaba.move("shared_enabled", "bound")
        group = alibaba.seeded("bound_with_domain")
        alibaba.gateway("DeleteDomain", GroupId=group, DomainName="orders.northwind.example")
        alibaba.gateway("SetDomain", GroupId=group, DomainName="new.example", CustomDomainType="INTRANET")
        alibaba.link("EnableVpcEndpointConnection", **waiting(alibaba))
        service = alibaba.seeded("main")
        alibaba.link("RemoveUserFromVpcEndpointService", ServiceId=service, UserId=CONTOSO.id)
        alibaba.link("AddUserToVpcEndpointService", ServiceId=service, UserId=1122334455667788)
        alibaba.link("UpdateVpcEndpointServiceAttribute", ServiceId=service, AutoAcceptEnabled=True)
        other = alibaba.link("CreateVpcEndpointService", ServiceDescription="kept").body["ServiceId"]
        gone = alibaba.link("CreateVpcEndpointService", ServiceDescription="gone").body["ServiceId"]
        alibaba.link("DeleteVpcEndpointService", ServiceId=gone)
        before = everything(alibaba)
    for _ in range(2):
        with kept(path) as alibaba:
            assert everything(alibaba) == before
            assert gone not in alibaba.cloud.world.alibaba.services
            assert alibaba.link("GetVpcEndpointServiceAttribute", ServiceId=other).body["ServiceStatus"] == "Active"


def test_what_is_in_between_goes_on_after_a_restart(path: Path) -> None:
    with kept(path, delay=3600) as alibaba:
        connection = waiting(alibaba)
        alibaba.bind("unbound", "vpc-hybrid")
        alibaba.move("shared_enabled", "bound")
        alibaba.link("EnableVpcEndpointConnection", **connection)
    with kept(path) as alibaba:
        assert alibaba.instance("unbound")["Status"] == "WAIT_SWITCH"
        assert alibaba.group("shared_enabled")["MigrationStatus"] == "Running"
        assert status(alibaba, connection) == "Connecting"
        alibaba.cloud.world.advance(3601)
        assert alibaba.instance("unbound")["UserVpcId"] == alibaba.vpc("vpc-hybrid")[0]
        assert alibaba.group("shared_enabled")["InstanceId"] == alibaba.seeded("bound")
        assert status(alibaba, connection) == "Connected"


def test_a_token_counts_over_a_restart(path: Path) -> None:
    with kept(path) as alibaba:
        connection = waiting(alibaba)
        alibaba.link("EnableVpcEndpointConnection", **connection, ClientToken="t")
        alibaba.link("DisableVpcEndpointConnection", **connection)
    with kept(path) as alibaba:
        assert alibaba.link("EnableVpcEndpointConnection", **connection, ClientToken="t").status == 200
        assert (status(alibaba, connection), len(alibaba.effects())) == ("Disconnected", 2)


def test_a_world_saved_before_alibaba_was_there_gets_it(path: Path) -> None:
    with kept(path) as alibaba:
        before, gateway = everything(alibaba), Caller(alibaba.cloud).service_name()
    database = sqlite3.connect(path)
    kinds = ("AlibabaVpc", "VSwitch", "ApiInstance", "ApiGroup", "OwnDomain", "LinkService", "LinkUser", "LinkEndpoint")
    database.executemany("DELETE FROM records WHERE kind = ?", [(kind,) for kind in kinds])
    database.commit()
    database.close()
    for _ in range(2):
        with kept(path) as alibaba:
            assert (everything(alibaba), Caller(alibaba.cloud).service_name()) == (before, gateway)


def test_a_reset_brings_the_seed_back(path: Path) -> None:
    with kept(path) as alibaba:
        before = everything(alibaba)
        alibaba.bind("bound", "vpc-hybrid", Token="t")
        alibaba.link("EnableVpcEndpointConnection", **waiting(alibaba))
        alibaba.cloud.world.switch(alibaba_busy="allow")
        exchange(alibaba.cloud.base_url, "POST", "/_sim/reset")
        assert everything(alibaba) == before
        assert code_of(alibaba.enable("busy_enabled"))[0] == 400
        assert alibaba.bind("bound", "vpc-partners", Token="t").status == 200
        alibaba.cloud.reset()
    with kept(path) as alibaba:
        assert everything(alibaba) == before


def test_an_account_that_was_changing_something_is_free_after_a_reset(alibaba: AlibabaCaller) -> None:
    alibaba.cloud.world.delay = 100
    alibaba.link("EnableVpcEndpointConnection", **waiting(alibaba))
    alibaba.cloud.reset()
    assert alibaba.link("EnableVpcEndpointConnection", **waiting(alibaba)).status == 200


def test_the_description_has_what_the_house_promises(alibaba: AlibabaCaller) -> None:
    told = alibaba.described
    assert (told["access_key_id"], told["access_key_secret"]) == (
        NORTHWIND.access_key_id,
        NORTHWIND.access_key_secret,
    )
    assert told["region_id"] == "cn-hangzhou"
    assert {"instances", "api_groups", "vpcs"} <= set(told)
    assert all(vpc["id"] and isinstance(vpc["vswitches"], list) for vpc in told["vpcs"])
    assert told["vpcs"][0]["vswitches"][0]["id"].startswith("vsw-")
    assert told["consumer"]["account_id"] == str(CONTOSO.id)
    assert exchange(alibaba.cloud.base_url, "GET", "/_sim/describe").body["alibaba"] == told


def test_roles_are_found_by_name(alibaba: AlibabaCaller) -> None:
    told = alibaba.described
    for kind, role in (("instances", "unbound"), ("api_groups", "bound_enabled"), ("services", "auto_accept")):
        (row,) = [row for row in told[kind] if row["seeded_as"] == role]
        assert alibaba.seeded(role) == row["id"]
    with pytest.raises(KeyError):
        alibaba.seeded("nobody")


def test_the_same_seed_gives_the_same_ids_and_another_one_others() -> None:
    def ids(seed: int) -> set[str]:
        return {record.id for record in World.seeded(seed=seed).alibaba.records()}

    assert ids(1) == ids(1)
    assert not {one for one in ids(1) & ids(2) if one.startswith(("vpc-", "ep", "apigateway-"))}


def test_more_of_other_things_leaves_the_ids_alone() -> None:
    usual, large = World.seeded(), World.seeded(connections=200, services=50, endpoints=100)
    assert list(usual.alibaba.endpoints) == list(large.alibaba.endpoints)


def test_the_empty_world_has_networks_and_shared_instances() -> None:
    with SimulatedCloud(World.seeded("empty")) as cloud:
        alibaba = AlibabaCaller(cloud)
        assert alibaba.networks("DescribeVpcs").body["TotalCount"] == 13
        rows = alibaba.gateway("DescribeInstances").body["Instances"]["InstanceAttribute"]
        assert {row["InstanceType"] for row in rows} == {"VPC_SHARED"}
        assert alibaba.gateway("DescribeApiGroups").body["TotalCount"] == 0
        assert alibaba.link("ListVpcEndpointConnections").body["TotalCount"] == "0"


def test_the_door_has_faults_by_action_switches_and_the_ledger(alibaba: AlibabaCaller) -> None:
    def door(name: str, body: object = None) -> object:
        return exchange(alibaba.cloud.base_url, "GET" if body is None else "POST", f"/_sim/{name}", body).body

    assert door("faults", [{"match": {"action": "Describe.*"}, "fault": "html", "times": 1}]) == {"rules": 1}
    assert alibaba.gateway("DescribeInstances").status == 502
    assert "match has" in str(door("faults", [{"match": {"verb": "x"}, "fault": "html"}]))
    assert "regular expression" in str(door("faults", [{"match": {"action": "("}, "fault": "html"}]))
    assert door("switches", {"alibaba_busy": "allow"})["alibaba_busy"] == "allow"  # type: ignore[index]
    alibaba.enable("bound_disabled")
    (row,) = door("ledger")  # type: ignore[misc]
    assert set(row) == {"seq", "at", "action", "object", "gateway_id", "actor", "before", "after", "request_id"}
    assert contoso_of(alibaba.cloud).account.actor != row["actor"]


def test_any_text_can_be_put_into_a_record(alibaba: AlibabaCaller) -> None:
    alibaba.cloud.world.set_text(alibaba.seeded("bound_enabled"), "name", "<b>billing</b>")
    assert alibaba.group("bound_enabled")["GroupName"] == "<b>billing</b>"
    alibaba.cloud.world.set_text(alibaba.seeded("bound"), "status", "SOMETHING_NEW")
    assert alibaba.instance("bound")["Status"] == "SOMETHING_NEW"
