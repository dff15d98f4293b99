"""The list of people, and everything about one person."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from console.access.guard import Hidden, requires
from console.access.models import Person
from console.access.passwords import INITIAL_PASSWORD_LIFE
from console.access.request import ConsoleRequest
from console.access.roles import ROLE_PERMISSIONS, Permission, Role
from console.audit.catalog import Action
from console.people import display, forms, queries
from console.people.actions import people
from console.people.actions.decisions import may_enable, must_be_able_to_enable
from console.people.actions.rules import Administrator, administrator_of
from console.people.views.confirming import UNPROCESSABLE, Question, ask_then
from console.web import tables
from console.web.fragments import render

_ASK_AND_ACT = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@requires(Permission.MANAGE_PEOPLE, act=Action.PAGE_OPEN)
def people_list(request: ConsoleRequest) -> HttpResponse:
    """Who holds a role, to be given others, and those without any who are theirs."""
    who, clouds = administrator_of(request), queries.cloud_labels()
    everybody = (display.row_of(person, who, clouds) for person in queries.people().order_by("username"))
    rows = [row for row in everybody if row.known]
    address = tables.Address(reverse("people:list"), request.GET)
    table = tables.arrange(rows, display.COLUMNS, address, text_of=display.text_of, size=request.user.page_size)
    roles = [(role.label, [p.label for p in Permission if p in ROLE_PERMISSIONS[role]]) for role in Role]
    context = {"table": table, "clear_url": address.path, "roles": roles}
    return render(request, "people/list.html", context, fragment="people/_people.html")


@_ASK_AND_ACT
@requires(Permission.MANAGE_PEOPLE, act=Action.PERSON_ADD)
def add(request: ConsoleRequest) -> HttpResponse:
    """A form; then, once, the initial password."""
    form = forms.AddPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person, password = people.add_person(administrator_of(request), **form.cleaned_data)
        except IntegrityError:
            form.add_error("username", "This name, or one that looks like it, is taken already.")
        else:
            return _show_password(request, person, password)
    context = {"form": form, "back_url": reverse("people:list")}
    return render(request, "people/add.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_safe
@requires(Permission.MANAGE_PEOPLE, act=Action.PAGE_OPEN)
def detail(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """One person: what they hold, and what can be done."""
    person = get_object_or_404(queries.people(), pk=person_id)
    who, clouds = administrator_of(request), queries.cloud_labels()
    row = display.row_of(person, who, clouds)
    if not row.known:
        raise Hidden(Action.PAGE_OPEN, Permission.MANAGE_PEOPLE)
    context = {
        "row": row,
        "facts": display.facts_of(person, who),
        "title": person.get_full_name(),
        "active": person.is_active,
        "manageable": row.manageable,
        "may_enable": may_enable(who, person),
        "is_self": person.pk == request.user.pk,
    }
    return render(request, "people/detail.html", context)


@_ASK_AND_ACT
@requires(Permission.MANAGE_PEOPLE, act=Action.PERSON_CHANGE)
def change(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """The name that people see."""
    person, who = _managed(request, person_id, Action.PERSON_CHANGE)
    form = forms.ChangePersonForm(request.POST or None, instance=person)
    back_url = reverse("people:detail", args=(person_id,))
    if request.method == "POST" and form.is_valid():
        try:
            people.change_person(who, person, **form.cleaned_data)
        except IntegrityError:
            form.add_error("display_name", "A name that looks like this one is taken already.")
        else:
            messages.success(request, f"{person.username} is changed.")
            return HttpResponseRedirect(back_url, status=303)
    context = {"form": form, "username": person.username, "back_url": back_url}
    return render(request, "people/change.html", context, status=UNPROCESSABLE if form.errors else 200)


@_ASK_AND_ACT
@requires(Permission.MANAGE_PEOPLE, act=Action.PERSON_DISABLE)
def disable(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """Close an account."""
    person, who = _managed(request, person_id, Action.PERSON_DISABLE)
    question = Question(
        act=Action.PERSON_DISABLE,
        title=f"Disable {person.username}",
        lead=f"{person.get_full_name()} will not be able to sign in. Their roles stay and count again when enabled.",
        warning="Their sessions end at once, in the middle of whatever they are doing.",
        button="Disable",
        back_url=_page_of(person),
        target=person.username,
    )

    def act() -> str:
        people.disable_person(who, person)
        return f"{person.username} is disabled and signed out everywhere."

    return ask_then(request, who, question, act)


@_ASK_AND_ACT
@requires(Permission.MANAGE_PEOPLE, act=Action.PERSON_ENABLE)
def enable(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """Open an account again."""
    person, who = _managed(request, person_id, Action.PERSON_ENABLE)
    must_be_able_to_enable(who, person)
    question = Question(
        act=Action.PERSON_ENABLE,
        title=f"Enable {person.username}",
        lead=f"{person.get_full_name()} can sign in again, with the password and the roles from before.",
        button="Enable",
        back_url=_page_of(person),
        target=person.username,
        harmful=False,
    )

    def act() -> str:
        people.enable_person(who, person)
        return f"{person.username} is enabled."

    return ask_then(request, who, question, act)


@_ASK_AND_ACT
@requires(Permission.MANAGE_PEOPLE, act=Action.PERSON_SET_PASSWORD)
def password(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """Hand over a new initial password, shown once."""
    person, who = _managed(request, person_id, Action.PERSON_SET_PASSWORD)
    question = Question(
        act=Action.PERSON_SET_PASSWORD,
        title=f"New password for {person.username}",
        lead=f"{person.get_full_name()} gets an initial password, which the next page shows once.",
        warning="The password they have now stops working and their sessions end at once.",
        button="Set new password",
        back_url=_page_of(person),
        target=person.username,
    )
    return ask_then(
        request,
        who,
        question,
        lambda: _show_password(request, person, people.set_initial_password(who, person)),
    )


@_ASK_AND_ACT
@requires(Permission.MANAGE_PEOPLE, act=Action.PERSON_CHANGE)
def end_sessions(request: ConsoleRequest, person_id: int) -> HttpResponse:
    """Sign somebody out everywhere."""
    person, who = _managed(request, person_id, Action.PERSON_CHANGE)
    question = Question(
        act=Action.PERSON_CHANGE,
        title=f"End the sessions of {person.username}",
        lead=f"{person.get_full_name()} is signed out everywhere and can sign in again at once.",
        button="End sessions",
        back_url=_page_of(person),
        target=person.username,
    )

    def act() -> str:
        people.end_sessions(who, person)
        return f"The sessions of {person.username} have ended."

    return ask_then(request, who, question, act)


def _managed(request: ConsoleRequest, person_id: int, act: Action) -> tuple[Person, Administrator]:
    """The person and who acts on them: refused before anything is asked, and by the act itself once more."""
    person, who = get_object_or_404(Person, pk=person_id), administrator_of(request)
    who.must_manage(person, act)
    return person, who


def _page_of(person: Person) -> str:
    return reverse("people:detail", args=(person.pk,))


def _show_password(request: ConsoleRequest, person: Person, password: str) -> HttpResponse:
    """The only place where the password can be read. No redirect: it must not lie in a session or an address."""
    context = {
        "username": person.username,
        "password": password,
        "days": INITIAL_PASSWORD_LIFE.days,
        "person_url": _page_of(person),
        "grant_url": reverse("people:grant_person", args=(person.pk,)),
    }
    return render(request, "people/password.html", context)
