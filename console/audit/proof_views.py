"""The page that shows why the log can be believed: verify, checkpoints, keys, and how to check all of it elsewhere.

Who reads the whole log sees all of it. Who reads the log of some places learns whether and until when the log is
proven, and nothing about the rest: neither how many rows there are, nor who verified, nor where checkpoints go.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console.access.actor import actor_of
from console.access.guard import requires, requires_everywhere
from console.access.reach import Reach
from console.access.roles import Permission
from console.audit import anchors, canonical, checkpoints, delivery, keyring, unendorsed_keys, verification
from console.audit.breaks import reach
from console.audit.catalog import Action, State
from console.audit.checkpoints import NothingNew, NothingToSign
from console.audit.display import Fact
from console.audit.downloads import JSON_LINES, Download, respond
from console.audit.journal import record
from console.audit.keyring import KeyTrouble
from console.audit.models import Checkpoint, Delivery, Head, Verification
from console.heartbeats import processes
from console.web.fragments import render

_UNDER_WAY: Final = "A verification is under way already, so no other one was started. This page shows how far it is."
#: Checkpoints shown; the file has all.
MOST_SHOWN: Final = 20
#: The face's shapes for how far things are.
_TONES: Final = {
    Verification.State.WAITING: "waiting",
    Verification.State.RUNNING: "running",
    Verification.State.WHOLE: "succeeded",
    Verification.State.BROKEN: "failed",
    Verification.State.STOPPED: "failed",
    Delivery.State.WAITING: "waiting",
    Delivery.State.DELIVERED: "succeeded",
    Delivery.State.GIVEN_UP: "failed",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a checkpoint went, and how far it is."""

    channel: str
    receiver: str
    label: str
    tone: str
    problem: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint of the list."""

    number: str
    at: datetime
    row: str
    first: str
    key_id: str
    sent: tuple[Sent, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The last verification, for those who read the whole log. `share` is how much of it is done, in percent."""

    label: str
    tone: str
    text: str
    kind: str
    row_url: str
    by: str
    at: datetime
    under_way: bool
    checked: str
    rows: str
    share: int
    #: Why it does not go on, "" where it does.
    silence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The last verification, for those who read a part of the log."""

    label: str
    tone: str
    at: datetime
    under_way: bool


@require_safe
@requires(Permission.READ_AUDIT, act=Action.PAGE_OPEN)
def proof(request: HttpRequest) -> HttpResponse:
    """The page; as a fragment the card of the last verification, which refreshes itself while one is under way."""
    last = verification.newest()
    context: dict[str, Any] = {
        "list_url": reverse("audit:list"),
        "proof_url": reverse("audit:proof"),
        "keys": unendorsed_keys.keys(),
        "waiting_keys": unendorsed_keys.waiting(),
        "keys_url": reverse("audit:public_keys"),
        "export_url": reverse("audit:export_jsonl"),
    }
    reach: Reach = getattr(request, "reach", Reach())
    if not reach.may_everywhere(Permission.READ_AUDIT):
        context |= {"verdict": _verdict(last) if last else None, "facts": _facts_of_a_part()}
        return render(request, "audit/proof.html", context, fragment="audit/_verdict.html")
    context |= {
        "whole_log": True,
        "verify_url": reverse("audit:verify"),
        "checkpoint_url": reverse("audit:checkpoint"),
        "acknowledge_url": reverse("audit:acknowledge_keys")
        if reach.may_everywhere(Permission.ACKNOWLEDGE_KEYS)
        else "",
        "result": _result(last) if last else None,
        "facts": _facts(),
        "signed": _signed(),
        "most_shown": MOST_SHOWN,
        "checkpoints_url": reverse("audit:checkpoint_lines"),
        "problems": [said for said in (checkpoints.trouble_with_key(), anchors.problem()) if said],
    }
    return render(request, "audit/proof.html", context, fragment="audit/_verification.html")


@require_POST
@requires_everywhere(Permission.READ_AUDIT, act=Action.AUDIT_VERIFY)
def verify(request: HttpRequest) -> HttpResponse:
    """Verify the log, now or by a worker; the page shows how it stands."""
    if not verification.ask(actor_of(request)).started:
        messages.info(request, _UNDER_WAY)
    return redirect("audit:proof")


@require_POST
@requires_everywhere(Permission.READ_AUDIT, act=Action.AUDIT_CHECKPOINT)
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Sign a checkpoint now, if there is something new. What hinders it is shown, and written down."""
    actor = actor_of(request)
    try:
        made = checkpoints.on_demand(actor)
    except NothingNew as nothing:
        messages.info(request, str(nothing))
    except (KeyTrouble, NothingToSign) as trouble:
        record(action=Action.AUDIT_CHECKPOINT, state=State.FAILED, actor=actor, after={"problem": str(trouble)})
        messages.error(request, f"No checkpoint was signed: {trouble}.")
    else:
        messages.success(request, f"Checkpoint {made.number} is signed.")
    return redirect("audit:proof")


@require_safe
@requires_everywhere(Permission.READ_AUDIT, act=Action.AUDIT_EXPORT_CHECKPOINTS)
def checkpoint_lines(request: HttpRequest) -> HttpResponseBase:
    """All checkpoints as a file, oldest first."""
    download = Download(Action.AUDIT_EXPORT_CHECKPOINTS, "audit-checkpoints.jsonl", JSON_LINES)
    return respond(request, download, (f"{line}\n" for line in checkpoints.lines()))


@require_safe
@requires(Permission.READ_AUDIT, act=Action.PAGE_OPEN)
def public_keys(request: HttpRequest) -> HttpResponse:
    """Every public key that ever signed, as PEM. They stand on the page too: no row says who took them."""
    return HttpResponse(
        "".join(keyring.public_pem(key["public_key"]) for key in checkpoints.public_keys()),
        content_type="application/x-pem-file",
        headers={"Content-Disposition": 'attachment; filename="audit-public-keys.pem"'},
    )


def _result(last: Verification) -> Result:
    state = Verification.State(last.state)
    return Result(
        label=state.label,
        tone=_TONES[state],
        text=last.result,
        kind=last.kind,
        row_url=reverse("audit:detail", args=[last.seq]) if last.seq else "",
        by=last.person,
        at=last.finished_at or last.asked_at,
        under_way=last.finished_at is None,
        checked=str(last.checked),
        rows=str(last.rows),
        share=min(100, 100 * last.checked // last.rows) if last.rows else 0,
        silence=processes.workers().silence if last.finished_at is None else "",
    )


def _verdict(last: Verification) -> Verdict:
    """Neither rows nor people; a broken row may lie where the person may not look."""
    state = Verification.State(last.state)
    return Verdict(state.label, _TONES[state], last.finished_at or last.asked_at, under_way=last.finished_at is None)


def _facts_of_a_part() -> list[Fact]:
    last, head = checkpoints.newest(), Head.objects.first()
    return [
        Fact("Installation", head.installation if head else "", copy=True, code=True),
        Fact("Protected", f"signed up to {canonical.moment(last.at)}" if last else "no checkpoint yet"),
    ]


def _signed() -> list[Signed]:
    found = Checkpoint.objects.order_by("-number").prefetch_related("deliveries")[:MOST_SHOWN]
    return [
        Signed(
            number=str(made.number),
            at=made.at,
            row=str(made.seq),
            first=str(made.first),
            key_id=made.key_id,
            sent=tuple(_sent(sent) for sent in made.deliveries.all()),
        )
        for made in found
    ]


def _sent(sent: Delivery) -> Sent:
    state, channel = Delivery.State(sent.state), Delivery.Channel(sent.channel)
    return Sent(channel.label, sent.receiver, state.label, _TONES[state], sent.problem)


def _reach(last: Checkpoint | None, head: Head) -> str:
    return reach(last.seq, canonical.moment(last.at), head.seq) if last else reach(0, "", head.seq)


def _facts() -> list[Fact]:
    last = checkpoints.newest()
    head = Head.objects.first()  # after the checkpoint, which is never ahead of it
    to = delivery.receivers()
    seconds, days = settings.AUDIT_CHECKPOINT_SECONDS, settings.AUDIT_RETAIN_DAYS
    return [
        Fact("Installation", head.installation if head else "", copy=True, code=True),
        Fact("Rows", f"{checkpoints.first_row()} to {head.seq}" if head and head.seq else "none yet"),
        Fact("Protected", _reach(last, head) if head and head.seq else ""),
        Fact("Hash of the last row", head.hash if head else "", copy=True, code=True),
        Fact("Checkpoints", f"every {seconds} seconds while there are new rows, sooner after an act, and on demand"),
        *(Fact(channel.label, to.get(channel, "not set")) for channel in Delivery.Channel),
        Fact("Rows are kept", f"{days} days, up to a checkpoint" if days else "for ever"),
    ]
