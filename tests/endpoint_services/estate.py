"""What the tests of endpoint services share: the seeded services, the form of a new one, and the other account."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from console.clouds.services import EndpointService
from console.simcloud.identity import CONSUMER
from console.simcloud.seed_wishes import PRINTED
from console.wiring import get_cloud
from tests.pages import Browser, Page
from tests.simcloud.caller import Caller
from tests.simcloud.parties import Customer
from tests.stage import Stage

LIST = "/demo/endpoint-services/"
#: The VPC and the backend of source 001.
VPC, BACKEND = f"{PRINTED}80", f"{PRINTED}88"
NEW = "3f2b1c7a-0d4e-4b53-9c61-5a7e8f901234"
CALLS = "/vpc-endpoint-services"


class Estate:
    """The services of one stage, past the console."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.cloud = stage.cloud

    def services(self) -> list[EndpointService]:
        port = get_cloud("demo").endpoint_services
        assert port is not None
        return list(port.list_services())

    def service(self, name: str) -> EndpointService:
        return next(one for one in self.services() if one.name.name == name)

    def url(self, name: str, page: str = "") -> str:
        return f"{LIST}{self.service(name).id}/{page}"

    @cached_property
    def customer(self) -> Customer:
        """The other account, with its own program."""
        return Customer(Caller(self.cloud, CONSUMER), "vpc-analytics")

    def sent(self, method: str, path: str) -> list[dict[str, Any]]:
        """The calls of the console that have reached the cloud."""
        return [call for call in self.cloud.calls() if call["method"] == method and call["path"].endswith(path)]

    def done(self, action: str) -> list[dict[str, Any]]:
        """The effects in the cloud's ledger."""
        return [row for row in self.cloud.ledger() if row["action"] == action]


def typed(**changes: Any) -> dict[str, Any]:
    """A whole form: that of source 001, with approval and without a name."""
    return {
        "new": NEW,
        "vpc": VPC,
        "backend": BACKEND,
        "server_type": "VM",
        "ports_client": ["8080", "8081"],
        "ports_server": ["80", "80"],
        "approval": "on",
        **changes,
    }


def form_url(**changes: Any) -> str:
    """The address of the form as it is while somebody types."""
    return f"{LIST}create/?{urlencode(typed(**changes), doseq=True)}"


def confirm_url(**changes: Any) -> str:
    """The address of the specification page."""
    return form_url(step="confirm", **changes)


def created(browser: Browser, **changes: Any) -> Page:
    """The page after a service was created."""
    page = browser.open(confirm_url(**changes))
    assert page.has_button("Create"), page.text
    return browser.submit(page, "Create")
