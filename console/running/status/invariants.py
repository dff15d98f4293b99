"""The one list of what must hold."""

import time
from typing import Final

from console import clock
from console.clouds.cloud_time import WORTH_TELLING
from console.heartbeats.processes import SILENT_AFTER
from console.running.status import stores, work
from console.running.status.findings import Finding, Invariant, ask
from console.web.moments import length_text

#: So long the state of tables and rights is remembered for /readyz. Seconds.
REMEMBERED: Final = 10.0
_remembered: tuple[float, list[Finding]] | None = None
_GIGABYTE: Final = 1_000_000_000

#: What nobody can be served without: first what is asked each time, then what is remembered for a moment.
_DATABASE: Final = Invariant("database", "Database", f"answers within {stores.SLOW_DATABASE:g} s", stores.database)
_IN_DATABASE: Final = (
    Invariant("migrations", "Tables", "those of this version", stores.migrations),
    Invariant("privileges", "Rights in the database", "none lacks", stores.privileges),
)
INVARIANTS: Final = (
    _DATABASE,
    *_IN_DATABASE,
    Invariant("clock", "Clock", f"at most {clock.MOST_DIFFERENCE:g} s from the database's", stores.own_clock),
    Invariant("space", "Free space", f"at least {stores.FEW_BYTES // _GIGABYTE} GB", stores.free_space),
    Invariant("cache", "Cache", "answers", stores.cache_answers),
    Invariant("workers", "Workers", f"one was heard of in the last {length_text(SILENT_AFTER)}", work.workers),
    Invariant("secret-key", "SECRET_KEY", "the same everywhere", work.same_key),
    Invariant("open-acts", "Acts without a known end", f"none older than {length_text(work.OPEN_ACT)}", work.open_acts),
    Invariant("long-acts", "Long acts", f"taken up within {length_text(work.WAITING_ACT)}", work.long_acts),
    Invariant("signing", "Signed audit log", "the interval of checkpoints, and the key is here", work.signing),
    Invariant("new-keys", "Keys of the audit log", "each endorsed or acknowledged", work.new_keys),
    Invariant("delivery", "Delivered checkpoints", f"within {length_text(work.UNDELIVERED)}", work.delivery),
    Invariant("checkpoint-file", "File of checkpoints", "as it was written", work.checkpoint_file),
    Invariant("removed-clouds", "Acts at removed clouds", "none", work.removed_clouds),
    Invariant("verification", "Verification", "the last one found no break", work.verification),
    Invariant("clouds", "Clouds", "answer within a second", stores.clouds_answer),
    Invariant(
        "cloud-clocks",
        "Clocks of the clouds",
        f"at most {length_text(WORTH_TELLING)} away",
        stores.cloud_clocks,
    ),
    Invariant("snapshots", "Lists of the clouds", "none failed when last read", work.snapshots),
)


def all_findings() -> list[Finding]:
    """How each stands now. Asks the database some twenty times, and no cloud; starts a probe where one is due."""
    return ask(INVARIANTS)


def reasons_for_no_traffic() -> list[Finding]:
    """Those findings for which a load balancer should send nobody here. The database is asked each time; its tables
    and rights are remembered for a moment, since strangers may ask as often as they like."""
    global _remembered
    database = ask([_DATABASE])
    if not any(finding.ends_traffic for finding in database):
        if _remembered is None or time.monotonic() - _remembered[0] > REMEMBERED:
            _remembered = (time.monotonic(), ask(_IN_DATABASE))
        database += _remembered[1]
    return [finding for finding in database if finding.ends_traffic]


def forget() -> None:
    """For tests: ask anew."""
    global _remembered
    _remembered = None
