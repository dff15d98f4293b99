"""What journeys do to a page again and again: find a row, open its dialog, press a button in it, look for the focus."""

from typing import Any


def row(page: Any, text: str) -> Any:
    """The row of Connections that holds a text."""
    return page.get_by_role("table", name="Connections").get_by_role("row").filter(has_text=text)


def dialog(page: Any) -> Any:
    """The dialog that confirmations are shown in."""
    return page.locator("#dialog")


def open_dialog(page: Any, link: Any, title: str) -> None:
    """Click a link that opens the dialog, and wait until it asks."""
    from playwright.sync_api import expect

    link.click()
    expect(dialog(page).get_by_role("heading", level=2)).to_contain_text(title)
    expect(dialog(page)).to_be_visible()


def press(page: Any, button: str) -> None:
    """Press a button of the dialog."""
    dialog(page).get_by_role("button", name=button, exact=True).click()


def focused(page: Any) -> str:
    """Id of what has the focus once the page is quiet, or its tag where it has none; "BODY" when the focus is lost."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(150)
    return str(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
