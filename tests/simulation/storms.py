"""The storms over HTTP: people act through the pages while the cloud fails, somebody else acts on the same objects,
and servers and workers are killed and frozen. At the end the cloud's ledger is compared with everything that was said.

    python -m tests.simulation.storms --profile mixed --acts 400 --database-url postgres://postgres@127.0.0.1/storm
    python -m tests.simulation.storms --profile lost-answers --clocks-apart 300 --database-url ...

With a database URL the storm makes a database of its own beside the named one and drops it at the end: two servers and
two workers on two machines. Without one it is SQLite: one server, two workers. Exit code 1 when a limit is broken.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.running.prepared import PASSWORD
from tests.running.processes import ROOT, Visitor, clean_environment, run
from tests.simulation.storm_accounts import Accounts, Books, account, effects_of
from tests.simulation.storm_cloud import PROFILES, Outsider, StormCloud
from tests.simulation.storm_machines import Machines, Nemesis, started
from tests.simulation.storm_people import Somebody, Tally

#: The figures that are promised (issue 10).
MOST_UNKNOWN: Final = 4
LONGEST_SETTLING: Final = 60.0
#: Longer than that nobody waits for the ends. Seconds.
_PATIENCE: Final = 150
#: So many pages that broke are named.
_MOST_BROKEN: Final = 5
PEOPLE: Final = ("admin", "admin 2", "operator", "owner")
GATEWAYS: Final = ("main", "many_connections")


@dataclass(frozen=True)
class Outcome:
    """All that a storm has to say."""

    tally: Tally
    accounts: Accounts
    deeds: dict[str, int]
    seconds: float
    #: From the moment that the cloud answered again to the last end.
    settling: float
    deadlocks: int
    tracebacks: int
    whole_log: bool

    def broken_limits(self) -> list[str]:
        """Sentences; none where everything held."""
        found = self.accounts
        limits = {
            "untrue": len(found.untrue),
            "succeeded without an effect": len(found.wrong_succeeded),
            "done twice": len(found.twice),
            "effects without a Change": len(found.without_change),
            "not settled": len(found.not_settled),
            "unknown for good": max(0, len(found.unknown) - MOST_UNKNOWN),
            "settled too late": int(self.settling > LONGEST_SETTLING),
            "pages that broke": len(self.tally.broken),
            "deadlocks": self.deadlocks,
            "tracebacks": self.tracebacks,
            "log that does not verify": int(not self.whole_log),
        }
        return [f"{name}: {count}" for name, count in limits.items() if count]


def storm(arguments: argparse.Namespace, folder: Path) -> Outcome:
    """One storm, from an empty database to the accounts."""
    settings = {"CONSOLE_SETTLE_SECONDS": str(arguments.settle_seconds)}
    if arguments.quick:
        settings["CONSOLE_STATUS_INTERVAL_SECONDS"] = "1"
    with StormCloud(connections=120) as cloud:
        machines = started(
            folder, cloud.base_url, arguments.database_url, clocks_apart=arguments.clocks_apart, settings=settings
        )
        with machines:
            return _storm(arguments, cloud, machines)


def _storm(arguments: argparse.Namespace, cloud: StormCloud, machines: Machines) -> Outcome:
    tally, before = Tally(arguments.acts, arguments.seconds, not arguments.quick), machines.deadlocks()
    deeds, seconds = _rage(arguments, cloud, machines, tally)
    calm = time.time()
    found = {**_books(machines), "audit": _audit(machines)}
    found |= {name: cloud.ask(name) for name in ("ledger", "calls")}
    if arguments.keep:
        kept = {**found, "told": [vars(told) for told in tally.told], "log": machines.log}
        Path(arguments.keep).write_text(json.dumps(kept))
    changes, effects = found["changes"], effects_of(found["ledger"], found["calls"])
    books = Books(changes, found["audit"], effects, found["calls"])
    late = [one["settled_at"] - calm for one in changes if (one["intended_at"] or calm) < calm and one["settled_at"]]
    return Outcome(
        tally,
        account(books, changes, tally.told),
        deeds,
        seconds,
        max([0.0, *late]) if found["over"] else float(_PATIENCE),
        machines.deadlocks() - before + machines.called_off,
        machines.tracebacks,
        run("verify_audit", **machines.environment).returncode == 0,
    )


def _rage(
    arguments: argparse.Namespace, cloud: StormCloud, machines: Machines, tally: Tally
) -> tuple[dict[str, int], float]:
    """Until enough was done; afterwards the cloud is well. What the nemesis did, and how many seconds it took."""
    seed, quick = arguments.seed, arguments.quick
    gateways = [cloud.gateway(one) for one in GATEWAYS]
    people = [Somebody(name, machines.urls, gateways, tally, seed) for name in PEOPLE]
    outsider = Outsider(cloud, gateways, seed, pause=2.0 if quick else 3.0)
    nemesis = (
        Nemesis(machines, seed, pause=4.0, longest_freeze=2.0, spares_servers=True)
        if quick
        else Nemesis(machines, seed, pause=8.0, longest_freeze=8.0)
    )
    for person in people:
        person.sign_in()
    cloud.faults(PROFILES[arguments.profile].rules(seed))
    began = time.monotonic()
    tally.begin()
    for thread in (*people, outsider, nemesis):
        thread.start()
    for person in people:
        person.join(arguments.seconds + _PATIENCE)
    nemesis.end()
    outsider.end()
    cloud.faults([])
    for failure in filter(None, (person.failure for person in people)):
        raise failure
    return nemesis.deeds, time.monotonic() - began


def _books(machines: Machines) -> Any:
    command = [sys.executable, "-m", "tests.simulation.storm_books", str(_PATIENCE)]
    environment = clean_environment(**machines.environment)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=True)
    return json.loads(done.stdout)


def _audit(machines: Machines) -> list[dict[str, Any]]:
    visitor = Visitor(machines.urls[0])
    visitor.sign_in("auditor", PASSWORD)
    status, text, _headers = visitor.open("/audit/export.jsonl")
    assert status == 200, text[:300]
    return [json.loads(line) for line in text.splitlines()]


def report(outcome: Outcome) -> str:
    """The table, and every complaint in a line of its own."""
    found, tally = outcome.accounts, outcome.tally
    rows = {
        "acts": tally.acts,
        "seconds": round(outcome.seconds),
        "answers that were told": len(tally.told),
        "answers that were lost": tally.lost,
        "forms sent again": tally.repeated,
        "slowest page, seconds": round(tally.slowest, 1),
        "kills and freezes": ", ".join(f"{count} {name}" for name, count in sorted(outcome.deeds.items())) or "none",
        "changes": ", ".join(f"{count} {name}" for name, count in sorted(found.counted.items())),
        "untrue": len(found.untrue),
        "succeeded without an effect": len(found.wrong_succeeded),
        "done twice": len(found.twice),
        "effects without a Change": len(found.without_change),
        "not settled": len(found.not_settled),
        "unknown for good": len(found.unknown),
        "settled after, seconds": round(outcome.settling, 1),
        "pages that broke": len(tally.broken),
        "deadlocks": outcome.deadlocks,
        "tracebacks": outcome.tracebacks,
        "audit log verifies": outcome.whole_log,
    }
    width = max(map(len, rows))
    lines = [f"{name:<{width}}  {value}" for name, value in rows.items()]
    complaints = {
        "UNTRUE": found.untrue,
        "WRONG SUCCEEDED": found.wrong_succeeded,
        "TWICE": found.twice,
        "WITHOUT CHANGE": found.without_change,
        "NOT SETTLED": found.not_settled,
        "UNKNOWN": found.unknown,
        "BROKEN PAGE": tally.broken[:_MOST_BROKEN],
    }
    lines += [f"{name}: {text}" for name, texts in complaints.items() for text in texts]
    return "\n".join([*lines, *(f"LIMIT BROKEN: {limit}" for limit in outcome.broken_limits())])


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.simulation.storms", description=__doc__)
    parser.add_argument("--profile", choices=sorted(PROFILES), default="mixed")
    parser.add_argument("--seed", type=int, help="of faults, kills and people (default: the profile's)")
    parser.add_argument("--clocks-apart", type=int, default=0, metavar="SECONDS", help="the second machine is ahead")
    parser.add_argument("--acts", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=480, help="begin no more acts after this time")
    parser.add_argument("--database-url", default="", help="a PostgreSQL; none: SQLite")
    parser.add_argument("--settle-seconds", type=int, default=30, help="CONSOLE_SETTLE_SECONDS")
    parser.add_argument("--quick", action="store_true", help="no long acts, and no servers killed, which take a minute")
    parser.add_argument("--keep", default="", metavar="FILE", help="all that was found and logged, as JSON")
    found = parser.parse_args(argv)
    found.seed = PROFILES[found.profile].seed if found.seed is None else found.seed
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """0 when every limit held."""
    arguments = _arguments(argv)
    with tempfile.TemporaryDirectory(prefix="console-storm-") as folder:
        outcome = storm(arguments, Path(folder))
    print(report(outcome))
    return 1 if outcome.broken_limits() else 0


if __name__ == "__main__":
    sys.exit(main())
