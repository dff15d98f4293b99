"""What releases leave in the database for each other."""

from django.db import models


class Release(models.Model):
    """What the newest release that migrated this database declares of it; one row.

    `migrations` are all that it knows, as "app.name". Code that has all of `works_with` works on their tables.
    """

    migrations = models.JSONField()
    works_with = models.JSONField()
