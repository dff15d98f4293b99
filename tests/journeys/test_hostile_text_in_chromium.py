"""Hostile text in every field of the cloud, drawn by a real browser: nothing runs, nothing breaks (reliability S4)."""

from typing import Any

import pytest

from tests.conditions import needs_chromium
from tests.journeys.accessibility import too_wide
from tests.journeys.conftest import Open
from tests.journeys.hostile import MARK, Handful, handfuls, plant
from tests.journeys.served import Stand
from tests.journeys.watching import Watch

pytestmark = [needs_chromium, pytest.mark.browser]

#: What a payload would have to change to matter.
_STATE = f"""() => [
    typeof window.{MARK},
    document.getElementById("main").tagName,
    document.querySelectorAll("dialog#dialog").length,
    document.querySelectorAll("main script, main style, main iframe, main base, main img, main video").length,
    [...document.querySelectorAll("[id]")].map((e) => e.id).filter((id, n, all) => all.indexOf(id) !== n).length,
]"""
_AS_IT_SHOULD_BE = ["undefined", "MAIN", 1, 0, 0]


HANDFULS = handfuls(16)


def test_there_are_payloads_enough() -> None:
    assert sum(len(handful.payloads) for handful in HANDFULS) >= 60


@pytest.mark.parametrize("part", range(2))
def test_no_payload_runs_or_breaks_a_page(open_page: Open, stand: Stand, watch: Watch, part: int) -> None:
    watch.allow(r"responded with a status of 4")
    page = open_page("admin", "/help/")
    opened: list[str] = []
    page.on("dialog", lambda box: opened.append(box.message))
    for number, handful in enumerate(HANDFULS[part::2]):
        connection = plant(stand.world, handful)
        page.set_viewport_size({"width": 1280 if number % 2 else 390, "height": 900})
        for address in (
            "/gateways/",
            f"/demo/gateways/{stand.gateway_id()}/",
            f"{stand.tab()}connections/reject/?id={connection}",
            stand.tab(),
        ):
            page.goto(address)
            assert page.evaluate(_STATE) == _AS_IT_SHOULD_BE, (handful, address)
            assert too_wide(page) == [], (handful, address)
        _look_at_the_dialog(page, connection, handful)
    assert opened == []


def _look_at_the_dialog(page: Any, connection: str, handful: Handful) -> None:
    """The same confirmation, put into the tab by htmx."""
    page.locator(f"#reject-{connection}").click()
    page.locator("#dialog form").wait_for()
    page.locator("#dialog [name=reason]").fill(str(handful)[:200])
    page.wait_for_timeout(50)  # time for what would run
    assert page.evaluate(_STATE) == _AS_IT_SHOULD_BE, handful
