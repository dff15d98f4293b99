"""Giving a role to a person or a group, and taking it away."""

from django.contrib import messages
from django.contrib.auth.models import Group
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console.access.guard import Hidden, requires
from console.access.models import Grant, Person
from console.access.request import ConsoleRequest
from console.access.roles import Permission, Role
from console.audit.catalog import Action
from console.people import display, forms, queries
from console.people.actions import decisions, grants
from console.people.actions.rules import Administrator, administrator_of, scope_of
from console.people.views.confirming import UNPROCESSABLE, Question, ask_then, tell_voided
from console.web.fragments import render

_ASK_AND_ACT = require_http_methods(["GET", "HEAD", "POST"])


@_ASK_AND_ACT
@requires(Permission.MANAGE_PEOPLE, act=Action.GRANT_ADD)
def give_person(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """A role for a person."""
    return _give(request, get_object_or_404(Person, pk=person_id))


@_ASK_AND_ACT
@requires(Permission.MANAGE_PEOPLE, act=Action.GRANT_ADD)
def give_group(request: ConsoleRequest, group_id: int) -> HttpResponse:
    """A role for everybody in a group."""
    return _give(request, get_object_or_404(Group, pk=group_id))


@_ASK_AND_ACT
@requires(Permission.MANAGE_PEOPLE, act=Action.GRANT_REMOVE)
def take(request: ConsoleRequest, grant_id: int) -> HttpResponse:
    """Take a role away. A grant outside the administrator's scope does not exist for them."""
    grant, who = (
        get_object_or_404(Grant.objects.select_related("person", "group"), pk=grant_id),
        administrator_of(request),
    )
    if not who.covers(scope_of(grant)):
        raise Hidden(Action.GRANT_REMOVE, Permission.MANAGE_PEOPLE, grant.cloud, grant.gateway_id)
    holder, role = grants.holder_of(grant), str(Role(grant.role).label)
    where = display.where_text(grant.cloud, grant.gateway_id, queries.cloud_labels())
    question = Question(
        act=Action.GRANT_REMOVE,
        title=f"Remove {role} from {_name(holder)}",
        lead=f"{_name(holder)} is no longer {role} on {where}.",
        warning="It holds from their next click on, in the middle of whatever they are doing.",
        button="Remove",
        back_url=_page_of(holder),
        target=grants.target_of_holder(holder),
    )

    def act() -> str:
        grants.take_role(who, grant)
        return f"{_name(holder)} is no longer {role} on {where}."

    return ask_then(request, who, question, act)


def _give(request: ConsoleRequest, holder: Person | Group) -> HttpResponse:
    who, clouds = administrator_of(request), queries.cloud_labels()
    grants.must_receive(who, holder)
    form = forms.GrantForm(request.POST or None, who=who, clouds=clouds)
    if request.method == "POST" and form.is_valid():
        role, scope = form.cleaned_data["role"], form.scope()
        try:
            given = grants.give_role(who, holder, role, scope, shown=request.POST.get("shown"))
        except grants.HasMoved:
            form.add_error(None, "Others would get the role than this page showed. Nothing was done; look again.")
            return _show(request, holder, who, form, status=409)
        where = display.where_text(scope.cloud, scope.gateway_id, clouds)
        now = "now" if given.is_new else "already"
        messages.success(request, f"{_name(holder)} is {role.label} on {where} {now}.")
        tell_voided(request, given.voided)
        return HttpResponseRedirect(_page_of(holder), status=303)
    return _show(request, holder, who, form, status=UNPROCESSABLE if form.errors else 200)


def _show(
    request: ConsoleRequest, holder: Person | Group, who: Administrator, form: forms.GrantForm, *, status: int
) -> HttpResponse:
    context = {
        "form": form,
        "holder": _name(holder),
        "back_url": _page_of(holder),
        "is_group": isinstance(holder, Group),
        "receivers": [display.receiver_of(one, who) for one in decisions.receivers(holder)],
        "shown": grants.receipt_of(holder),
    }
    return render(request, "people/give.html", context, status=status)


def _name(holder: Person | Group) -> str:
    return holder.username if isinstance(holder, Person) else f"Group {holder.name}"


def _page_of(holder: Person | Group) -> str:
    return reverse("people:detail" if isinstance(holder, Person) else "people:group", args=(holder.pk,))
