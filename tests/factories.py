"""People, groups and grants for tests."""

from typing import Any

import factory
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from console.access.models import Decision, Grant, Person
from console.access.roles import Role

#: Every person made here has it.
PASSWORD = "correct-horse-battery-staple"


class PersonFactory(DjangoModelFactory[Person]):
    """`PersonFactory(role=Role.OPERATOR, cloud="demo", gateway_id="...")`; without a role they hold nothing."""

    class Meta:
        model = Person
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"person{number}")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def home(self, create: bool, extracted: tuple[str, str] | None, **_: Any) -> None:
        """`PersonFactory(home=("demo", ""))` was created by an administrator of that scope."""
        if extracted:
            Decision.objects.create(person=self, kind=Decision.Kind.CREATED, scopes=[list(extracted)])

    @classmethod
    def _create(cls, model_class: type[Person], *args: Any, **kwargs: Any) -> Person:
        role: Role | None = kwargs.pop("role", None)
        place = {"cloud": kwargs.pop("cloud", ""), "gateway_id": kwargs.pop("gateway_id", "")}
        person = super()._create(model_class, *args, **kwargs)
        if role is not None:
            Grant.objects.create(person=person, role=role, **place)
        return person


class GroupFactory(DjangoModelFactory[Group]):
    """`GroupFactory(members=[person], role=Role.OPERATOR)`."""

    class Meta:
        model = Group
        skip_postgeneration_save = True

    name = factory.Sequence(lambda number: f"group {number}")

    @classmethod
    def _create(cls, model_class: type[Group], *args: Any, **kwargs: Any) -> Group:
        members, role = kwargs.pop("members", []), kwargs.pop("role", None)
        place = {"cloud": kwargs.pop("cloud", ""), "gateway_id": kwargs.pop("gateway_id", "")}
        group = super()._create(model_class, *args, **kwargs)
        group.user_set.set(members)
        if role is not None:
            Grant.objects.create(group=group, role=role, **place)
        return group


class GrantFactory(DjangoModelFactory[Grant]):
    """A grant to a person who holds nothing else."""

    class Meta:
        model = Grant

    person = factory.SubFactory(PersonFactory)
    role = Role.VIEWER
