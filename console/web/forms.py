"""How forms look, and how one is shown again without being judged."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting

from console.patterns import Pattern


class FaceRenderer(TemplatesSetting):
    """Renders each field with label, help and error tied together for assistive technology."""

    field_template_name = "components/_field.html"


class FullMatch:
    """A validator: the whole of what was typed fits the pattern."""

    def __init__(self, pattern: Pattern, message: str) -> None:
        self._pattern = pattern
        self._message = message

    def __call__(self, typed: str) -> None:
        """Raises ValidationError."""
        if not self._pattern.fullmatch(typed):
            raise ValidationError(self._message, code="invalid")


def as_typed(form: forms.Form) -> dict[str, Any]:
    """What was typed into a bound form, right or wrong, as initial values of one that complains about nothing."""
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }
