"""Every page and state, in light and dark, wide and narrow: axe has nothing to say and nothing is cut off."""

from typing import Any

import pytest
from django.template.loader import get_template

from tests.conditions import needs_chromium
from tests.journeys.accessibility import CONTRAST, small_targets, too_wide, violations
from tests.journeys.conftest import Open
from tests.journeys.dialogs import dialog, open_dialog, press, row
from tests.journeys.places import PLACES, Seen
from tests.journeys.served import SECRET_KEY, Stand
from tests.journeys.watching import Watch
from tests.running.processes import run

pytestmark = [needs_chromium, pytest.mark.browser]

WIDE, NARROW, NARROWEST = (1280, 390, 320)
#: Noted by Chromium itself; the states below bring such answers about.
HTTP_ERRORS = r"responded with a status of (400|403|404|409|422|429|5\d\d)"


def examine(page: Any) -> None:
    """Light and dark, wide and narrow, on the page as it stands."""
    found = []
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, rules in (("light", None), ("dark", CONTRAST)):
            page.emulate_media(color_scheme=scheme)
            found += [f"{scheme} {width}: {each}" for each in violations(page, rules)]
        found += [f"small at {width}: {each}" for each in small_targets(page)]
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    found += [f"too wide: {each}" for each in too_wide(page)]
    assert found == []


@pytest.mark.parametrize("seen", PLACES.values(), ids=PLACES)
def test_the_page_is_for_everybody(open_page: Open, stand: Stand, watch: Watch, seen: Seen) -> None:
    watch.allow(HTTP_ERRORS)
    seen.before(stand)
    page = open_page(seen.person, seen.path(stand))
    seen.then(page)
    assert page.locator("h1").count() == 1
    assert page.title().endswith("Private Access Console")
    examine(page)


def test_the_steps_of_an_act_are_for_everybody(open_page: Open, stand: Stand, watch: Watch) -> None:
    """A moved world in the dialog, an unknown end on the tab, the page of the Change, and the next confirmation."""
    watch.allow(HTTP_ERRORS)
    chosen = stand.connections("pendingAcceptance")[0]
    page = open_page("admin", stand.tab())
    open_dialog(page, row(page, chosen.id).get_by_role("link", name="Reject"), "Reject This Connection")
    stand.world.set_text(chosen.id, "status", "accepted")
    press(page, "Reject")
    dialog(page).get_by_text("This changed meanwhile").wait_for()
    examine(page)
    stand.cloud.faults({"match": {"method": "POST", "path": "connections/action"}, "fault": "reset_after", "times": 1})
    page.set_viewport_size({"width": WIDE, "height": 900})
    press(page, "Reject")
    page.locator("#open-changes").wait_for()
    examine(page)
    page.locator("[id^=details-]").click()
    page.get_by_role("heading", name="How it stands").wait_for()
    examine(page)
    page.goto(f"{stand.tab()}connections/reject/?id={chosen.id}")
    page.locator("#unended").wait_for()
    examine(page)


def test_the_warning_of_the_end_of_the_session_is_for_everybody(open_page: Open, stand: Stand) -> None:
    page = open_page("admin", "/help/")
    page.evaluate("document.getElementById('session-dialog').showModal()")
    examine(page)


@pytest.mark.parametrize("name", ["400", "403_csrf", "429", "500", "502", "503", "503_database"])
def test_the_error_page_is_for_everybody(open_page: Open, stand: Stand, name: str) -> None:
    page = open_page(None, "/sign-in/")
    values = {"request_id": "0" * 32, "retry_after": 30, "stylesheet": "/static/css/console.css"}
    html = get_template(f"errors/{name}.html").render(values)
    page.route("**/broken/", lambda route: route.fulfill(body=html, content_type="text/html", headers=_strict(page)))
    page.goto("/broken/")
    examine(page)


def _strict(page: Any) -> dict[str, str]:
    answer = page.request.get("/sign-in/")
    return {name: value for name, value in answer.headers.items() if name not in ("content-length", "content-encoding")}


def test_forced_colours_keep_every_word(open_page: Open, stand: Stand) -> None:
    page = open_page("admin", stand.tab("many_connections"), forced_colors="active")
    words = page.locator("#connections .status").all_inner_texts()
    assert {"Pending acceptance", "Creating", "Accepted", "Failed"} <= set(words)
    assert all(word.strip() for word in words)
    assert page.locator(".status").first.evaluate("e => getComputedStyle(e, '::before').backgroundColor") != ""


def test_nothing_moves_for_those_who_asked_for_it(open_page: Open, stand: Stand) -> None:
    page = open_page("admin", stand.tab("many_connections"), reduced_motion="reduce")
    page.get_by_text("Creating", exact=True).first.wait_for()
    running = "document.getAnimations().filter((a) => a.playState === 'running').map((a) => a.animationName)"
    assert page.evaluate(running) == []


def test_print_shows_whole_ids_and_no_navigation(open_page: Open, stand: Stand) -> None:
    page = open_page("admin", stand.tab())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})  # A4 at 96 dots an inch
    for role, name in (("navigation", "Main"), ("navigation", "Gateway")):
        assert page.get_by_role(role, name=name).count() == 0, name
    assert page.get_by_role("button").count() == 0
    assert page.get_by_role("link", name="Accept").count() == 0
    cut = page.evaluate(
        "[...document.querySelectorAll('.id, .digits')].filter((e) => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert cut == 0
    assert too_wide(page) == []
    assert page.get_by_text("Printed").is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_a_person_may_choose_light_or_dark_whatever_the_system_says(open_page: Open, stand: Stand) -> None:
    page = open_page("auditor", "/preferences/", color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_label("Appearance").select_option("dark")
    page.get_by_role("button", name="Save").click()
    page.locator("#messages").get_by_text("saved").wait_for()
    assert page.evaluate(ground) != light
    page.get_by_label("Appearance").select_option("")
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state("networkidle")
    assert page.evaluate(ground) == light


def _command(stand: Stand, *arguments: str) -> None:
    done = run(*arguments, CONSOLE_DATA_DIR=str(stand.served.folder), SECRET_KEY=SECRET_KEY)
    assert done.returncode == 0, done.stderr


def test_the_warning_of_a_new_key_and_its_acknowledgement_are_for_everybody(open_page: Open, stand: Stand) -> None:
    _command(stand, "audit_checkpoint")
    (stand.served.folder / "audit-signing-key.pem").unlink()
    page: Any = open_page("admin", "/audit/proof/")
    page.get_by_text("The proof needs you").wait_for()
    examine(page)
    _command(stand, "audit_rotate_key", "--unendorsed", "--yes")
    page.goto("/audit/proof/")
    page.get_by_text("Signed by a key that no key endorsed").wait_for()
    examine(page)
    page.get_by_role("link", name="Acknowledge").click()
    page.get_by_role("heading", name="Acknowledge a Signing Key").wait_for()
    examine(page)
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_text("Acknowledged: ").wait_for()
    assert page.get_by_text("Signed by a key that no key endorsed").count() == 0
