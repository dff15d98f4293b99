"""Browsers of administrators."""

from collections.abc import Callable

import pytest
from django.test import Client

from console.access.models import Person
from console.access.roles import Role
from tests.factories import PersonFactory
from tests.pages import Browser


@pytest.fixture
def browse() -> Callable[[Person], Browser]:
    """A browser without scripts in which this person is signed in."""

    def browse(person: Person) -> Browser:
        client = Client(enforce_csrf_checks=True)
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return Browser(client)

    return browse


@pytest.fixture
def grace(db: None) -> Person:
    """Administrator on everything."""
    return PersonFactory(username="grace", display_name="Grace H.", role=Role.ADMINISTRATOR)


@pytest.fixture
def admin(grace: Person, browse: Callable[[Person], Browser]) -> Browser:
    """Grace's browser."""
    return browse(grace)
