"""The people of the demo: one of each role, on everything, with one password for all (house.md part 5)."""

from typing import Final

from django.db import transaction

from console.access.models import Grant, Person
from console.access.roles import Role

#: Username, name, role.
DEMO_PEOPLE: Final = (
    ("admin", "Ada Admin", Role.ADMINISTRATOR),
    ("operator", "Otto Operator", Role.OPERATOR),
    ("owner", "Olga Owner", Role.ACCOUNT_OWNER),
    ("auditor", "Aldo Auditor", Role.AUDITOR),
    ("viewer", "Vera Viewer", Role.VIEWER),
)


def ensure_demo_people(password: str) -> list[str]:
    """Create those who are missing with this password, and return their usernames; [] when all were there.

    Safe to repeat: nobody's password or grants are touched once they exist.
    """
    created = []
    with transaction.atomic():
        for username, display_name, role in DEMO_PEOPLE:
            if Person.objects.filter(username__iexact=username).exists():
                continue
            person = Person.objects.create_user(username=username, password=password, display_name=display_name)
            Grant.objects.create(person=person, role=role)
            created.append(username)
    return created
