"""The fault matrix of the acts on services and endpoints: audit, screen and ledger agree, nothing happens twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import override_settings

from console.audit.models import Entry
from console.changes.models import Change, ReasonRule
from console.changes.transcripts import transcript_of
from console.clouds.services import VpcEndpoint
from console.endpoints.wizard import CONFIRM
from console.wiring import get_cloud
from tests.changes.test_faults import CERTAIN_NO, NEVER, READ_FAULTS, WRITE_FAULTS, wait_for
from tests.endpoint_services.estate import CALLS, Estate, confirm_url
from tests.endpoints.consumers import Wizard, wishes
from tests.pages import Browser, Page

pytestmark = pytest.mark.django_db

_ONE = f"{CALLS}/[0-9a-f-]+"


@dataclass(frozen=True)
class Act:
    """One kind of Change: where it is confirmed, which button does it, and what it is on the wire."""

    name: str
    button: str
    address: Callable[[Estate], str]
    method: str
    path: str
    #: What is read for the confirmation and again before the act.
    reads: str
    typed: str = ""
    #: Whether the cloud answers with a body, which can be cut.
    answers: bool = True


_ENDPOINTS = "/vpc-endpoints"
_ENDPOINT = f"{_ENDPOINTS}/[0-9a-f-]+$"


def _connection(estate: Estate) -> str:
    return next(row.id for row in estate.cloud.world.connections[estate.service("billing").id])


def _endpoint(estate: Estate, page: str) -> str:
    """A page of our own endpoint that reaches the other account's payments."""
    found = next(one for one in own_endpoints() if one.service_name.name == "payments" and one.address)
    return f"/demo/endpoints/{found.id}/{page}"


def own_endpoints() -> Sequence[VpcEndpoint]:
    port = get_cloud("demo").endpoints
    assert port is not None
    return port.list_endpoints()


def _wizard(estate: Estate) -> str:
    return Wizard(estate.stage.browser("admin")).address(CONFIRM, **wishes(estate.cloud))


ACTS = (
    Act("service.create", "Create", lambda e: confirm_url(name="new"), "POST", f"{CALLS}$", f"{CALLS}$"),
    Act(
        "service.update",
        "Save",
        lambda e: e.url("shop", "description/?step=confirm&description=other"),
        "PUT",
        f"{_ONE}$",
        f"{_ONE}$",
    ),
    Act(
        "service.delete",
        "Delete",
        lambda e: e.url("shop", "delete/"),
        "DELETE",
        f"{_ONE}$",
        f"{_ONE}$",
        "delete",
        answers=False,
    ),
    Act(
        "connection.describe",
        "Save",
        lambda e: e.url("billing", f"connections/describe/?id={_connection(e)}&description=other"),
        "PUT",
        "/connections/description$",
        "/connections$",
    ),
    Act(
        "tags.update",
        "Add",
        lambda e: e.url("shop", "tags/edit/?tags=a%3Db"),
        "POST",
        "/tags/action$",
        f"{_ONE}$",
        answers=False,
    ),
    Act("endpoint.create", "Submit", _wizard, "POST", f"{_ENDPOINTS}$", f"{_ENDPOINTS}$"),
    Act("endpoint.delete", "Delete", lambda e: _endpoint(e, "delete/"), "DELETE", _ENDPOINT, _ENDPOINT, answers=False),
    Act(
        "endpoint.access_control",
        "Save",
        lambda e: _endpoint(e, "access-control/edit/?typed=1&access_control=on&whitelist=10.20.9.9"),
        "PUT",
        _ENDPOINT,
        _ENDPOINT,
    ),
)
LOST = [(act, name) for act in ACTS for name in WRITE_FAULTS if act.answers or name != "answer cut in the middle"]
#: Patience with a slow read is the same for every kind; it is tried in tests/changes.
UNREADABLE = [name for name in READ_FAULTS if name != NEVER]
EVERY_ACT = pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)


@pytest.fixture
def estate(stage: Any) -> Estate:
    return Estate(stage)


def confirmation(estate: Estate, act: Act) -> tuple[Browser, Page]:
    browser = estate.stage.browser("admin")
    page = browser.open(act.address(estate))
    assert page.has_button(act.button), page.text
    return browser, page


def send(browser: Browser, page: Page, act: Act, **more: str) -> Page:
    return browser.submit(page, act.button, **({"word": act.typed} if act.typed else {}), **more)


def on_the_write(act: Act, fault: dict[str, Any], times: int = 99) -> dict[str, Any]:
    return {"match": {"method": act.method, "path": act.path}, "times": times, **fault}


def on_the_reads(act: Act, fault: dict[str, Any]) -> dict[str, Any]:
    return {"match": {"method": "GET", "path": act.reads}, "times": 99, **fault}


def states(act: Act) -> list[str]:
    return list(Entry.objects.filter(action=act.name).order_by("seq").values_list("state", flat=True))


@pytest.mark.parametrize(("act", "name"), LOST, ids=lambda value: getattr(value, "name", value))
def test_a_lost_answer_is_unknown_until_the_cloud_is_read_again(
    estate: Estate, act: Act, name: str, impatient: Callable[[], None]
) -> None:
    browser, page = confirmation(estate, act)
    if name == NEVER:
        impatient()
    estate.cloud.faults(on_the_write(act, WRITE_FAULTS[name], times=1))

    answer = send(browser, page, act, reason="a storm")

    assert answer.status == 200
    assert states(act) == ["intended", "unknown"]
    assert "unknown" in answer.messages.lower()
    estate.cloud.faults()
    if name == NEVER:
        wait_for(lambda: bool(estate.done(act.name)))
    home = answer if answer.has_button("Check again") else browser.open(f"/changes/{Change.objects.get().pk}/")
    with override_settings(SETTLE_SECONDS=0):
        Change.objects.update(settle_after=Change.objects.get().intended_at)
        browser.submit(home, "Check again")
    assert states(act) == ["intended", "unknown", "succeeded" if estate.done(act.name) else "failed"]
    assert len(estate.done(act.name)) <= 1


@EVERY_ACT
@pytest.mark.parametrize("name", [name for name in CERTAIN_NO if name != "404"])
def test_a_certain_no_is_told_in_the_clouds_words_and_changes_nothing(estate: Estate, act: Act, name: str) -> None:
    browser, page = confirmation(estate, act)
    estate.cloud.faults(on_the_write(act, CERTAIN_NO[name]))

    answer = send(browser, page, act)

    assert states(act) == ["intended", "failed"]
    assert estate.done(act.name) == []
    assert CERTAIN_NO[name]["code"] in answer.text


@EVERY_ACT
@pytest.mark.parametrize("name", UNREADABLE)
def test_nothing_is_offered_or_sent_when_the_object_cannot_be_looked_at(estate: Estate, act: Act, name: str) -> None:
    browser, page = confirmation(estate, act)
    address = act.address(estate)
    estate.cloud.faults(on_the_reads(act, READ_FAULTS[name]))

    answer = send(browser, page, act)
    assert answer.status == 409
    assert "Nothing was sent" in answer.text
    assert states(act) == ["cancelled"]
    assert not browser.open(address).has_button(act.button)
    assert estate.done(act.name) == []


@EVERY_ACT
def test_a_form_whose_objects_could_not_be_looked_at_can_be_sent_when_they_can(estate: Estate, act: Act) -> None:
    browser, page = confirmation(estate, act)
    address = act.address(estate)
    estate.cloud.faults(on_the_reads(act, READ_FAULTS["403"]))
    send(browser, page, act)
    estate.cloud.faults()

    answer = send(browser, browser.open(address), act)
    if answer.has_button(act.button):
        send(browser, answer, act)  # the first one was told to be the form of before, and got an id of its own

    assert states(act) == ["cancelled", "intended", "succeeded"]
    assert len(estate.done(act.name)) == 1


@EVERY_ACT
def test_the_same_form_sent_twice_acts_once(estate: Estate, act: Act) -> None:
    browser, page = confirmation(estate, act)
    send(browser, page, act)
    assert "had been sent before" in send(browser, page, act).messages
    assert len(estate.done(act.name)) == 1
    assert states(act) == ["intended", "succeeded"]


@EVERY_ACT
def test_what_the_confirmation_shows_is_what_is_sent(estate: Estate, act: Act) -> None:
    browser, page = confirmation(estate, act)
    shown = [str(pre.get_text()) for pre in page.soup.find_all("pre") if "The call for" in str(pre.get("aria-label"))]
    send(browser, page, act, reason="CHG-7")
    (attempt,) = transcript_of(Change.objects.get())["attempts"]  # type: ignore[index]
    assert shown[0].startswith(f"{act.method} {attempt['call']['url']}")
    assert shown[0].endswith(attempt["call"]["body"])
    assert {row.reason for row in Entry.objects.filter(action=act.name)} == {"CHG-7"}


@EVERY_ACT
def test_a_required_reason_is_asked_for_and_nothing_is_sent_without(estate: Estate, act: Act) -> None:
    ReasonRule.objects.create(required=True)
    browser, page = confirmation(estate, act)
    assert send(browser, page, act).status == 422
    assert estate.cloud.ledger() == []
    send(browser, page, act, reason="because")
    assert len(estate.done(act.name)) == 1


@EVERY_ACT
@pytest.mark.parametrize("role", ["operator", "owner", "auditor", "viewer"])
def test_only_those_who_may_get_to_the_confirmation(estate: Estate, act: Act, role: str) -> None:
    page = estate.stage.browser(role).open(act.address(estate))
    allowed = act.name == "connection.describe" and role == "operator"
    assert page.status == (200 if allowed else 403)
    assert page.has_button(act.button) is allowed
