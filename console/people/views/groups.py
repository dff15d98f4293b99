"""Groups: who is in them, and what they hold."""

from django.contrib import messages
from django.contrib.auth.models import Group
from django.db import IntegrityError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from console.access.guard import Hidden, requires
from console.access.models import Grant, Person
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.audit.catalog import Action
from console.people import display, forms, queries
from console.people.actions import groups
from console.people.actions.rules import Administrator, administrator_of
from console.people.views.confirming import UNPROCESSABLE, Question, ask_then, tell_voided
from console.web.fragments import render

_ASK_AND_ACT = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@requires(Permission.MANAGE_PEOPLE, act=Action.PAGE_OPEN)
def group_list(request: ConsoleRequest) -> HttpResponse:
    """All groups."""
    who, clouds = administrator_of(request), queries.cloud_labels()
    all_rows = (display.group_row_of(group, who, clouds) for group in queries.groups().order_by("name"))
    rows = [row for row in all_rows if row.known]
    return render(request, "people/groups.html", {"rows": rows})


@_ASK_AND_ACT
@requires(Permission.MANAGE_PEOPLE, act=Action.GROUP_ADD)
def add(request: ConsoleRequest) -> HttpResponse:
    """A name; members and roles follow on the group's page."""
    form = forms.GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            group = groups.add_group(administrator_of(request), name=form.cleaned_data["name"])
        except IntegrityError:
            form.add_error("name", "This name, or one that looks like it, is taken already.")
        else:
            messages.success(request, f"Group {group.name} is added.")
            return HttpResponseRedirect(_page_of(group), status=303)
    context = {"form": form, "heading": "Add group", "button": "Add", "back_url": reverse("people:groups")}
    return render(request, "people/group_form.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_safe
@requires(Permission.MANAGE_PEOPLE, act=Action.PAGE_OPEN)
def detail(request: ConsoleRequest, group_id: int) -> HttpResponse:
    """One group."""
    group = get_object_or_404(queries.groups(), pk=group_id)
    who = administrator_of(request)
    row = display.group_row_of(group, who, queries.cloud_labels())
    if not row.known:
        raise Hidden(Action.PAGE_OPEN, Permission.MANAGE_PEOPLE)
    return render(request, "people/group.html", {"group": row})


@_ASK_AND_ACT
@requires(Permission.MANAGE_PEOPLE, act=Action.GROUP_CHANGE)
def rename(request: ConsoleRequest, group_id: int) -> HttpResponse:
    """Another name for the same group."""
    group, who = _managed(request, group_id, Action.GROUP_CHANGE)
    form = forms.GroupForm(request.POST or None, instance=group)
    if request.method == "POST" and form.is_valid():
        try:
            groups.rename_group(who, group, name=form.cleaned_data["name"])
        except IntegrityError:
            form.add_error("name", "A name that looks like this one is taken already.")
        else:
            messages.success(request, f"The group is called {group.name} now.")
            return HttpResponseRedirect(_page_of(group), status=303)
    context = {"form": form, "heading": "Rename group", "button": "Rename", "back_url": _page_of(group)}
    return render(request, "people/group_form.html", context, status=UNPROCESSABLE if form.errors else 200)


@_ASK_AND_ACT
@requires(Permission.MANAGE_PEOPLE, act=Action.GROUP_REMOVE)
def delete(request: ConsoleRequest, group_id: int) -> HttpResponse:
    """Delete a group."""
    group, who = _managed(request, group_id, Action.GROUP_REMOVE)
    # The button leads to the list, for the page of the group will be gone.
    question = Question(
        act=Action.GROUP_REMOVE,
        title=f"Delete group {group.name}",
        lead="The group is deleted. Its members stay.",
        warning="Its members lose the roles they hold through it, from their next click on.",
        button="Delete",
        back_url=reverse("people:groups"),
        target=groups.target_of(group),
    )

    def act() -> str:
        groups.remove_group(who, group)
        return f"Group {group.name} is deleted."

    return ask_then(request, who, question, act)


@_ASK_AND_ACT
@requires(Permission.MANAGE_PEOPLE, act=Action.GROUP_CHANGE)
def add_member(request: ConsoleRequest, group_id: int) -> HttpResponse:
    """Choose who joins."""
    group, who = _managed(request, group_id, Action.GROUP_CHANGE)
    form = forms.MemberForm(request.POST or None, group=group, who=who)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        voided = groups.add_member(who, group, person)
        messages.success(request, f"{person.username} is in the group {group.name} now.")
        tell_voided(request, voided)
        return HttpResponseRedirect(_page_of(group), status=303)
    grants = [(grant, "") for grant in Grant.objects.filter(group=group).order_by("cloud", "gateway_id", "role")]
    roles = [holding.text for holding in display.holdings_of(grants, who, queries.cloud_labels())]
    context = {
        "form": form,
        "heading": f"Add member to {group.name}",
        "button": "Add",
        "back_url": _page_of(group),
        "given": "; ".join(roles) or "no role yet",
    }
    return render(request, "people/group_form.html", context, status=UNPROCESSABLE if form.errors else 200)


@_ASK_AND_ACT
@requires(Permission.MANAGE_PEOPLE, act=Action.GROUP_CHANGE)
def remove_member(request: ConsoleRequest, group_id: int, person_id: int) -> HttpResponse:
    """Take somebody out."""
    group, who = _managed(request, group_id, Action.GROUP_CHANGE)
    person = get_object_or_404(Person, pk=person_id, groups=group)
    question = Question(
        act=Action.GROUP_CHANGE,
        title=f"Remove {person.username} from {group.name}",
        lead=f"{person.get_full_name()} leaves the group {group.name}.",
        warning="They lose the roles they hold through it, from their next click on.",
        button="Remove",
        back_url=_page_of(group),
        target=groups.target_of(group),
    )

    def act() -> str:
        groups.remove_member(who, group, person)
        return f"{person.username} is no longer in the group {group.name}."

    return ask_then(request, who, question, act)


def _managed(request: ConsoleRequest, group_id: int, act: Action) -> tuple[Group, Administrator]:
    """The group and who acts on it: refused before anything is asked, and by the act itself once more."""
    group, who = get_object_or_404(Group, pk=group_id), administrator_of(request)
    who.must_manage(group, act)
    return group, who


def _page_of(group: Group) -> str:
    return reverse("people:group", args=(group.pk,))
