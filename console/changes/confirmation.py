"""One decision component for every act: GET shows the plan, POST carries it out (N-03).

Nothing is sent unless the signed confirmation is genuine, young, meant for this person and still true.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib import messages
from django.db import DatabaseError, transaction
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.html import format_html

from console.access import kept_reasons
from console.access.actor import Actor, actor_of
from console.access.request import ConsoleRequest
from console.audit import journal
from console.audit.catalog import State
from console.audit.refusal_counts import is_counted
from console.changes import batches, differences, outcome, reasons, record, seen, wire
from console.changes.addresses import HOST_NOUNS, HOST_WORDS, PAGE_TITLES
from console.changes.book import SomebodyElseActs
from console.changes.execution import Acted, Interrupted, Moved, Queued, ReasonRefused, RuleMoved, carry_out
from console.changes.forms import DecisionForm
from console.changes.kinds.kind import Kind, Parameters, Place
from console.changes.models import Batch, Change, Stage
from console.changes.planning import Plan, PlanRefused, make_plan
from console.changes.wording import Wording
from console.clouds.errors import CloudError
from console.clouds.traffic import Purpose, calling
from console.database_failures import failure_of
from console.database_file import DatabaseFileGone
from console.web.fragments import render, wants_fragment
from console.web.problems import Problem, problem_of
from console.web.visible import visible

PAGE: Final = "changes/confirm.html"
FRAGMENT: Final = "changes/_confirm.html"
#: Up to so many objects that nothing will be done to are in view at once; more are folded away.
_UNFOLDED: Final = 5
_NOT_READ_AGAIN: Final = "Nothing was sent: the cloud could not be read again before the act"
_OTHER_REASON: Final = (
    "This form had been sent before, with another reason. Nothing was sent again. To decide once more, begin anew."
)
_NOT_OURS: Final = (
    "This confirmation is not valid: it was changed, made for another person, act or gateway, or opened before your "
    "password or the console's SECRET_KEY was changed. Nothing was sent."
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which kind of act, where."""

    kind: Kind
    place: Place


@dataclass(frozen=True, slots=True)
class Decision:
    """One act that a person is asked to confirm: what, where, in which words, and where to go after."""

    kind: Kind
    place: Place
    wording: Wording
    back_url: str
    #: Makes the plan anew from objects and parameters.
    targets: Sequence[str]
    parameters: Parameters = field(default_factory=dict)
    #: Where the form is sent; the page's own address where empty. With its query it outlives an expired sign-in.
    action_url: str = ""
    #: Back to what was typed; "" for an act that nothing was typed for.
    previous_url: str = ""
    #: What a new object is to be, name by name, in place of the table of objects.
    specification: Sequence[tuple[str, str]] = ()
    #: What to answer when the act has ended; None for the usual: say how, and go to `back_url`.
    answer: Callable[[ConsoleRequest, Acted], HttpResponse | None] | None = None

    @property
    def scope(self) -> Scope:
        """Which kind of act, where."""
        return Scope(self.kind, self.place)


#: Rebuilds the decision from what the form confirms: its objects and parameters.
Decide = Callable[[Sequence[str], Parameters], Decision]


def ask(request: ConsoleRequest, decision: Decision, *, status: int = 200, **more: Any) -> HttpResponse:
    """Show the plan and ask. An unreadable cloud or an impossible request is told, with nothing to press."""
    if not _rule_at(decision).is_usable:
        return refuse(request, decision, _must_be_mended(decision.place))
    try:
        with calling(Purpose.CONFIRM):
            plan = make_plan(decision.kind, decision.place, decision.targets, decision.parameters)
    except PlanRefused as refusal:
        return _show(request, decision, None, status=422, refusal=str(refusal), **more)
    except CloudError as error:
        return unread(request, decision, error, status=status)
    try:
        return _show(request, decision, plan, status=status, **more)
    except DatabaseError as error:  # a plan that is too large for a form is kept in the database until it is confirmed
        return _show(request, decision, None, status=_unavailable(request), refusal=_not_recorded(error))


def unread(request: ConsoleRequest, decision: Decision, error: CloudError, *, status: int = 200) -> HttpResponse:
    """Tell a person that the objects cannot be looked at now; there is nothing to press."""
    problem = problem_of(error, "The cloud could not be read", _again_url(request, decision))
    return _show(request, decision, None, status=status, problem=problem)


def _address(request: ConsoleRequest, decision: Decision, shown_as: str = "") -> str:
    """The confirmation's own address, by POST and by GET: it names the objects and the wishes, never the reason.

    `shown_as` is the nonce of a plan of so many objects that the console keeps it.
    """
    if decision.action_url or not decision.targets:
        return decision.action_url or request.get_full_path()
    query = QueryDict(mutable=True)
    if shown_as:
        query["plan"] = shown_as
    elif len(decision.targets) <= seen.MOST_IN_FORM:
        query.setlist("id", list(decision.targets))
    else:
        return request.get_full_path()
    query.update({name: value for name, value in decision.parameters.items() if isinstance(value, str)})
    if back := _back(request):
        query["back"] = back
    return f"{request.path}?{query.urlencode()}"


def _again_url(request: ConsoleRequest, decision: Decision) -> str:
    """Where the same question is asked again; what was sent as the reason waits there."""
    address = _address(request, decision)
    kept_reasons.keep(request, address)
    return address


def _back(request: ConsoleRequest) -> str:
    return request.POST.get("back") or request.GET.get("back", "")


def refuse(request: ConsoleRequest, decision: Decision, why: str) -> HttpResponse:
    """Tell a person that what the address names cannot be acted on."""
    return _show(request, decision, None, status=422, refusal=why)


def _rule_at(decision: Decision) -> reasons.Rule:
    return reasons.rule_for(decision.kind.action.value, decision.place.cloud.name, decision.place.host)


def _must_be_mended(place: Place) -> str:
    """The narrowest rule holds, so who administers the host can always mend what holds there."""
    where = f"{HOST_WORDS[place.realm]} {place.host}" if place.host else place.cloud.label
    return (
        "The rule for reasons that holds here cannot be used any more, so nothing can be sent. "
        f"It must be mended: an administrator of {where} can set it again under Rules."
    )


def _show(request: ConsoleRequest, decision: Decision, plan: Plan | None, *, status: int, **more: Any) -> HttpResponse:
    wording = decision.wording
    context: dict[str, Any] = {
        **(_plan_context(request, decision, plan) if plan else {"action_url": _address(request, decision)}),
        "act": wording.act,
        "act_title": wording.title(plan) if plan else wording.act,
        "button": "button-danger" if wording.harmful else "button-primary",
        "back_url": decision.back_url,
        "owner": kept_reasons.owner_token(request.user),
        "previous_url": decision.previous_url,
        "specification": decision.specification,
        "realm": decision.place.realm.value,
        "home_title": PAGE_TITLES[decision.place.realm],
        "cloud_label": decision.place.cloud.label,
        "host_noun": HOST_NOUNS[decision.place.realm],
        "gateway_id": decision.place.host,
        "back": _back(request),
        "not_taken": kept_reasons.kept_here(request) is not None,
        **more,
    }
    if plan is not None:
        # An act that cannot be done to anything is an error of the request, not a question.
        status = status if plan.acts or status != 200 else 422
    return render(request, PAGE, context, fragment=FRAGMENT, status=status)


def _plan_context(request: ConsoleRequest, decision: Decision, plan: Plan) -> dict[str, Any]:
    wording = decision.wording
    typed = wording.typed_word(plan)
    rule = _rule_at(decision)
    token = seen.sign(plan, request.user, rule) if plan.acts else ""
    shown_as = seen.nonce_of(token, plan.kind, plan.place, request.user) if plan.acts and seen.is_kept(plan) else ""
    return {
        "action_url": _address(request, decision, shown_as),
        "notices": wording.notices(plan),
        "columns": wording.columns,
        "rows": [list(zip(wording.columns, wording.cells(item), strict=True)) for item in plan.acts],
        "left_out": [(item.target, item.verdict.answer.value, item.verdict.because) for item in plan.rest],
        "fold_left_out": bool(plan.acts) and len(plan.rest) > _UNFOLDED,
        "typed": typed,
        # What was typed is kept when the question is asked again; only the typed word must be typed anew.
        "form": DecisionForm(initial={"reason": _reason_in(request)}, typed=typed, rule=rule),
        "token": token,
        "can_act": bool(plan.acts),
        "unended": record.open_on(plan.place, [item.target for item in plan.items]),
        "calls": wire.preview(plan),
    }


def _reason_in(request: ConsoleRequest) -> str:
    return request.POST.get("reason") or kept_reasons.kept_here(request) or ""


def act(request: ConsoleRequest, decide: Decide, scope: Scope) -> HttpResponse:
    """Carry out what the form confirms, once: the same form gets the same answer again."""
    kept_reasons.forget(request)
    place, kind = scope.place, scope.kind
    actor = actor_of(request, place.cloud.name, place.host)
    token = request.POST.get("seen", "")
    try:
        if earlier := Batch.objects.filter(nonce=seen.nonce_of(token, kind, place, request.user)).first():
            changes = _changes_of(earlier)
            return _as_before(request, decide([one.target for one in changes], changes[0].parameters), earlier)
        what = seen.read(token, kind, place, request.user)
    except seen.SeenInvalid:
        _note(State.REFUSED, scope, actor, "confirmation_invalid")
        decision = decide((), {})
        return _show(request, decision, None, status=422, refusal=_NOT_OURS, again_url=_again_url(request, decision))
    except seen.SeenExpired as late:
        _note(State.STALE, scope, actor, "confirmation_expired", late.seen.targets)
        return ask(request, decide(late.seen.targets, late.seen.parameters), status=409, expired=True)
    decision = decide(what.targets, what.parameters)
    typed = decision.wording.typed_word(seen.plan_of(what, kind, place))
    form = DecisionForm(request.POST, typed=typed, rule=what.rule)
    if not form.is_valid():
        return ask(request, decision, status=422, form=form)
    return _carry_out(request, decision, what, actor, form)


def _as_before(request: ConsoleRequest, decision: Decision, earlier: Batch) -> HttpResponse:
    """The answer that this very form got when it was sent first, however long ago (R10). Nothing is sent again."""
    if request.POST.get("reason", "").strip() != earlier.reason:
        actor = actor_of(request, earlier.cloud, earlier.gateway_id)
        _note(State.REFUSED, decision.scope, actor, "confirmation_reused", decision.targets)
        return refuse(request, decision, _OTHER_REASON)
    if earlier.in_background:
        return _follow(request, earlier)
    changes = _changes_of(earlier)
    stages = {change.stage for change in changes}
    if stages & {Stage.CLAIMED, Stage.INTENDED}:
        return _show(request, decision, None, status=409, in_progress=_page_of(earlier, changes))
    if stages == {Stage.STALE} and not decision.kind.creates:  # else a new form is given, under another id
        moved = [one for change in changes for one in differences.of_stale(change)]
        again = {"has_moved": True, "moved": moved, "last_acts": _last_acts(decision), **_told_before(request)}
        return ask(request, decision, status=409, **again)
    if stages <= {Stage.CANCELLED, Stage.REFUSED} and not decision.kind.creates:
        problem = Problem("Nothing was sent", changes[0].explanation, "", "", _again_url(request, decision))
        return _show(request, decision, None, status=409, problem=problem, **_told_before(request))
    return _after(request, decision, Acted(changes, repeated=True))


def _changes_of(batch: Batch) -> tuple[Change, ...]:
    return tuple(batch.changes.order_by("position"))


def _told_before(request: ConsoleRequest) -> dict[str, bool]:
    """A page says among its messages that the form had been sent before, a dialog has none and says it itself."""
    if wants_fragment(request):
        return {"repeated": True}
    messages.info(request, outcome.REPEATED)
    return {}


def _page_of(batch: Batch, changes: Sequence[Change]) -> str:
    """Where to see how it goes on."""
    if batches.is_of_several(batch):
        return reverse("changes:batch", args=(batch.pk,))
    return reverse("changes:detail", args=(changes[0].pk,))


def _carry_out(
    request: ConsoleRequest, decision: Decision, what: seen.Seen, actor: Actor, form: DecisionForm
) -> HttpResponse:
    reason = form.cleaned_data["reason"]
    try:
        with calling(Purpose.ACT):
            result = carry_out(decision.kind, decision.place, what, actor=actor, reach=request.reach, reason=reason)
    except RuleMoved:
        return ask(request, decision, status=409, rule_moved=True)
    except ReasonRefused as complaint:
        form.add_error("reason", str(complaint))
        return ask(request, decision, status=422, form=form)
    except SomebodyElseActs as busy:
        code = "somebody_else_acts"
        _note(State.STALE, decision.scope, actor, code, decision.targets, reason=reason)
        return ask(request, decision, status=409, busy=busy.change or True)
    except CloudError as error:
        problem = problem_of(error, _NOT_READ_AGAIN, _again_url(request, decision))
        return _show(request, decision, None, status=409, problem=problem)
    except DatabaseError as error:
        return _show(request, decision, None, status=_unavailable(request), refusal=_not_recorded(error))
    return _answer(request, decision, what, result)


def _answer(
    request: ConsoleRequest, decision: Decision, what: seen.Seen, result: Acted | Queued | Moved | Interrupted
) -> HttpResponse:
    if isinstance(result, Interrupted):
        told = {"broken_off": outcome.sentences_of(result), "failure": result.failure}
        return _show(request, decision, None, status=_unavailable(request), **told)
    if isinstance(result, Moved):
        moved = differences.between(result.shown, result.plan)
        acts = _last_acts(decision)
        return ask(request, decision, status=409, has_moved=True, moved=moved, last_acts=acts)
    batch = result.batch if isinstance(result, Queued) else result.changes[0].batch
    if result.repeated and batch.nonce == what.nonce:  # it came in twice at the same moment, and the other was first
        return _as_before(request, decision, batch)
    if isinstance(result, Queued):
        return _follow(request, batch)
    return _after(request, decision, result)


def _unavailable(request: ConsoleRequest) -> int:
    """htmx shows no answer of status 503, so a dialog gets another one."""
    return 409 if wants_fragment(request) else 503


def _not_recorded(error: DatabaseError) -> str:
    """What to say where an intent could not be written down. Raises the error where the database is not the cause."""
    if (failure := failure_of(error)) is None:
        raise error
    why = str(error) if isinstance(error, DatabaseFileGone) else f"The console's database {failure}."
    return f"{why} Without its record nothing is sent to a cloud. Try again when the database works again."


def _follow(request: ConsoleRequest, batch: Batch) -> HttpResponse:
    """A long act has a page of its own, which shows how far it is."""
    url = reverse("changes:batch", args=(batch.pk,))
    if not wants_fragment(request):
        return HttpResponseRedirect(url, status=303)
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = url
    return response


def _after(request: ConsoleRequest, decision: Decision, result: Acted) -> HttpResponse:
    """Say how each Change ended, and go back to where the act began; the page is read anew from the cloud."""
    if decision.answer and (answered := decision.answer(request, result)):
        return answered
    for level, text in outcome.sentences(result):
        messages.add_message(request, level, text)
    if batches.is_of_several(result.changes[0].batch):
        url = _page_of(result.changes[0].batch, result.changes)
        messages.info(request, format_html('<a href="{}">See how each object ended</a>, export it or retry.', url))
    if not wants_fragment(request):
        return HttpResponseRedirect(decision.back_url, status=303)
    spoken = visible(" ".join(text for _level, text in outcome.sentences(result)))
    response = HttpResponse(status=204)
    whole_page = {"path": decision.back_url, "target": ".page", "select": ".page", "swap": "outerHTML"}
    response.headers["HX-Trigger"] = json.dumps({"dialog:close": {}, "announce": {"text": spoken}})
    response.headers["HX-Location"] = json.dumps(whole_page)
    return response


def _last_acts(decision: Decision) -> list[Change]:
    """Who acted on these objects last, for the one who came too late."""
    place = decision.place
    ended = Change.objects.filter(cloud=place.cloud.name, gateway_id=place.host, target__in=decision.targets)
    return list(ended.exclude(stage=Stage.STALE).order_by("-claimed_at")[:3])


def _note(
    state: State,
    scope: Scope,
    actor: Actor,
    code: str,
    targets: Sequence[str] = ("",),
    *,
    reason: str = "",
) -> None:
    if state is State.REFUSED and is_counted(scope.kind.action, actor):
        return
    with transaction.atomic():
        for target in targets:
            journal.record(
                action=scope.kind.action,
                state=state,
                actor=actor,
                cloud=scope.place.cloud.name,
                gateway_id=scope.place.host,
                target=target,
                reason=reason,
                error_code=code,
            )
