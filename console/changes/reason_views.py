"""The rules for reasons: which act needs one, where, and what it must look like."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console import wiring
from console.access.actor import actor_of
from console.access.guard import Hidden, Refused, requires
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.audit.catalog import Action
from console.changes import reason_patterns, reasons
from console.changes.kinds.registry import KINDS
from console.changes.models import ReasonRule
from console.changes.reason_patterns import LONGEST_PATTERN
from console.patterns import Pattern
from console.web.fragments import render

_GATEWAY_ID: Final = Pattern(r"[A-Za-z0-9][A-Za-z0-9_-]*", 64)
_ASK_AND_ACT: Final = require_http_methods(["GET", "HEAD", "POST"])


class RuleForm(forms.Form):
    """One rule. What is left empty means all."""

    kind = forms.ChoiceField(label="Act", required=False)
    cloud = forms.ChoiceField(required=False)
    gateway_id = forms.CharField(label="Gateway ID", required=False, help_text="Empty: every gateway.")
    required = forms.BooleanField(label="A reason is required", required=False)
    pattern = forms.CharField(
        label="It must hold something that looks like",
        required=False,
        help_text=(
            "A regular expression, such as CHG-\\d+ for a change number. \\d is 0-9, \\w is A-Z, a-z, 0-9 and _. "
            f"At most {LONGEST_PATTERN} characters, no lookarounds, no backreferences. Empty: any words will do."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    example = forms.CharField(
        label="Example",
        required=False,
        max_length=LONGEST_PATTERN,
        help_text="Shown to the person who types the reason, in place of the pattern. Such as CHG-1234.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [("", "Every act"), *((name, kind.action.label) for name, kind in KINDS.items())]
        clouds = [("", "Every cloud"), *((name, cloud.label) for name, cloud in wiring.clouds().items())]
        for name, choices in (("kind", kinds), ("cloud", clouds)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
            field.choices = choices

    def clean_gateway_id(self) -> str:
        """What can be an ID."""
        gateway_id: str = self.cleaned_data["gateway_id"]
        if gateway_id and not _GATEWAY_ID.fullmatch(gateway_id):
            raise forms.ValidationError("This is no gateway ID.")
        return gateway_id

    def clean_pattern(self) -> str:
        """Only patterns that the matcher takes."""
        pattern: str = self.cleaned_data["pattern"]
        if pattern and (complaint := reason_patterns.complaint_about(pattern)):
            raise forms.ValidationError(complaint)
        return pattern

    def clean(self) -> dict[str, Any]:
        """A gateway is in a cloud, and an example keeps the rule that it stands for."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("gateway_id") and not cleaned.get("cloud"):
            self.add_error("cloud", "Choose the cloud that the gateway is in.")
        pattern, example = cleaned.get("pattern", ""), cleaned.get("example", "")
        if pattern and not example and "example" not in self.errors:
            self.add_error("example", "Give an example: people see it in place of the pattern.")
        if pattern and example and not reason_patterns.finds(pattern, example):
            self.add_error("example", "This example does not match the pattern.")
        return cleaned


def _may_set(request: ConsoleRequest, cloud: str, gateway_id: str) -> bool:
    """Rules of a place are for those who administer it; a rule for every cloud is for administrators of everything."""
    return request.reach.may(Permission.SET_RULES, cloud, gateway_id)


@_ASK_AND_ACT
@requires(Permission.SET_RULES, act=Action.RULE_SET)
def rules(request: ConsoleRequest) -> HttpResponse:
    """All rules, and a form for one more."""
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        rule = reasons.Rule(wanted["required"], wanted["pattern"], wanted["example"])
        place = {name: wanted[name] for name in ("kind", "cloud", "gateway_id")}
        if not _may_set(request, wanted["cloud"], wanted["gateway_id"]):
            raise Refused(Action.RULE_SET, Permission.SET_RULES, wanted["cloud"], wanted["gateway_id"])
        reasons.set_rule(actor_of(request), rule=rule, **place)
        messages.success(request, "The rule holds from now on.")
        return HttpResponseRedirect(reverse("changes:reasons"), status=303)
    known = ReasonRule.objects.order_by("cloud", "gateway_id", "kind")
    context = {
        "form": form,
        "rules": [_row(rule) for rule in known if _may_set(request, rule.cloud, rule.gateway_id)],
    }
    return render(request, "changes/reasons.html", context, status=422 if form.errors else 200)


@_ASK_AND_ACT
@requires(Permission.SET_RULES, act=Action.RULE_REMOVE)
def remove(request: ConsoleRequest, rule_id: int) -> HttpResponse:
    """Ask, then let the next wider rule hold again."""
    found = get_object_or_404(ReasonRule, pk=rule_id)
    if not _may_set(request, found.cloud, found.gateway_id):
        raise Hidden(Action.RULE_REMOVE, Permission.SET_RULES, found.cloud, found.gateway_id)
    if request.method == "POST":
        reasons.remove_rule(actor_of(request), found)
        messages.success(request, "The rule is removed.")
        return HttpResponseRedirect(reverse("changes:reasons"), status=303)
    return render(request, "changes/remove_reason.html", {"rule": _row(found)})


def _row(rule: ReasonRule) -> dict[str, object]:
    kind, asked = KINDS.get(rule.kind), reasons.rule_in(rule)
    return {
        "id": rule.pk,
        "act": kind.action.label if kind else "Every act",
        "where": rule.gateway_id or rule.cloud or "Everywhere",
        "demand": asked.in_words(),
        "why_set_again": reasons.why_set_again(asked),
    }
