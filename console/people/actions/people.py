"""Acts on people. A password exists in clear in one return value, for one page, and nowhere else."""

from collections.abc import Iterable

from django.db import transaction

from console import clock
from console.access.models import Person
from console.access.passwords import INITIAL_PASSWORD_LIFE, initial_password
from console.audit.catalog import Action, State
from console.audit.journal import record
from console.people.actions.decisions import Kind, decide, forget, may_enable, must_be_able_to_enable
from console.people.actions.rules import Administrator, one_act


def add_person(who: Administrator, *, username: str, display_name: str) -> tuple[Person, str]:
    """Create a person who holds nothing yet, and return them with their initial password.

    Raises Refused for somebody who administers nothing, django.db.IntegrityError when the username was taken a moment
    ago.
    """
    who.must_administer(Action.PERSON_ADD)
    password = initial_password()
    person = Person(username=username, display_name=display_name)
    with transaction.atomic():
        _hand_over(person, password)
        person.save()
        decide(who, person, Kind.CREATED)
        after = {"name": display_name}
        record(action=Action.PERSON_ADD, state=State.SUCCEEDED, actor=who.actor, target=username, after=after)
    return person, password


def change_person(who: Administrator, person: Person, *, display_name: str) -> None:
    """Change the name that people see. Raises Refused outside the administrator's scope."""
    with transaction.atomic():
        before = _managed(who, person, Action.PERSON_CHANGE).display_name
        person.display_name = display_name
        person.save(update_fields=["display_name"])
        _record(who, Action.PERSON_CHANGE, person, {"name": before}, {"name": display_name})


def disable_person(who: Administrator, person: Person) -> None:
    """Close the account and end its sessions at once; nothing of what the person did is lost.

    Raises Refused outside the administrator's scope, RuleBroken for oneself and for the last administrator.
    """
    with one_act():
        was_active = _managed(who, person, Action.PERSON_DISABLE).is_active
        who.must_be_other_than(person)
        if was_active or may_enable(who, person):
            decide(who, person, Kind.DISABLED)
        _end_sessions(person, is_active=False)
        _record(who, Action.PERSON_DISABLE, person, {"active": True}, {"active": False, "sessions": "ended"})


def enable_person(who: Administrator, person: Person) -> None:
    """Open the account again, with the roles and the password it had. Raises Refused outside the scope
    and where somebody who administers more closed it.
    """
    with transaction.atomic():
        must_be_able_to_enable(who, _managed(who, person, Action.PERSON_ENABLE))
        forget(person, Kind.DISABLED)
        person.is_active = True
        person.save(update_fields=["is_active"])
        _record(who, Action.PERSON_ENABLE, person, {"active": False}, {"active": True})


def end_sessions(who: Administrator, person: Person) -> None:
    """Sign the person out everywhere. Raises Refused outside the administrator's scope."""
    with transaction.atomic():
        _managed(who, person, Action.PERSON_CHANGE)
        _end_sessions(person)
        _record(who, Action.PERSON_CHANGE, person, None, {"sessions": "ended"})


def set_initial_password(who: Administrator, person: Person) -> str:
    """Replace the person's password by an initial one, end their sessions, and return it.

    Raises Refused outside the administrator's scope, RuleBroken for oneself.
    """
    password = initial_password()
    with transaction.atomic():
        _managed(who, person, Action.PERSON_SET_PASSWORD)
        who.must_be_other_than(person)
        forget(person, Kind.HANDED_OVER)
        decide(who, person, Kind.HANDED_OVER)
        _hand_over(person, password)
        person.save(update_fields=["password", "initial_password_until"])
        _record(who, Action.PERSON_SET_PASSWORD, person, None, {"sessions": "ended"})
    return password


def void_passwords(who: Administrator, people: Iterable[Person]) -> list[str]:
    """End these passwords and sessions, since somebody else may know them. The caller has locked the people.

    Returns the usernames of those to whom a new initial password must be handed over.
    """
    voided = []
    for person in people:
        if person.pk == who.actor.person_id:
            continue
        person.set_unusable_password()
        person.initial_password_until = None
        person.save(update_fields=["password", "initial_password_until"])
        _end_sessions(person)
        _record(who, Action.PERSON_SET_PASSWORD, person, None, {"password": "void", "sessions": "ended"})
        voided.append(person.username)
    return voided


def _hand_over(person: Person, password: str) -> None:
    person.set_password(password)
    person.initial_password_until = clock.now() + INITIAL_PASSWORD_LIFE


def _end_sessions(person: Person, **changes: bool) -> None:
    """A counted generation, so that sessions of before stay ended when the account is opened again."""
    generation = _locked(person).session_generation + 1
    Person.objects.filter(pk=person.pk).update(session_generation=generation, **changes)
    person.refresh_from_db()


def _managed(who: Administrator, person: Person, act: Action) -> Person:
    """The person as they are now, held still until the act is done. Raises as `must_manage` does."""
    locked = _locked(person)
    who.must_manage(locked, act)
    return locked


def _locked(person: Person) -> Person:
    return Person.objects.select_for_update().get(pk=person.pk)


def _record(who: Administrator, act: Action, person: Person, before: object, after: object) -> None:
    record(action=act, state=State.SUCCEEDED, actor=who.actor, target=person.username, before=before, after=after)
