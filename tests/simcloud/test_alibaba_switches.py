"""What nobody wrote about Alibaba Cloud, with its switch the other way round. The defaults are tested elsewhere."""

from dataclasses import fields

import pytest

from console.simcloud.alibaba.switches import AlibabaSwitches
from tests.simcloud.alibaba_caller import AlibabaCaller, code_of, contoso_of
from tests.simcloud.caller import Reply


def switch(alibaba: AlibabaCaller, **values: object) -> None:
    alibaba.cloud.world.switch(**values)


def connection(alibaba: AlibabaCaller, status: str) -> dict[str, str]:
    """The newest connection of the main service in this status, as parameters."""
    service = alibaba.seeded("main")
    rows = alibaba.link("ListVpcEndpointConnections", ServiceId=service, ConnectionStatus=status).body["Connections"]
    return {"ServiceId": service, "EndpointId": rows[0]["EndpointId"]}


def shown(alibaba: AlibabaCaller, endpoint: dict[str, str]) -> tuple[str, str]:
    (row,) = alibaba.link("ListVpcEndpointConnections", **endpoint).body["Connections"]
    return row["ConnectionStatus"], row["Zones"][0]["ZoneStatus"]


def user(alibaba: AlibabaCaller, action: str, user_id: int) -> Reply:
    return alibaba.link(action, ServiceId=alibaba.seeded("main"), UserId=user_id)


def test_alibaba_error_format_is_xml(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_error_format="xml")
    reply = alibaba.gateway("DescribeApiGroup", GroupId="0")
    assert reply.headers["content-type"] == "text/xml;charset=utf-8"
    assert b"<Code>NotFoundApiGroup</Code>" in reply.content
    assert alibaba.gateway("DescribeInstances").body["TotalCount"] == 7


def test_alibaba_signature_status_is_403(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_signature_status="403")
    assert code_of(alibaba.gateway("DescribeInstances", secret="wrong")) == (403, "SignatureDoesNotMatch")


def test_alibaba_instance_paging_is_ignored(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_instance_paging="ignored")
    body = alibaba.gateway("DescribeInstances", PageSize=1, PageNumber=2).body
    assert (len(body["Instances"]["InstanceAttribute"]), "TotalCount" in body) == (7, False)


def test_alibaba_binding_status_is_another_word(alibaba: AlibabaCaller) -> None:
    alibaba.cloud.world.delay = 5
    switch(alibaba, alibaba_binding_status="SIMULATED_BINDING")
    alibaba.bind("unbound", "vpc-orders")
    assert alibaba.instance("unbound")["Status"] == "SIMULATED_BINDING"


def test_alibaba_binding_shows_at_once(alibaba: AlibabaCaller) -> None:
    alibaba.cloud.world.delay = 5
    switch(alibaba, alibaba_binding_shows="at_once")
    alibaba.bind("bound", "vpc-hybrid")
    row = alibaba.instance("bound")
    assert (row["UserVpcId"], row["Status"]) == (alibaba.vpc("vpc-hybrid")[0], "WAIT_SWITCH")


def test_alibaba_domain_after_unbind_is_removed(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_domain_after_unbind="removed")
    alibaba.unbind("bound")
    assert "VpcDomain" not in alibaba.group("bound_enabled")
    assert sorted(effect[0] for effect in alibaba.effects()) == [
        *("vpc.unbind", "vpc_domain.disable", "vpc_domain.disable"),
    ]


def test_alibaba_busy_is_no_reason_to_refuse(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_busy="allow")
    assert alibaba.enable("busy_enabled", on=False).status == 200
    assert alibaba.enable("moving", on=False).status == 200


def test_alibaba_move_to_unbound_fails_later(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_move_to_unbound="fail_later")
    assert alibaba.move("shared_enabled", "unbound").status == 200
    row = alibaba.group("shared_enabled")
    assert (row["MigrationStatus"], row["InstanceId"]) == ("Failed", alibaba.seeded("shared"))
    assert alibaba.effects() == [("group.move", row["GroupId"], row["InstanceId"], row["InstanceId"])]


@pytest.mark.parametrize("word", ["Failed", "Fail"])
def test_alibaba_migration_fails_and_alibaba_migration_failed_is_its_word(alibaba: AlibabaCaller, word: str) -> None:
    switch(alibaba, alibaba_migration="fails", alibaba_migration_failed=word)
    alibaba.cloud.world.delay = 5
    alibaba.move("shared_enabled", "bound")
    assert "MigrationError" not in alibaba.group("shared_enabled")
    alibaba.cloud.world.advance(5)
    row = alibaba.group("shared_enabled")
    assert (row["MigrationStatus"], row["InstanceId"]) == (word, alibaba.seeded("shared"))
    assert row["MigrationError"]


def own_domain(alibaba: AlibabaCaller, role: str) -> Reply:
    parameters = {"GroupId": alibaba.seeded(role), "DomainName": "a.example", "CustomDomainType": "INTRANET"}
    return alibaba.gateway("SetDomain", **parameters)


def test_alibaba_own_domain_on_shared_is_allowed(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_own_domain_on_shared="allow")
    assert own_domain(alibaba, "shared_enabled").status == 200


def test_alibaba_domain_ownership_is_unproven(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_domain_ownership="unproven")
    assert code_of(own_domain(alibaba, "bound_enabled")) == (400, "SingleDomainOwnershipCheckFail")


def test_alibaba_link_serialisation_is_off(alibaba: AlibabaCaller) -> None:
    alibaba.cloud.world.delay = 5
    switch(alibaba, alibaba_link_serialisation="off")
    for _ in range(2):
        reply = alibaba.link("EnableVpcEndpointConnection", **connection(alibaba, "Disconnected"))
        assert reply.status == 200


def test_alibaba_reject_of_disconnected_does_nothing(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_reject_of_disconnected="noop")
    assert alibaba.link("DisableVpcEndpointConnection", **connection(alibaba, "Disconnected")).status == 200
    assert alibaba.effects() == []


def test_alibaba_accept_of_connected_does_nothing(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_accept_of_connected="noop")
    assert alibaba.link("EnableVpcEndpointConnection", **connection(alibaba, "Connected")).status == 200
    assert alibaba.effects() == []


def test_alibaba_zone_after_reject_is_wait(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_zone_after_reject="Wait")
    accepted = connection(alibaba, "Connected")
    alibaba.link("DisableVpcEndpointConnection", **accepted)
    assert shown(alibaba, accepted) == ("Disconnected", "Wait")


def test_alibaba_user_removal_cuts_connections(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_user_removal_cuts=True)
    contoso = contoso_of(alibaba.cloud).account.id
    query = {"ServiceId": alibaba.seeded("main"), "EndpointOwnerId": contoso}
    user(alibaba, "RemoveUserFromVpcEndpointService", contoso)
    rows = alibaba.link("ListVpcEndpointConnections", **query).body["Connections"]
    assert {row["ConnectionStatus"] for row in rows} == {"Disconnected"}
    assert {effect[0] for effect in alibaba.effects()} == {"permission.remove", "connection.reject"}


def test_alibaba_duplicate_user_and_alibaba_missing_user_are_refused(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_duplicate_user="refuse", alibaba_missing_user="refuse")
    there = user(alibaba, "AddUserToVpcEndpointService", alibaba.account.id)
    assert code_of(there) == (400, "Simulated.UserExists")
    missing = user(alibaba, "RemoveUserFromVpcEndpointService", 1122334455667788)
    assert code_of(missing) == (400, "Simulated.UserNotFound")


def test_alibaba_user_total_counts_users(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_user_total="users")
    body = alibaba.link("ListVpcEndpointServiceUsers", ServiceId=alibaba.seeded("main")).body
    assert body["TotalCount"] == "6"


def test_alibaba_most_results_may_be_a_thousand(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_most_results=1000)
    body = alibaba.link("ListVpcEndpointConnections", MaxResults=1000).body
    assert (len(body["Connections"]), body["NextToken"]) == (62, "")


def test_alibaba_last_page_has_no_token(alibaba: AlibabaCaller) -> None:
    switch(alibaba, alibaba_last_page="no_token")
    first = alibaba.link("ListVpcEndpointConnections").body
    assert "NextToken" not in alibaba.link("ListVpcEndpointConnections", NextToken=first["NextToken"]).body


def test_every_switch_is_tested_here() -> None:
    tested = "".join(name for name in globals() if name.startswith("test_"))
    assert [field.name for field in fields(AlibabaSwitches) if field.name not in tested] == []
