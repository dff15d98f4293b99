"""Fixtures of VPC endpoints: one console with the demo's cloud, and one with two accounts in both profiles."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.endpoints.consumers import Parties, Wizard, two_accounts
from tests.stage import Stage


@pytest.fixture(autouse=True)
def every_look_is_a_fresh_one(settings: LazySettings) -> None:
    """These stories change the world past the console; how long an answer lasts is told in tests/observations."""
    settings.STATUS_INTERVAL_SECONDS = 0


@pytest.fixture(params=["huawei", "otc"])
def parties(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Parties]:
    with two_accounts(monkeypatch, tmp_path, request.param) as both:
        yield both


@pytest.fixture
def wizard(stage: Stage) -> Wizard:
    """Of the administrator, in the demo's cloud."""
    return Wizard(stage.browser("admin"))
