"""One simulated cloud per test module, at its seed for every test."""

from collections.abc import Iterator

import pytest

from console.simcloud import SimulatedCloud
from tests.clouds.adapters import Adapters, adapters_to


@pytest.fixture(scope="module")
def running_cloud() -> Iterator[SimulatedCloud]:
    with SimulatedCloud() as cloud:
        yield cloud


@pytest.fixture
def cloud(running_cloud: SimulatedCloud) -> SimulatedCloud:
    running_cloud.reset()
    return running_cloud


@pytest.fixture
def adapters(cloud: SimulatedCloud) -> Adapters:
    """Signed in with a password."""
    return adapters_to(cloud.base_url)
