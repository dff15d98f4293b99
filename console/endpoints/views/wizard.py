"""Create VPC Endpoint, step by step (source 004): Service, Settings, Confirm. Each step is a plain GET form.

Whatever was typed travels in the address, so neither Previous, nor a mistake, nor an expired sign-in loses anything.
"""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from console.access.guard import requires_in_cloud
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.changes import confirmation
from console.changes.execution import Acted
from console.changes.kinds import registry
from console.changes.kinds.kind import Parameters, Place
from console.changes.models import Change
from console.clouds.errors import CloudError
from console.clouds.services import FoundService
from console.endpoints import actions, places, queries, wizard
from console.endpoints.endings import ending
from console.endpoints.forms import CLOUD_SERVICES, CategoryForm, CloudServiceForm, NamedServiceForm, PlacingForm
from console.endpoints.verifying import Verified, verdict_on
from console.endpoints.wizard import Typed
from console.web.forms import as_typed
from console.web.fragments import render, target_of
from console.web.problems import Problem, problem_of
from console.web.quotas import quota_bar

_UNPROCESSABLE: Final = 422
_KIND: Final = registry.CREATE_ENDPOINT
#: What htmx may ask for by the id of its target; anything else gets the page.
_FRAGMENTS: Final = {"in-vpc": "endpoints/_in_vpc.html", "service": "endpoints/_service.html"}


@require_http_methods(["GET", "HEAD", "POST"])
@requires_in_cloud(Permission.MANAGE_ENDPOINTS, act="endpoint.create")
def create(request: ConsoleRequest, cloud: str) -> HttpResponse:
    """Ask for the service, then for the settings, then confirm, then create."""
    place = places.project_of(cloud)
    places.networks_of(place)
    page = _Wizard(request, place, wizard.read(request.path, request.GET))
    if request.method == "POST":
        return page.act()
    return {wizard.SETTINGS: page.settings, wizard.CONFIRM: page.confirm}.get(page.typed.step, page.service)()


class _Wizard:
    """One request of the wizard."""

    def __init__(self, request: ConsoleRequest, place: Place, typed: Typed) -> None:
        self.request = request
        self.place = place
        self.typed = typed

    def service(self) -> HttpResponse:
        """Which service. Verify is one call to the cloud."""
        if self.typed.category == CLOUD_SERVICES:
            return self._show_cloud_services()
        if not self.typed.verifies:
            return self._show_service(NamedServiceForm(initial={"name": self.typed.service_name}))
        form = NamedServiceForm(self.typed.query)
        if not form.is_valid():
            return self._show_service(form, status=_UNPROCESSABLE)
        answer = queries.verify(self.place, form.cleaned_data["name"])
        if answer.error is not None:
            return self._show_service(form, problem=self._problem(answer.error, "The name could not be verified"))
        return self._show_service(form, verified=self._verdict(answer.value))

    def _verdict(self, found: FoundService | None) -> Verified:
        return verdict_on(self.typed.service_name, self.place.cloud.region, found)

    def _show_cloud_services(self, *, judged: bool = False, refusal: str = "") -> HttpResponse:
        answer = queries.load_public_services(self.place)
        names = [(one.name.full, one.name.full) for one in answer.value_or(None) or ()]
        data = self.typed.query if judged or refusal else None
        form = CloudServiceForm(data, initial={"public": self.typed.service_name}, names=names)
        if refusal:
            form.add_error("public", refusal)
        problem = self._problem(answer.error, "The cloud's services could not be read") if answer.error else None
        return self._show_service(form, problem=problem, status=_UNPROCESSABLE if form.is_bound else 200)

    def _show_service(
        self,
        form: forms.Form,
        *,
        verified: Verified | None = None,
        problem: Problem | None = None,
        status: int = 200,
    ) -> HttpResponse:
        shown = ["category", *form.fields]
        context = {
            "form": form,
            "category": CategoryForm(initial={"category": self.typed.category}, reload_url=self.typed.path),
            "by_name": isinstance(form, NamedServiceForm),
            "verified": verified,
            "problem": problem,
        }
        return self._render("endpoints/create.html", context, shown, wizard.SERVICE, status)

    def settings(self) -> HttpResponse:
        """Where it is placed, and who may use it."""
        around, sent_back = self._look()
        if around is None:
            return sent_back
        return self._show_settings(self._unjudged(around), around)

    def _unjudged(self, around: queries.Surroundings) -> PlacingForm:
        """The settings as typed, with no complaint about what is not typed yet."""
        typed = as_typed(self._placing(self.typed.query, around))
        return self._placing(None, around, {name: value for name, value in typed.items() if value is not None})

    def _placing(self, data: Any, around: queries.Surroundings, initial: Any = None) -> PlacingForm:
        return PlacingForm(data, initial=initial, around=around, reload_url=self.typed.path)

    def _look(self) -> tuple[queries.Surroundings | None, HttpResponse]:
        """What the settings need to know; else the step of the service, which says what is missing."""
        nothing = HttpResponse()
        if self.typed.category == CLOUD_SERVICES:
            if not self.typed.service_name:
                return None, self._show_cloud_services(judged="public" in self.typed.query)
        else:
            form = NamedServiceForm(self.typed.query)
            if not form.is_valid():
                return None, self._show_service(form, status=_UNPROCESSABLE)
        typed = self.typed
        around = queries.load_surroundings(self.place, typed.service_name, typed.vpc, typed.manual_subnet)
        if around.error is None and around.found is None:
            return None, self._not_found()
        return around, nothing

    def _not_found(self) -> HttpResponse:
        verdict = self._verdict(None)
        if self.typed.category == CLOUD_SERVICES:
            return self._show_cloud_services(refusal=verdict.title)
        return self._show_service(NamedServiceForm(self.typed.query), verified=verdict, status=_UNPROCESSABLE)

    def _show_settings(self, form: PlacingForm, around: queries.Surroundings, status: int = 200) -> HttpResponse:
        problem = self._problem(around.error, "The cloud could not be read") if around.error else None
        context = {
            "form": form,
            "found": around.found,
            "verified": self._verdict(around.found) if around.found else None,
            "problem": problem,
            "quota": quota_bar(around.quota, "VPC endpoints"),
        }
        shown = [] if problem else list(form.fields)
        return self._render("endpoints/settings.html", context, shown, wizard.SETTINGS, status)

    def confirm(self) -> HttpResponse:
        """The specification, once everything typed is right. A form that was sent leads to what became of it."""
        if sent := Change.objects.filter(pk=self.typed.new, kind=_KIND.action.value).first():
            ended = self._ending(self.request, Acted((sent,), repeated=True))
            return ended or HttpResponseRedirect(places.list_url(self.place))
        around, sent_back = self._look()
        if around is None:
            return sent_back
        form = self._placing(self.typed.query, around)
        if around.error is not None:
            return self._show_settings(self._unjudged(around), around)
        if not form.is_valid():
            return self._show_settings(form, around, _UNPROCESSABLE)
        return confirmation.ask(self.request, self._decision([self.typed.new], form.parameters()))

    def _decision(self, targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        return confirmation.Decision(
            _KIND,
            self.place,
            actions.CreateWording(charged=parameters.get("charged")),
            places.list_url(self.place),
            targets,
            parameters,
            action_url=self.request.get_full_path(),
            previous_url=self.typed.url(wizard.SETTINGS),
            specification=actions.specification(self.place.cloud.region, "".join(targets), parameters),
            answer=self._ending,
        )

    def _ending(self, request: ConsoleRequest, acted: Acted) -> HttpResponse | None:
        return ending(request, self.place, self.typed, acted, self._refused)

    def act(self) -> HttpResponse:
        """Create it."""
        return confirmation.act(self.request, self._decision, confirmation.Scope(_KIND, self.place))

    def _refused(self, field: str, why: str) -> HttpResponse | None:
        """The form again, as it was filled in, with the cloud's refusal beside its field; None if it has no such."""
        self.typed = self.typed.renewed()
        if field == "service":
            return self._service_refused(why)
        around, _ = self._look()
        if around is None or around.error is not None:
            return None
        form = self._placing(self.typed.query, around)
        if field not in form.fields or not form.is_bound:
            return None
        form.is_valid()
        form.add_error(field, why)
        return self._show_settings(form, around, _UNPROCESSABLE)

    def _service_refused(self, why: str) -> HttpResponse:
        account = queries.own_account(self.place)
        text = f"{why} The owner of the service knows you by account ID {account}." if account else why
        if self.typed.category == CLOUD_SERVICES:
            return self._show_cloud_services(refusal=text)
        form = NamedServiceForm(self.typed.query)
        form.add_error("name", text)
        return self._show_service(form, status=_UNPROCESSABLE)

    def _problem(self, error: CloudError, title: str) -> Problem:
        return problem_of(error, title, self.request.get_full_path())

    def _render(
        self, template: str, context: dict[str, Any], shown: Sequence[str], step: str, status: int
    ) -> HttpResponse:
        steps = [{"title": title, "current": name == step} for name, title in wizard.STEPS]
        around = {
            "path": self.typed.path,
            "hidden": self.typed.hidden(shown),
            "steps": steps,
            "region": self.place.cloud.region,
            "list_url": places.list_url(self.place),
        }
        fragment = _FRAGMENTS.get(target_of(self.request))
        return render(self.request, template, context | around, fragment=fragment, status=status)
