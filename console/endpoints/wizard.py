"""Where in the wizard a person is, and everything typed so far: all of it is in the address, so nothing can be lost."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Self

from django.http import QueryDict

from console.endpoints.forms import BY_NAME, CLOUD_SERVICES, MANUAL

SERVICE: Final = "service"
SETTINGS: Final = "settings"
CONFIRM: Final = "confirm"
STEPS: Final = ((SERVICE, "Service"), (SETTINGS, "Settings"), (CONFIRM, "Confirm"))
#: What says how the page was asked for, and nothing about the endpoint.
_MOVES: Final = ("step", "verify")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed. `new` is the id of the Change that the form will be, minted when it is first shown."""

    path: str
    query: QueryDict
    new: str

    @property
    def step(self) -> str:
        """The step that is asked for."""
        asked = self.query.get("step", SERVICE)
        return asked if asked in (SETTINGS, CONFIRM) else SERVICE

    @property
    def verifies(self) -> bool:
        """Whether Verify was pressed."""
        return bool(self.query.get("verify"))

    @property
    def category(self) -> str:
        """Cloud services, or a service by its name."""
        return CLOUD_SERVICES if self.query.get("category") == CLOUD_SERVICES else BY_NAME

    @property
    def service_name(self) -> str:
        """The name of the service to connect to; "" while none is chosen."""
        return self.query.get("public" if self.category == CLOUD_SERVICES else "name", "").strip()

    @property
    def vpc(self) -> str:
        """The chosen VPC; "" while none is."""
        return self.query.get("vpc", "")

    @property
    def manual_subnet(self) -> str:
        """The chosen subnet where the address is chosen by hand, so that it must be known what is free; else ""."""
        return self.query.get("subnet", "") if self.query.get("mode") == MANUAL else ""

    def hidden(self, shown: Collection[str]) -> list[tuple[str, str]]:
        """What the form of one step carries for the others: all but the fields that it shows itself."""
        kept = [
            (name, value)
            for name, values in self.query.lists()
            for value in values
            if name not in shown and name not in (*_MOVES, "new")
        ]
        return [("new", self.new), *kept]

    def url(self, step: str) -> str:
        """This form at that step."""
        query = self.query.copy()
        for name in _MOVES:
            query.pop(name, None)
        query["new"] = self.new
        query["step"] = step
        return f"{self.path}?{query.urlencode()}"

    def renewed(self) -> Self:
        """The same wishes in a form that was never sent."""
        return type(self)(self.path, self.query, str(uuid.uuid4()))


def read(path: str, query: QueryDict) -> Typed:
    """What an address says. An id that is none is replaced by a new one."""
    try:
        new = str(uuid.UUID(query.get("new", "")))
    except ValueError:
        new = str(uuid.uuid4())
    return Typed(path, query, new)
