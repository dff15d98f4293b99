"""Create VPC Endpoint Service: the form, its specification page, and what the cloud receives (source 001, P-17)."""

import json
from typing import Any, NoReturn

import pytest
from django.test import override_settings

from console.audit.models import Entry
from console.changes.kinds.kind import Place
from console.changes.kinds.publishing import CreateService
from console.changes.models import Change
from console.changes.transcripts import transcript_of
from console.clouds.errors import CloudUnavailable
from tests.endpoint_services.estate import BACKEND, CALLS, LIST, NEW, VPC, Estate, confirm_url, created, form_url
from tests.simcloud.test_sim_printed_requests import SERVICE_OF_001

pytestmark = pytest.mark.django_db


def sent_body() -> Any:
    """What went over the wire to create the service."""
    (attempt,) = transcript_of(Change.objects.get())["attempts"]  # type: ignore[index]
    assert attempt["call"]["url"].endswith(CALLS)
    return json.loads(attempt["call"]["body"])


def test_the_request_of_source_001_comes_out_field_by_field(stage: Any) -> None:
    page = created(stage.browser("admin"), approval="")

    body = sent_body()
    tags = body.pop("tags")
    assert {name: body[name] for name in json.loads(SERVICE_OF_001)} == json.loads(SERVICE_OF_001)
    assert body.keys() - json.loads(SERVICE_OF_001).keys() <= {"service_name", "description"}
    assert tags == [{"key": "console-change", "value": NEW}]
    assert page.url.startswith(LIST)
    assert "created" in page.messages


def test_approval_is_on_unless_it_is_taken_away(stage: Any) -> None:
    form = stage.browser("admin").open(f"{LIST}create/").form("Next")
    assert form.fields["approval"] == ["on"]

    created(stage.browser("admin"))

    assert sent_body()["approval_enabled"] is True


def test_everything_that_was_typed_reaches_the_cloud(stage: Any) -> None:
    words = {"name": "orders_v2", "description": "Orders, second edition", "tags": "env=prod\nteam="}
    created(stage.browser("admin"), **words)

    service = Estate(stage).service("orders_v2")
    assert service.description == "Orders, second edition"
    assert [(tag.key, tag.value) for tag in service.tags] == [("env", "prod"), ("team", ""), ("console-change", NEW)]
    assert [(one.client_port, one.server_port) for one in service.ports] == [(8080, 80), (8081, 80)]


def test_a_person_fills_the_form_without_scripts(stage: Any) -> None:
    browser = stage.browser("admin")
    page = browser.click(browser.open(LIST), "Create VPC Endpoint Service")
    assert "198.19.128.0/17" in page.text

    page = browser.submit(page, "Show the backends of this VPC", vpc=VPC, name="shop-2", choose_vpc="1")
    assert "shop-20 · 10.60.0.20 · VM" in page.text
    page = browser.submit(page, "Add port mapping", ports_server="80", ports_client="8080", add_ports="1")
    assert page.form("Next").fields["ports_client"] == ["8080", ""]
    assert page.form("Next").fields["name"] == ["shop-2"]
    page = browser.submit(
        page, "Add port mapping", ports_server=["80", "80"], ports_client=["8080", "8081"], add_ports="1"
    )
    page = browser.submit(page, "Remove", remove_ports="3")
    assert page.form("Next").fields["ports_client"] == ["8080", "8081"]

    page = browser.submit(page, "Next", backend=BACKEND)
    assert page.heading == "Create VPC Endpoint Service"
    assert "vpc-shop" in page.text
    assert "TCP 80 → 8080, TCP 80 → 8081" in page.text

    back = browser.click(page, "Previous")
    assert back.form("Next").fields["backend"] == [BACKEND]
    assert back.form("Next").fields["ports_client"] == ["8080", "8081"]
    page = browser.submit(browser.submit(back, "Next"), "Create")
    assert "shop-2" in page.heading
    assert stage.cloud.ledger()[-1]["action"] == "service.create"


def test_it_is_creating_and_then_available(stage: Any) -> None:
    stage.cloud.world.delay = 60.0
    browser = stage.browser("admin")
    page = created(browser, name="slow")
    assert "Creating" in page.text
    assert page.soup.find(id="summary").has_attr("data-poll")
    assert browser.open(LIST).soup.find(id="services").has_attr("data-poll")

    stage.cloud.world.advance(60.0)

    page = browser.open(page.url)
    assert "Available" in page.text
    assert not page.soup.find(id="summary").has_attr("data-poll")


def test_fifty_rows_are_the_most(stage: Any) -> None:
    ports = [str(number) for number in range(1, 51)]
    page = stage.browser("admin").open(form_url(ports_client=ports, ports_server=ports, add_ports="1"))
    assert len(page.form("Next").fields["ports_client"]) == 50
    assert "No more can be added" in page.text


@pytest.mark.parametrize(
    ("field", "words", "complaint"),
    [
        ("name", "with space", "Only letters, digits"),
        ("name", "a" * 17, "At most 16 characters"),
        ("vpc", "nonsense", "no such ID"),
        ("vpc", "00000000-0000-4000-8000-000000000000", "no such VPC"),
        ("backend", "00000000-0000-4000-8000-000000000000", "no such backend"),
        ("server_type", "VIP", "Select a valid choice"),
        ("ports_client", ["0", "8081"], "Row 1: Terminal port: A whole number from 1 to 65535"),
        ("ports_server", ["80", "65536"], "Row 2: Service port: A whole number from 1 to 65535"),
        ("ports_client", ["8080", "8080"], "Terminal port 8080 is there twice"),
        ("ports_client", ["", ""], "Service port"),
        ("description", "<b>", "No < and no >"),
        ("description", "a" * 129, "At most 128 characters; these are 129"),
        ("tags", "=value", "A tag needs a key"),
        ("tags", f"{'k' * 37}=v", "A key has at most 36"),
        ("tags", f"k={'v' * 44}", "A value has at most 43"),
        ("tags", "a b=c", "Only letters, digits"),
        ("tags", "_sys_x=y", "the cloud's own"),
        ("tags", "a=1\na=2", "The key a is there twice"),
        ("tags", "console-change=x", "the console's own"),
        ("tags", "\n".join(f"k{number}=v" for number in range(10)), "At most 9 tags"),
    ],
)
def test_a_mistake_is_told_beside_its_field_before_any_call(stage: Any, field: str, words: Any, complaint: str) -> None:
    page = stage.browser("admin").open(confirm_url(**{field: words}))

    assert page.status == 422
    wrong = [tag.get_text(" ") for tag in page.soup.select(".field-wrong")]
    assert len(wrong) == 1, page.text
    assert complaint in wrong[0]
    assert page.soup.find(id="error-summary")
    assert Estate(stage).sent("POST", CALLS) == []


def test_a_vpc_in_the_block_that_the_cloud_keeps_is_refused(stage: Any) -> None:
    reserved = next(vpc for vpc in stage.cloud.describe()["vpcs"] if vpc["name"] == "vpc-reserved")
    page = stage.browser("admin").open(confirm_url(vpc=reserved["id"], backend=reserved["ports"][0]["id"]))
    assert page.status == 422
    assert "overlap 198.19.128.0/17" in page.text


def test_without_our_own_tag_there_are_ten(stage: Any) -> None:
    ten = "\n".join(f"k{number}=v" for number in range(10))
    with override_settings(TAG_CHANGES=False):
        created(stage.browser("admin"), tags=ten, name="ten")
    assert len(Estate(stage).service("ten").tags) == 10


def test_the_same_form_twice_creates_one(stage: Any) -> None:
    browser = stage.browser("admin")
    first, second = browser.open(confirm_url(name="once")), browser.open(confirm_url(name="once"))

    made = browser.submit(first, "Create")
    again = browser.submit(first, "Create")
    from_another_page = browser.submit(second, "Create")

    assert again.url == from_another_page.url == made.url
    assert "had been sent before" in from_another_page.messages
    assert len(Estate(stage).done("service.create")) == 1
    page = browser.open(confirm_url(name="once"))
    assert "already" in page.text
    assert not page.has_button("Create")


def test_a_lost_answer_is_settled_by_the_tag_and_nothing_is_created_twice(stage: Any) -> None:
    browser = stage.browser("admin")
    page = browser.open(confirm_url(name="lost"))
    stage.cloud.faults({"match": {"method": "POST", "path": f"{CALLS}$"}, "fault": "reset_after", "times": 1})

    answer = browser.submit(page, "Create")
    assert answer.url.startswith(LIST)
    assert "unknown" in answer.messages
    settled = browser.submit(answer, "Check again")

    assert "created" in settled.messages
    rows = Entry.objects.filter(action="service.create").order_by("seq")
    assert [row.state for row in rows] == ["intended", "unknown", "succeeded"]
    assert len(Estate(stage).done("service.create")) == 1
    assert Change.objects.get().after["id"] == Estate(stage).service("lost").id


def test_without_the_tag_a_lost_answer_cannot_be_settled(stage: Any) -> None:
    browser = stage.browser("admin")
    with override_settings(TAG_CHANGES=False, SETTLE_SECONDS=0):
        page = browser.open(confirm_url(name="lost"))
        stage.cloud.faults({"match": {"method": "POST", "path": f"{CALLS}$"}, "fault": "reset_after", "times": 1})
        browser.submit(browser.submit(page, "Create"), "Check again")
    assert Change.objects.get().stage == "unknowable"


def test_a_service_that_cannot_be_read_back_is_still_found(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_kind: CreateService, _place: Place) -> NoReturn:
        raise CloudUnavailable("away")

    monkeypatch.setattr(CreateService, "listed", away)
    browser = stage.browser("admin")
    page = browser.open(confirm_url(name="shy"))
    broken = {"match": {"method": "GET", "path": f"{CALLS}/[0-9a-f-]+$"}, "fault": "status", "status": 403, "times": 9}
    stage.cloud.faults(broken)
    browser.submit(page, "Create")
    stage.cloud.faults()
    assert Change.objects.get().after == {"exists": True, "id": Estate(stage).service("shy").id}


def test_a_quota_that_is_reached_is_named_with_its_numbers(stage: Any) -> None:
    stage.cloud.world.switch(service_quota=6)
    browser = stage.browser("admin")
    assert "The quota of VPC endpoint services is used up: 6 of 6" in browser.open(f"{LIST}create/").text
    page = browser.open(confirm_url())
    assert "used up: 6 of 6" in page.text
    assert not page.has_button("Create")


def test_a_quota_that_cannot_be_read_stops_nobody(stage: Any) -> None:
    stage.cloud.faults({"match": {"path": "/quotas"}, "fault": "status", "status": 403, "times": 99})
    browser = stage.browser("admin")
    assert "The quota could not be read" in browser.open(f"{LIST}create/").text
    created(browser, name="anyway")
    assert Estate(stage).service("anyway")


def test_pickers_that_cannot_be_read_keep_what_was_typed(stage: Any) -> None:
    stage.cloud.faults({"match": {"path": "/vpcs$|/ports$"}, "fault": "status", "status": 403, "times": 99})
    page = stage.browser("admin").open(form_url(name="kept"))
    assert "could not be read" in page.text
    assert page.form("Next").fields["vpc"] == [VPC]
    assert page.form("Next").fields["backend"] == [BACKEND]
    assert page.form("Next").fields["name"] == ["kept"]


def test_an_expired_sign_in_loses_nothing(stage: Any) -> None:
    browser = stage.browser("admin")
    page = browser.open(confirm_url(name="kept"))
    browser.client.logout()
    away = browser.client.post(page.form("Create").action.replace("http://testserver", ""), {}, follow=False)
    assert away.status_code in (302, 403)
    fresh = stage.browser("admin")
    assert "kept" in fresh.open(page.form("Create").action).text


def test_whoever_may_not_publish_sees_no_button_and_no_form(stage: Any) -> None:
    for role in ("operator", "owner", "auditor", "viewer"):
        browser = stage.browser(role)
        assert "Create VPC Endpoint Service" not in browser.open(LIST).text
        assert browser.open(f"{LIST}create/").status == 403
    assert Estate(stage).sent("POST", CALLS) == []
