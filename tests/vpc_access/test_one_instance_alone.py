"""Who administers one instance learns nothing of groups on others, by whatever address they ask."""

from typing import Any

import pytest
from django.test import Client

from console import wiring
from console.access.models import Grant
from console.access.roles import Role
from console.audit.models import Entry
from console.changes.clearance import Clearance
from console.changes.models import Change
from tests.factories import PersonFactory
from tests.pages import Browser, Page
from tests.vpc_access.conftest import LIST_URL, AlibabaStage
from tests.vpc_access.test_pages import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

ACTS = ("enable", "disable", "move", "bind-domain")


@pytest.fixture
def own(alibaba_stage: AlibabaStage) -> str:
    """The page of the one instance that the person may administer."""
    return alibaba_stage.instance_url("bound")


@pytest.fixture
def browser(alibaba_stage: AlibabaStage) -> Browser:
    return signed_in(Role.ADMINISTRATOR, alibaba_stage.instance_id("bound"))


def of_others(stage: AlibabaStage, role: str) -> list[str]:
    """What a page may not say: everything about a group of another instance, and that instance."""
    group = stage.group(role)
    port = wiring.get_cloud("alibaba").vpc_access
    assert port is not None
    seen = port.get_group(group["id"])
    return [text for text in (group["instance_id"], seen.name, seen.vpc_domain, *seen.own_domains) if text]


def assert_tells_nothing(page: Page, *texts: Any) -> None:
    assert [str(text) for text in texts if str(text) in page.html + page.url] == []


@pytest.mark.parametrize("role", ["elsewhere_enabled", "shared_enabled", "shared_disabled"])
def test_a_group_of_another_instance_has_no_page_here(
    alibaba_stage: AlibabaStage, browser: Browser, own: str, role: str
) -> None:
    address = f"{own}groups/{alibaba_stage.group_id(role)}/"
    for who in (browser, alibaba_stage.browser("admin")):
        page = who.open(address)
        assert (page.status, page.url) == (404, address)
        assert_tells_nothing(page, *of_others(alibaba_stage, role))


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    "query", ["", "&step=1&domain=a.example.com", "&instance=apigateway-hz-000000000000", "&back=group"]
)
def test_a_group_of_another_instance_cannot_be_acted_on_from_here(
    alibaba_stage: AlibabaStage, browser: Browser, own: str, act: str, query: str
) -> None:
    for role in ("elsewhere_enabled", "shared_disabled"):
        page = browser.open(f"{own}groups/{act}/?id={alibaba_stage.group_id(role)}{query}")
        assert page.status in ((404, 403) if "instance=" in query and act == "move" else (404,))
        assert_tells_nothing(page, *of_others(alibaba_stage, role))
    assert alibaba_stage.effects() == []


@pytest.mark.parametrize("act", ACTS)
def test_a_group_that_does_not_exist_answers_the_same(browser: Browser, own: str, act: str) -> None:
    assert browser.open(f"{own}groups/{act}/?id={'0' * 32}").status == 404


def test_a_confirmation_of_ones_own_group_tells_nothing_of_another_that_the_address_names(
    alibaba_stage: AlibabaStage, browser: Browser, own: str
) -> None:
    stage = alibaba_stage
    page = browser.open(stage.act_url("bound_enabled", "bind-domain") + "&step=1&domain=taken.example.com")
    form = page.form("Bind domain")
    roles = ("elsewhere_enabled", "shared_disabled")
    texts = {role: [stage.group(role)["instance_id"], *of_others(stage, role)[1:2]] for role in roles}
    stage.cloud.faults({"match": {"path": ".*"}, "fault": "status", "status": 400, "code": "InvalidDomain", "times": 9})
    for role in roles:
        address = f"{own}groups/bind-domain/?id={stage.group_id(role)}&step=1&domain=taken.example.com"
        client: Client = browser.client
        answer = client.post(address, form.fields, headers={"Referer": f"http://testserver{page.url}"}, follow=True)
        assert [text for text in texts[role] if text in answer.content.decode()] == []


def test_where_a_group_went_is_told_to_those_who_may_know_of_the_place(
    alibaba_stage: AlibabaStage, browser: Browser, own: str
) -> None:
    stage = alibaba_stage
    open_page = browser.open(stage.act_url("bound_disabled", "enable"))
    left, admin = stage.group_url("bound_disabled"), stage.browser("admin")
    page = admin.click(admin.open(left), "Move")
    admin.submit(admin.open(page.link("Move here partners")), "Move")
    assert admin.open(left).url == stage.group_url("bound_disabled") != left

    gone = browser.open(left)
    assert (gone.status, gone.url) == (404, left)
    answer = browser.submit(open_page, "Enable")
    assert answer.status in (404, 409)
    assert_tells_nothing(answer, stage.instance_id("bound_elsewhere"), "partners")
    assert [action for action, _ in stage.effects()] == ["group.move"]


def test_the_list_of_one_instance_has_no_group_of_another(alibaba_stage: AlibabaStage, browser: Browser) -> None:
    page = browser.open(LIST_URL)
    assert page.status == 200
    for role in ("elsewhere_enabled", "shared_enabled"):
        assert_tells_nothing(page, *of_others(alibaba_stage, role))


def test_a_move_is_not_sent_when_the_place_it_goes_to_is_no_longer_theirs(
    alibaba_stage: AlibabaStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = alibaba_stage
    source, destination = stage.instance_id("bound"), stage.instance_id("bound_elsewhere")
    person = PersonFactory(username="mover", role=Role.ADMINISTRATOR, cloud="alibaba", gateway_id=source)
    there = Grant.objects.create(person=person, role=Role.ADMINISTRATOR, cloud="alibaba", gateway_id=destination)
    client = Client(enforce_csrf_checks=True)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    mover = Browser(client)
    page = mover.open(f"{stage.act_url('bound_disabled', 'move')}&instance={destination}")
    real = Clearance._check

    def lose_the_destination_first(self: Clearance, changes: Any) -> float:
        there.delete()
        return real(self, changes)

    monkeypatch.setattr(Clearance, "_check", lose_the_destination_first)
    answer = mover.submit(page, "Move")

    assert "no longer holds the permission" in answer.messages
    assert stage.effects() == []
    assert Change.objects.get().stage == "refused"


def test_a_move_tells_those_of_the_source_nothing_more_of_where_it_went(alibaba_stage: AlibabaStage) -> None:
    stage, admin = alibaba_stage, alibaba_stage.browser("admin")
    destination = stage.instance_id("bound_elsewhere")
    admin.submit(admin.open(f"{stage.act_url('bound_disabled', 'move')}&instance={destination}"), "Move")
    change = Change.objects.get()
    name, vpc = change.before["destination_name"], change.before["destination_vpc_id"]

    page = signed_in(Role.VIEWER, stage.instance_id("bound")).open(f"/changes/{change.pk}/")
    assert page.status == 200
    assert_tells_nothing(page, name, vpc)
    assert vpc in admin.open(f"/changes/{change.pk}/").html
    told = [f"{row.before}{row.after}" for row in Entry.objects.filter(change_id=str(change.pk))]
    assert [text for text in told if vpc in text or name in text] == []
