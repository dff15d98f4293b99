"""IAM: signing in, tokens, their end, and projects."""

from typing import Any

import pytest

from console.simcloud.identity import CONSUMER, DEMO
from tests.simcloud.caller import Caller, Reply, exchange

DAY = 24 * 3600


def test_a_token_says_who_and_where(caller: Caller) -> None:
    reply = caller.sign_in()
    token = reply.body["token"]
    assert reply.status == 201
    assert len(reply.headers["x-subject-token"]) > 1000
    assert token["project"]["id"] == DEMO.project_id
    assert token["user"]["domain"] == {"id": DEMO.domain_id, "name": "northwind"}
    assert token["catalog"] == []
    assert token["issued_at"].endswith("Z")
    assert token["expires_at"] > token["issued_at"]


def test_a_project_can_be_named(caller: Caller) -> None:
    assert caller.sign_in(scope={"project": {"name": "eu-west-101"}}).body["token"]["project"]["id"] == DEMO.project_id


@pytest.mark.parametrize("change", [{"password": "wrong"}, {"name": "nobody"}, {"domain": "contoso"}])
def test_a_wrong_sign_in_does_not_say_what_was_wrong(caller: Caller, change: dict[str, str]) -> None:
    reply = caller.sign_in(**change)
    assert reply.status == 401
    assert reply.body["error"] == {
        "code": 401,
        "message": "The username or password is wrong.",
        "title": "Unauthorized",
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        [],
        {},
        {"auth": []},
        {"auth": {"identity": {"methods": ["totp"]}}},
        {"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "x", "password": 7}}}}},
    ],
)
def test_a_malformed_sign_in_is_a_bad_request(caller: Caller, body: Any) -> None:
    reply = exchange(caller.cloud.base_url, "POST", "/v3/auth/tokens", body)
    assert (reply.status, reply.body["error"]["code"]) == (400, 400)


def test_a_foreign_project_is_refused(caller: Caller) -> None:
    assert caller.sign_in(scope={"project": {"id": CONSUMER.project_id}}).status == 401


def test_six_wrong_passwords_lock_the_user_for_fifteen_minutes(caller: Caller) -> None:
    for _ in range(6):
        caller.sign_in(password="wrong")
    locked = caller.sign_in()
    assert (locked.status, locked.code) == (401, "IAM.0061")
    caller.cloud.world.advance(15 * 60)
    assert caller.sign_in().status == 201


def test_a_good_password_ends_the_row_of_failures(caller: Caller) -> None:
    for _ in range(4):
        for _ in range(5):
            caller.sign_in(password="wrong")
        assert caller.sign_in().status == 201


def test_a_token_lives_for_a_day(caller: Caller) -> None:
    caller.cloud.world.advance(DAY - 60)
    assert caller.connections().status == 200
    caller.cloud.world.advance(61)
    for reply in (caller.connections(), caller.vpcep("GET", "/vpc-endpoints"), caller.vpcep("GET", "/vpcs")):
        assert (reply.status, reply.code) == (401, "APIGW.0307")


def test_a_new_token_leaves_the_old_one_alive(caller: Caller) -> None:
    caller.sign_in()
    assert caller.connections().status == 200


def test_expired_tokens_die_early_and_later_ones_live(caller: Caller) -> None:
    caller.cloud.world.tokens.expire_all()
    assert caller.connections().code == "APIGW.0307"
    caller.token = caller.sign_in().headers["x-subject-token"]
    assert caller.connections().status == 200


def test_a_call_without_authentication_is_told_so(caller: Caller) -> None:
    reply = exchange(caller.cloud.base_url, "GET", f"/v2/{DEMO.project_id}/apigw/instances")
    assert (reply.status, reply.code) == (401, "APIGW.0301")
    assert "x-auth-token not found" in reply.body["error_msg"]
    assert reply.body["request_id"] == reply.headers["x-request-id"]


def test_an_invented_token_is_refused(caller: Caller) -> None:
    caller.token = "MII-invented"
    assert caller.connections().code == "APIGW.0301"


def test_a_global_token_has_no_project(caller: Caller) -> None:
    for scope in (None, {"domain": {"name": "northwind"}}):
        reply = caller.sign_in(scope=scope)
        assert "project" not in reply.body["token"]
        caller.token = reply.headers["x-subject-token"]
        assert (caller.connections().status, caller.connections().code) == (401, "APIC.7103")
        assert caller.ask("GET", "/v3/auth/projects").status == 200


def test_a_project_wins_over_a_domain(caller: Caller) -> None:
    scope = {"domain": {"name": "northwind"}, "project": {"name": "eu-west-101"}}
    assert caller.sign_in(scope=scope).body["token"]["project"]["id"] == DEMO.project_id


def _of_another_project(caller: Caller, path: str) -> Reply:
    return caller.ask("GET", path.format(CONSUMER.project_id))


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v2/{}/apigw/instances", 403, "APIC.7130"),
        ("/v1/{}/vpc-endpoints", 400, "EndPoint.0014"),
        ("/v1/{}/vpcs", 400, "VPC.0007"),
    ],
)
def test_a_token_of_another_project_is_refused(caller: Caller, path: str, status: int, code: str) -> None:
    reply = _of_another_project(caller, path)
    assert (reply.status, reply.code) == (status, code)


def test_projects_are_listed_with_the_odd_ones(caller: Caller) -> None:
    rows = caller.ask("GET", "/v3/auth/projects").body["projects"]
    assert [row["name"] for row in rows] == ["eu-west-101", "eu-west-101_staging", "MOS"]
    assert rows[1]["parent_id"] == rows[0]["id"]


def test_projects_are_filtered_and_paged(caller: Caller) -> None:
    def names(**query: object) -> list[str]:
        return [row["name"] for row in caller.ask("GET", "/v3/projects", **query).body["projects"]]

    assert names(name="eu-west-101") == ["eu-west-101"]
    assert names(domain_id=CONSUMER.domain_id) == []
    assert names(page=2, per_page=2) == ["MOS"]
    assert caller.ask("GET", "/v3/projects", page=1).status == 400
    assert caller.ask("GET", "/v3/projects", page=0, per_page=5).status == 400
    assert caller.ask("GET", "/v3/projects", page=1, per_page=5001).status == 400


def test_a_token_with_catalog_names_the_services(caller: Caller) -> None:
    user = {"name": DEMO.user_name, "password": DEMO.password, "domain": {"name": DEMO.domain_name}}
    auth = {
        "identity": {"methods": ["password"], "password": {"user": user}},
        "scope": {"project": {"id": DEMO.project_id}},
    }
    reply = exchange(caller.cloud.base_url, "POST", "/v3/auth/tokens", {"auth": auth})
    assert {row["type"] for row in reply.body["token"]["catalog"]} == {"apig", "vpcep", "vpc"}
