"""Who acts, as the audit log writes it down: names and roles as text, so that the row outlives the person."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from console.access.address import client_address
from console.access.models import Person
from console.access.reach import Reach, reach_of
from console.web.request_id import request_id_of


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts. `role` is the role's label at the place of the act, "" for none."""

    person_id: int | None
    name: str
    role: str
    ip: str
    request_id: str
    #: That of the person's sessions (`Person.session_generation`); None where nobody is signed in.
    generation: int | None = None


#: The console itself: start-up, resolving what was left open, commands.
SYSTEM: Final = Actor(person_id=None, name="system", role="System", ip="", request_id="")

#: How somebody who has not signed in is called.
ANONYMOUS_NAME: Final = "anonymous"


def actor_of(request: HttpRequest, cloud: str = "", gateway_id: str = "") -> Actor:
    """Who is behind the request, in the role they hold at that place. Works for requests cut short by middleware."""
    person = getattr(request, "user", None)
    address, request_id = client_address(request), request_id_of(request)
    if not isinstance(person, Person):
        return Actor(None, ANONYMOUS_NAME, "", address, request_id)
    reach: Reach = getattr(request, "reach", None) or reach_of(person)
    role, generation = reach.role_at(cloud, gateway_id), person.session_generation
    return Actor(person.pk, person.get_username(), role, address, request_id, generation)
