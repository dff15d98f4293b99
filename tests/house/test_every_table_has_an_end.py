"""No table grows for ever unless somebody decided that it does: the README says of each what ends its rows."""

import re
from datetime import timedelta

import pytest
from django.apps import apps

from console import clock
from console.access.actor import SYSTEM
from console.audit import verification
from console.audit.catalog import Action, State
from console.audit.journal import record
from console.audit.models import Verification
from console.running.jobs import JOBS
from tests.house.sources import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
_SECTION = README.split("### How it grows", 1)[1].split("\n#", 1)[0]
#: Tables -> what ends their rows.
ENDS = dict(re.findall(r"^\| (`.+?) \| (.+) \|$", _SECTION, re.MULTILINE))
#: Made without a model: the words to search the log by on SQLite, the cache, and Django's list of migrations.
WITHOUT_MODEL = {"audit_words", "console_cache", "django_migrations"}


def named() -> list[str]:
    return [table for cell in ENDS for table in re.findall(r"`([a-z_]+)`", cell)]


def test_the_readme_says_of_every_table_once_what_ends_its_rows() -> None:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert sorted(named()) == sorted(tables | WITHOUT_MODEL)


def test_every_job_that_ends_rows_is_one_of_the_worker() -> None:
    told = [job for end in ENDS.values() for job in re.findall(r"\*(.+?)\*", end)]
    jobs = {job.name for job in JOBS}
    assert told
    assert [job for job in told if job not in jobs] == []
    assert {name for name in jobs if name.startswith(("forget", "cut"))} == set(told)


@pytest.mark.django_db(transaction=True)
def test_results_of_old_verifications_make_way_for_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    record(action=Action.PAGE_OPEN, state=State.REFUSED, actor=SYSTEM)
    real = clock.source
    for days in (0, 20, 40):
        monkeypatch.setattr(clock, "source", lambda days=days: real() + timedelta(days=days))
        verification.ask(SYSTEM)
    kept = Verification.objects.order_by("pk")
    assert [round((found.asked_at - real()) / timedelta(days=1)) for found in kept] == [20, 40]
