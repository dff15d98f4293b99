"""The five kinds of act as a person does them, with what they change in the cloud."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.pages import Browser, Page

STRANGER = "7cc2018e40394f7c9692f1713e76234d"


@dataclass(frozen=True)
class Act:
    """One kind of Change: where it is confirmed, which button does it, and what it is called in the ledger."""

    name: str
    role: str
    button: str
    #: Path of the confirmation below the tab, for the gateway of a world.
    address: Callable[[Any], str]
    #: The object as the audit and the ledger call it.
    target: Callable[[Any], str]
    #: Path of the write on the cloud's wire, as a regular expression, and its method.
    wire_method: str
    wire_path: str
    #: What is read for the confirmation and again before the act.
    read_path: str


def connection_in(world: Any, status: str) -> str:
    """A connection of the main gateway in that status."""
    return str(world.connection_ids(status)[0])


ACCEPT = Act(
    "connection.accept",
    "operator",
    "Accept",
    lambda w: f"connections/accept/?id={connection_in(w, 'pendingAcceptance')}",
    lambda w: connection_in(w, "pendingAcceptance"),
    "POST",
    "/vpc-endpoint/connections/action",
    "/vpc-endpoint/connections$",
)
REJECT = Act(
    "connection.reject",
    "operator",
    "Reject",
    lambda w: f"connections/reject/?id={connection_in(w, 'accepted')}",
    lambda w: connection_in(w, "accepted"),
    "POST",
    "/vpc-endpoint/connections/action",
    "/vpc-endpoint/connections$",
)
ADD = Act(
    "permission.add",
    "owner",
    "Add",
    lambda w: f"permissions/add/?id={STRANGER}",
    lambda w: STRANGER,
    "POST",
    "/permissions/batch-add",
    "/vpc-endpoint/permissions$",
)
REMOVE = Act(
    "permission.remove",
    "owner",
    "Remove",
    lambda w: f"permissions/remove/?id={w.listed_account()}",
    lambda w: w.listed_account(),
    "POST",
    "/permissions/batch-delete",
    "/vpc-endpoint/permissions$",
)
RENAME = Act(
    "service.rename",
    "admin",
    "Save",
    lambda w: "service-name/?name=renamed",
    lambda w: w.gateway_id,
    "PUT",
    "/apigw/instances/[0-9a-f]+$",
    "/apigw/instances/[0-9a-f]+$",
)
ACTS = (ACCEPT, REJECT, ADD, REMOVE, RENAME)


def confirm_page(browser: Browser, stage: Any, act: Act) -> Page:
    """The confirmation, as it is shown before anything goes wrong."""
    page = browser.open(stage.tab_url + act.address(stage))
    assert page.has_button(act.button), page.text
    return page
