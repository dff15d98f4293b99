"""`python -m tests.benchmarks.growing`: carries out acts, on request, and says how many bytes each table has."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import django


def main() -> None:
    """Answer questions: `acts` carries out so many acts of so many `objects` each, `bytes` sizes the tables."""
    django.setup()
    from tests.benchmarks.processes import answer_lines

    acts = _Acts()

    def answer(question: dict[str, Any]) -> object:
        if question["what"] == "acts":
            return acts.carry_out(question["acts"], question["objects"])
        return bytes_by_table()

    answer_lines(answer)


class _Acts:
    """Accepts and rejects of the same connections by turns, each as a page or a worker carries it out."""

    def __init__(self) -> None:
        from console import wiring
        from console.access.reach import reach_of
        from console.access.roles import Role
        from console.changes.kinds.kind import Place
        from tests.factories import PersonFactory

        cloud = wiring.get_cloud("demo")
        hosts = [Place(cloud, gateway.id) for gateway in cloud.catalog.list_gateways()]
        self.place = max(hosts, key=lambda place: len(_connections(place)))
        self.statuses = {row.id: row.status for row in _connections(self.place) if row.status.can_reject}
        self.person = PersonFactory(username="operator", role=Role.OPERATOR)
        self.reach = reach_of(self.person)

    def carry_out(self, acts: int, objects: int) -> dict[str, int]:
        """How many Changes that led to, by how they ended. Each act gets a checkpoint, as those do that are a while
        apart."""
        from collections import Counter

        from console.audit import checkpoints
        from console.changes import background
        from console.changes.models import Change

        for number in range(acts):
            start = number * objects % (len(self.statuses) - objects + 1)
            self._act(list(self.statuses)[start : start + objects])
            while background.advance("benchmark", seconds=600):
                pass
            checkpoints.sign()
        return Counter(Change.objects.values_list("stage", flat=True))

    def _act(self, targets: Sequence[str]) -> None:
        from console.access.actor import Actor
        from console.changes.execution import carry_out
        from console.changes.kinds.registry import ACCEPT, REJECT
        from console.changes.planning import make_plan
        from console.changes.seen import Seen

        kind = REJECT if make_plan(REJECT, self.place, targets[:1]).acts else ACCEPT
        plan = make_plan(kind, self.place, targets)
        seen = Seen(secrets.token_hex(16), {}, {item.target: item.sight.as_json() for item in plan.acts})
        actor = Actor(self.person.pk, "operator", "Operator", "192.0.2.1", secrets.token_hex(16))
        carry_out(kind, self.place, seen, actor=actor, reach=self.reach, reason="As agreed in ticket 4711")


def _connections(place: Any) -> list[Any]:
    from console.clouds.errors import CloudError

    try:
        return list(place.admission.list_connections(place.host))
    except CloudError:
        return []  # a gateway without the feature


def bytes_by_table() -> Mapping[str, int]:
    """Bytes of each table of the database with its indexes, as far as they hold rows that are still there."""
    from django.db import connection

    return dict(_sqlite_tables() if connection.vendor == "sqlite" else _postgresql_tables())


def _sqlite_tables() -> Iterator[tuple[str, int]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tbl_name, SUM(pgsize) FROM dbstat JOIN sqlite_master USING (name)"
            " WHERE aggregate = TRUE GROUP BY tbl_name"
        )
        yield from cursor.fetchall()


def _postgresql_tables() -> Iterator[tuple[str, int]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL")
        cursor.execute("SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables")
        yield from cursor.fetchall()


if __name__ == "__main__":
    main()
