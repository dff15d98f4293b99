"""The state file: a restarted cloud keeps everything."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from console.simcloud import SimulatedCloud, World
from console.simcloud.persistence import UnreadableState
from console.simcloud.records import RouteTable
from console.simcloud.seed import Seed
from tests.simcloud.caller import STRANGER, Caller, consumer_of
from tests.simcloud.parties import Customer, Provider, public_service


@contextmanager
def kept(path: Path, **choices: int) -> Iterator[Caller]:
    world = World.seeded(delay=choices.pop("delay", 0), **choices)
    world.keep_in(path)
    with SimulatedCloud(world) as cloud:
        yield Caller(cloud)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cloud.state"


def test_everything_is_there_after_a_restart(path: Path) -> None:
    with kept(path) as caller:
        waiting = caller.first("pendingAcceptance")
        caller.decide("receive", waiting)
        caller.add(STRANGER)
        caller.update(vpcep_service_name="kept")
        caller.update("without_service", vpcep_service_name="new")
        before = (caller.connections().body, caller.accounts(), caller.service_name("without_service"))
        ledger = caller.cloud.ledger()
    with kept(path) as caller:
        assert (caller.connections().body, caller.accounts(), caller.service_name("without_service")) == before
        assert caller.cloud.ledger() == ledger
        assert caller.status_of(waiting) == "accepted"
        assert ".kept." in str(caller.service_name())
        caller.remove(STRANGER)
        assert [row["seq"] for row in caller.cloud.ledger()] == [1, 2, 3, 4, 5]
    with kept(path) as caller:
        assert f"iam:domain::{STRANGER}" not in caller.accounts()


def test_the_giant_packet_id_survives_exactly(path: Path) -> None:
    for _ in range(2):
        with kept(path) as caller:
            rows = caller.connections(marker_id=422321321312321321).body["connections"]
            assert [row["marker_id"] for row in rows] == [422321321312321321]


def test_a_state_in_between_goes_on_after_a_restart(path: Path) -> None:
    with kept(path, delay=3600) as caller:
        waiting = caller.first("pendingAcceptance")
        caller.decide("receive", waiting)
        assert caller.status_of(waiting) == "creating"
    with kept(path, delay=3600) as caller:
        assert caller.status_of(waiting) == "creating"
        caller.cloud.world.advance(3601)
        assert caller.status_of(waiting) == "accepted"
    with kept(path) as caller:
        assert caller.status_of(waiting) == "accepted"


def test_a_new_endpoint_and_a_deleted_one_are_kept(path: Path) -> None:
    with kept(path) as caller:
        consumer = consumer_of(caller.cloud)
        gone = caller.first("pendingAcceptance")
        assert consumer.vpcep("DELETE", f"/vpc-endpoints/{gone}").status == 204
        total = caller.connections().body["total"]
    with kept(path) as caller:
        assert caller.status_of(gone) is None
        assert caller.connections().body["total"] == total


def test_services_whitelists_tags_and_endpoints_are_kept(path: Path) -> None:
    def seen(caller: Caller) -> list[object]:
        provider, customer = Provider(caller), Customer(consumer_of(caller.cloud))
        return [
            provider.list(limit=100),
            customer.list(limit=100),
            [provider.ask("GET", row["id"], "/permissions").body for row in provider.list()["endpoint_services"]],
            [provider.ask("GET", row["id"], "/connections").body for row in provider.list()["endpoint_services"]],
            caller.vpcep("GET", "/routetables").body,
            caller.vpcep("GET", "/quotas").body,
        ]

    with kept(path) as caller:
        provider, customer = Provider(caller), Customer(consumer_of(caller.cloud))
        service_id = provider.created(service_name="kept", tags=[{"key": "a"}])
        provider.admit(service_id, "*")
        endpoint_id = customer.created(service_id, enable_dns=True)
        customer.created(public_service(caller.cloud, "obs"))
        provider.decide(service_id, "receive", endpoint_id)
        words = {"connections": [{"id": endpoint_id, "description": "first"}]}
        provider.ask("PUT", service_id, "/connections/description", words)
        customer.ask("PUT", endpoint_id, "", {"enable_whitelist": True, "whitelist": ["10.0.0.0/8"]})
        gone = provider.created(ports=[{"client_port": 1, "server_port": 2}])
        provider.admit(gone, "*")
        orphan = customer.created(gone)
        customer.show(orphan)
        provider.ask("DELETE", gone)
        before = seen(caller)
    with kept(path) as caller:
        assert seen(caller) == before
        customer = Customer(consumer_of(caller.cloud))
        assert customer.show(orphan)["status"] == "failed"
        assert customer.ask("DELETE", orphan).status == 204


def test_a_service_in_between_goes_on_after_a_restart(path: Path) -> None:
    with kept(path, delay=3600) as caller:
        service_id = Provider(caller).created()
    with kept(path, delay=3600) as caller:
        assert Provider(caller).show(service_id)["status"] == "creating"
        caller.cloud.world.advance(3601)
        assert Provider(caller).show(service_id)["status"] == "available"
        Provider(caller).ask("DELETE", service_id)
    with kept(path, delay=3600) as caller:
        assert Provider(caller).show(service_id)["status"] == "deleting"
        caller.cloud.world.advance(2 * 3601)
        assert Provider(caller).ask("GET", service_id).status == 404
    with kept(path) as caller:
        assert Provider(caller).ask("GET", service_id).status == 404


def test_a_world_saved_before_vpcep_was_whole_gets_what_it_lacks(path: Path) -> None:
    with kept(path) as caller:
        gateway, service = caller.gateway_id(), caller.service_name()
    seeded = Seed("demo", 1).records(0)
    first = next(number for number, record in enumerate(seeded) if isinstance(record, RouteTable))
    database = sqlite3.connect(path)
    database.executemany("DELETE FROM records WHERE id = ?", [(record.id,) for record in seeded[first:]])
    database.commit()
    database.close()
    for _ in range(2):
        with kept(path) as caller:
            assert (caller.gateway_id(), caller.service_name()) == (gateway, service)
            assert caller.vpcep("GET", "/vpc-endpoint-services/public").body["total_count"] == 6
            assert caller.vpcep("GET", "/routetables").body["routetables"]
            assert len(caller.cloud.world.endpoints) == len(World.seeded().endpoints)
            rows = [row for rows in caller.cloud.world.connections.values() for row in rows]
            assert len(rows) == len(caller.cloud.world.endpoints)


def test_a_reset_rewrites_the_file(path: Path) -> None:
    with kept(path) as caller:
        caller.add(STRANGER)
        caller.cloud.reset()
        rows = caller.connections().body
    with kept(path) as caller:
        assert caller.cloud.ledger() == []
        assert caller.connections().body == rows


def test_ages_grow_over_a_restart(path: Path) -> None:
    with kept(path) as caller:
        created = caller.connections().body["connections"][0]["created_at"]
    with kept(path) as caller:
        assert caller.connections().body["connections"][0]["created_at"] == created


def test_ten_thousand_connections_are_loaded_in_their_order(path: Path) -> None:
    with kept(path, connections=10_000) as caller:
        rows = caller.connections("many_connections", limit=500, offset=9_000).body
    with kept(path) as caller:
        assert caller.connections("many_connections", limit=500, offset=9_000).body == rows
        assert rows["total"] == 10_000


def test_an_effect_is_on_disk_before_the_answer(path: Path) -> None:
    with kept(path) as caller:
        caller.cloud.faults({"match": {"path": "batch-add"}, "fault": "reset_after"})
        with pytest.raises(ConnectionResetError):
            caller.add(STRANGER)
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM effects").fetchone() == (1,)
        found = database.execute("SELECT count(*) FROM records WHERE body LIKE ?", (f"%{STRANGER}%",)).fetchone()
    database.close()
    assert found == (1,)


def test_a_file_in_use_is_refused(path: Path) -> None:
    with kept(path), pytest.raises(UnreadableState, match="in use"):
        World.seeded().keep_in(path)


def test_another_file_is_not_touched(path: Path) -> None:
    path.write_text("my diary, " * 500)
    with pytest.raises(UnreadableState, match=r"no state file of the simulated cloud"):
        World.seeded().keep_in(path)
    assert path.read_text().startswith("my diary")


def test_another_format_is_refused(path: Path) -> None:
    with kept(path):
        pass
    database = sqlite3.connect(path)
    database.execute("UPDATE about SET value = '0'")
    database.commit()
    database.close()
    world = World.seeded()
    with pytest.raises(UnreadableState, match="another version"):
        world.keep_in(path)
    world.close()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableState, match="cannot be opened"):
        World.seeded().keep_in(tmp_path / "nowhere" / "state")
