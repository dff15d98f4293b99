"""A password is set while somebody gives a wider role: whoever comes second sees what the first one did."""

from functools import partial

import pytest
from django.db import connection

from console.access.actor import SYSTEM
from console.access.guard import Refused
from console.access.models import Person
from console.access.reach import Reach, Scope
from console.access.roles import Role
from console.audit.models import Entry
from console.people.actions import grants, people
from console.people.actions.rules import Administrator
from tests.at_once import at_once
from tests.conditions import needs_postgresql
from tests.factories import GroupFactory, PersonFactory

WIDE = Administrator(SYSTEM, Reach(((Role.ADMINISTRATOR, Scope()),)))
LOCAL = Administrator(SYSTEM, Reach(((Role.ADMINISTRATOR, Scope("demo")),)))


def set_password(person: Person) -> str:
    try:
        people.set_initial_password(LOCAL, person)
    except Refused:
        return "refused"
    finally:
        connection.close()
    return "set"


def give_role(holder: object) -> str:
    try:
        grants.give_role(WIDE, holder, Role.ADMINISTRATOR, Scope())
    finally:
        connection.close()
    return "given"


@needs_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("through_group", [False, True], ids=["direct", "through a group"])
def test_nobody_sets_the_password_of_who_has_just_got_a_wider_role(through_group: bool) -> None:
    for _ in range(10):
        person = PersonFactory(role=Role.VIEWER, cloud="demo")
        holder = GroupFactory(members=[person], role=Role.VIEWER, cloud="demo") if through_group else person
        outcome = at_once([partial(set_password, person), partial(give_role, holder)])

        order = list(Entry.objects.order_by("-seq").values_list("action", flat=True)[:3])
        if outcome[0] == "set":  # then the role came after it, and ended that password
            assert order == ["person.set_password", "grant.add", "person.set_password"]
            assert not Person.objects.get(pk=person.pk).has_usable_password()
        else:
            assert order[0] == "grant.add"
