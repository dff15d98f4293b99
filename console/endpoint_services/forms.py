"""What people type about a service. A mistake is told next to its field and changes nothing (huawei-contract 11)."""

from typing import Any, Final

from django import forms

from console.changes.kinds.tags import tags_left
from console.clouds import limits
from console.clouds.networks import Backend, Vpc
from console.endpoint_services.display import SERVER_TYPES
from console.endpoint_services.queries import Surroundings
from console.tagging.fields import TagsField
from console.web.cloud_fields import DescriptionField, PortsField, RuleField

_NAME_HINT: Final = (
    f"At most {limits.LONGEST_SERVICE_NAME} characters: letters, digits, hyphens (-) and underscores (_). "
    "The service is then called region.name.ID, without a name region.ID."
)


def _name_field() -> RuleField:
    return RuleField(
        read=limits.read_service_name,
        longest=limits.LONGEST_SERVICE_NAME,
        label="Name",
        required=False,
        help_text=_NAME_HINT,
    )


class ServiceForm(forms.Form):
    """A new service. The fields bear our names of the cloud's inputs, so that its refusals find their field."""

    name = _name_field()
    vpc = RuleField(read=limits.read_uuid, label="VPC")
    backend = RuleField(
        read=limits.read_uuid,
        label="Backend resource",
        help_text="The network port of a server, or of a load balancer, in this VPC.",
    )
    server_type = forms.ChoiceField(label="Backend Resource Type", choices=list(SERVER_TYPES.items()), initial="VM")
    ports = PortsField(
        label="Port mapping",
        help_text="Service port: where the backend listens. Terminal port: where the VPC endpoint listens. TCP.",
    )
    approval = forms.BooleanField(
        label="Connection Approval",
        required=False,
        initial=True,
        help_text="On: a VPC endpoint waits until somebody here accepts it. Off: it is accepted at once.",
    )
    description = DescriptionField()
    tags = TagsField()

    def __init__(self, *args: Any, surroundings: Surroundings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.surroundings = surroundings
        self.fields["tags"] = TagsField(tags_left())
        _offer(self, "vpc", "Choose a VPC", [(vpc.id, _vpc_text(vpc)) for vpc in surroundings.vpcs])
        _offer(self, "backend", "Choose a backend", [(one.id, _backend_text(one)) for one in surroundings.backends])

    def clean_vpc(self) -> str:
        """One of ours, and not in the block that the cloud keeps for itself."""
        vpc_id: str = self.cleaned_data["vpc"]
        vpcs = {vpc.id: vpc for vpc in self.surroundings.vpcs}
        if vpcs and vpc_id not in vpcs:
            raise forms.ValidationError("This project has no such VPC.")
        if vpc_id in vpcs and limits.overlaps_reserved(vpcs[vpc_id].cidr):
            raise forms.ValidationError(f"Its addresses overlap {limits.RESERVED_BLOCK}, which the cloud keeps.")
        return vpc_id

    def clean_backend(self) -> str:
        """One of the chosen VPC, as far as it could be read."""
        backend_id: str = self.cleaned_data["backend"]
        known = {one.id for one in self.surroundings.backends}
        if known and backend_id not in known:
            raise forms.ValidationError("The chosen VPC has no such backend.")
        return backend_id


def _offer(form: forms.Form, name: str, blank: str, known: list[tuple[str, str]]) -> None:
    """The choices of a select, and what was typed even where it is none of them."""
    typed = str(form[name].value() or "")
    extra = [(typed, typed)] if typed and typed not in dict(known) else []
    form.fields[name].widget = forms.Select(choices=[("", blank), *known, *extra])


def _vpc_text(vpc: Vpc) -> str:
    return f"{vpc.name} ({vpc.cidr})" if vpc.name else vpc.id


def _backend_text(backend: Backend) -> str:
    return " · ".join(filter(None, (backend.name or backend.id, backend.address, backend.server_type)))


class NameForm(forms.Form):
    """The chosen part of the service's name."""

    name = _name_field()


class DescriptionForm(forms.Form):
    """Words about a service, or about one of its connections."""

    description = DescriptionField()


class PortsForm(forms.Form):
    """All port mappings of a service: they are replaced together."""

    ports = PortsField(label="Port mapping", help_text="These replace all port mappings of the service.")
