"""The page between a link and an act: what will happen, and a button that says so. GET asks, POST acts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from console.access import kept_reasons
from console.access.request import ConsoleRequest
from console.audit.catalog import Action
from console.people.actions.rules import Administrator, RuleBroken, record_refusal
from console.web.fragments import render

#: HTTP 422: the page came back because something typed or asked for was not right.
UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Question:
    """What the person is asked. `button` says the act; `back_url` is where it leads afterwards, and Cancel too."""

    act: Action
    title: str
    lead: str
    button: str
    back_url: str
    target: str
    #: The consequence; "" where there is none to warn of.
    warning: str = ""
    harmful: bool = True


def ask_then(
    request: ConsoleRequest, who: Administrator, question: Question, act: Callable[[], str | HttpResponse]
) -> HttpResponse:
    """Ask, and act when the answer is sent. `act` returns the sentence that says what happened, or a page of its own.

    A broken rule is recorded and comes back with 422.
    """
    problem = ""
    if request.method == "POST":
        try:
            done = act()
        except RuleBroken as broken:
            record_refusal(who, question.act, question.target, broken)
            problem = str(broken)
        else:
            if isinstance(done, HttpResponse):
                return done
            messages.success(request, done)
            return HttpResponseRedirect(question.back_url, status=303)
    context = {
        "question": question,
        "problem": problem,
        "action_url": request.path,
        "owner": kept_reasons.owner_token(request.user),
    }
    status = UNPROCESSABLE if problem else 200
    return render(request, "people/confirm.html", context, fragment="people/_confirm.html", status=status)


def tell_voided(request: ConsoleRequest, voided: Sequence[str]) -> None:
    """Say whose passwords ended, because an administrator of less may know them."""
    if voided:
        names = ", ".join(voided)
        messages.warning(
            request,
            f"The password of {names} was handed over by somebody who administers less, so it works no more. "
            "Set an initial password on their page.",
        )
