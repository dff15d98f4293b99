"""What people type on the tab. A mistake is told next to its field and changes nothing."""

from typing import Final

from django import forms
from django.core.validators import MaxLengthValidator

from console.patterns import Pattern
from console.web.forms import FullMatch

LONGEST_NAME: Final = 16
_NAME: Final = Pattern(r"[A-Za-z0-9_-]*", 200)


class ServiceNameForm(forms.Form):
    """The chosen part of the service name (source 000; huawei-contract 4.3)."""

    name = forms.CharField(
        label="VPC endpoint service name",
        required=False,
        strip=True,
        validators=[
            MaxLengthValidator(LONGEST_NAME, f"At most {LONGEST_NAME} characters."),
            FullMatch(_NAME, "Only letters, digits, hyphens (-) and underscores (_)."),
        ],
        widget=forms.TextInput(attrs={"maxlength": LONGEST_NAME, "autocomplete": "off", "spellcheck": "false"}),
    )
