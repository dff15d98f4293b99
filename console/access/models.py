"""People and what they were given. Groups are Django's own."""

import zoneinfo
from typing import Any

from django.contrib.auth.models import AbstractUser, Group
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from console import clock
from console.access.roles import Role

#: The vendor's page sizes (features 1.2).
PAGE_SIZES = ((10, "10"), (20, "20"), (50, "50"))
THEMES = (("", "As the system"), ("light", "Light"), ("dark", "Dark"))


def validate_time_zone(name: str) -> None:
    """Accept names of the IANA time zone database only.

    Raises ValidationError for anything else.
    """
    if name not in zoneinfo.available_timezones():
        raise ValidationError("This is not a time zone of the IANA list, such as Europe/Berlin.", code="time_zone")


class Person(AbstractUser):
    """Somebody who may sign in. Rights come from grants only: Django's own flags and permissions are not read.

    Usernames are ASCII and unique whatever their case: two names that look alike would defeat the audit log, and wrong
    passwords are counted by name.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    username = models.CharField(
        "username",
        max_length=60,
        unique=True,
        validators=[ASCIIUsernameValidator()],
        help_text="Letters, digits and @ . + - _ only.",
        error_messages={"unique": "There is a person with this username already."},
    )
    display_name = models.CharField(
        "name", max_length=100, blank=True, help_text="As it is shown in the top bar. May be left empty."
    )
    time_zone = models.CharField("time zone", max_length=60, default="UTC", validators=[validate_time_zone])
    theme = models.CharField("appearance", max_length=5, blank=True, default="", choices=THEMES)
    page_size = models.PositiveSmallIntegerField("rows on a page", default=20, choices=PAGE_SIZES)
    shortcuts = models.BooleanField("keyboard shortcuts", default=True)

    #: Set while the password is one that an administrator handed over: it must be replaced at the first sign-in,
    #: and nobody can sign in with it after this time (ASVS 6.4.1). Empty once the person has chosen one of their own.
    initial_password_until = models.DateTimeField(null=True, blank=True)
    #: Counted up to end every session of the person at once; part of what a session is checked against.
    session_generation = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="access_person_username_any_case",
                violation_error_message="There is a person with this username already.",
            )
        ]

    @property
    def must_change_password(self) -> bool:
        """Whether the password is an initial one, good for choosing one of their own and nothing else."""
        return self.initial_password_until is not None

    @property
    def initial_password_expired(self) -> bool:
        """Whether the password is an initial one that was not used in time."""
        return self.initial_password_until is not None and self.initial_password_until < clock.now()

    def get_full_name(self) -> str:
        """The name that people see; the username where none was given."""
        return self.display_name or self.username

    def get_short_name(self) -> str:
        """The same: nobody's name is cut into parts here."""
        return self.get_full_name()

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """What every session of this person is checked against, on each request.

        Django builds both its current and its fallback hashes with this method. A new password and a new generation
        both end the sessions.
        """
        value = f"{self.password}:{self.session_generation}"
        return salted_hmac("console.access.session", value, secret=secret, algorithm="sha256").hexdigest()


class Grant(models.Model):
    """A role given to one person or one group: on everything, in one cloud, or at one gateway of a cloud."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="grants")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, blank=True, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    #: Name of the cloud in the clouds file; "" for everything.
    cloud = models.CharField(max_length=100, blank=True, default="")
    #: Id of the gateway in that cloud; "" for the whole cloud.
    gateway_id = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_grant_person_xor_group",
                condition=Q(person__isnull=False, group__isnull=True) | Q(person__isnull=True, group__isnull=False),
            ),
            models.CheckConstraint(name="access_grant_gateway_needs_cloud", condition=Q(gateway_id="") | ~Q(cloud="")),
            models.CheckConstraint(name="access_grant_known_role", condition=Q(role__in=Role.values)),
            models.UniqueConstraint(
                name="access_grant_once_a_person", fields=["person", "role", "cloud", "gateway_id"]
            ),
            models.UniqueConstraint(name="access_grant_once_a_group", fields=["group", "role", "cloud", "gateway_id"]),
        ]


class Session(models.Model):
    """Who is signed in where. Its key is in the browser only; here is what finds it (`session_store`)."""

    #: SHA-256 of the key in hexadecimal digits.
    key_hash = models.CharField(max_length=64, primary_key=True)
    #: As Django signs it.
    content = models.TextField()
    ends_at = models.DateTimeField(db_index=True)


class SignInWait(models.Model):
    """How many wrong passwords there were for one thing that is counted (`waits`), and when it may be tried again."""

    #: A keyed hash of what is counted.
    key = models.CharField(max_length=64, primary_key=True)
    #: Fractions, because a wrong password is forgotten bit by bit.
    failures = models.FloatField()
    #: When the last one was counted.
    counted_at = models.DateTimeField(db_index=True)
    #: No try before this; None where nobody has to wait.
    until = models.DateTimeField(null=True)


class Decision(models.Model):
    """What an administrator decided about a person or group, and what they administered then.

    Only somebody who administers all of that may undo it. A missing row stands for an administrator of everything; but
    people and groups of before, who have no row of their creation, belong to where their roles are.
    """

    class Kind(models.TextChoices):
        CREATED = "created"
        DISABLED = "disabled"
        ROLE_REMOVED = "role_removed"
        MEMBER_REMOVED = "member_removed"
        #: A new initial password.
        HANDED_OVER = "handed_over"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="decisions")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, related_name="decisions")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    #: What was removed: [role, cloud, gateway ID], or [the group's key]; [] where the kind says it all.
    subject = models.JSONField(default=list)
    #: What the decider administered, as [cloud, gateway ID]; ["", ""] is everything.
    scopes = models.JSONField(default=list)
    #: The username of who decided.
    decided_by = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_decision_person_xor_group",
                condition=Q(person__isnull=False, group__isnull=True) | Q(person__isnull=True, group__isnull=False),
            ),
            models.UniqueConstraint(name="access_decision_once_a_person", fields=["person", "kind", "subject"]),
            models.UniqueConstraint(name="access_decision_once_a_group", fields=["group", "kind", "subject"]),
        ]


class TakenName(models.Model):
    """What a name of a person or group looks like (`look_alikes.skeleton`): unique, so that no two can take it."""

    kind = models.CharField(max_length=10)
    skeleton = models.CharField(max_length=400)
    #: 0, or the key of a holder whose name looked like another one before there was this rule.
    twin = models.PositiveBigIntegerField(default=0)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="taken_names")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, related_name="taken_names")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="access_name_looks_like_one", fields=["kind", "skeleton", "twin"]),
        ]
