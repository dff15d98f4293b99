"""What may happen between a confirmation and the call it leads to: rights are taken away, or the object changes.

Every way of meddling is one function of a scene. The person is `admin`, who holds the role through what `rights` says.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import Group

from console.access.models import Grant, Person
from console.access.roles import Role
from console.changes.kinds.registry import KINDS
from console.changes.models import Change, Stage
from console.changes.places import place_of
from console.clouds import retry
from console.clouds.types import IntentId
from tests.factories import GroupFactory, PersonFactory
from tests.stage import Stage as Scene

#: What the audit must say about who lost what.
DISABLED, LOST = "is disabled", "no longer holds"


def admin_through_a_group(scene: Scene) -> Person:
    """The person of every story here: an administrator by a group alone."""
    person = scene.people["admin"] = PersonFactory(username="admin")
    GroupFactory(name="admins", members=[person], role=Role.ADMINISTRATOR)
    return person


def disable() -> None:
    Person.objects.filter(username="admin").update(is_active=False)


def remove_the_grant() -> None:
    Grant.objects.filter(group__name="admins").delete()


def leave_the_group() -> None:
    Person.objects.get(username="admin").groups.remove(Group.objects.get(name="admins"))


def narrow_the_grant() -> None:
    """To another gateway, and to looking only where the act is."""
    Grant.objects.filter(group__name="admins").update(cloud="demo", gateway_id="0" * 32)
    Grant.objects.create(person=Person.objects.get(username="admin"), role=Role.VIEWER)


TAKINGS: Mapping[str, tuple[Callable[[], None], str]] = {
    "the person was disabled": (disable, DISABLED),
    "the grant was removed": (remove_the_grant, LOST),
    "the person left the group": (leave_the_group, LOST),
    "the grant was narrowed": (narrow_the_grant, LOST),
}


def change_the_object(scene: Scene) -> None:
    """Somebody at the vendor's own console does the same; for what is created, the quota is used up."""
    change = Change.objects.filter(stage__in=(Stage.QUEUED, Stage.INTENDED)).order_by("position").first()
    assert change is not None
    kind = KINDS[change.kind]
    if kind.creates:
        scene.cloud.world.switch(service_quota=1, endpoint_quota=1)
        return
    kind.call(place_of(change), change.target, change.parameters, IntentId("outside"))


@contextmanager
def during_the_pause(meddle: Callable[[], object]) -> Iterator[list[str]]:
    """Meddle once, after a throttled call and before it is tried again; the list tells whether that moment came."""
    came: list[str] = []
    real = retry.wait_before_retry

    def meddle_then_wait(error: Any, tried: int, *, is_write: bool) -> float | None:
        wait = real(error, tried, is_write=is_write)
        if is_write and wait is not None and not came:
            came.append("pause")
            meddle()
        return wait

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retry, "wait_before_retry", meddle_then_wait)
        yield came
