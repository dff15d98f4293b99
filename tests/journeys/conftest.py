"""A real console, a Chromium, and pages that fail on any complaint."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conditions import chromium as chromium_path
from tests.journeys.served import Served, Stand
from tests.journeys.watching import Watch

#: As root and without a display (ecosystem 5.1).
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Open = Callable[..., Any]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One console for all journeys of a worker."""
    with Served(tmp_path_factory.mktemp("served")) as console:
        yield console


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for each module: while it runs, this thread has an event loop and Django refuses its database."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def stand(served: Served) -> Stand:
    """A fresh world behind the console."""
    return served.new_world()


@pytest.fixture
def watch(served: Served) -> Iterator[Watch]:
    """What the pages of this test did wrong; anything fails the test."""
    watching = Watch(served.url)
    yield watching
    assert watching.verdict() == []


@pytest.fixture
def open_page(served: Served, chromium: Any, watch: Watch) -> Iterator[Open]:
    """`open_page("operator", "/gateways/", color_scheme="dark")`: a watched page of a signed-in demo person."""
    contexts = []

    def open_one(person: str | None, path: str, **options: Any) -> Any:
        state = served.signed_in(chromium, person) if person else None
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        context = chromium.new_context(base_url=served.url, storage_state=state, **options)
        context.set_default_timeout(8000)
        contexts.append(context)
        watch.over(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
