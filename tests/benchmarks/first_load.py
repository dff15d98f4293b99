"""What a browser fetches for the tab with an empty cache, and again with a full one: requests and bytes on the wire.

Counted by Chromium itself where there is one (bytes with headers, over the DevTools protocol). Without Chromium the
page and what its head names are fetched with gzip, and the headers are counted as they came.
"""

import gzip
import http.client
import importlib.util
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit

from tests.benchmarks.cloud import Cloud
from tests.benchmarks.consoles import Console
from tests.benchmarks.figures import Aim, Line
from tests.benchmarks.size import Size
from tests.conditions import chromium

TITLE = "First load: bytes on the wire with headers, and requests"
#: What a page of its own makes a browser fetch: style, scripts, icon, sprite.
_NAMED = re.compile(r'<(?:link|script|use)\b[^>]*?(?:href|src)="([^"#]+)')


def measure(size: Size) -> Iterator[Line]:
    """The sign-in page and the tab, each with an empty cache, and the tab a second time."""
    with Cloud(50) as cloud, Console(cloud.base_url, size.workers) as console:
        browse = _chromium if chromium() and importlib.util.find_spec("playwright") else _computed
        with browse(console) as visit:
            tab, sign_in = console.tab_url(cloud.gateway_id()), console.url + "/sign-in/"
            yield from _lines("sign-in page, empty cache", visit(sign_in, signed_in=False, cold=True), 60, 6)
            yield from _lines("tab, empty cache", visit(tab, signed_in=True, cold=True), 60, 6)
            yield from _lines("tab, second view", visit(tab, signed_in=True, cold=False), 12, 6)


def _lines(what: str, fetched: list[tuple[str, int]], most_kilobytes: float, most_requests: int) -> Iterator[Line]:
    kilobytes = sum(count for _, count in fetched) / 1000
    met = kilobytes <= most_kilobytes and len(fetched) <= most_requests
    aim = Aim(f"<= {most_kilobytes:g} kB in <= {most_requests}", met)
    yield Line(what, f"{kilobytes:.1f} kB", f"{len(fetched)} requests", aim=aim)
    for url, count in fetched:
        name = re.sub(r"\.[0-9a-f]{12}\.", ".", urlsplit(url).path.rsplit("/", 1)[-1])
        yield Line(f"    {name or 'the page itself'}", f"{count / 1000:.1f} kB")


@contextmanager
def _chromium(console: Console) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    cookies = [cookie.split("=", 1) for cookie in console.sign_in("operator").split("; ")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        contexts: dict[bool, Any] = {}
        for signed_in in (True, False):
            contexts[signed_in] = browser.new_context()
        contexts[True].add_cookies([{"name": name, "value": value, "url": console.url} for name, value in cookies])
        pages = {signed_in: context.new_page() for signed_in, context in contexts.items()}

        def visit(url: str, *, signed_in: bool, cold: bool) -> list[tuple[str, int]]:
            return _watched(contexts[signed_in], pages[signed_in], url, cold)

        yield visit
        browser.close()


def _watched(context: Any, page: Any, url: str, cold: bool) -> list[tuple[str, int]]:
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    if cold:
        devtools.send("Network.clearBrowserCache")
    addresses: dict[str, str] = {}
    from_cache: set[str] = set()
    fetched: list[tuple[str, int]] = []
    devtools.on("Network.requestWillBeSent", lambda e: addresses.update({e["requestId"]: e["request"]["url"]}))
    devtools.on("Network.requestServedFromCache", lambda e: from_cache.add(e["requestId"]))

    def finished(event: dict[str, Any]) -> None:
        if event["requestId"] not in from_cache and event["encodedDataLength"]:
            fetched.append((addresses.get(event["requestId"], ""), int(event["encodedDataLength"])))

    devtools.on("Network.loadingFinished", finished)
    page.goto(url, wait_until="networkidle")
    devtools.detach()
    return fetched


@contextmanager
def _computed(console: Console) -> Iterator[Any]:
    cookie = console.sign_in("operator")

    def visit(url: str, *, signed_in: bool, cold: bool) -> list[tuple[str, int]]:
        page, count = _fetch(url, cookie if signed_in else "")
        found = [(url, count)]
        if cold:
            named = dict.fromkeys(urljoin(url, name) for name in _NAMED.findall(page))
            found += [(address, _fetch(address, "")[1]) for address in named]
        return found

    yield visit


def _fetch(url: str, cookie: str) -> tuple[str, int]:
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=20)) as connection:
        connection.request("GET", parts.path, headers={"Accept-Encoding": "gzip", "Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
    head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders()) + 19
    text = gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body
    return text.decode(errors="replace"), head + len(body)
