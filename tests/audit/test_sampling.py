"""A sample finds what is broken in a segment that it looks at, and says that it was a sample."""

import random
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from console.audit import retention, trust
from console.audit.breaks import Break
from console.audit.models import Head
from console.audit.sampling import Sampled, verify_sample
from console.audit.sources import Table
from tests.audit.factories import entries
from tests.audit.proving import lay_open, rechained, sign, sql, write
from tests.audit.test_checkpoints_retention import later as later


@pytest.fixture
def log(vault) -> None:
    """Ten segments of four rows and two rows behind them, laid open."""
    for _ in range(10):
        entries(4)
        sign()
    entries(2)
    lay_open()


def _sample(percent: float, seed: int = 0) -> Sampled | Break:
    return verify_sample(percent, trust.own_keys(), random.Random(seed))


@pytest.mark.usefixtures("log")
def test_what_is_broken_in_a_chosen_segment_is_found_and_only_there():
    sql("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 10")
    found = [_sample(10, seed) for seed in range(60)]
    broken = [each for each in found if isinstance(each, Break)]
    assert {(each.seq, each.kind.value) for each in broken} == {(10, "edited")}
    assert 1 <= len(broken) <= 20  # one segment of ten
    assert {(each.rows, each.signed, each.segments, each.all_segments) for each in found if each not in broken} == {
        (4, 40, 1, 10)
    }
    assert isinstance(_sample(100), Break)


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("DELETE FROM audit_entry WHERE seq IN (7, 8)", (7, "deleted")),
        ("DELETE FROM audit_entry WHERE seq = 42", (42, "deleted")),
        ("UPDATE audit_entry SET words = '' WHERE seq = 41", (41, "edited")),
        ("UPDATE audit_checkpoint SET line = 'garbage' WHERE number = 3", (9, "signature")),
    ],
)
def test_other_breaks_are_found_too(statement, broken):
    sql(statement)
    found = _sample(100)
    assert isinstance(found, Break)
    assert (found.seq, found.kind.value) == broken


@pytest.mark.usefixtures("log")
def test_both_ends_of_a_segment_prove_it():
    rows = rechained(list(Table().rows()), 6, actor="nobody")
    for row in rows[5:]:
        write(row)
    Head.objects.update(hash=rows[-1].hash)
    found = _sample(100)
    assert isinstance(found, Break)
    assert (found.seq, found.kind.value) == (5, "forged")


@pytest.mark.usefixtures("vault", "later")
def test_a_sample_begins_where_the_log_was_cut():
    retention.cut(30)
    assert _sample(100).rows == 3


@pytest.mark.usefixtures("log")
def test_the_command_says_that_it_was_a_sample():
    out = StringIO()
    call_command("verify_audit", "--sample", "10", stdout=out)
    assert out.getvalue().startswith("a sample holds: 4 of 40 signed rows (10.0 %), that is 1 of 10 segments ")
    assert "only the whole check proves all; signed up to row 40 (" in out.getvalue()
    assert out.getvalue().count("\n") == 1
    for wrong in (["--sample", "0"], ["--sample", "10", "export.jsonl"]):
        with pytest.raises(CommandError, match="of the table"):
            call_command("verify_audit", *wrong)
