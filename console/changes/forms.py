"""What a person adds to a confirmation: a reason, and a typed word where the damage could be wide."""

from typing import Any

from django import forms
from django.utils.html import format_html

from console.changes.models import LONGEST_REASON
from console.changes.reasons import OPTIONAL, Rule
from console.changes.wording import TypedWord


class DecisionForm(forms.Form):
    """Reason (optional) and the typed word (when the plan asks for one)."""

    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=LONGEST_REASON,
        help_text=f"Kept in the audit log. At most {LONGEST_REASON} characters.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    word = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))

    def __init__(self, *args: Any, typed: TypedWord | None = None, rule: Rule = OPTIONAL, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        if demand := rule.demand():
            field = self.fields["reason"]
            field.help_text = format_html("{} {}", field.help_text, demand)  # Django trusts help texts
            field.required = rule.required
            field.error_messages["required"] = rule.complaint("")
        self.typed = typed
        if typed is None:
            del self.fields["word"]
            return
        self.fields["word"].label = f"Type {typed.word} to go on"
        self.fields["word"].help_text = typed.why
        self.fields["word"].widget.attrs["data-typed-word"] = typed.word

    def clean_reason(self) -> str:
        """Against the rule that was shown; the engine asks again."""
        reason: str = self.cleaned_data["reason"]
        if complaint := self.rule.complaint(reason):
            raise forms.ValidationError(complaint)
        return reason

    def clean(self) -> dict[str, Any]:
        """Compared exactly; the browser's own check is only a courtesy."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.typed is not None and cleaned.get("word", "") != self.typed.word:
            self.add_error("word", f"Type {self.typed.word} exactly as it stands. Nothing was sent.")
        return cleaned
