"""An act's own page: how far it is, how each object ended, stop, export, retry."""

import json
import uuid
from typing import Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console.access.actor import actor_of
from console.access.guard import Hidden, Refused, any_person
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.audit.catalog import Action
from console.audit.downloads import CSV, JSON_LINES, Download, respond
from console.changes import background, batches, book, differences
from console.changes.addresses import HOST_NOUNS, PAGE_TITLES, act_url, home_of
from console.changes.kinds.kind import Realm
from console.changes.kinds.registry import KINDS
from console.changes.models import Batch, Change
from console.changes.old_acts import explain_absence
from console.heartbeats import processes
from console.web.fragments import render
from console.web.spreadsheets import csv_lines
from console.web.tables import Address, Column, arrange

#: The table is paged in memory; an act has at most a few thousand objects.
COLUMNS: tuple[Column[Change], ...] = (
    Column("position", "No.", lambda change: change.position, numeric=True),
    Column("target", "Object", lambda change: change.target),
    Column("stage", "How it ended", lambda change: change.stage),
    Column("explanation", "Why", lambda change: change.explanation),
    Column("request", "Cloud request ID", lambda change: change.cloud_request_id),
)
#: Seconds between two looks of the page: while calls go out, and while ends are found out by reading the cloud.
SENDING_PAUSE: Final = 3
SETTLING_PAUSE: Final = 10


def _find(request: ConsoleRequest, batch_id: uuid.UUID) -> Batch:
    """The act, if the person may know of its gateway."""
    found = get_object_or_404(Batch, pk=batch_id)
    _require_sight(request, found)
    return found


def _require_sight(request: ConsoleRequest, found: Batch) -> None:
    """Raise Hidden if the person may not know of its gateway."""
    if not request.reach.sees_gateway(found.cloud, found.gateway_id):
        raise Hidden(found.kind, Permission.SEE, found.cloud, found.gateway_id)


def _permission(found: Batch) -> Permission:
    return KINDS[found.kind].permission_in(Realm(found.realm))


def _may_act(request: ConsoleRequest, found: Batch) -> bool:
    return request.reach.may(_permission(found), found.cloud, found.gateway_id)


@require_safe
@any_person("checked inside: an act is known to those who may know of its gateway")
def batch(request: ConsoleRequest, batch_id: uuid.UUID) -> HttpResponse:
    """How far it is, and how each object ended."""
    found = Batch.objects.filter(pk=batch_id).first()
    if found is None:
        return explain_absence(request, batch_id=str(batch_id))
    _require_sight(request, found)
    progress = batches.progress_of(found)
    sending = found.in_background and found.finished_at is None
    address = Address(reverse("changes:batch", args=(found.pk,)), request.GET)
    stage = address.value("stage")
    may_act = _may_act(request, found)
    at = (found.realm, found.cloud, found.gateway_id)
    table = arrange(
        list(batches.changes_of(found, stage)),
        COLUMNS,
        address,
        text_of=lambda change: f"{change.target} {change.explanation} {change.error_code}",
        size=request.user.page_size,
    )
    context = {
        "batch": found,
        "kind": KINDS[found.kind],
        "progress": progress,
        "lines": [(change, differences.of_stale(change)) for change in table.rows],
        "table": table,
        "stages": [(t, address.having(stage=t.stage, page=None), t.stage == stage) for t in progress.tallies],
        "all_url": address.having(stage=None, page=None),
        "stage": stage,
        "poll_url": address.having(poll=1) if progress.is_moving else "",
        "silence": processes.workers().silence if progress.is_moving else "",
        "pause": SENDING_PAUSE if sending else SETTLING_PAUSE,
        "being_found_out": 0 if sending else progress.unsettled,
        "may_stop": may_act and found.in_background and found.finished_at is None and found.stopped_at is None,
        "retry_url": f"{act_url(KINDS[found.kind], *at)}?retry={found.pk}"
        if may_act and not sending and progress.not_done and KINDS[found.kind].most > 1
        else "",
        "host_noun": HOST_NOUNS[Realm(found.realm)],
        "home_url": home_of(*at),
        "home_title": PAGE_TITLES[Realm(found.realm)],
    }
    return render(request, "changes/batch.html", context, fragment="changes/_batch.html")


@require_POST
@any_person("checked inside: the same permission as the act itself")
def stop(request: ConsoleRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Send nothing more. What is being sent this moment comes to its end."""
    found = _find(request, batch_id)
    if not _may_act(request, found):
        raise Refused(found.kind, _permission(found), found.cloud, found.gateway_id)
    with transaction.atomic():
        stopped = background.stop(found, request.user.get_username())
        if stopped:
            book.note_stopped(found, actor_of(request, found.cloud, found.gateway_id))
    if stopped:
        messages.warning(request, "Stopped. What was being sent comes to its end; nothing more is sent.")
    else:
        messages.info(request, "It had ended or was stopped before.")
    return HttpResponseRedirect(reverse("changes:batch", args=(found.pk,)), status=303)


@require_safe
@any_person("checked inside: an act is known to those who may know of its gateway")
def export(request: ConsoleRequest, batch_id: uuid.UUID, form: str) -> StreamingHttpResponse:
    """Every object with its end, as JSON lines or CSV."""
    found = _find(request, batch_id)
    lines = list(batches.lines_of(found))
    if form == "csv":
        heads = list(lines[0]) if lines else []
        text, kind = csv_lines(heads, (line.values() for line in lines)), CSV
    else:
        text, kind = (json.dumps(line, ensure_ascii=False) + "\n" for line in lines), JSON_LINES
    details = {"act": str(found.pk), "rows": len(lines)}
    download = Download(Action.ACT_EXPORT, f"act.{form}", kind, found.cloud, found.gateway_id, details)
    return respond(request, download, text)
