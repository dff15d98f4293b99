"""What people choose and type for VPC access. A mistake is told next to its field and changes nothing."""

from typing import Any, Final

from django import forms

from console.clouds.networks import Subnet, Vpc
from console.patterns import Pattern
from console.vpc_access.queries import BindingChoices
from console.web.forms import FullMatch

_LABEL: Final = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN: Final = Pattern(rf"({_LABEL}\.)+[A-Za-z]{{2,63}}", 253)


class BindForm(forms.Form):
    """The VPC and one of its vSwitches, for `Bind to VPC` (contract 2.2)."""

    vpc = forms.ChoiceField(
        label="VPC",
        help_text="One VPC of the same region. Its callers, and no others, will reach the instance.",
        error_messages={"required": "Choose a VPC.", "invalid_choice": "There is no such VPC. Choose one of the list."},
    )
    vswitch = forms.ChoiceField(
        label="vSwitch",
        help_text="The entry for callers gets an address of this vSwitch.",
        error_messages={
            "required": "Choose a vSwitch.",
            "invalid_choice": "The VPC has no such vSwitch. Choose one of the list.",
        },
    )

    def __init__(self, *args: Any, choices: BindingChoices, again_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("vpc", [(vpc.id, vpc_label(vpc)) for vpc in choices.vpcs])
        self._choose("vswitch", [(vswitch.id, vswitch_label(vswitch)) for vswitch in choices.vswitches])
        # With scripts the vSwitches follow the VPC at once; without, they come with the next page.
        self.fields["vpc"].widget.attrs |= {"hx-get": again_url, "hx-target": "#bind-form", "hx-swap": "outerHTML"}

    def _choose(self, name: str, options: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Choose"), *options]


def vpc_label(vpc: Vpc) -> str:
    """Name first, the ID always, and the range of its addresses."""
    return " · ".join(filter(None, (vpc.name, vpc.id, vpc.cidr)))


def vswitch_label(vswitch: Subnet) -> str:
    """Name first, the ID always, zone, range, and how many addresses are free."""
    free = "" if vswitch.free is None else f"{vswitch.free} free"
    return " · ".join(filter(None, (vswitch.name, vswitch.id, vswitch.zone, vswitch.cidr, free)))


class DomainForm(forms.Form):
    """A domain name of one's own (contract 2.7)."""

    id = forms.CharField(widget=forms.HiddenInput)
    domain = forms.CharField(
        label="Domain name",
        max_length=253,
        help_text="Such as orders.example.com. It will never work from the Internet.",
        validators=[FullMatch(_DOMAIN, "Not a domain name: labels of letters, digits and hyphens, with dots.")],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_domain(self) -> str:
        """DNS knows no upper case."""
        name: str = self.cleaned_data["domain"]
        return name.lower()
