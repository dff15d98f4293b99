"""Deletes acts whose end has been known for long, and says so where they are asked for. The audit log keeps its rows.

An act is kept while the end of one of its Changes is open, and while any act at the same host is open: it may be
evidence of how that one ended (`evidence`).
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse

from console import clock
from console.access.guard import Hidden
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.audit import journal
from console.audit.models import Entry
from console.changes.models import BUSY, OPEN, Batch, Change, Stage, Transcript
from console.observations.history import REMEMBERED
from console.transactions import run_again_when_called_off
from console.web.fragments import render

#: Fewest days that acts can be kept: a person's own acts are told from news for so long.
FEWEST_DAYS: Final = REMEMBERED.days
#: Acts that are deleted in one transaction, so that writers need not wait long.
_PORTION: Final = 50


@run_again_when_called_off
def forget_old() -> bool:
    """Delete some acts that ended more than CONSOLE_CHANGES_DAYS ago; whether there may be more."""
    moment = forgotten_before()
    if moment is None:
        return False
    with transaction.atomic():
        old = _ended_before(moment).order_by("finished_at").select_for_update(skip_locked=True)
        ids = list(old.values_list("pk", flat=True)[:_PORTION])
        changes = Change.objects.filter(batch__in=ids)
        unknowable = changes.filter(stage=Stage.UNKNOWABLE).values_list("pk", flat=True)
        journal.expect_no_end([str(pk) for pk in unknowable])
        changes.delete()
        Transcript.objects.filter(batch__in=ids).delete()
        Batch.objects.filter(pk__in=ids).delete()
    return len(ids) == _PORTION


def forgotten_before() -> datetime | None:
    """Acts that ended before may be deleted; None where all are kept."""
    return clock.now() - timedelta(days=settings.CHANGES_DAYS) if settings.CHANGES_DAYS else None


def _ended_before(moment: datetime) -> QuerySet[Batch]:
    """Acts that ended before, and that nothing open depends on."""
    own = Change.objects.filter(batch=OuterRef("pk"))
    unsettled = own.filter(Q(stage__in=(*BUSY, *OPEN)) | Q(settled_at__gte=moment))
    there = Change.objects.filter(cloud=OuterRef("cloud"), gateway_id=OuterRef("gateway_id"))
    open_there = there.filter(stage__in=OPEN, look_after__isnull=False)
    return Batch.objects.filter(~Exists(unsettled), ~Exists(open_there), finished_at__lt=moment)


def explain_absence(request: ConsoleRequest, **act: str) -> HttpResponse:
    """The page for an act of which only rows of the audit log are left; `act` names it as they do.

    Raises Http404 where the log has none either, and Hidden for somebody who may not know of its gateway.
    """
    rows = Entry.objects.filter(**act)
    last = rows.order_by("-seq").first()
    if last is None:
        raise Http404
    if not request.reach.sees_gateway(last.cloud, last.gateway_id):
        raise Hidden(last.action, Permission.SEE, last.cloud, last.gateway_id)
    moment = forgotten_before()
    context = {
        "was_old": moment is not None and last.at < moment,
        "days": settings.CHANGES_DAYS,
        "last": last,
        "filter": "&".join(f"{name.removesuffix('_id')}={value}" for name, value in act.items()),
        "reads_audit": request.reach.may(Permission.READ_AUDIT, last.cloud, last.gateway_id),
    }
    return render(request, "changes/forgotten.html", context, status=410)
