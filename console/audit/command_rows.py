"""What commands do to people becomes rows; a page writes its own."""

from typing import Any

from console.access import signals
from console.access.actor import SYSTEM
from console.access.models import Person
from console.access.roles import Role
from console.audit.catalog import Action, State
from console.audit.journal import record


def connect() -> None:
    """Listen. Called once, when the app is ready."""
    signals.person_added.connect(_person_added, dispatch_uid="audit.person_added")
    signals.password_replaced.connect(_password_replaced, dispatch_uid="audit.password_replaced")


def _person_added(person: Person, role: Role, command: str, **_: Any) -> None:
    _record(Action.PERSON_ADD, person, command, {"name": person.display_name})
    _record(Action.GRANT_ADD, person, command, {"role": role.value})


def _password_replaced(person: Person, command: str, **_: Any) -> None:
    _record(Action.PERSON_SET_PASSWORD, person, command, None)


def _record(action: Action, person: Person, command: str, after: object) -> None:
    reason = f"manage.py {command}"
    record(action=action, state=State.SUCCEEDED, actor=SYSTEM, target=person.username, reason=reason, after=after)
