"""What an administrator types. Each form names its fields; everything else that is sent is ignored."""

from typing import Any, Final

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Q

from console.access.look_alikes import check_name
from console.access.models import Person
from console.access.reach import Scope
from console.access.roles import Permission, Role
from console.patterns import Pattern
from console.people.actions.rules import Administrator

#: Ids of gateways as the clouds make them (huawei-contract 4.1, alibaba-contract 3).
_GATEWAY_ID: Final = Pattern(r"[A-Za-z0-9][A-Za-z0-9_-]*", 64)


class AddPersonForm(forms.ModelForm):  # type: ignore[type-arg] # no generics at run time
    """A new person. Roles are given afterwards."""

    class Meta:
        model = Person
        fields = ("username", "display_name")
        widgets = {"username": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})}

    def clean_username(self) -> str:
        """The same name in other letters is the same person (`access.models.Person`); say so beside the field."""
        username: str = self.cleaned_data["username"]
        if Person.objects.filter(username__iexact=username).exists():
            raise ValidationError("There is a person with this username already.", code="unique")
        check_name(username, self.instance)
        return username

    def clean_display_name(self) -> str:
        """Nobody else is called like this."""
        return _display_name(self)


class ChangePersonForm(forms.ModelForm):  # type: ignore[type-arg] # no generics at run time
    """The name people see. The username stays: the audit log knows people by it."""

    class Meta:
        model = Person
        fields = ("display_name",)

    def clean_display_name(self) -> str:
        """Nobody else is called like this."""
        return _display_name(self)


class GroupForm(forms.ModelForm):  # type: ignore[type-arg] # no generics at run time
    """A group's name."""

    class Meta:
        model = Group
        fields = ("name",)

    def clean_name(self) -> str:
        """Two groups that differ in capitals only would be mistaken for each other."""
        name: str = self.cleaned_data["name"]
        if Group.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError("There is a group with this name already.", code="unique")
        check_name(name, self.instance)
        return name


def _display_name(form: "AddPersonForm | ChangePersonForm") -> str:
    name: str = form.cleaned_data["display_name"]
    if name:
        check_name(name, form.instance)
    return name


class MemberForm(forms.Form):
    """Who joins a group."""

    person = forms.ModelChoiceField(queryset=Person.objects.none(), label="Person", empty_label="Choose a person")

    def __init__(self, *args: Any, group: Group, who: Administrator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.filter(is_active=True).exclude(groups=group)
        if not who.reach.may_everywhere(Permission.MANAGE_PEOPLE):
            held = Q(grants__isnull=False) | Q(groups__grants__isnull=False)
            theirs = [one.pk for one in people.exclude(held).prefetch_related("decisions") if who.manages(one)]
            people = people.filter(held | Q(pk__in=theirs)).distinct()
        self.fields["person"].queryset = people.order_by("username")  # type: ignore[attr-defined]


class GrantForm(forms.Form):
    """Which role, and where. Offers the places that the administrator administers."""

    role = forms.TypedChoiceField(label="Role", choices=Role.choices, coerce=Role)
    cloud = forms.ChoiceField(label="Cloud", required=False)
    gateway_id = forms.CharField(
        label="Gateway ID",
        required=False,
        max_length=64,
        help_text="Leave empty for all gateways of the cloud.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, who: Administrator, clouds: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", "Everything: all clouds and gateways")
        named = list(clouds.items())
        # Any cloud is a valid answer, so that trying one that is not theirs is refused and recorded, not overlooked.
        self.fields["cloud"].choices = [everything, *named]  # type: ignore[attr-defined]
        theirs = [everything] if who.reach.may_everywhere(Permission.MANAGE_PEOPLE) else []
        scopes = who.reach.scopes(Permission.MANAGE_PEOPLE)
        theirs += [(name, label) for name, label in named if any(scope.cloud in ("", name) for scope in scopes)]
        self.fields["cloud"].widget.choices = theirs
        gateways = [scope.gateway_id for scope in scopes if scope.gateway_id]
        if gateways:
            self.fields["gateway_id"].help_text = f"You administer {', '.join(gateways)}."

    def clean_gateway_id(self) -> str:
        """An id that no cloud could have made is a slip of the hand."""
        gateway_id: str = self.cleaned_data["gateway_id"].strip()
        if gateway_id and not _GATEWAY_ID.fullmatch(gateway_id):
            raise ValidationError("This is not the ID of a gateway. Copy it from the list of gateways.", code="invalid")
        return gateway_id

    def clean(self) -> dict[str, Any]:
        """A gateway belongs to a cloud."""
        values: dict[str, Any] = self.cleaned_data
        if values.get("gateway_id") and not values.get("cloud") and "cloud" not in self.errors:
            self.add_error("cloud", ValidationError("Choose the cloud of this gateway.", code="required"))
        return values

    def scope(self) -> Scope:
        """The place that was chosen."""
        return Scope(self.cleaned_data["cloud"], self.cleaned_data["gateway_id"])
