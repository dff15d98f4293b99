"""A console of two accounts, as far as the tests of VPC endpoints need one: who publishes, and who connects."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from console.changes.models import Change
from console.changes.transcripts import transcript_of
from console.clouds import retry
from console.simcloud import SimulatedCloud
from console.simcloud.identity import CONSUMER, DEMO, REGION, Account
from console.simcloud.seed_wishes import REPORTS_SERVICE, REPORTS_SUBNET, REPORTS_VPC
from tests.pages import Browser, Page
from tests.simcloud.caller import Caller
from tests.simcloud.parties import Customer, Provider
from tests.stage import Stage, wired

#: The request that source 002 prints.
PRINTED_REQUEST = {
    "subnet_id": REPORTS_SUBNET,
    "vpc_id": REPORTS_VPC,
    "tags": [{"key": "test1", "value": "test1"}],
    "endpoint_service_id": REPORTS_SERVICE,
    "enable_dns": True,
}
NEW = "7d9c2c1e-5d3c-4c1b-8a43-2f1f5a6b7c8d"
SUBMIT, NEXT, PREVIOUS, VERIFY, SHOW = "Submit", "Next", "Previous", "Verify", "Show what is in this VPC"


def full_name(cloud: SimulatedCloud, name: str) -> str:
    """The whole name of a seeded service."""
    return next(row.full_name for row in cloud.world.services.values() if row.name == name)


def wishes(cloud: SimulatedCloud, **changes: Any) -> dict[str, Any]:
    """Everything that the form needs: the VPC, subnet and service of source 002."""
    return {"name": full_name(cloud, "reports"), "vpc": REPORTS_VPC, "subnet": REPORTS_SUBNET, **changes}


def error_at(page: Page, field: str) -> str:
    """What is said beside a field; "" where nothing is."""
    found = page.soup.find(id=f"id_{field}_error")
    return found.get_text(" ", strip=True) if found else ""


@dataclass
class Wizard:
    """The wizard of one cloud in one person's browser, typed without scripts."""

    browser: Browser
    cloud: str = "demo"

    @property
    def url(self) -> str:
        return f"/{self.cloud}/endpoints/create/"

    def address(self, step: str = "", **typed: Any) -> str:
        """The form as it is while somebody types, at that step."""
        return f"{self.url}?{urlencode({'new': NEW, **typed, 'step': step}, doseq=True)}"

    def renewed(self, step: str, **typed: Any) -> str:
        """The same under an id of its own."""
        return self.address(step, **typed).replace(NEW, str(uuid.uuid4()))

    def open(self) -> Page:
        return self.browser.open(self.url)

    def verified(self, name: str) -> Page:
        return self.browser.submit(self.open(), VERIFY, name=name)

    def settings(self, name: str, vpc: str) -> Page:
        """The settings of the service, with what is in the VPC."""
        page = self.browser.submit(self.verified(name), NEXT)
        return self.browser.submit(page, SHOW, vpc=vpc)

    def confirmed(self, name: str, vpc: str, **typed: Any) -> Page:
        """What comes after Next: the specification, or the settings with what is wrong."""
        return self.browser.submit(self.settings(name, vpc), NEXT, **typed)

    def created(self, name: str, vpc: str, **typed: Any) -> Page:
        """The new endpoint's page."""
        return self.browser.submit(self.confirmed(name, vpc, **typed), SUBMIT)


@dataclass
class Parties:
    """Northwind publishes, Contoso connects; both in this console, each with its own credentials."""

    stage: Stage
    profile: str

    @property
    def provider(self) -> Provider:
        """Northwind's own program."""
        return Provider(Caller(self.stage.cloud, DEMO))

    @property
    def customer(self) -> Customer:
        """Contoso's own program."""
        return Customer(Caller(self.stage.cloud, CONSUMER))


_TABLE = """
[clouds.{name}]
provider = "{provider}"
label = "{name}"
region = "{region}"
project_id = "{account.project_id}"
access_key = "env:{name}_access"
secret_key = "env:{name}_secret"
endpoints = {{ iam = "{url}", apig = "{url}", vpcep = "{url}", vpc = "{url}" }}
"""


@contextmanager
def two_accounts(patch: pytest.MonkeyPatch, folder: Path, profile: str) -> Iterator[Parties]:
    """The clouds `northwind` and `contoso` of one simulated cloud in this profile."""
    patch.setattr(retry, "BUSY_WAITS", (0.01, 0.01, 0.01))
    accounts: dict[str, Account] = {"northwind": DEMO, "contoso": CONSUMER}
    with SimulatedCloud(delay=0.0) as cloud:
        cloud.world.switch(profile=profile)
        tables = []
        for name, account in accounts.items():
            patch.setenv(f"{name}_access", account.access_key)
            patch.setenv(f"{name}_secret", account.secret_key)
            tables.append(
                _TABLE.format(name=name, provider=profile, region=REGION, account=account, url=cloud.base_url)
            )
        path = folder / "clouds.toml"
        path.write_text("".join(tables), encoding="utf-8")
        with wired(cloud, patch, CONSOLE_CLOUDS_FILE=str(path)):
            yield Parties(Stage(cloud), profile)


def sent_body(change: Change) -> dict[str, Any]:
    """What was really sent for a Change, as its page shows it."""
    attempts = transcript_of(Change.objects.get(pk=change.pk))["attempts"]  # type: ignore[index]
    return json.loads(attempts[-1]["call"]["body"])  # type: ignore[no-any-return]


def own_tag(change: Change) -> dict[str, str]:
    """The mark that a creating Change leaves."""
    return {"key": "console-change", "value": str(change.pk)}
