"""Rows and readers for tests. Rows go through `journal.record`, so their chain is real."""

from typing import Any

from django.test import Client

from console.access.actor import Actor
from console.access.models import Grant, Person
from console.access.roles import Role
from console.audit.catalog import Action, State
from console.audit.journal import record
from console.audit.models import Entry

OPERATOR = Actor(person_id=None, name="operator", role="Operator", ip="192.0.2.7", request_id="request-1")


def entry(**fields: Any) -> Entry:
    """One row; what is not given is an accepted connection."""
    usual: dict[str, Any] = {
        "action": Action.CONNECTION_ACCEPT,
        "state": State.SUCCEEDED,
        "actor": OPERATOR,
        "cloud": "demo",
        "gateway_id": "gateway-1",
        "target": "endpoint-1",
    }
    return record(**(usual | fields))


def entries(count: int) -> list[Entry]:
    """Several rows about different endpoints."""
    return [entry(target=f"endpoint-{number}", reason=f"reason {number}") for number in range(1, count + 1)]


def reader(name: str, role: Role, cloud: str = "", gateway_id: str = "") -> Client:
    """A browser of a person who holds one role, signed in."""
    person = Person.objects.create_user(username=name, password=None)
    Grant.objects.create(person=person, role=role, cloud=cloud, gateway_id=gateway_id)
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client
