"""Create VPC Endpoint Service: the form, its specification page, and the service.

Everything that was typed is in the address: nothing of it is lost by going back, by an error, or by having to sign in.
"""

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console.access.guard import requires_in_cloud
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.changes import confirmation, record
from console.changes.execution import Acted
from console.changes.kinds import registry
from console.changes.kinds.kind import Parameters, Place
from console.changes.kinds.publishing import ports_as_json
from console.changes.kinds.tags import as_parameters
from console.changes.models import MADE_NOTHING, Change, Stage
from console.changes.outcome import why_refused
from console.clouds import limits
from console.endpoint_services.actions import REMINDER, CreateWording, specification
from console.endpoint_services.forms import ServiceForm
from console.endpoint_services.places import list_url, publisher_of
from console.endpoint_services.queries import Surroundings, load_surroundings
from console.web.forms import as_typed
from console.web.fragments import render
from console.web.problems import problem_of
from console.web.quotas import quota_bar
from console.web.rows import is_edited

#: Sent by the button that reads the backends of the chosen VPC.
_CHOOSE = "choose_vpc"
_FRAGMENT = "endpoint_services/_create.html"


@require_http_methods(["GET", "HEAD", "POST"])
@requires_in_cloud(Permission.PUBLISH_SERVICES, act="service.create")
def create(request: ConsoleRequest, cloud: str) -> HttpResponse:
    """Ask for everything, then show the specification, then create."""
    creating = _Creating(request, publisher_of(cloud))
    if request.method == "POST":
        scope = confirmation.Scope(registry.CREATE_SERVICE, creating.place)
        return confirmation.act(request, creating.decision, scope)
    return creating.step()


class _Creating:
    """One request on the way to a new service."""

    def __init__(self, request: ConsoleRequest, place: Place) -> None:
        self.request = request
        self.place = place
        self.typed = request.GET
        self._surroundings: Surroundings | None = None

    @property
    def surroundings(self) -> Surroundings:
        """Read when the form is needed, once."""
        if self._surroundings is None:
            self._surroundings = load_surroundings(self.place, self._vpc_id())
        return self._surroundings

    def _vpc_id(self) -> str:
        try:
            return limits.read_uuid(self.typed.get("vpc", ""))
        except ValueError:
            return ""

    def step(self) -> HttpResponse:
        """The empty form, the form as it was typed, its complaints, or the specification."""
        if "new" not in self.typed:
            return self.show(ServiceForm(surroundings=self.surroundings))
        form = ServiceForm(self.typed, surroundings=self.surroundings)
        if self.typed.get("step") != "confirm" or _CHOOSE in self.typed or is_edited(form):
            return self.show(ServiceForm(initial=as_typed(form), surroundings=self.surroundings))
        if not form.is_valid():
            return self.show(form, status=422)
        return confirmation.ask(self.request, self.decision([self.new_id()], _parameters(form)))

    def new_id(self) -> str:
        """The id that the new service carries from the first page on; another one when the Change of that id made
        nothing."""
        try:
            wanted = uuid.UUID(self.typed.get("new", ""))
        except ValueError:
            return str(uuid.uuid4())
        return str(uuid.uuid4() if record.made_nothing(wanted) else wanted)

    def show(self, form: ServiceForm, *, status: int = 200) -> HttpResponse:
        """The form."""
        around = self.surroundings
        title = "VPCs and backends could not be read"
        context = {
            "form": form,
            "new": self.new_id(),
            "action_url": self.request.path,
            "back_url": list_url(self.place),
            "reminder": REMINDER,
            "quota": quota_bar(around.quota, "VPC endpoint services"),
            "problem": around.error and problem_of(around.error, title, self.request.get_full_path()),
        }
        return render(self.request, "endpoint_services/create.html", context, fragment=_FRAGMENT, status=status)

    def decision(self, targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        """The specification page."""
        return confirmation.Decision(
            registry.CREATE_SERVICE,
            self.place,
            CreateWording(),
            list_url(self.place),
            targets,
            parameters,
            action_url=self.request.get_full_path(),
            previous_url=f"{self.request.path}?{_without_step(self.typed)}",
            specification=specification(parameters, self._names()) if parameters else (),
            answer=self.answer,
        )

    def _names(self) -> dict[str, str]:
        """Of VPCs and backends, where they were read for the form anyway."""
        around = self._surroundings
        if around is None:
            return {}
        return {vpc.id: vpc.name for vpc in around.vpcs} | {one.id: one.name for one in around.backends}

    def answer(self, request: ConsoleRequest, acted: Acted) -> HttpResponse | None:
        """On to the new service; or back to the form, filled, with the cloud's complaint beside its field."""
        (change,) = acted.changes
        if change.stage == Stage.SUCCEEDED and change.after:
            return self._go_to(change, repeated=acted.repeated)
        if change.stage not in MADE_NOTHING:
            return None
        form = ServiceForm(self.typed, surroundings=self.surroundings)
        form.is_valid()
        form.add_error(change.error_field if change.error_field in form.fields else None, _complaint(change))
        return self.show(form, status=422)

    def _go_to(self, change: Change, *, repeated: bool) -> HttpResponse:
        made = change.after or {}
        name = made.get("name") or made["id"]
        if repeated:
            messages.info(self.request, f"This form had been sent before, and made {name}. Nothing was sent again.")
        else:
            messages.success(self.request, f"VPC endpoint service {name}: created.")
            if change.explanation:
                messages.warning(self.request, change.explanation)
        url = reverse("endpoint_services:detail", args=(self.place.cloud.name, made["id"]))
        return HttpResponseRedirect(url, status=303)


def _parameters(form: ServiceForm) -> dict[str, object]:
    given = form.cleaned_data
    return {
        "name": given["name"],
        "vpc_id": given["vpc"],
        "backend_id": given["backend"],
        "server_type": given["server_type"],
        "ports": ports_as_json(given["ports"]),
        "approval_required": given["approval"],
        "description": given["description"],
        **as_parameters(given["tags"]),
    }


def _without_step(typed: QueryDict) -> str:
    kept = typed.copy()
    kept.pop("step", None)
    return kept.urlencode()


def _complaint(change: Change) -> str:
    """Why nothing was made."""
    return why_refused(change) if change.stage == Stage.FAILED else "Nothing was sent. Look at the form and go on."
