"""Texts that a cloud should never send, for every field in which it sends text."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Final

from console.simcloud.world import World

#: What an executed payload leaves behind: `window.hacked`, or a page called so.
MARK: Final = "hacked"
_RUN: Final = f"window.{MARK}=1"

_TAGS: Final = (
    "<script>{run}</script>",
    "<img src=x onerror={run}>",
    "<svg onload={run}>",
    "<svg><script>{run}</script></svg>",
    "<body onload={run}>",
    "<iframe srcdoc='<script>parent.{run}</script>'></iframe>",
    "<details open ontoggle={run}>",
    "<input autofocus onfocus={run}>",
    "<video><source onerror={run}></video>",
    "<math><mtext><style><img src onerror={run}></style></mtext></math>",
    "<template><script>{run}</script></template>",
    "<form action=javascript:{run}><button id=confirm-submit>Reject</button></form>",
    "<a href='javascript:{run}' id=main>x</a>",
    "<base href='//evil.invalid/'>",
    "<meta http-equiv=refresh content='0;url=//evil.invalid'>",
    "<link rel=stylesheet href=//evil.invalid/x.css>",
    "<style>*{{display:none}}</style>",
    "<div hx-get=/audit/ hx-trigger=load>x</div>",
    "<div data-copy=x data-dialog id=dialog hx-on:load='{run}'>x</div>",
)
#: What stands before a payload to leave the place where the text stands.
_EXITS: Final = ("", '">', "'>", "</title>", "</textarea>", "</script>", "-->")
_ATTRIBUTES: Final = (
    '" onmouseover="{run}" x="',
    "' autofocus onfocus='{run}' x='",
    '" style="position:fixed;inset:0;background:red" x="',
    '" hx-get="/audit/" hx-trigger="load" x="',
    "javascript:{run}//",
    "{{{{ settings.SECRET_KEY }}}}",
    "{{% load static %}}{{% debug %}}",
    "${{{run}}}",
    "`${{{run}}}`",
    "&lt;script&gt;{run}&lt;/script&gt;",
    "&#60;img src=x onerror={run}&#62;",
    "%3Cscript%3E{run}%3C/script%3E",
    "\\u003cscript\\u003e{run}\\u003c/script\\u003e",
    "+ADw-script+AD4-{run}+ADw-/script+AD4-",
)
#: No markup: shapes that break layouts, logs, tables and spreadsheets.
_SHAPES: Final = (
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "\u202egnissecorp\u202c right to left",
    "e\u0301\u0327" * 60,
    "W" * 300,
    "\u200b\u200d\ufeffinvisible",
    "line one\r\nSet-Cookie: hacked=1\r\n\r\nline two",
    "tab\there\x1b[31mred\x07",
    "null\x00byte",
    "\ud7ff\ue000\ufffd\U0001f9e8",
    "../../../etc/passwd",
    "' OR 1=1 --",
)


def payloads() -> Iterator[str]:
    """All of them, each once: every tag bare and behind each exit, then attributes and shapes."""
    for tag, way_out in product(_TAGS, _EXITS):
        yield way_out + tag.format(run=_RUN)
    for text in _ATTRIBUTES:
        yield text.format(run=_RUN)
    yield from _SHAPES


PAYLOADS: Final = tuple(dict.fromkeys(payloads()))

#: One of each kind, for where a page is drawn for each: every tag bare or behind one exit, and all without markup.
SOME: Final = (
    tuple(exit_ + tag.format(run=_RUN) for number, tag in enumerate(_TAGS) for exit_ in ("", _EXITS[1 + number % 6]))
    + PAYLOADS[len(_TAGS) * len(_EXITS) :]
)


def plant(world: World, payload: str) -> str:
    """Put the payload into every text that the cloud sends of the gateway `main`; id of a connection that is whole.

    Ids that addresses are made of stay as they are, but for one connection and one account that nobody can act on.
    """
    gateway = world.gateway_named("main")
    for field in ("name", "description", "vpc_id", "subnet_id", "security_group_id", "ingress_ip"):
        setattr(gateway, field, payload)
    service = world.services[gateway.service_id or ""]
    service.name = payload
    whole, strange, failed, *_ = world.connections[service.id]
    whole.domain_id = strange.domain_id = strange.status = strange.description = payload
    strange.id = payload
    strange.marker_id = payload  # type: ignore[assignment]
    failed.status, failed.error = "failed", [{"error_code": payload, "error_message": payload}]
    first = next(iter(world.permissions[service.id].values()))
    world.permissions[service.id] = {
        first.account: first,
        payload: replace(first, account=payload),
    }
    other = world.gateway_named("without_service")
    other.name = other.status = other.spec = payload
    return whole.id
