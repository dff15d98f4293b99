"""Two administrators who remove each other at the same moment: one of them stays."""

import threading

import pytest
from django.db import connection

from console.access.actor import SYSTEM
from console.access.models import Person
from console.access.reach import Reach, Scope
from console.access.roles import Role
from console.people.actions import people
from console.people.actions.rules import Administrator, RuleBroken
from tests.conditions import needs_postgresql
from tests.factories import PersonFactory

WHO = Administrator(SYSTEM, Reach(((Role.ADMINISTRATOR, Scope()),)))


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_one_of_two_stays() -> None:
    for _ in range(5):
        pair = [PersonFactory(role=Role.ADMINISTRATOR), PersonFactory(role=Role.ADMINISTRATOR)]
        together, broken = threading.Barrier(2), []

        def disable(person: Person, together: threading.Barrier = together, broken: list[str] = broken) -> None:
            together.wait()
            try:
                people.disable_person(WHO, person)
            except RuleBroken as rule:
                broken.append(rule.code)
            finally:
                connection.close()

        threads = [threading.Thread(target=disable, args=(person,)) for person in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert broken == ["last_administrator"]
        assert Person.objects.filter(is_active=True).count() == 1
        Person.objects.all().delete()
