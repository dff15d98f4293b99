"""Every address of people and groups, for administrators of each width, by who created somebody without roles."""

import pytest

from console.access.models import Decision
from console.access.roles import Role
from tests.access.matrix import MATRIX
from tests.access.test_matrix import WELCOME, Visits
from tests.factories import GroupFactory, PersonFactory

pytestmark = pytest.mark.django_db

#: Acts on people and groups by their address, with what is sent.
ACTS_ON_PEOPLE = [
    route
    for route in MATRIX
    if route.startswith("people/") and ("<int:person_id>" in route or "<int:group_id>" in route)
]


@pytest.mark.parametrize("creator", ["nobody known", "everything", "another cloud", "the cloud", "the gateway"])
@pytest.mark.parametrize("visitor", ["everything", "cloud", "gateway"])
def test_who_holds_no_role_is_reached_by_what_their_creator_administered(visitor: str, creator: str) -> None:
    place = {
        "everything": ("", ""),
        "another cloud": ("x", ""),
        "the cloud": ("demo", ""),
        "the gateway": ("demo", "g1"),
    }
    mine = {"everything": {}, "cloud": {"cloud": "demo"}, "gateway": {"cloud": "demo", "gateway_id": "g1"}}[visitor]
    reached = {
        "everything": set(place) | {"nobody known"},
        "cloud": {"the cloud", "the gateway"},
        "gateway": {"the gateway"},
    }[visitor]
    visits, surprises = Visits(PersonFactory(role=Role.ADMINISTRATOR, **mine)), []
    for route in ACTS_ON_PEOPLE:
        person, group = PersonFactory(), GroupFactory()
        group.user_set.add(person)
        if creator in place:
            for holder in ({"person": person}, {"group": group}):
                Decision.objects.create(kind=Decision.Kind.CREATED, scopes=[list(place[creator])], **holder)
        address = "/" + route.replace("<int:person_id>", str(person.pk)).replace("<int:group_id>", str(group.pk))
        for method in MATRIX[route].methods.split():
            status = visits.send(method, address)
            if status not in (WELCOME if creator in reached else {403, 404}):
                surprises.append(f"{method} {address}: {status} ({route})")
    assert surprises == []
