"""`python -m tests.benchmarks.fill ROWS`: migrate the default database and fill the audit log up to so many rows."""

import sys

import django


def main(wanted: int) -> None:
    """Does nothing to a database that is there already."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from console.access.models import Grant, Person
    from console.access.roles import Role
    from console.audit.models import Head
    from tests.audit import bulk

    call_command("migrate", interactive=False, verbosity=0)
    if not Person.objects.filter(username="benchmark").exists():
        person = Person.objects.create(username="benchmark", is_staff=True, is_superuser=True)
        Grant.objects.create(person=person, role=Role.ADMINISTRATOR)
    there = Head.objects.values_list("seq", flat=True).first() or 0
    if there < wanted:
        bulk.load(wanted - there)
        if connection.vendor == "postgresql":
            # What autovacuum does on its own a minute later.
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main(int(sys.argv[1]))
