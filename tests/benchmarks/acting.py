"""`python -m tests.benchmarks.acting`: carries out long acts, on request, in a process of its own."""

import time
from typing import Any

import django


def main() -> None:
    """Answer questions: `what` is engine or calls, `count` how many objects, `in_one_call` how many in each call."""
    django.setup()
    from tests.benchmarks.processes import answer_lines

    objects = _Objects()

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        objects.take_in_one_call(question["in_one_call"])
        objects.bring_to("accepted" if question["what"] == "engine" else "rejected", question["count"])
        started = time.perf_counter()
        (objects.reject_by_engine if question["what"] == "engine" else objects.accept_by_calls)(question["count"])
        return {"seconds": time.perf_counter() - started}

    answer_lines(answer)


class _Objects:
    """Connections that are accepted to begin with."""

    def __init__(self) -> None:
        from console import wiring
        from console.access.models import Person
        from console.access.roles import Role
        from tests.factories import PersonFactory

        self.place = _place(wiring.get_cloud("demo"))
        rows = self.place.admission.list_connections(self.place.host)
        self.ids = [row.id for row in rows if row.status == "accepted"]
        self.person: Person = PersonFactory(username="operator", role=Role.OPERATOR)

    def reject_by_engine(self, count: int) -> None:
        """As a worker does it, from the claim to the last outcome."""
        import secrets

        from console.access.actor import Actor
        from console.changes import background, book
        from console.changes.kinds.registry import REJECT
        from console.changes.seen import Seen

        ids = self.ids[:count]
        sights = {target: sight.as_json() for target, sight in REJECT.look(self.place, ids).items()}
        actor = Actor(self.person.pk, "operator", "Operator", "", "")
        seen = Seen(secrets.token_hex(16), {}, sights)
        book.claim(seen, REJECT.action.value, self.place, actor, "", in_background=True)
        while background.advance("benchmark", seconds=600):
            pass

    def bring_to(self, status: str, count: int) -> None:
        """Before the clock runs: each of the objects is in that status."""
        from console.clouds.types import IntentId

        port, gateway_id = self.place.admission, self.place.host
        act = port.accept if status == "accepted" else port.reject
        now = {row.id: row.status for row in port.list_connections(gateway_id)}
        for target in self.ids[:count]:
            if now[target] != status:
                act(gateway_id, target, intent=IntentId("benchmark"))

    def take_in_one_call(self, many: int) -> None:
        """How many objects the engine believes that the cloud takes."""
        from console.clouds.types import Traits

        type(self.place.admission).traits = Traits(in_one_call=many)

    def accept_by_calls(self, count: int) -> None:
        """What the cloud itself takes: one call after the other."""
        from console.clouds.types import IntentId

        size = self.place.admission.traits.in_one_call
        for start in range(0, count, size):
            together = self.ids[start : min(start + size, count)]
            self.place.admission.accept(self.place.host, *together, intent=IntentId("benchmark"))


def _place(cloud: Any) -> Any:
    from console.changes.kinds.kind import Place

    gateways = cloud.catalog.list_gateways()
    counts = {g.id: len(_connections(cloud, g)) for g in gateways}
    return Place(cloud, max(counts, key=lambda gateway_id: counts[gateway_id]))


def _connections(cloud: Any, gateway: Any) -> list[Any]:
    from console.clouds.errors import CloudError

    try:
        return list(cloud.gateway_endpoints.list_connections(gateway.id))
    except CloudError:
        return []  # a gateway without the feature


if __name__ == "__main__":
    main()
