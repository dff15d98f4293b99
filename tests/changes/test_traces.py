"""The export as traces tells of a Change what was sent and answered, in the words of the cloud that it went to."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.audit import cts
from console.changes.kinds.registry import KINDS
from console.changes.models import Change
from console.changes.traces import NAMES
from console.simcloud.identity import CONSUMER
from tests.audit.bulk import load
from tests.changes import test_vpcep_faults as vpcep
from tests.changes.acts import ACCEPT, ADD, REJECT, REMOVE, RENAME, Act, confirm_page
from tests.changes.forging import forge_the_body
from tests.changes.test_faults import CERTAIN_NO, WRITE_FAULTS, on_the_write
from tests.clouds.alibaba_party import endpoint_in, service_of
from tests.endpoint_services.estate import Estate
from tests.pages import Browser
from tests.stage import Stage
from tests.vpc_access.conftest import AlibabaStage
from tests.vpc_access.conftest import alibaba_stage as alibaba_stage

pytestmark = pytest.mark.django_db(transaction=True)

Trace = dict[str, Any]


def exported(stage: Stage, **filters: str) -> list[Trace]:
    """The traces of an auditor's download, with their messages read."""
    answer = stage.browser("auditor").client.get("/audit/export-cts.jsonl", filters)
    traces = [json.loads(line) for line in b"".join(answer).decode().splitlines()]
    return [trace | {"message": json.loads(trace["message"])} for trace in traces]


def named(trace: Trace) -> tuple[str, ...]:
    return tuple(trace[field] for field in ("service_type", "resource_type", "trace_name", "api_version", "code"))


def do(stage: Stage, act: Act) -> None:
    browser = stage.browser(act.role)
    browser.submit(confirm_page(browser, stage, act), act.button)


def press(browser: Browser, address: str, button: str, **typed: str) -> None:
    page = browser.open(address)
    assert page.has_button(button), page.text
    browser.submit(page, button, **typed)


def test_an_act_is_told_as_it_went_over_the_wire(stage: Stage) -> None:
    do(stage, ACCEPT)
    change = Change.objects.get()

    intended, succeeded = exported(stage, action="connection.accept")

    operation = ("APIG", "vpc-endpoint", "AcceptOrRejectEndpointConnections")
    assert named(succeeded) == (*operation, "v2", "200")
    assert json.loads(succeeded["request"]) == {"action": "receive", "endpoints": [change.target]}
    assert json.loads(succeeded["response"])["connections"][0]["id"] == change.target
    message = succeeded["message"]
    assert message["request_id"] == change.cloud_request_id
    assert message["call"].startswith(f"POST {stage.cloud.base_url}/v2/")
    assert (message["before"]["status"], message["after"]["status"]) == ("pendingAcceptance", "accepted")
    # When the intent was written, nothing had been sent.
    assert named(intended) == (*operation, "", "")
    assert (intended["request"], intended["response"]) == ("", "")


def test_every_act_at_a_gateway_has_the_clouds_own_name(stage: Stage) -> None:
    for act in (REJECT, ADD, REMOVE, RENAME):
        do(stage, act)
    assert [named(trace) for trace in exported(stage, state="succeeded") if trace["request"]] == [
        ("APIG", "vpc-endpoint", "AcceptOrRejectEndpointConnections", "v2", "200"),
        ("APIG", "vpc-endpoint", "AddEndpointPermissions", "v2", "200"),
        ("APIG", "vpc-endpoint", "DeleteEndpointPermissions", "v2", "200"),
        ("APIG", "Instance", "UpdateInstance", "v2", "200"),
    ]


def test_acts_at_services_and_endpoints_have_the_names_of_that_service(stage: Stage) -> None:
    estate, admin = Estate(stage), stage.browser("admin")
    waiting = estate.customer.created(estate.service("shop").id)
    press(admin, estate.url("shop", f"connections/accept/?id={waiting}"), "Accept")
    press(admin, estate.url("billing", f"permissions/remove/?id={CONSUMER.domain_id}"), "Remove")
    for name in ("service.update", "tags.update", "service.create", "endpoint.access_control", "endpoint.delete"):
        (act,) = (act for act in vpcep.ACTS if act.name == name)
        vpcep.send(*vpcep.confirmation(estate, act), act)
    assert [named(trace) for trace in exported(stage, state="succeeded") if "call" in trace["message"]] == [
        ("VPCEP", "EndpointService", "serviceConnectionsAction", "v1", "200"),
        ("VPCEP", "EndpointService", "servicePermissionAction", "v1", "200"),
        ("VPCEP", "EndpointService", "modifyEndpointService", "v1", "200"),
        ("VPCEP", "vpcEndpointOrService", "batchModifyTag", "v1", "204"),
        ("VPCEP", "EndpointService", "createEndpointService", "v1", "200"),
        ("VPCEP", "vpcEndpoint", "modifyEndpoint", "v1", "200"),
        ("VPCEP", "vpcEndpoint", "deleteEndpoint", "v1", "204"),
    ]


def test_acts_at_the_other_vendor_have_the_names_of_its_calls(alibaba_stage: AlibabaStage) -> None:
    stage, admin = alibaba_stage, alibaba_stage.browser("admin")
    service, waiting = service_of(stage.cloud), endpoint_in(stage.cloud, "Disconnected")
    press(admin, f"{stage.instance_url('bound')}unbind/", "Unbind", word="unbind")
    press(admin, f"/alibaba/endpoint-services/{service}/connections/accept/?id={waiting}", "Accept")

    unbound, accepted = (trace for trace in exported(stage, state="succeeded") if trace["request"])

    assert named(unbound) == ("CloudAPI", "Instance", "ModifyInstanceVpcAttributeForConsole", "2016-07-14", "200")
    assert json.loads(unbound["request"])["InstanceId"] == stage.instance_id("bound")
    assert named(accepted) == ("PrivateLink", "EndpointService", "EnableVpcEndpointConnection", "2020-04-15", "200")
    assert json.loads(accepted["request"])["EndpointId"] == waiting
    assert json.loads(accepted["response"])["RequestId"] == accepted["message"]["request_id"]


def test_ends_that_are_no_success_are_told_with_what_came_back(stage: Stage) -> None:
    stage.cloud.faults(on_the_write(ACCEPT, CERTAIN_NO["409"]))
    do(stage, ACCEPT)
    stage.cloud.faults(on_the_write(REJECT, WRITE_FAULTS["cut after the effect"], times=1))
    do(stage, REJECT)

    (failed,), (unknown,) = exported(stage, state="failed"), exported(stage, state="unknown")

    assert (failed["code"], failed["trace_rating"]) == ("409", "warning")
    assert json.loads(failed["response"])["error_code"] == failed["message"]["error_code"] == "APIC.7701"
    assert (unknown["code"], unknown["response"], unknown["trace_rating"]) == ("", "", "incident")
    assert json.loads(unknown["request"])["action"] == "reject"


def test_a_wire_that_the_log_does_not_vouch_for_is_not_told(stage: Stage) -> None:
    do(stage, ACCEPT)
    forge_the_body(Change.objects.get())

    (trace,) = exported(stage, state="succeeded", action="connection.accept")

    assert (trace["request"], trace["response"], trace["code"]) == ("", "", "")
    assert "does not fit the digest" in trace["message"]["remark"]


def test_a_long_export_asks_about_many_rows_at_once(stage: Stage) -> None:
    load(2 * cts._PORTION)
    with CaptureQueriesContext(connection) as queries:
        rows = len(exported(stage))
    assert rows > 2 * cts._PORTION  # what is more is a sign-in and the export itself, which are no Changes
    assert len([query for query in queries if 'FROM "changes_' in query["sql"]]) == 2


def test_every_kind_has_a_name() -> None:
    assert {action.value for names in NAMES.values() for action in names} == set(KINDS)
