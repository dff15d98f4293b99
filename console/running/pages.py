"""The first address, and help in words."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from console.access.guard import any_person
from console.access.roles import ROLE_PERMISSIONS, Permission, Role
from console.clouds.types import ConnectionStatus
from console.web.fragments import render

#: Title, shape of the mark, meaning (huawei-contract 6.2).
_STATUSES: Final = {
    ConnectionStatus.PENDING_ACCEPTANCE: ("Pending acceptance", "pending", "Waits for you to accept or reject it."),
    ConnectionStatus.CREATING: ("Creating", "creating", "The cloud is connecting it. The row refreshes itself."),
    ConnectionStatus.ACCEPTED: ("Accepted", "accepted", "Connected: traffic may flow."),
    ConnectionStatus.REJECTED: ("Rejected", "rejected", "Refused, or cut, by the owner of the gateway."),
    ConnectionStatus.FAILED: (
        "Failed",
        "failed",
        "The cloud could not connect it; its owner must create a new endpoint.",
    ),
    ConnectionStatus.DELETING: ("Deleting", "deleting", "Its owner is deleting it. The row goes away by itself."),
    ConnectionStatus.NOT_CONNECTED: (
        "Not connected",
        "disabled",
        "Some clouds do not tell a waiting connection from a rejected one. What our own records say of it stands "
        "beside the status.",
    ),
    ConnectionStatus.OTHER: (
        "Any other word",
        "unknown",
        "A status that this console does not know, as the cloud gave it.",
    ),
}


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One status: what it means and which acts are legal on it."""

    title: str
    tone: str
    meaning: str
    accept: bool
    reject: bool


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act and, for each role in the order of the columns, whether it may."""

    act: str
    allowed: tuple[bool, ...]


@require_safe
@any_person("everybody starts somewhere")
def home(request: HttpRequest) -> HttpResponse:
    """The list of gateways is where the work begins."""
    return redirect("gateways:list")


@require_safe
@any_person("help holds nothing of a customer")
def help_page(request: HttpRequest) -> HttpResponse:
    """What the words on the pages mean, and who may do what."""
    statuses = [
        StatusRow(title, tone, meaning, status.can_accept, status.can_reject)
        for status, (title, tone, meaning) in _STATUSES.items()
    ]
    acts = [
        ActRow(permission.label, tuple(permission in ROLE_PERMISSIONS[role] for role in Role))
        for permission in Permission
    ]
    return render(
        request,
        "running/help.html",
        {"statuses": statuses, "roles": [role.label for role in Role], "acts": acts},
    )
