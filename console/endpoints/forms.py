"""What people type about VPC endpoints. A mistake is told next to its field and changes nothing."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django import forms

from console.changes.kinds.tags import as_parameters, tags_left
from console.clouds import limits
from console.clouds.networks import RouteTable, Subnet, Vpc
from console.endpoints.queries import Surroundings
from console.tagging.fields import TagsField
from console.web.cloud_fields import DescriptionField, RuleField

CLOUD_SERVICES: Final = "cloud"
BY_NAME: Final = "name"
AUTOMATIC: Final = "automatic"
MANUAL: Final = "manual"
#: Twenty of the longest entries are far shorter.
_LONGEST_LIST: Final = 4_000
_WHITELIST_HELP: Final = f"IPv4 addresses or CIDR blocks, one a line, at most {limits.MOST_ADDRESSES}."


class WhitelistField(forms.CharField):
    """Addresses and blocks that may use an endpoint, one a line; its value is a tuple (huawei-contract 11)."""

    def __init__(self) -> None:
        super().__init__(
            label="Allowed addresses",
            required=False,
            max_length=_LONGEST_LIST,
            help_text=_WHITELIST_HELP,
            widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        )

    def clean(self, value: Any) -> tuple[str, ...]:
        """The entries in the order they were typed."""
        try:
            return limits.read_whitelist(super().clean(value).splitlines())
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class _RestrictingForm(forms.Form):
    """A form with a switch for access control and the list that goes with it."""

    def clean(self) -> dict[str, Any]:
        """A list counts only where access control is on; what does not count cannot be wrong."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("access_control"):
            cleaned["whitelist"] = ()
            self.errors.pop("whitelist", None)
        return cleaned


class AccessControlForm(_RestrictingForm):
    """Who may use an endpoint."""

    access_control = forms.BooleanField(
        label="Access Control", required=False, help_text="Off: every address of the VPC can use the endpoint."
    )
    whitelist = WhitelistField()


class CategoryForm(forms.Form):
    """Service Category, the vendor's word."""

    category = forms.ChoiceField(
        label="Service Category",
        choices=((CLOUD_SERVICES, "Cloud services"), (BY_NAME, "Find a service by name")),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, reload_url: str, **kwargs: Any) -> None:
        """`reload_url` is asked for the field of the other category when that is chosen."""
        super().__init__(*args, **kwargs)
        self.fields["category"].widget.attrs |= _reloading(reload_url, "service", "#service")


class NamedServiceForm(forms.Form):
    """A service by its whole name."""

    name = RuleField(
        read=limits.read_full_name,
        longest=limits.LONGEST_FULL_NAME,
        label="VPC Endpoint Service Name",
        help_text="Its owner finds it on the page of the service, and must have put your account on the whitelist.",
    )


class CloudServiceForm(forms.Form):
    """One of the cloud's own services."""

    public = forms.ChoiceField(label="Cloud service")

    def __init__(self, *args: Any, names: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["public"].choices = [("", "Choose a service"), *names]  # type: ignore[attr-defined]


class PlacingForm(_RestrictingForm):
    """Where a new endpoint is placed and who may use it, in the order of source 004."""

    dns = forms.BooleanField(
        label="Create a Private Domain Name",
        required=False,
        help_text="The endpoint can then be reached by a name in the VPC, not only by its address.",
    )
    vpc = forms.ChoiceField(label="VPC")
    subnet = forms.ChoiceField(label="Subnet", error_messages={"invalid_choice": "Choose a subnet of this VPC."})
    mode = forms.ChoiceField(
        label="Private IP Address",
        choices=((AUTOMATIC, "Automatic"), (MANUAL, "Manual")),
        initial=AUTOMATIC,
        required=False,
        widget=forms.RadioSelect,
    )
    address = RuleField(
        read=limits.read_address,
        label="IPv4 address",
        required=False,
        help_text="Needed for Manual only: a free address of the subnet.",
    )
    route_tables = forms.MultipleChoiceField(
        label="Route Tables",
        required=False,
        help_text="Without a choice it is the default route table of the VPC.",
        widget=forms.CheckboxSelectMultiple,
    )
    access_control = forms.BooleanField(
        label="Access Control", required=False, help_text="Only the addresses below can then use the endpoint."
    )
    whitelist = WhitelistField()
    description = DescriptionField()

    #: What interface services have, and gateway services.
    INTERFACE_ONLY: Final = ("dns", "subnet", "mode", "address", "access_control", "whitelist")
    GATEWAY_ONLY: Final = ("route_tables",)
    #: Their choice depends on the VPC.
    IN_VPC: Final = ("subnet", "route_tables")

    def __init__(self, *args: Any, around: Surroundings, reload_url: str, **kwargs: Any) -> None:
        """`reload_url` is asked for the fields of IN_VPC when another VPC is chosen."""
        super().__init__(*args, **kwargs)
        self.around = around
        self.fields["tags"] = TagsField(tags_left())
        self.order_fields([*list(self.fields)[:-2], "tags", "description"])
        _choose(self.fields["vpc"], "Choose a VPC", {vpc.id: _vpc_text(vpc) for vpc in around.vpcs})
        self.fields["vpc"].widget.attrs |= _reloading(reload_url, "settings", "#in-vpc")
        _choose(self.fields["subnet"], "Choose a subnet", {one.id: _subnet_text(one) for one in around.subnets})
        tables = [(table.id, _table_text(table)) for table in around.route_tables]
        self.fields["route_tables"].choices = tables  # type: ignore[attr-defined]
        for name in self.INTERFACE_ONLY if around.is_gateway else self.GATEWAY_ONLY:
            del self.fields[name]

    def clean_subnet(self) -> str:
        """Nothing comes to life in the reserved block, and nothing fits where no address is free."""
        subnet = self._subnet(self.cleaned_data["subnet"])
        if limits.overlaps_reserved(subnet.cidr):
            raise forms.ValidationError(
                f"This subnet overlaps {limits.RESERVED_BLOCK}, which the cloud keeps for itself."
            )
        if subnet.free == 0:
            raise forms.ValidationError("No address is free in this subnet.")
        return subnet.id

    def _subnet(self, subnet_id: str) -> Subnet:
        return next(one for one in self.around.subnets if one.id == subnet_id)

    def clean(self) -> dict[str, Any]:
        """An address by hand must fit into the chosen subnet."""
        cleaned = super().clean()
        if cleaned.get("mode") != MANUAL:
            cleaned["address"] = ""
            self.errors.pop("address", None)
        elif "address" not in self.errors:
            self._check_address(cleaned)
        return cleaned

    def _check_address(self, cleaned: Mapping[str, Any]) -> None:
        address = cleaned.get("address")
        if not address:
            self.add_error("address", "Enter the address, or choose Automatic.")
            return
        if not cleaned.get("subnet"):
            return
        subnet = self._subnet(cleaned["subnet"])
        try:
            limits.check_place(address, subnet=subnet.cidr, gateway=subnet.gateway_address, used=self.around.used)
        except ValueError as error:
            self.add_error("address", str(error))

    def parameters(self) -> dict[str, Any]:
        """The new endpoint as plain JSON, for the Change: see `kinds.endpoint.new_endpoint`."""
        found, wanted = self.around.found, self.cleaned_data
        if found is None:
            raise LookupError("a service that was not found cannot be connected to")
        vpc = next(one for one in self.around.vpcs if one.id == wanted["vpc"])
        subnet = self._subnet(wanted["subnet"]) if wanted.get("subnet") else None
        return {
            "service_id": found.id,
            "service_name": found.name.full,
            "service_type": found.service_type.value,
            "vpc_id": vpc.id,
            "vpc_name": vpc.name,
            "subnet_id": subnet.id if subnet else "",
            "subnet_name": subnet.name if subnet else "",
            "address": wanted.get("address", ""),
            "dns": wanted.get("dns", False),
            "access_control": wanted.get("access_control", False),
            "whitelist": list(wanted.get("whitelist", ())),
            "route_tables": list(wanted.get("route_tables", ())),
            "description": wanted["description"],
            "charged": found.charged,
            **as_parameters(wanted["tags"]),
        }


def _reloading(url: str, step: str, target: str) -> dict[str, str]:
    """Choosing shows what depends on it; without scripts a button does."""
    return {
        "hx-get": url,
        "hx-include": "closest form",
        "hx-vals": json.dumps({"step": step}),
        "hx-target": target,
        "hx-swap": "outerHTML",
    }


def _choose(field: forms.Field, empty: str, choices: Mapping[str, str]) -> None:
    field.choices = [("", empty), *choices.items()]  # type: ignore[attr-defined]


def _vpc_text(vpc: Vpc) -> str:
    return " · ".join(part for part in (vpc.name or vpc.id, vpc.cidr) if part)


def _subnet_text(subnet: Subnet) -> str:
    free = "free addresses unknown" if subnet.free is None else f"{subnet.free} addresses free"
    if limits.overlaps_reserved(subnet.cidr):
        free = f"cannot be used: overlaps {limits.RESERVED_BLOCK}"
    return " · ".join(part for part in (subnet.name or subnet.id, subnet.cidr, free) if part)


def _table_text(table: RouteTable) -> str:
    return f"{table.name or table.id}{' (default)' if table.is_default else ''}"
