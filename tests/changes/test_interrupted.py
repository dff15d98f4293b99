"""A confirmation whose sign-in has ended or was replaced: nothing is sent, and choice and reason are there again."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from urllib.parse import unquote

import pytest

from console.access import kept_reasons
from console.access.models import Session
from console.changes.models import Change, ShownPlan
from console.simcloud import SimulatedCloud
from tests.changes.deeds import DEEDS, many_things
from tests.factories import PASSWORD
from tests.pages import Browser, Page
from tests.stage import Stage, wired

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "CHG-4711 for Anna"


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with SimulatedCloud(many_things()) as cloud, wired(cloud, monkeypatch, CONSOLE_SIMULATED_ALIBABA="1"):
        yield Stage(cloud)


def accepting(stage: Stage, browser: Browser) -> Page:
    chosen = stage.connection_ids("pendingAcceptance")[0]
    return browser.open(f"{stage.tab_url}connections/accept/?id={chosen}&back=q%3Dx")


def end_sessions() -> None:
    Session.objects.all().delete()


def sign_in(browser: Browser, page: Page, name: str) -> Page:
    return browser.submit(page, "Sign in", login=name, password=PASSWORD)


def sign_in_again(browser: Browser, name: str) -> None:
    """In another tab: out and in, with the cookies that all tabs share."""
    browser.submit(browser.open("/help/"), "Sign out")
    sign_in(browser, browser.open("/sign-in/"), name)


def objects_on(page: Page) -> str:
    """What the confirmation says will be done to what: its table, or its specification."""
    shown = page.soup.find(id="specification") or page.soup.find("table")
    assert shown is not None, page.text
    return " ".join(shown.get_text(" ").split())


def assert_the_same_is_asked(again: Page, before: Page, button: str) -> None:
    assert again.status == 200, again.text
    assert objects_on(again) == objects_on(before)
    assert again.form(button).fields["reason"] == [REASON]
    assert "Nothing was sent" in again.text
    assert REASON not in unquote(again.url)


def test_after_the_session_ended_the_same_confirmation_of_every_kind_stands_there_with_the_reason(scene: Stage) -> None:
    browser, chance = scene.browser("admin"), Random(3)
    for name, deed in DEEDS.items():
        before = browser.open(deed.place(browser, scene.gateway_id, chance))
        button, done = deed.button_on(before), Change.objects.count()
        end_sessions()

        entrance = browser.submit(before, button, word=deed.typed, reason=REASON)

        assert entrance.heading == "Sign in", name
        assert "nothing was sent" in entrance.messages
        assert REASON not in unquote(entrance.url) + entrance.html
        again = sign_in(browser, entrance, "admin")
        assert_the_same_is_asked(again, before, button)
        assert Change.objects.count() == done
        browser.submit(again, button, word=deed.typed)
        change = Change.objects.latest("claimed_at")
        assert (change.kind, change.stage, change.reason) == (name, "succeeded", REASON)


def test_after_signing_in_again_elsewhere_the_refusal_of_every_kind_leads_back_with_the_reason(scene: Stage) -> None:
    browser, chance = scene.browser("admin"), Random(4)
    for name, deed in DEEDS.items():
        before = browser.open(deed.place(browser, scene.gateway_id, chance))
        button, done = deed.button_on(before), Change.objects.count()
        sign_in_again(browser, "admin")

        refused = browser.submit(before, button, word=deed.typed, reason=REASON)

        assert (refused.status, refused.heading) == (403, "Nothing was sent"), name
        assert Change.objects.count() == done
        again = browser.click(refused, "Open the confirmation again")
        assert_the_same_is_asked(again, before, button)


def test_another_person_who_signs_in_gets_no_reason(stage: Stage) -> None:
    browser = stage.browser("operator")
    stage.browser("admin")
    before = accepting(stage, browser)
    end_sessions()
    entrance = browser.submit(before, "Accept", reason=REASON)

    other = sign_in(browser, entrance, "admin")

    assert other.form("Accept").fields["reason"] == [""]
    assert REASON not in other.html
    assert "kept_reason" not in browser.client.session
    browser.submit(browser.open("/help/"), "Sign out")
    assert REASON not in sign_in(browser, browser.open(entrance.url), "operator").html


def test_a_form_of_one_person_keeps_no_reason_in_the_session_of_another(stage: Stage) -> None:
    browser = stage.browser("operator")
    stage.browser("admin")
    before = accepting(stage, browser)
    sign_in_again(browser, "admin")

    refused = browser.submit(before, "Accept", reason=REASON)

    assert refused.status == 403
    assert "You are signed in as admin" in refused.text
    assert "Your reason" not in refused.text
    assert browser.click(refused, "Open the confirmation again").form("Accept").fields["reason"] == [""]


def test_a_reason_waits_for_a_quarter_of_an_hour_and_until_it_is_used(stage: Stage) -> None:
    browser = stage.browser("operator")
    before = accepting(stage, browser)
    sign_in_again(browser, "operator")
    refused = browser.submit(before, "Accept", reason=REASON)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_reasons, "LASTS", timedelta(seconds=-1))
        late = browser.submit(before, "Accept", reason=REASON)
        assert browser.click(late, "Open the confirmation again").form("Accept").fields["reason"] == [""]
    browser.submit(before, "Accept", reason=REASON)

    again = browser.click(refused, "Open the confirmation again")
    assert browser.open(again.url).form("Accept").fields["reason"] == [REASON]  # loaded once more
    browser.submit(again, "Accept", reason="CHG-1")
    assert "kept_reason" not in browser.client.session


def test_the_reason_is_shown_at_no_other_confirmation(stage: Stage) -> None:
    browser = stage.browser("operator")
    before = accepting(stage, browser)
    sign_in_again(browser, "operator")
    browser.submit(before, "Accept", reason=REASON)
    other = stage.connection_ids("pendingAcceptance")[1]
    assert browser.open(f"{stage.tab_url}connections/accept/?id={other}").form("Accept").fields["reason"] == [""]


@pytest.mark.parametrize("owner", ["", "1", "forged:by:hand"])
def test_a_form_that_is_not_ours_keeps_nothing_and_is_led_nowhere(stage: Stage, owner: str) -> None:
    browser = stage.browser("operator")
    page = accepting(stage, browser)
    action = page.form("Accept").action
    answer = browser.client.post(action, {"owner": owner, "reason": REASON, "seen": page.form("Accept").fields["seen"]})
    assert answer.status_code == 403
    assert "Open the confirmation again" not in answer.content.decode()
    assert "kept_reason" not in browser.client.session


def test_an_answer_that_only_a_page_shows_goes_to_the_confirmation_after_signing_in(stage: Stage) -> None:
    browser = stage.browser("operator")
    page = accepting(stage, browser)
    form = page.form("Accept")
    end_sessions()
    headers = {"HX-Request": "true", "HX-Target": "dialog-body", "HX-Current-URL": f"http://testserver{stage.tab_url}"}

    answer = browser.client.post(form.action, {**form.fields, "reason": REASON}, headers=headers)

    entrance = browser.open(answer.headers["HX-Redirect"])
    assert "nothing was sent" in entrance.messages
    assert_the_same_is_asked(sign_in(browser, entrance, "operator"), page, "Accept")


def test_who_was_to_sign_in_for_the_dialog_finds_its_question_afterwards(stage: Stage) -> None:
    browser = stage.browser("operator")
    url = accepting(stage, browser).url
    end_sessions()
    headers = {"HX-Request": "true", "HX-Target": "dialog-body", "HX-Current-URL": f"http://testserver{stage.tab_url}"}
    entrance = browser.open(browser.client.get(url, headers=headers).headers["HX-Redirect"])
    assert sign_in(browser, entrance, "operator").has_button("Accept")


def many(stage: Stage, browser: Browser) -> tuple[Page, list[str]]:
    gateway = stage.gateway("many_connections")
    tab = f"/demo/gateways/{gateway}/vpc-endpoints/"
    page = browser.open(f"{tab}connections/reject/?all=1")
    return page, [row["VPC Endpoint ID"] for row in page.table(page.heading)]


def test_a_selection_too_long_for_an_address_is_the_same_after_signing_in(stage: Stage) -> None:
    browser = stage.browser("operator")
    before, chosen = many(stage, browser)
    assert len(chosen) > 40
    end_sessions()
    entrance = browser.submit(before, "Reject", word="reject", reason=REASON)
    for rows in stage.cloud.world.connections.values():
        rows[:] = [row for row in rows if row.id != chosen[0]]  # it is none of all that there are any more

    again = sign_in(browser, entrance, "operator")

    assert [row["VPC Endpoint ID"] for row in again.table(again.heading)] == chosen[1:]
    assert chosen[0] in again.text
    assert again.form("Reject").fields["reason"] == [REASON]
    assert len(again.url) < 400


def test_the_address_of_a_long_selection_is_for_its_own_person_act_and_place(stage: Stage) -> None:
    browser = stage.browser("operator")
    page, _chosen = many(stage, browser)
    address = page.form("Reject").action
    assert browser.open(address).has_button("Reject")
    for other, url in (
        (stage.browser("admin"), address),
        (browser, address.replace("reject", "accept")),
        (browser, address.replace(stage.gateway("many_connections"), stage.gateway_id)),
        (browser, f"{address.partition('?')[0]}?plan=%00"),
        (stage.browser("owner"), address.replace("connections/reject", "permissions/add")),
        (stage.browser("owner"), address.replace("connections/reject", "permissions/remove")),
    ):
        answer = other.open(url)
        assert (answer.status, "select again" in answer.text) == (422, True), url
    ShownPlan.objects.all().delete()
    assert "select again" in browser.open(address).text


def test_a_confirmation_that_a_new_password_ended_is_asked_for_again_with_the_reason(stage: Stage) -> None:
    browser = stage.browser("operator")
    before = accepting(stage, browser)
    person = stage.people["operator"]
    person.set_password(PASSWORD)
    person.save()
    browser.client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    fresh = accepting(stage, browser).form("Accept").fields["csrfmiddlewaretoken"]

    refused = browser.submit(before, "Accept", reason=REASON, csrfmiddlewaretoken=fresh)

    assert refused.status == 422
    assert "Nothing was sent" in refused.text
    assert_the_same_is_asked(browser.click(refused, "Ask again"), before, "Accept")
