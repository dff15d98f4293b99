"""Publishing a service in a browser with scripts: the form reads backends by itself, and the page waits by itself."""

import pytest

from tests.conditions import needs_chromium
from tests.endpoint_services.estate import BACKEND, LIST, VPC
from tests.journeys.conftest import Open
from tests.journeys.dialogs import dialog
from tests.journeys.served import Stand

pytestmark = [needs_chromium, pytest.mark.browser]

#: Milliseconds that a page may need to find out by itself.
PATIENCE = 20_000


def test_a_service_is_published_and_its_ports_are_changed(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    stand.world.delay = 3.0
    page = open_page("admin", LIST)
    page.get_by_role("link", name="Create VPC Endpoint Service").click()
    page.locator("#id_name").fill("browser")
    page.locator("#id_vpc").select_option(VPC)
    page.locator("#id_backend").select_option(BACKEND)
    expect(page.locator("#id_name")).to_have_value("browser")
    page.get_by_label("Service port, row 1").fill("80")
    page.get_by_label("Terminal port, row 1").fill("8080")
    page.get_by_role("button", name="Add port mapping").click()
    page.get_by_label("Service port, row 2").fill("80")
    page.get_by_label("Terminal port, row 2").fill("8081")
    page.get_by_label("Terminal port, row 2").press("Enter")
    page.get_by_text("TCP 80 → 8080, TCP 80 → 8081").wait_for()
    page.get_by_role("button", name="Create", exact=True).click()

    expect(page.locator("#summary .status")).to_have_text("Creating")
    expect(page.locator("#summary .status")).to_have_text("Available", timeout=PATIENCE)

    page.get_by_role("link", name="Port Mapping").click()
    page.get_by_role("link", name="Edit port mapping").click()
    dialog(page).get_by_role("button", name="Remove port mapping row 2").click()
    expect(dialog(page).get_by_label("Service port, row 2")).to_have_count(0)
    dialog(page).get_by_role("button", name="Next").click()
    dialog(page).get_by_role("button", name="Save").click()
    expect(page.locator("#ports tbody tr")).to_have_count(1)
    assert [act for act, _object in stand.effects()] == ["service.create", "service.update"]
