"""How forms look, and how one is shown again without being judged."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting


class FaceRenderer(TemplatesSetting):
    """Renders each field with label, help and error tied together for assistive technology."""

    field_template_name = "components/_field.html"


def as_typed(form: forms.Form) -> dict[str, Any]:
    """What was typed into a bound form, right or wrong, as initial values of one that complains about nothing."""
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }
