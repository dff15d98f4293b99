"""Every undocumented behaviour, with its switch the other way round. The defaults are tested where they belong."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests

from console.simcloud import SimulatedCloud, Switches, World
from console.simcloud.alibaba.switches import AlibabaSwitches
from tests.clouds.adapters import KEY, adapters_to
from tests.simcloud.caller import STRANGER, Caller, exchange
from tests.simcloud.parties import Customer, Provider, public_service


def test_accept_answers_accepted(caller: Caller) -> None:
    caller.cloud.world.delay = 2
    caller.cloud.world.switch(accept_answer="accepted")
    waiting = caller.first("pendingAcceptance")
    assert caller.decide("receive", waiting).body["connections"][0]["status"] == "accepted"
    assert caller.status_of(waiting) == "accepted"


def test_reaccept_shows_rejected_for_a_moment(caller: Caller) -> None:
    caller.cloud.world.delay = 2
    caller.cloud.world.switch(reaccept_shows="rejected")
    rejected = caller.first("rejected")
    assert caller.decide("receive", rejected).status == 200
    assert caller.status_of(rejected) == "rejected"
    caller.cloud.world.advance(2.1)
    assert caller.status_of(rejected) == "accepted"


def test_accept_of_rejected_is_refused(caller: Caller) -> None:
    caller.cloud.world.switch(accept_of_rejected="refuse")
    assert "EndPoint.0002" in caller.decide("receive", caller.first("rejected")).body["error_msg"]


def test_reject_of_rejected_is_refused(caller: Caller) -> None:
    caller.cloud.world.switch(reject_of_rejected="refuse")
    assert "EndPoint.0002" in caller.decide("reject", caller.first("rejected")).body["error_msg"]


def test_delete_while_creating_is_allowed(caller: Caller, consumer: Caller) -> None:
    caller.cloud.world.switch(delete_while_creating="allow")
    own = next(row for row in caller.cloud.world.connections_of("main") if row.domain_id == consumer.account.domain_id)
    caller.cloud.world.set_text(own.id, "status", "creating")
    assert consumer.vpcep("DELETE", f"/vpc-endpoints/{own.id}").status == 204


def test_batch_action_is_partial(caller: Caller) -> None:
    caller.cloud.world.switch(batch_action="partial")
    waiting, failed = caller.first("pendingAcceptance"), caller.first("failed")
    reply = caller.decide("receive", failed, waiting)
    assert (reply.status, reply.code) == (500, "APIC.9007")
    assert caller.status_of(waiting) == "accepted"
    assert caller.effects() == [("connection.accept", waiting)]


def test_action_answer_counters_are_present(caller: Caller) -> None:
    assert set(caller.decide("reject", caller.first("rejected")).body) == {"connections"}
    caller.cloud.world.switch(action_answer_counters="present")
    body = caller.decide("reject", caller.first("rejected")).body
    assert (body["total"], body["size"]) == (1, 1)


def test_own_account_removal_is_permissive(caller: Caller) -> None:
    caller.cloud.world.switch(own_account_removal="permissive")
    caller.remove(caller.account.domain_id)
    assert f"iam:domain::{caller.account.domain_id}" not in caller.accounts()


def test_duplicate_permission_is_refused(caller: Caller) -> None:
    caller.cloud.world.switch(duplicate_permission="refuse")
    caller.add(STRANGER)
    assert (caller.add(STRANGER).status, caller.add(STRANGER).code) == (500, "APIC.9007")
    assert len(caller.effects()) == 1


def test_missing_permission_removal_is_refused(caller: Caller) -> None:
    caller.cloud.world.switch(missing_permission_removal="refuse")
    assert (caller.remove(STRANGER).status, caller.remove(STRANGER).code) == (500, "APIC.9007")


def test_removal_cuts_connections(caller: Caller) -> None:
    caller.cloud.world.switch(removal_cuts_connections=True)
    accepted = next(
        row
        for row in caller.cloud.world.connections_of("main")
        if row.status == "accepted" and row.domain_id != caller.account.domain_id
    )
    caller.remove(accepted.domain_id)
    assert caller.status_of(accepted.id) == "rejected"
    assert ("connection.reject", accepted.id) in caller.effects()


def test_permission_maximum(caller: Caller) -> None:
    caller.cloud.world.switch(permission_maximum=len(caller.accounts()))
    reply = caller.add(STRANGER)
    assert reply.code == "APIC.9007"
    assert "EndPoint.3049" in reply.body["error_msg"]


def test_frozen_gateway_acts(caller: Caller) -> None:
    caller.cloud.world.switch(frozen_gateway="allow")
    assert caller.decide("receive", caller.first("pendingAcceptance", "frozen"), role="frozen").status == 200


def test_not_offered_answer_is_forbidden(caller: Caller) -> None:
    caller.cloud.world.switch(not_offered_answer="APIC.7106")
    assert (caller.connections("not_offered").status, caller.connections("not_offered").code) == (403, "APIC.7106")
    assert caller.connections("without_service").code == "APIC.7314"


def test_update_without_service_name_empties_it(caller: Caller) -> None:
    caller.cloud.world.switch(update_without_service_name="empty")
    caller.update(description="other")
    assert ".apig." not in str(caller.service_name())


def test_empty_name_enables(caller: Caller) -> None:
    caller.cloud.world.switch(empty_name_enables=True)
    caller.update("without_service", vpcep_service_name="")
    assert str(caller.service_name("without_service")).count(".") == 1


def test_instance_name_match_is_exact(caller: Caller) -> None:
    caller.cloud.world.switch(instance_name_match="exact")
    assert caller.apig("GET", "/instances", instance_name="hub").body["total"] == 0
    assert caller.apig("GET", "/instances", instance_name="partner-hub").body["total"] == 1


def test_apig_connection_order_is_by_id(caller: Caller) -> None:
    newest_first = [row["created_at"] for row in caller.connections().body["connections"]]
    assert newest_first == sorted(newest_first, reverse=True)
    caller.cloud.world.switch(apig_connection_order="by_id")
    ids = [row["id"] for row in caller.connections().body["connections"]]
    assert ids == sorted(ids)


def test_vpcep_error_shape_is_nested(caller: Caller) -> None:
    flat = caller.vpcep("GET", "/vpc-endpoints/nonsense").body
    assert set(flat) == {"error_code", "error_msg"}
    caller.cloud.world.switch(vpcep_error_shape="E2")
    nested = caller.vpcep("GET", "/vpc-endpoints/nonsense").body
    assert nested == {"error": {"code": flat["error_code"], "message": flat["error_msg"]}}
    assert set(caller.connections("without_service").body) == {"error_code", "error_msg"}


def test_vpcep_zero_limit_is_empty(caller: Caller) -> None:
    caller.cloud.world.switch(vpcep_zero_limit="empty")
    body = caller.vpcep("GET", "/vpc-endpoint-services", limit=0).body
    assert (body["endpoint_services"], body["total_count"] > 0) == ([], True)


@pytest.mark.parametrize(
    ("value", "status"), [("EndPoint.2003", 400), ("EndPoint.3062", 400), ("EndPoint.0005", 404), ("empty", 200)]
)
def test_describe_not_found(caller: Caller, value: str, status: int) -> None:
    caller.cloud.world.switch(describe_not_found=value)
    reply = caller.vpcep("GET", "/vpc-endpoint-services/describe", id="nothing")
    assert reply.status == status
    assert reply.body == {"id": ""} if value == "empty" else reply.code == value


@pytest.mark.parametrize("value", ["EndPoint.0005", "EndPoint.2006", "EndPoint.2007", "EndPoint.2008"])
def test_missing_endpoint_code(caller: Caller, value: str) -> None:
    caller.cloud.world.switch(missing_endpoint_code=value)
    reply = caller.vpcep("GET", "/vpc-endpoints/nothing")
    assert (reply.status, reply.code) == (404, value)


def test_gateway_service_in_vpcep_is_visible(caller: Caller) -> None:
    caller.cloud.world.switch(gateway_service_in_vpcep="visible")
    service_id = caller.cloud.world.gateway_named("main").service_id
    assert caller.vpcep("GET", f"/vpc-endpoint-services/{service_id}").status == 200
    rows = caller.vpcep("GET", f"/vpc-endpoint-services/{service_id}/permissions", limit=100).body["permissions"]
    assert len(rows) == len(caller.accounts()) - 1


def test_whitelist_host_bits_are_accepted(consumer: Caller) -> None:
    consumer.cloud.world.switch(whitelist_host_bits="accept")
    vpc = consumer.cloud.describe()["consumer"]["vpcs"][0]
    body = {
        "endpoint_service_id": consumer.cloud.world.gateway_named("main").service_id,
        "vpc_id": vpc["id"],
        "subnet_id": vpc["subnets"][0]["id"],
        "enable_whitelist": True,
        "whitelist": ["10.0.0.1/24"],
    }
    assert consumer.vpcep("POST", "/vpc-endpoints", body).body["whitelist"] == ["10.0.0.1/24"]


def test_expired_token_code_is_the_services_own(caller: Caller) -> None:
    caller.cloud.world.switch(expired_token_code="service")
    caller.cloud.world.tokens.expire_all()
    codes = [caller.connections(), caller.vpcep("GET", "/vpc-endpoints"), caller.vpcep("GET", "/vpcs")]
    assert [reply.code for reply in codes] == ["APIC.7101", "EndPoint.0003", "VPC.0008"]


def test_sign_in_scope_is_required(caller: Caller) -> None:
    assert caller.sign_in(scope=None).status == 201
    caller.cloud.world.switch(sign_in_scope="required")
    assert caller.sign_in(scope=None).status == 400


def test_lock_after_wrong_passwords_is_off(caller: Caller) -> None:
    caller.cloud.world.switch(lock_after_wrong_passwords=False)
    for _ in range(7):
        assert caller.sign_in(password="wrong").status == 401
    assert caller.sign_in().status == 201


def test_lock_after_bad_signatures_is_off(caller: Caller) -> None:
    caller.cloud.world.switch(lock_after_bad_signatures=False)
    signed = {"X_Sdk_Date": "", "Authorization": "SDK-HMAC-SHA256 Access=SIMAKNORTHWIND000001, SignedHeaders=host,"}
    for _ in range(7):
        exchange(caller.cloud.base_url, "GET", "/v3/projects", **signed)
    assert not caller.cloud.world.locks.is_locked("SIMAKNORTHWIND000001")


def test_profile_is_otc(caller: Caller) -> None:
    caller.cloud.world.switch(profile="otc")
    assert caller.vpcep("GET", "/vpc-endpoints", sort_key="created_at").status == 200


def test_endpoint_quota_and_service_quota(provider: Provider, customer: Customer) -> None:
    provider.caller.cloud.world.switch(endpoint_quota=1000, service_quota=0)
    rows = provider.caller.vpcep("GET", "/quotas").body["quotas"]["resources"]
    assert [row["quota"] for row in rows] == [1000, 0]
    assert provider.create().code == "Endpoint.1018"
    provider.caller.cloud.world.switch(endpoint_quota=0)
    assert customer.create(public_service(customer.caller.cloud, "dns")).code == "Endpoint.1018"


def test_services_per_backend(provider: Provider) -> None:
    provider.caller.cloud.world.switch(services_per_backend=1)
    assert provider.create().status == 200
    other = [{"client_port": 1, "server_port": 2}]
    assert provider.create(ports=other).code == "EndPoint.3056"


def test_tag_maximum(provider: Provider) -> None:
    provider.caller.cloud.world.switch(tag_maximum=20)
    tags = [{"key": f"k{number}"} for number in range(21)]
    assert provider.create(tags=tags).code == "EndPoint.3069"
    assert provider.create(tags=tags[:20]).status == 200


def test_service_creation_fails(provider: Provider) -> None:
    provider.caller.cloud.world.switch(service_creation="fails")
    shown = provider.show(provider.created())
    assert (shown["status"], shown["error"][0]["code"]) == ("failed", "EndPoint.4011")


def test_endpoint_creation_fails(customer: Customer) -> None:
    customer.caller.cloud.world.switch(endpoint_creation="fails")
    for name in ("dns", "obs"):
        shown = customer.show(customer.created(public_service(customer.caller.cloud, name)))
        assert (shown["status"], shown["error"][0]["error_code"]) == ("failed", "EndPoint.2022")


def test_orphaned_endpoint_is_unchanged(provider: Provider, customer: Customer) -> None:
    provider.caller.cloud.world.switch(orphaned_endpoint="unchanged")
    service_id = provider.created()
    provider.admit(service_id, "*")
    endpoint_id = customer.created(service_id)
    customer.show(endpoint_id)
    provider.ask("DELETE", service_id)
    assert customer.show(endpoint_id)["status"] == "pendingAcceptance"


def test_updated_key_is_that_of_old_captures(provider: Provider, customer: Customer) -> None:
    provider.caller.cloud.world.switch(updated_key="update_at")
    service_id = provider.created()
    provider.admit(service_id, "*")
    endpoint_id = customer.created(service_id)
    for row in (provider.show(service_id), provider.connection(service_id, endpoint_id), customer.show(endpoint_id)):
        assert "update_at" in row
        assert "updated_at" not in row


def test_json_types_are_texts(provider: Provider, customer: Customer) -> None:
    world = provider.caller.cloud.world
    service_id = provider.created(approval_enabled=False)
    provider.admit(service_id, "*")
    endpoint_id = customer.created(service_id)
    assert (provider.show(service_id)["is_charge"], customer.show(endpoint_id)["active_status"]) == (True, ["active"])
    world.switch(json_types="texts")
    described = customer.caller.vpcep("GET", "/vpc-endpoint-services/describe", id=service_id).body
    assert (described["is_charge"], customer.show(endpoint_id)["active_status"]) == ("true", "active")
    assert provider.show(service_id)["ports"] == [{"client_port": "8080", "server_port": "80", "protocol": "TCP"}]


def test_delete_answer_is_200(provider: Provider, customer: Customer) -> None:
    provider.caller.cloud.world.switch(delete_answer="200")
    service_id = provider.created()
    provider.admit(service_id, "*")
    endpoint_id = customer.created(service_id)
    customer.show(endpoint_id)
    assert (customer.ask("DELETE", endpoint_id).status, provider.ask("DELETE", service_id).status) == (200, 200)


def test_clock_ahead_moves_the_date_and_the_window_of_signatures(provider: Provider) -> None:
    cloud = provider.caller.cloud
    cloud.world.switch(clock_ahead=-1200)
    reply = requests.get(cloud.base_url, timeout=10)
    behind = datetime.now(UTC) - parsedate_to_datetime(reply.headers["Date"])
    assert timedelta(minutes=19) < behind < timedelta(minutes=21)
    adapters = adapters_to(cloud.base_url, KEY)
    adapters.catalog.list_gateways()
    assert [row["status"] for row in cloud.calls()][-2:] == [401, 200]


def test_old_signature_is_answered_with_the_code_of_app_authentication(provider: Provider) -> None:
    cloud = provider.caller.cloud
    cloud.world.switch(old_signature="APIGW.0303", clock_ahead=1200)
    adapters_to(cloud.base_url, KEY).catalog.list_gateways()
    assert [row["status"] for row in cloud.calls()][-2:] == [401, 200]


def test_switches_given_at_the_start_survive_a_reset() -> None:
    with SimulatedCloud(World.seeded(switches=Switches(accept_answer="accepted"))) as cloud:
        cloud.world.switch(accept_answer="creating")
        cloud.reset()
        assert cloud.world.switches.accept_answer == "accepted"


def test_every_switch_is_tested_here() -> None:
    """Those about Alibaba Cloud have a file of their own."""
    tested = "".join(name for name in globals() if name.startswith("test_"))
    elsewhere = {field.name for field in fields(AlibabaSwitches)}
    untested = [field.name for field in fields(Switches) if field.name not in tested]
    assert set(untested) <= elsewhere
