"""`manage.py status`: how the console is, for a terminal, a cron job or a monitoring agent."""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any, Final

from django.core.management.base import BaseCommand

from console.running import probes
from console.running.probes import Reachability
from console.running.status.findings import Finding, State, worst
from console.running.status.invariants import all_findings
from console.wiring import PROBE_TIME

#: As monitoring plugins end: good, warning, critical.
_EXIT_CODES: Final = {State.OK: 0, State.WARNING: 1, State.PROBLEM: 2}


class Command(BaseCommand):
    """Asks everything that /readyz asks, from here."""

    help = "Say what holds and what does not. Exit code 0: all good, 1: a warning, 2: a problem."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        _wait_for_clouds()
        findings = all_findings()
        for line in _json(findings) if options["json"] else _text(findings):
            self.stdout.write(line)
        sys.exit(_EXIT_CODES[worst(findings)])


def _wait_for_clouds() -> None:
    """Their probes run beside this; each takes a second at most."""
    end = time.monotonic() + PROBE_TIME + 1
    while Reachability.UNKNOWN in probes.states().values() and time.monotonic() < end:
        time.sleep(0.05)


def _text(findings: Sequence[Finding]) -> list[str]:
    width = max(len(finding.title) for finding in findings)
    return [
        f"{finding.state.upper():8} {finding.title:{width}}  {finding.sentence} {finding.to_do}".rstrip()
        for finding in findings
    ]


def _json(findings: Sequence[Finding]) -> list[str]:
    return [
        json.dumps({"name": f.name, "cloud": f.cloud, "state": f.state, "says": f.sentence, "to_do": f.to_do})
        for f in findings
    ]
