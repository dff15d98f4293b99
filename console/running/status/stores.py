"""Invariants of the database, the cache, the disk and the clocks."""

import os
import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from console import clock, database_file, wiring
from console.audit import roles
from console.clouds.cloud_time import WORTH_TELLING
from console.database_file import DatabaseFileGone
from console.running import probes, schema
from console.running.status.findings import Finding, good, not_known, problem, warning
from console.web.moments import length_text

#: The database's answer to "SELECT 1" takes at most so long. Seconds.
SLOW_DATABASE: Final = 1.0
#: Bytes that must be free in each folder that the console writes to.
FEW_BYTES: Final = 1_000_000_000
NO_BYTES: Final = 100_000_000


def database() -> Finding:
    """It answers, soon, and is the file at its path."""
    began = time.monotonic()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database_file.check()
    except DatabaseFileGone as gone:
        return problem(str(gone), "Restore the file from a backup.", ends_traffic=True)
    except DatabaseError as error:
        said = f"The database does not answer ({type(error).__name__})."
        return problem(said, "Start it, or correct DATABASE_URL.", ends_traffic=True)
    took = time.monotonic() - began
    said = f"{connection.display_name} answers in {took * 1000:.0f} ms."
    return good(said) if took < SLOW_DATABASE else warning(said, "Look at the load of the database's machine.")


def migrations() -> Finding:
    """The tables are those that this version works on."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        said = "The database is older than this version of the console."
        return problem(said, "Run `manage.py migrate`.", ends_traffic=True)
    if newer := schema.not_made_for_this(executor):
        said = f"A newer version of the console has changed the database ({', '.join(newer)})."
        return warning(said, "Start that version here too: this one was not declared to work on its tables.")
    return good("The tables are those of this version.")


def privileges() -> Finding:
    """The role of the database, or the user of its file, may do what the console needs."""
    if missing := list(roles.missing_rights()):
        said = f"The console may not do what it needs in the database: {_some(missing)}."
        return problem(said, roles.HOW_TO_GRANT, ends_traffic=True)
    return good("The console may do in the database all that it needs.")


def cache_answers() -> Finding:
    """The cache keeps what it is given."""
    try:
        cache.set("console.status", "1", 10)
        answered = cache.get("console.status") == "1"
    except Exception as error:  # noqa: BLE001 -- each cache has errors of its own
        return warning(f"The cache does not answer ({type(error).__name__}).", "Start it, or correct CACHE_URL.")
    if not answered:
        return warning("The cache forgets at once what it is given.", "Look at its memory and its settings.")
    return good("The cache answers.")


def free_space() -> list[Finding]:
    """Of each folder that the console writes to."""
    return [_space_of(name, folder) for folder, name in _folders().items()]


def _folders() -> dict[Path, str]:
    """Each folder that the console writes to, and what lies in it."""
    found = {}
    if settings.AUDIT_ANCHOR_PATH:
        found[Path(settings.AUDIT_ANCHOR_PATH).absolute().parent] = "the file of checkpoints"
    if connection.vendor == "sqlite" and os.path.isabs(str(connection.settings_dict["NAME"])):
        found[Path(connection.settings_dict["NAME"]).parent] = "the database"
    return found | {Path(settings.DATA_DIR).absolute(): "the data folder"}


def _space_of(name: str, folder: Path) -> Finding:
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return not_known(f"The space for {name} cannot be learned ({error.strerror}).")
    said = f"{_size(free)} are free for {name}."
    if free < NO_BYTES:
        return problem(said, "Make room: soon nothing can be written down, and then nothing can be done.")
    return good(said) if free >= FEW_BYTES else warning(said, "Make room.")


def own_clock() -> Finding:
    """This machine's clock against the database's."""
    ahead = clock.difference()
    said = f"This machine's clock is {clock.in_words(ahead)}"
    if abs(ahead.total_seconds()) <= clock.MOST_DIFFERENCE:
        return good(said)
    return warning(said, "Let NTP set the clocks of this machine and of the database's.")


def cloud_clocks() -> list[Finding]:
    """This machine's clock against each cloud's."""
    return [_clock_of(cloud) for cloud in wiring.clouds().values()]


def _clock_of(cloud: wiring.Cloud) -> Finding:
    ahead = cloud.clock_ahead()
    if ahead is None:
        return not_known(f"{cloud.label} has not told its time to this process yet.", cloud=cloud.name)
    if abs(ahead) <= WORTH_TELLING:
        return good(f"{cloud.label} and this machine agree on the time.", cloud=cloud.name)
    side = "ahead of" if ahead > timedelta(0) else "behind"
    said = f"This machine's clock is {length_text(abs(ahead))} {side} that of {cloud.label}."
    return warning(
        said, "Let NTP set this machine's clock; the cloud refuses what is signed too far away.", cloud=cloud.name
    )


def clouds_answer() -> list[Finding]:
    """What the last probe of each cloud found."""
    states = probes.states()
    return [_reached(cloud, states[cloud.name]) for cloud in wiring.clouds().values()]


def _reached(cloud: wiring.Cloud, state: str) -> Finding:
    if state == probes.Reachability.REACHABLE:
        return good(f"{cloud.label} answers.", cloud=cloud.name)
    if state == probes.Reachability.UNREACHABLE:
        said = f"{cloud.label} does not answer to this machine."
        return warning(said, "Try its address from this machine; pages show what was read last.", cloud=cloud.name)
    return not_known(f"{cloud.label} is being asked.", cloud=cloud.name)


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
