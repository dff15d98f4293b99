"""Tags of services and endpoints: their bounds, changing them, finding by them."""

from typing import Any

import pytest

from tests.simcloud.caller import Caller, Reply
from tests.simcloud.parties import NOTHING, Customer, Provider

HUAWEI_ONLY = ["a b", "größe", "a.b", "a:b", "a+b", "日本"]
#: Not allowed anywhere; the last two are edge spaces and a reserved beginning.
NOWHERE = ["a=b", "a*b", "a<b", "a>b", "a\\b", "a,b", "a|b", "a/b", " a", "a ", "_sys_a"]


def change(caller: Caller, kind: str, resource_id: str, action: str, *tags: dict[str, Any]) -> Reply:
    body = {"action": action, "tags": list(tags)}
    return caller.vpcep("POST", f"/{kind}/{resource_id}/tags/action", body)


@pytest.fixture(params=["endpoint", "endpoint_service"])
def resource(request: pytest.FixtureRequest, caller: Caller, provider: Provider) -> tuple[str, str]:
    """A resource of either kind, without tags."""
    service_id = provider.created()
    if request.param == "endpoint_service":
        return "endpoint_service", service_id
    return "endpoint", Customer(caller, "vpc-clients").created(service_id)


def tags_of(caller: Caller, resource: tuple[str, str]) -> Any:
    kind, resource_id = resource
    path = "/vpc-endpoints" if kind == "endpoint" else "/vpc-endpoint-services"
    return caller.vpcep("GET", f"{path}/{resource_id}").body["tags"]


def test_tags_are_added_replaced_and_removed(caller: Caller, resource: tuple[str, str]) -> None:
    reply = change(caller, *resource, "create", {"key": "env", "value": "test"}, {"key": "team"})
    assert (reply.status, reply.content) == (204, b"")
    assert tags_of(caller, resource) == [{"key": "env", "value": "test"}, {"key": "team", "value": ""}]
    change(caller, *resource, "create", {"key": "env", "value": "prod"})
    assert tags_of(caller, resource) == [{"key": "env", "value": "prod"}, {"key": "team", "value": ""}]
    change(caller, *resource, "delete", {"key": "env", "value": "other"})
    assert len(tags_of(caller, resource)) == 2
    change(caller, *resource, "delete", {"key": "env", "value": "prod"}, {"key": "team"})
    assert tags_of(caller, resource) == []
    rows = [row for row in caller.cloud.ledger() if row["action"] == "tags.update"]
    assert [(row["object"], row["before"], row["after"]) for row in rows] == [
        (resource[1], "", "env=test, team="),
        (resource[1], "env=test, team=", "env=prod, team="),
        (resource[1], "env=prod, team=", ""),
    ]


def test_keys_are_told_apart_by_case(caller: Caller, resource: tuple[str, str]) -> None:
    assert change(caller, *resource, "create", {"key": "env"}, {"key": "Env"}).status == 204
    assert len(tags_of(caller, resource)) == 2


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ({"key": "k" * 36, "value": "v" * 43}, ""),
        ({"key": "k", "value": ""}, ""),
        ({"key": "k" * 37, "value": ""}, "EndPoint.3072"),
        ({"key": "k", "value": "v" * 44}, "EndPoint.3073"),
        ({"key": "", "value": "v"}, "EndPoint.3066"),
        ({"value": "v"}, "EndPoint.3066"),
        ({"key": 7}, "EndPoint.3068"),
        ({"key": "k", "value": 7}, "EndPoint.3068"),
    ],
)
@pytest.mark.parametrize("profile", ["huawei", "otc"])
def test_tags_have_bounds(
    caller: Caller, resource: tuple[str, str], profile: str, tag: dict[str, Any], code: str
) -> None:
    caller.cloud.world.switch(profile=profile)
    reply = change(caller, *resource, "create", tag)
    assert (reply.status, code) == (204, "") or (reply.status, reply.code) == (400, code)


@pytest.mark.parametrize("text", [*HUAWEI_ONLY, *NOWHERE, "a-b_C9", "a@b"])
def test_characters_depend_on_the_profile(provider: Provider, text: str) -> None:
    caller = provider.caller
    service_id = provider.created()
    for profile in ("huawei", "otc"):
        caller.cloud.world.switch(profile=profile)
        allowed = text not in NOWHERE and (profile == "huawei" or text not in HUAWEI_ONLY)
        reply = change(caller, "endpoint_service", service_id, "create", {"key": text})
        assert (reply.status, allowed) == (204, True) or (reply.code, allowed) == ("EndPoint.3068", False)


def test_ten_tags_are_the_most_also_in_two_steps(caller: Caller, resource: tuple[str, str]) -> None:
    rows = [{"key": f"k{number}"} for number in range(11)]
    assert change(caller, *resource, "create", *rows).code == "EndPoint.3069"
    assert change(caller, *resource, "create", *rows[:10]).status == 204
    assert change(caller, *resource, "create", rows[10]).code == "EndPoint.3069"
    assert change(caller, *resource, "create", rows[3]).status == 204


def test_a_key_comes_once(caller: Caller, resource: tuple[str, str]) -> None:
    reply = change(caller, *resource, "create", {"key": "a", "value": "1"}, {"key": "a", "value": "2"})
    assert reply.code == "EndPoint.3067"


def test_a_bad_request_about_tags_has_its_code(caller: Caller, resource: tuple[str, str]) -> None:
    assert change(caller, *resource, "add", {"key": "a"}).code == "EndPoint.0007"
    assert change(caller, *resource, "create").code == "EndPoint.3066"
    assert change(caller, resource[0], NOTHING, "create", {"key": "a"}).code == "EndPoint.0005"
    assert caller.vpcep("POST", f"/vpc-endpoint/{NOTHING}/tags/action", {}).code == "APIGW.0101"


def test_what_is_being_deleted_keeps_its_tags(caller: Caller, resource: tuple[str, str]) -> None:
    caller.cloud.world.set_text(resource[1], "status", "deleting")
    code = "EndPoint.2018" if resource[0] == "endpoint" else "EndPoint.3045"
    assert change(caller, *resource, "create", {"key": "a"}).code == code


def test_another_accounts_resource_is_not_tagged(consumer: Caller, resource: tuple[str, str]) -> None:
    assert change(consumer, *resource, "create", {"key": "a"}).status == 404


def test_tags_in_use_are_listed_with_their_values(caller: Caller, resource: tuple[str, str]) -> None:
    change(caller, *resource, "create", {"key": "zone", "value": "b"})
    listed = {row["key"]: row["values"] for row in caller.vpcep("GET", f"/{resource[0]}/tags").body["tags"]}
    assert listed["zone"] == ["b"]
    assert set(listed["env"]) == {"prod", "test"}


class Finder:
    """Finds the demo account's services by tags."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def ask(self, **body: object) -> Reply:
        return self.caller.vpcep("POST", "/endpoint_service/resource_instances/action", {"action": "filter", **body})

    def names(self, **body: object) -> list[str]:
        resources = self.ask(limit=100, **body).body["resources"]
        return sorted(row["resource_name"].split(".")[1] for row in resources)


@pytest.fixture
def finder(caller: Caller) -> Finder:
    return Finder(caller)


def test_services_are_found_by_tags(finder: Finder) -> None:
    production, testing = {"key": "env", "values": ["prod"]}, {"key": "env", "values": ["test"]}
    team = {"key": "team", "values": []}
    assert finder.names(tags=[production]) == ["billing", "search"]
    assert finder.names(tags=[production, team]) == ["billing"]
    assert finder.names(tags=[{"key": "env", "values": ["prod", "test"]}]) == ["billing", "search", "shop"]
    assert finder.names(tags_any=[testing, team]) == ["billing", "shop"]
    assert "billing" not in finder.names(not_tags=[production, team])
    assert "search" in finder.names(not_tags=[production, team])
    assert {"billing", "search"}.isdisjoint(finder.names(not_tags_any=[production, team]))
    assert set(finder.names(without_any_tag=True)).isdisjoint({"billing", "search", "shop"})
    assert finder.names(matches=[{"key": "resource_name", "value": ".shop."}]) == ["shop"]


def test_found_services_are_counted_and_paged(finder: Finder) -> None:
    total = finder.ask(action="count").body
    assert set(total) == {"total_count"}
    page = finder.ask(limit="2", offset="1").body
    assert (len(page["resources"]), page["total_count"]) == (2, total["total_count"])
    assert set(page["resources"][0]) == {"resource_id", "resource_name", "tags"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"action": "find"}, "EndPoint.0007"),
        ({"tags": "env"}, "EndPoint.3068"),
        ({"tags": [{"key": "a", "values": "b"}]}, "EndPoint.3068"),
        ({"tags": [{"values": []}]}, "EndPoint.3066"),
        ({"tags": [{"key": "a"}, {"key": "a"}]}, "EndPoint.3067"),
        ({"tags": [{"key": f"k{number}"} for number in range(11)]}, "EndPoint.3069"),
        ({"tags": [{"key": "a", "values": [str(number) for number in range(11)]}]}, "EndPoint.3069"),
        ({"tags": [{"key": "a", "values": ["b", "b"]}]}, "EndPoint.3071"),
        ({"limit": 0}, "EndPoint.0006"),
        ({"offset": -1}, "EndPoint.0010"),
        ({"matches": [{"key": "color", "value": "x"}]}, "EndPoint.0002"),
        ({"matches": "x"}, "EndPoint.0002"),
    ],
)
def test_a_bad_tag_query_has_its_code(finder: Finder, body: dict[str, object], code: str) -> None:
    reply = finder.ask(**body)
    assert (reply.status, reply.code) == (400, code)


def test_endpoints_are_found_by_tags_under_their_services_name(caller: Caller) -> None:
    body = {"action": "filter", "tags": [{"key": "team", "values": ["checkout"]}]}
    (found,) = caller.vpcep("POST", "/endpoint/resource_instances/action", body).body["resources"]
    assert ".payments." in found["resource_name"]
