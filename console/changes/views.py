"""A Change's own page, and "Check again" for one whose end is not known."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console.access.actor import actor_of
from console.access.guard import Hidden, Refused, any_person
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.changes import differences
from console.changes.addresses import HOST_NOUNS, PAGE_TITLES, home_of
from console.changes.batches import is_of_several
from console.changes.execution import Acted
from console.changes.kinds.kind import Kind, Realm
from console.changes.kinds.registry import KINDS
from console.changes.models import Change
from console.changes.old_acts import explain_absence
from console.changes.outcome import sentences
from console.changes.seals import is_as_sealed
from console.changes.settling import check_again
from console.changes.wire import wire_of
from console.clouds.errors import CloudError
from console.heartbeats import processes
from console.web.fragments import render


def _require_sight(request: ConsoleRequest, change: Change) -> None:
    """Raise Hidden if the person may not know of its gateway."""
    if not request.reach.sees_gateway(change.cloud, change.gateway_id):
        raise Hidden(change.kind, Permission.SEE, change.cloud, change.gateway_id)


@require_safe
@any_person("checked inside: a Change is known to those who may know of its gateway")
def detail(request: ConsoleRequest, change_id: uuid.UUID) -> HttpResponse:
    """What was asked, what was seen, how it ended."""
    change = Change.objects.filter(pk=change_id).first()
    if change is None:
        return explain_absence(request, change_id=str(change_id))
    _require_sight(request, change)
    kind = KINDS[change.kind]
    permission = kind.permission_in(Realm(change.realm))
    hosts = kind.acts_at(change.gateway_id, change.parameters)
    sees_all = all(request.reach.sees_gateway(change.cloud, host) for host in hosts)
    context = {
        "change": change,
        "noun": kind.noun,
        "host_noun": HOST_NOUNS[Realm(change.realm)],
        "home_title": PAGE_TITLES[Realm(change.realm)],
        "home_url": home_of(change.realm, change.cloud, change.gateway_id),
        "act_url": reverse("changes:batch", args=(change.batch_id,)) if is_of_several(change.batch) else "",
        "stage": change.get_stage_display(),
        "moved": differences.of_stale(change) if sees_all else [],
        "before": _facts(kind, change.before, sees_all=sees_all),
        "after": _facts(kind, change.after, sees_all=sees_all),
        "siblings": Change.objects.filter(batch_id=change.batch_id).exclude(pk=change.pk).order_by("target")[:50],
        "may_check": change.is_open and request.reach.may(permission, change.cloud, change.gateway_id),
        "silence": processes.workers().silence if change.is_open else "",
        "wire": wire_of(change),
        "sealed": is_as_sealed(change),
        "reads_audit": request.reach.may(Permission.READ_AUDIT, change.cloud, change.gateway_id),
    }
    return render(request, "changes/detail.html", context)


def _facts(kind: Kind, seen: dict[str, object] | None, *, sees_all: bool) -> list[tuple[str, str]]:
    shown = (seen or {}) if sees_all else kind.facts_here(seen or {})
    return [(name.replace("_", " "), differences.in_words(value)) for name, value in shown.items()]


@require_POST
@any_person("checked inside: the same permission as the act itself")
def check(request: ConsoleRequest, change_id: uuid.UUID) -> HttpResponse:
    """Read the cloud and settle the Change if what is seen proves its end. Never sends it again."""
    change = get_object_or_404(Change, pk=change_id)
    _require_sight(request, change)
    permission = KINDS[change.kind].permission_in(Realm(change.realm))
    if not request.reach.may(permission, change.cloud, change.gateway_id):
        raise Refused(change.kind, permission, change.cloud, change.gateway_id)
    try:
        change = check_again(change, actor_of(request, change.cloud, change.gateway_id))
    except CloudError as error:
        messages.warning(request, f"The cloud could not be read: {error}. It is still unknown how this ended.")
    else:
        for level, text in sentences(Acted((change,))):
            messages.add_message(request, level, text)
    return HttpResponseRedirect(_back(request, change), status=303)


def _back(request: ConsoleRequest, change: Change) -> str:
    """To where the button was; only our own two places are known."""
    if request.POST.get("back") == "tab":
        host = "" if KINDS[change.kind].removes else change.gateway_id
        return home_of(change.realm, change.cloud, host) + "?refresh=1"
    return reverse("changes:detail", args=(change.pk,))
