"""Two administrators who remove each other at the same moment: one of them stays."""

from functools import partial

import pytest
from django.db import connection

from console.access.actor import SYSTEM
from console.access.models import Person
from console.access.reach import Reach, Scope
from console.access.roles import Role
from console.people.actions import people
from console.people.actions.rules import Administrator, RuleBroken
from tests.at_once import at_once
from tests.conditions import needs_postgresql
from tests.factories import PersonFactory

WHO = Administrator(SYSTEM, Reach(((Role.ADMINISTRATOR, Scope()),)))


def rule_broken_by_disabling(person: Person) -> str:
    """The code of the rule, "" where none stood in the way."""
    try:
        people.disable_person(WHO, person)
    except RuleBroken as rule:
        return rule.code
    finally:
        connection.close()
    return ""


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_one_of_two_stays() -> None:
    for _ in range(5):
        pair = [PersonFactory(role=Role.ADMINISTRATOR), PersonFactory(role=Role.ADMINISTRATOR)]
        broken = at_once([partial(rule_broken_by_disabling, person) for person in pair])

        assert sorted(broken) == ["", "last_administrator"]
        assert Person.objects.filter(is_active=True).count() == 1
        Person.objects.all().delete()
