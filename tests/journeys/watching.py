"""Sees everything that a page must not do: complain, break, ask for what is not there, or call strangers."""

import re
from dataclasses import dataclass, field
from typing import Any

#: On every answer, whatever it is.
STRICT = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@dataclass
class Watch:
    """Collects the offences of one browser context. `allow` names those that a test brings about itself."""

    base: str
    offences: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    _allowed: list[str] = field(default_factory=list)

    def over(self, context: Any) -> None:
        """Listen to every page of this context."""
        context.on("console", lambda message: self._offend("console", f"{message.text} {message.location['url']}"))
        context.on("weberror", lambda error: self._offend("page error", str(error.error)))
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("requestfailed", self._failed)

    def allow(self, pattern: str) -> None:
        """Such a console line is part of the story: Chromium itself notes every answer from 400 on."""
        self._allowed.append(pattern)

    def polls(self) -> int:
        """How often a page asked by itself."""
        return sum(1 for url in self.requests if "poll=1" in url)

    def verdict(self) -> list[str]:
        """What is left to complain about."""
        return [offence for offence in self.offences if not any(re.search(p, offence) for p in self._allowed)]

    def _offend(self, kind: str, text: str) -> None:
        self.offences.append(f"{kind}: {text}")

    def _asked(self, request: Any) -> None:
        self.requests.append(request.url)
        if not request.url.startswith((f"{self.base}/", "data:", "blob:")):
            self._offend("a stranger", request.url)

    def _failed(self, request: Any) -> None:
        # A page that is left stops its poll, and a download is no page: both are aborted by the browser.
        if "ERR_ABORTED" not in (request.failure or ""):
            self._offend("failed", f"{request.url} {request.failure}")

    def _answered(self, response: Any) -> None:
        if not response.url.startswith(self.base):
            return
        headers = response.headers
        for name, value in STRICT.items():
            if headers.get(name) != value:
                self._offend("header", f"{name} is {headers.get(name)} on {response.url}")
        policy = headers.get("content-security-policy", "")
        if "default-src 'none'" not in policy or "unsafe" in policy:
            self._offend("header", f"the policy is {policy!r} on {response.url}")
        if "/static/" not in response.url and "no-store" not in headers.get("cache-control", ""):
            self._offend("header", f"{response.url} may be kept by caches")
