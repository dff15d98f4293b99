"""`manage.py add_administrator NAME`: the first person of a real installation, and the way back in."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from console import clock
from console.access.look_alikes import check_name
from console.access.models import Grant, Person
from console.access.passwords import INITIAL_PASSWORD_LIFE, initial_password
from console.access.roles import Role
from console.access.signals import person_added


class Command(BaseCommand):
    """Prints an initial password once; it is stored nowhere but as its hash."""

    help = "Add a person who is Administrator on everything, and print an initial password for them."

    def add_arguments(self, parser: CommandParser) -> None:
        """One username."""
        parser.add_argument("name", help="username of the new administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuses a name that exists: a person's rights are changed on the people page."""
        password = initial_password()
        person = Person(username=options["name"], initial_password_until=clock.now() + INITIAL_PASSWORD_LIFE)
        person.set_password(password)
        try:
            person.full_clean()
            check_name(person.username, person)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        with transaction.atomic():
            person.save()
            Grant.objects.create(person=person, role=Role.ADMINISTRATOR)
            person_added.send(type(person), person=person, role=Role.ADMINISTRATOR, command="add_administrator")
        self.stdout.write(f"{person.username} is Administrator on everything.")
        self.stdout.write(f"Initial password, shown once, good for 7 days: {password}")
