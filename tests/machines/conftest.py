"""The stores and the two machines, started once and made whole again before each story."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.machines.site import Scene, Site
from tests.machines.stores import Cluster, Redis


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with Cluster() as running:
        yield running


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    with Redis() as running:
        yield running


@pytest.fixture(scope="session")
def site(cluster: Cluster, redis: Redis) -> Iterator[Site]:
    with TemporaryDirectory(prefix="console-site-") as folder, Site(Path(folder), cluster, redis, "console") as running:
        yield running


@pytest.fixture
def scene(site: Site) -> Scene:
    """A fresh world behind machines that all run."""
    site.make_whole()
    return site.new_world()
