"""Fixtures for everybody: a simulated cloud behind the console, signed-in people, and clean limits."""

import os
from collections.abc import Callable, Iterator

import hypothesis
import pytest
from django.core.cache import cache
from django.test import Client

from console.access.roles import Role
from console.simcloud import SimulatedCloud
from tests.audit.flushing import open_audit_table as open_audit_table
from tests.drawing import plain_templates as plain_templates
from tests.factories import PersonFactory
from tests.seeds import copied_worlds as copied_worlds
from tests.stage import impatient as impatient
from tests.stage import stage as stage
from tests.stage import wired

# The same examples each time, so that a change is judged and not the dice. By hand: HYPOTHESIS_PROFILE=searching.
hypothesis.settings.register_profile("fixed", derandomize=True)
hypothesis.settings.register_profile("searching")
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """What one test left in the cache is no business of the next."""
    yield
    cache.clear()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedCloud]:
    """A running simulated cloud without transient delays; the console knows it as the cloud `demo`."""
    with SimulatedCloud(delay=0.0) as cloud, wired(cloud, monkeypatch):
        yield cloud


@pytest.fixture
def signed_in(db: None) -> Callable[[str], Client]:
    """`signed_in("operator")`: a client of a new person who holds that role on everything."""

    def sign_in(role: str) -> Client:
        client = Client()
        person = PersonFactory(role=Role(role))
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
