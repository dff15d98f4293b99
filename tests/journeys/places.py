"""Every page and state that a person can see, by name: who sees it, where it is, and what must happen first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from console.simcloud.seed_wishes import REPORTS_SERVICE, REPORTS_SUBNET, REPORTS_VPC
from tests.clouds.alibaba_party import group_of, instance_of, service_of, vpc_of
from tests.endpoint_services.estate import confirm_url, form_url
from tests.journeys.dialogs import dialog
from tests.journeys.served import Stand

ACCOUNT = "7cc2018e40394f7c9692f1713e76234d"


def _nothing(*_: Any) -> None:
    return None


@dataclass(frozen=True)
class Seen:
    """One page in one state."""

    person: str | None
    path: Callable[[Stand], str]
    #: Brings the cloud into the state that the page is to show.
    before: Callable[[Stand], None] = _nothing
    #: What the person does on the page to come to the state.
    then: Callable[[Any], None] = _nothing


def _at(path: str, person: str | None = "admin", **more: Any) -> Seen:
    return Seen(person, lambda stand: path, **more)


def _tab(rest: str = "", role: str = "main", person: str = "admin", **more: Any) -> Seen:
    return Seen(person, lambda stand: stand.tab(role) + rest, **more)


def _connection(act: str, status: str, number: int = 1, **more: Any) -> Seen:
    def path(stand: Stand) -> str:
        chosen = "&".join(f"id={each.id}" for each in stand.connections(status)[:number])
        return f"{stand.tab()}connections/{act}/?{chosen}"

    return Seen("admin", path, **more)


def _listed(stand: Stand) -> str:
    service = stand.world.service_of(stand.world.gateway_named("main"))
    return next(account for account in reversed(stand.world.permissions[service.id]))


def _broken(path: str) -> Callable[[Stand], None]:
    return lambda stand: stand.cloud.faults({"match": {"path": path}, "fault": "status", "status": 500, "times": 999})


def _action_broken(action: str) -> Callable[[Stand], None]:
    """As `_broken`, for a cloud whose calls have names instead of paths."""
    return lambda stand: stand.cloud.faults(
        {"match": {"action": action}, "fault": "status", "status": 500, "times": 999}
    )


def _instance(role: str, rest: str = "", **more: Any) -> Seen:
    """A page of an instance of the other vendor; {partners} is one of its VPCs with its vSwitch."""

    def path(stand: Stand) -> str:
        vpc, vswitch = vpc_of(stand.cloud, "vpc-partners")
        chosen = rest.replace("{partners}", f"vpc={vpc}").replace("{vswitch}", f"vswitch={vswitch}")
        return f"/alibaba/vpc-access/{instance_of(stand.cloud, role)}/{chosen}"

    return Seen(more.pop("person", "admin"), path, **more)


def _group(instance: str, role: str, act: str = "", **more: Any) -> Seen:
    """An API group on an instance, or an act on it; {bound} is an instance that is bound."""

    def path(stand: Stand) -> str:
        at, group = f"/alibaba/vpc-access/{instance_of(stand.cloud, instance)}/groups/", group_of(stand.cloud, role)
        bound = instance_of(stand.cloud, "bound")
        return at + (act.replace("{id}", f"id={group}").replace("{bound}", bound) if act else f"{group}/")

    return Seen(more.pop("person", "admin"), path, **more)


def _endpoint(service: str, status: str = "accepted", rest: str = "", **more: Any) -> Seen:
    """A page of a seeded VPC endpoint to the service of that name."""

    def path(stand: Stand) -> str:
        services = stand.world.services
        rows = [row for row in stand.world.endpoints.values() if services[row.service_id].name == service]
        return f"/demo/endpoints/{next(row.id for row in rows if row.status == status)}/{rest}"

    return Seen(more.pop("person", "admin"), path, **more)


def _wizard(step: str = "", *, name: str = f"eu-west-101.reports.{REPORTS_SERVICE}", **typed: str) -> Seen:
    """The wizard at a step, with the service, the VPC and the subnet of source 002 unless told otherwise."""
    query = {"name": name, "vpc": REPORTS_VPC, "subnet": REPORTS_SUBNET, **typed, "step": step}
    return _at(f"/demo/endpoints/create/?{urlencode(query)}")


def _click(selector: str) -> Callable[[Any], None]:
    def click(page: Any) -> None:
        page.locator(selector).first.click()
        page.wait_for_load_state("networkidle")

    return click


def _begun_and_back(page: Any) -> None:
    page.locator("#confirm-submit").click()
    page.get_by_role("link", name="VPC Endpoints", exact=True).click()
    page.locator("#long-acts").wait_for()


def _dialog(selector: str, button: str = "", **typed: str) -> Callable[[Any], None]:
    def go(page: Any) -> None:
        page.locator(selector).first.click()
        dialog(page).locator("form").wait_for()
        for label, text in typed.items():
            dialog(page).locator(f"[name={label}]").fill(text)
        if button:
            dialog(page).get_by_role("button", name=button, exact=True).click()
            page.wait_for_load_state("networkidle")

    return go


def _wrong_sign_in(page: Any) -> None:
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("nothing at all")
    page.get_by_role("button", name="Sign in").click()
    page.locator(".error-summary").wait_for()


def _wrong_rule(page: Any) -> None:
    page.get_by_label("It must hold something that looks like").fill(r"(a)\1")
    page.get_by_role("button", name="Set rule").click()
    page.locator(".error-summary").wait_for()


def _service(rest: str = "", name: str = "billing", **more: Any) -> Seen:
    """A page of one of our own VPC endpoint services."""

    def path(stand: Stand) -> str:
        own = [row for row in stand.world.services.values() if row.gateway_id is None and row.name == name]
        return f"/demo/endpoint-services/{own[0].id}/{rest}"

    return Seen(more.pop("person", "admin"), path, **more)


def _described(stand: Stand) -> str:
    service = next(row for row in stand.world.services.values() if row.name == "billing")
    endpoint = stand.world.connections[service.id][0]
    return f"/demo/endpoint-services/{service.id}/connections/describe/?id={endpoint.id}"


PLACES: dict[str, Seen] = {
    "sign-in": _at("/sign-in/", None),
    "sign-in refused": _at("/sign-in/", None, then=_wrong_sign_in),
    "sign-out": _at("/sign-out/"),
    "own password": _at("/account/password/"),
    "own password, wrong": _at("/account/password/", then=_click("main button[type=submit]")),
    "preferences": _at("/preferences/"),
    "help": _at("/help/"),
    "gateways": _at("/gateways/"),
    "gateways, none matches": _at("/gateways/?q=nothing-like-this"),
    "gateways of a broken cloud": _at("/gateways/", before=_broken("apigw/instances")),
    "information": Seen("admin", lambda stand: f"/demo/gateways/{stand.gateway_id()}/"),
    "tab": _tab(),
    "tab of a viewer": _tab(person="viewer"),
    "tab with many": _tab("?size=50", "many_connections"),
    "tab, none matches": _tab("?q=nothing-like-this&pq=nothing"),
    "tab, a wrong status": _tab("?status=nonsense"),
    "tab without service": _tab(role="without_service"),
    "tab of a frozen gateway": _tab(role="frozen"),
    "tab where not offered": _tab(role="not_offered"),
    "tab, connections broken": _tab(before=_broken("vpc-endpoint/connections")),
    "tab of a broken cloud": _tab(before=_broken("apigw/instances")),
    "accept": _connection("accept", "pendingAcceptance"),
    "reject": _connection("reject", "accepted"),
    "reject two": _connection("reject", "accepted", 2),
    "accept what cannot be": _connection("accept", "failed"),
    "reject, cloud broken": _connection("reject", "accepted", before=_broken("vpc-endpoint/connections")),
    "reject in the dialog": _tab(then=_dialog("[id^=reject-]")),
    "add account": _tab("permissions/add/"),
    "add account, wrong": _tab("permissions/add/?id=nonsense"),
    "add account, confirm": _tab(f"permissions/add/?id={ACCOUNT}"),
    "add everybody": _tab("permissions/add/?id=*"),
    "add account in the dialog, wrong": _tab(then=_dialog("#add-account", "Next", id="nonsense")),
    "remove account": Seen("admin", lambda stand: f"{stand.tab()}permissions/remove/?id={_listed(stand)}"),
    "name": _tab("service-name/"),
    "name, confirm": _tab("service-name/?name=payments"),
    "enable": _tab("service-name/?name=payments", "without_service"),
    "create": _tab("create/"),
    "vpc access": _at("/alibaba/vpc-access/"),
    "vpc access, none matches": _at("/alibaba/vpc-access/?q=nothing-like-this&gq=nothing"),
    "vpc access of a broken cloud": _at("/alibaba/vpc-access/", before=_action_broken("DescribeInstances")),
    "connections by our records": Seen(
        "admin", lambda stand: f"/alibaba/endpoint-services/{service_of(stand.cloud)}/connections/"
    ),
    "instance, bound": _instance("bound"),
    "instance, not bound": _instance("unbound"),
    "instance, busy": _instance("busy"),
    "bind": _instance("bound", "bind/?{partners}"),
    "bind, wrong": _instance("unbound", "bind/?vpc=nowhere&step=confirm"),
    "bind in the dialog": _instance("unbound", then=_dialog("[id^=bind-]")),
    "rebind": _instance("bound", "bind/?{partners}&{vswitch}&step=confirm"),
    "API group": _group("bound", "bound_with_domain"),
    "API group, not bound": _group("unbound", "unbound_disabled"),
    "API group, move failed": _group("shared_second", "move_failed"),
    "enable the domain, refused": _group("unbound", "unbound_disabled", "enable/?{id}"),
    "disable the domain": _group("bound", "bound_with_domain", "disable/?{id}"),
    "move": _group("shared", "shared_enabled", "move/?{id}"),
    "move, confirm": _group("shared", "shared_enabled", "move/?{id}&instance={bound}"),
    "own domain": _group("bound", "bound_enabled", "bind-domain/?{id}"),
    "endpoints": _at("/demo/endpoints/"),
    "endpoints of a viewer, filtered": _at("/demo/endpoints/?status=Accepted&tag=env%3Dprod", "viewer"),
    "endpoints, none matches": _at("/demo/endpoints/?q=nothing-like-this"),
    "endpoints of a broken cloud": _at("/demo/endpoints/", before=_broken("/vpc-endpoints")),
    "endpoint": _endpoint("payments"),
    "endpoint, failed": _endpoint("reports", "failed"),
    "endpoint, access control": _endpoint("payments", rest="access-control/"),
    "endpoint, access control, wrong": _endpoint(
        "payments", rest="access-control/edit/?typed=1&access_control=on&whitelist=x"
    ),
    "endpoint, access control, confirm": _endpoint("payments", rest="access-control/edit/?typed=1"),
    "endpoint, tags": _endpoint("payments", rest="tags/"),
    "endpoint, tags, wrong": _endpoint("payments", rest="tags/edit/?tags=a+b"),
    "endpoint, delete in the dialog": _endpoint("payments", then=_dialog("#delete-endpoint")),
    "wizard, cloud services": _at("/demo/endpoints/create/?category=cloud"),
    "wizard, found": _wizard(verify="1"),
    "wizard, not found": _wizard(verify="1", name=f"eu-de.{REPORTS_VPC}"),
    "wizard, settings": _wizard("settings"),
    "wizard, wrong": _wizard("confirm", subnet="", mode="manual", address="x", tags="a b"),
    "wizard, confirm": _wizard("confirm", dns="on", tags="env=prod"),
    "services": _at("/demo/endpoint-services/"),
    "services of a viewer, filtered": _at("/demo/endpoint-services/?status=Available&tag=env", "viewer"),
    "services, none matches": _at("/demo/endpoint-services/?name=nothing-like-this"),
    "services of a broken cloud": _at("/demo/endpoint-services/", before=_broken("endpoint-services|quotas")),
    "service": _service(),
    "service that failed": _service(name="metrics"),
    "service, connections": _service("connections/"),
    "service, permissions": _service("permissions/"),
    "service, ports": _service("ports/"),
    "service, tags": _service("tags/"),
    "service, ports edited": _service("ports/edit/?step=x&ports_server=80&ports_client=0"),
    "service, approval off": _service(then=_dialog("#approval")),
    "service, rename, wrong": _service(then=_dialog("#rename-service", "Next", name="a b")),
    "service, delete": _service("delete/", "shop"),
    "service, delete what is in use": _service("delete/"),
    "service, describe a connection": Seen("admin", _described),
    "create service": _at(form_url(add_ports="1")),
    "create service, wrong": _at(confirm_url(name="a b", ports_client=["0", "80"], tags="=")),
    "create service, specification": _at(confirm_url(name="orders", approval="", tags="env=prod")),
    "audit": _at("/audit/"),
    "audit, none matches": _at("/audit/?target=nothing-like-this"),
    "audit, wrong filter": _at("/audit/?from=nonsense"),
    "audit entry": _at("/audit/", then=_click("[id^=audit-link-]")),
    "proof": _at("/audit/proof/"),
    "proof, verified": _at("/audit/proof/", then=_click("main form[action$='verify/'] button")),
    "rules": _at("/changes/reasons/"),
    "rules, wrong": _at("/changes/reasons/", then=_wrong_rule),
    "a plan of all that match": _tab("connections/reject/?all=1", "many_connections", then=_click("#left-out summary")),
    "tab with a long act": _tab("connections/accept/?all=1", "many_connections", then=_begun_and_back),
    "a long act": Seen(
        "admin",
        lambda stand: f"{stand.tab('many_connections')}connections/accept/?all=1",
        then=_click("#confirm-submit"),
    ),
    "people": _at("/people/"),
    "person": _at("/people/", then=_click("[id^=person-link-]")),
    "person, disable": _at("/people/2/disable/"),
    "person, roles": _at("/people/2/roles/add/"),
    "person, wrong": _at("/people/add/", then=_click("main button[type=submit]")),
    "groups": _at("/people/groups/"),
    "new group": _at("/people/groups/add/"),
    "forbidden": _at("/people/", "viewer"),
    "not found": _at("/nothing/here/"),
}
