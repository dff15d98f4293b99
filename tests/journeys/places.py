"""Every page and state that a person can see, by name: who sees it, where it is, and what must happen first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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


def _click(selector: str) -> Callable[[Any], None]:
    def click(page: Any) -> None:
        page.locator(selector).first.click()
        page.wait_for_load_state("networkidle")

    return click


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
    page.get_by_label("It must hold something that looks like").fill("(a+)+")
    page.get_by_role("button", name="Set rule").click()
    page.locator(".error-summary").wait_for()


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
    "audit": _at("/audit/"),
    "audit, none matches": _at("/audit/?target=nothing-like-this"),
    "audit, wrong filter": _at("/audit/?from=nonsense"),
    "audit entry": _at("/audit/", then=_click("[id^=audit-link-]")),
    "proof": _at("/audit/proof/"),
    "proof, verified": _at("/audit/proof/", then=_click("main form[action$='verify/'] button")),
    "rules": _at("/changes/reasons/"),
    "rules, wrong": _at("/changes/reasons/", then=_wrong_rule),
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
