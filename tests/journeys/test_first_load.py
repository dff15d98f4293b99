"""What the first look at the console costs: bytes on the wire and requests, with an empty cache (reliability 5 e)."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.conditions import needs_chromium
from tests.journeys.conftest import Open
from tests.journeys.served import Stand

pytestmark = [needs_chromium, pytest.mark.browser]

#: The aim of issue 2. Bytes with headers, as the browser counts them.
MOST_BYTES, MOST_REQUESTS = 60_000, 6


@dataclass
class Traffic:
    """What a page fetched, by request id of the browser."""

    urls: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)

    def of(self, page: Any) -> "Traffic":
        """Listen through the browser's own protocol: it knows the bytes on the wire."""
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", lambda e: self.urls.setdefault(e["requestId"], e["request"]["url"]))
        session.on("Network.loadingFinished", lambda e: self.sizes.setdefault(e["requestId"], e["encodedDataLength"]))
        return self

    @property
    def fetched(self) -> list[str]:
        return [url for url in self.urls.values() if not url.startswith("data:")]

    @property
    def bytes(self) -> float:
        return sum(self.sizes.values())


@pytest.mark.parametrize("place", ["sign-in", "tab", "many"])
def test_the_first_look_is_light(open_page: Open, stand: Stand, place: str) -> None:
    paths = {"sign-in": "/sign-in/", "tab": stand.tab(), "many": f"{stand.tab('many_connections')}?size=50"}
    page = open_page(None if place == "sign-in" else "admin", "about:blank")
    traffic = Traffic().of(page)
    page.goto(paths[place])
    page.wait_for_load_state("networkidle")
    assert len(traffic.fetched) <= MOST_REQUESTS, traffic.fetched
    assert traffic.bytes <= MOST_BYTES, traffic.bytes


def test_the_second_look_fetches_the_page_alone(open_page: Open, stand: Stand) -> None:
    page = open_page("admin", stand.tab())
    page.wait_for_load_state("networkidle")
    traffic = Traffic().of(page)
    page.get_by_role("link", name="Gateways").first.click()
    page.wait_for_load_state("networkidle")
    on_the_wire = [url for number, url in traffic.urls.items() if traffic.sizes.get(number, 0) > 0]
    assert [url for url in on_the_wire if "/static/" in url] == []
    assert traffic.bytes <= 10_000, traffic.bytes
