"""Texts that a cloud should never send, for every field in which it sends text."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
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

#: What a description may hold: the clouds take no angle brackets in it, and this console no characters without a shape.
UNBRACKETED: Final = tuple(text for text in PAYLOADS if text.isprintable() and not set("<>") & set(text))


@dataclass(frozen=True)
class Handful:
    """Payloads that stand together in one text, so that one page shows them all."""

    payloads: tuple[str, ...]

    def named(self, field: str) -> str:
        """The text of this field: the payloads, and behind them which field it is, for whoever finds it on a page."""
        return f"{self} ~{field}~"

    def __str__(self) -> str:
        return " ".join(self.payloads)


#: What means something only at the beginning of a text, such as of an address: it leads its handful.
_LEADERS: Final = tuple("j=@.$%+\\")


def handfuls(count: int) -> list[Handful]:
    """All payloads, each in one of so many handfuls."""
    dealt = sorted(PAYLOADS, key=lambda payload: not payload.startswith(_LEADERS))
    return [Handful(tuple(dealt[number::count])) for number in range(count)]


def packed(payloads: tuple[str, ...], longest: int) -> list[Handful]:
    """These payloads in handfuls that are no longer as a text; a payload that is longer by itself is cut."""
    packs: list[Handful] = []
    for payload in payloads:
        wider = Handful((*packs[-1].payloads, payload[:longest])) if packs else None
        if wider is not None and len(str(wider)) <= longest:
            packs[-1] = wider
        else:
            packs.append(Handful((payload[:longest],)))
    return packs


def plant(world: World, handful: Handful) -> str:
    """Put the payloads into every text that the cloud sends of the gateway `main`; id of a connection that is whole.

    Ids that addresses are made of stay as they are, but for one connection and one account that nobody can act on.
    """
    gateway = world.gateway_named("main")
    for field in ("name", "description", "vpc_id", "subnet_id", "security_group_id", "ingress_ip"):
        setattr(gateway, field, handful.named(f"gateway.{field}"))
    service = world.services[gateway.service_id or ""]
    service.name = handful.named("service.name")
    whole, strange, failed, *_ = world.connections[service.id]
    whole.domain_id = handful.named("whole.domain_id")
    for field in ("id", "marker_id", "domain_id", "status", "description"):
        setattr(strange, field, handful.named(f"connection.{field}"))
    failed.status = "failed"
    failed.error = [{"error_code": handful.named("error.code"), "error_message": handful.named("error.message")}]
    first = next(iter(world.permissions[service.id].values()))
    account = handful.named("permission.account")
    world.permissions[service.id] = {first.account: first, account: replace(first, account=account)}
    other = world.gateway_named("without_service")
    for field in ("name", "status", "spec"):
        setattr(other, field, handful.named(f"other.{field}"))
    return whole.id
