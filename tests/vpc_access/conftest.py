"""A console with the cloud `alibaba`, which is a simulated one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import LazySettings

from console.clouds import retry
from console.simcloud import SimulatedCloud
from tests.clouds.alibaba_party import group_of, instance_of, reachable_from, vpc_of
from tests.pages import Page
from tests.stage import Stage, wired

CLOUD = "alibaba"
LIST_URL = f"/{CLOUD}/vpc-access/"


@dataclass
class AlibabaStage(Stage):
    """One world with instances and API groups, seen by several people."""

    list_url: str = LIST_URL

    def instance_url(self, role: str) -> str:
        """The page of a seeded instance, such as "bound" or "unbound"."""
        return f"{LIST_URL}{instance_of(self.cloud, role)}/"

    def group_url(self, role: str) -> str:
        """The page of a seeded group, at the instance that it is on now."""
        return f"{LIST_URL}{self.group(role)['instance_id']}/groups/{self.group_id(role)}/"

    def act_url(self, role: str, act: str) -> str:
        """The confirmation of an act on a seeded group, such as "enable"."""
        return f"{LIST_URL}{self.group(role)['instance_id']}/groups/{act}/?id={self.group_id(role)}"

    def group_id(self, role: str) -> str:
        return group_of(self.cloud, role)

    def instance_id(self, role: str) -> str:
        return instance_of(self.cloud, role)

    def group(self, role: str) -> dict[str, Any]:
        """A group as the cloud has it now, past the console."""
        rows = self.cloud.describe()["alibaba"]["api_groups"]
        found: dict[str, Any] = next(row for row in rows if row["seeded_as"] == role)
        return found

    def instance(self, role: str) -> dict[str, Any]:
        """An instance as the cloud has it now, past the console."""
        rows = self.cloud.describe()["alibaba"]["instances"]
        found: dict[str, Any] = next(row for row in rows if row["seeded_as"] == role)
        return found

    def vpc(self, name: str) -> tuple[str, str]:
        """A VPC and its first vSwitch."""
        return vpc_of(self.cloud, name)

    def reached_from(self, role: str) -> list[str]:
        """From which VPCs a group is reached: what no call of the real cloud tells."""
        return reachable_from(self.cloud, role)

    def effects(self) -> list[tuple[str, str]]:
        """What was done in the cloud: act and object, oldest first."""
        return [(row["action"], row["object"]) for row in self.cloud.ledger()]

    def switch(self, **settings: Any) -> None:
        """Set what nobody documented the other way (alibaba-contract 6)."""
        self.cloud.world.switch(**settings)


@pytest.fixture(autouse=True)
def every_look_is_a_fresh_one(settings: LazySettings) -> None:
    """These stories change the world past the console; how long an answer lasts is told in tests/observations."""
    settings.STATUS_INTERVAL_SECONDS = 0


@pytest.fixture
def alibaba_stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[AlibabaStage]:
    """A fresh world without transient delays; the console knows it as `demo` and as `alibaba`."""
    monkeypatch.setattr(retry, "BUSY_WAITS", (0.01, 0.01, 0.01))  # the waits themselves are tested in tests/clouds
    with SimulatedCloud(delay=0.0) as cloud, wired(cloud, monkeypatch, CONSOLE_SIMULATED_ALIBABA="1"):
        yield AlibabaStage(cloud)


def operation(page: Page, table: str, having: str, label: str) -> Any:
    """The element of an operation in a row, whether it can be pressed or is grey."""
    found = [tag for tag in page.row(table, having).select(".ops .op") if tag.get_text(" ").split()[0:1] == [label]]
    assert len(found) == 1, f"{len(found)} of {label} in {having}"
    return found[0]
