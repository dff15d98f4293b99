"""Whoever adds to the file of checkpoints reads back what is there, and a file that was changed is told at once."""

import fcntl
import logging
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.utils import timezone

from console.access.roles import Role
from console.audit import anchors, checkpoint_file, delivery, verification
from console.audit.breaks import Whole
from console.audit.models import Checkpoint, CheckpointFile, Delivery
from tests.audit.factories import OPERATOR, entries, reader
from tests.audit.proving import lay_open, sign, sql, verified
from tests.pages import Browser

pytestmark = pytest.mark.usefixtures("vault")


@pytest.fixture
def file(vault: Path) -> Path:
    """The file with two checkpoints."""
    for _ in range(2):
        entries(1)
        sign()
    return vault / "audit-checkpoints.jsonl"


def third() -> str:
    """The line of one more checkpoint, which is brought to the file."""
    entries(1)
    return sign().line


def _cut_in_the_middle_of_a_line(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-500])


def _cut_behind_a_line(file: Path) -> None:
    file.write_text(file.read_text().splitlines()[0] + "\n")


def _replaced(file: Path) -> None:
    file.write_text("x" * 4000 + "\n")


def _edited(file: Path) -> None:
    file.write_text(file.read_text().replace('"number":2', '"number":7'))


#: What is done to the file, and how it is told.
CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut in the middle of a line": (_cut_in_the_middle_of_a_line, "it was cut to "),
    "cut behind a line": (_cut_behind_a_line, "it was cut to "),
    "emptied": (lambda file: file.write_text(""), "it was cut to 0 bytes; checkpoint 2 ended at byte "),
    "other content": (_replaced, "it holds something else where checkpoint 2 was written"),
    "one character": (_edited, "it holds something else where checkpoint 2 was written"),
    "half a line of something else": (
        lambda file: file.write_text(file.read_text() + "and so on"),
        "its last line is no checkpoint and has no end",
    ),
}
each_change = pytest.mark.parametrize(("change", "told"), CHANGES.values(), ids=CHANGES)


def test_a_file_that_is_as_it_was_written_is_no_problem(file):
    assert anchors.problem() == ""
    third()
    assert anchors.problem() == ""


@each_change
def test_a_changed_file_is_told_before_anything_is_added(file, change, told):
    change(file)
    assert anchors.problem().startswith(f"The file of checkpoints {file} is not as it was written: {told}")


@each_change
def test_who_adds_to_a_changed_file_begins_on_a_fresh_line_and_tells_it_once(file, change, told, caplog):
    change(file)
    line = third()
    assert file.read_text().splitlines()[-1] == line
    assert [record.levelname for record in caplog.records if told in record.message] == ["ERROR"]
    third()
    assert file.read_text().splitlines()[-2] == line
    assert len([record for record in caplog.records if "the file of checkpoints was changed" in record.message]) == 1
    assert told in anchors.problem()
    assert not isinstance(verified(), Whole)


def test_a_deleted_file_is_told_before_and_after_a_new_one_began(file):
    file.unlink()
    assert anchors.problem().endswith("is not as it was written: it is missing.")
    third()
    assert "it was cut to 0 bytes" in anchors.problem()


def test_a_file_that_cannot_be_read_is_told(file):
    file.unlink()
    file.mkdir()
    assert anchors.problem().endswith("it cannot be read (Is a directory).")


def test_the_page_tells_it_to_who_reads_the_whole_log(file):
    _cut_behind_a_line(file)
    third()
    auditor = Browser(reader("auditor", Role.AUDITOR))
    assert (
        f"The file of checkpoints {file} is not as it was written: it was cut to" in auditor.open("/audit/proof/").text
    )
    narrow = Browser(reader("narrow", Role.AUDITOR, "demo"))
    assert str(file) not in narrow.open("/audit/proof/").text


def test_a_file_that_was_put_back_is_well_once_a_verification_found_all_lines(file):
    whole = file.read_text()
    _cut_behind_a_line(file)
    line = third()
    verification.ask(OPERATOR)
    assert "it was cut" in anchors.problem()
    file.write_text(f"{whole}{line}\n")
    verification.ask(OPERATOR)
    assert anchors.problem() == ""
    third()
    assert anchors.problem() == ""
    file.write_text(whole)
    assert "it was cut" in anchors.problem()


def test_a_file_that_knows_more_than_the_database_is_told(file, vault):
    whole = file.read_text()
    lay_open()
    sql("DELETE FROM audit_delivery WHERE checkpoint_id = 2")
    sql("DELETE FROM audit_checkpoint WHERE number = 2")
    assert anchors.problem() == (
        f"The file of checkpoints {file} knows checkpoint 2 of the audit log, and this database does not."
    )
    assert file.read_text() == whole


def test_a_new_file_begins_without_the_problem_of_the_old_one(file, settings, vault):
    _cut_behind_a_line(file)
    third()
    settings.AUDIT_ANCHOR_PATH = str(vault / "another.jsonl")
    assert anchors.problem() == ""
    third()
    assert anchors.problem() == ""
    assert isinstance(verified(), Whole)


def test_without_a_file_there_is_no_problem(settings):
    settings.AUDIT_ANCHOR_PATH = ""
    third()
    assert anchors.problem() == ""


def test_what_was_written_but_not_noted_is_not_written_twice(file):
    """The process died in between, or the database refused the note."""
    before = file.read_text()
    Delivery.objects.filter(checkpoint=2).update(state="waiting", next_at=timezone.now())
    CheckpointFile.objects.all().delete()
    delivery.deliver_due()
    assert file.read_text() == before
    assert Delivery.objects.get(checkpoint=2).state == "delivered"
    assert anchors.problem() == ""


@pytest.mark.parametrize("is_there", [True, False])
def test_a_file_from_before_the_upgrade_is_looked_through_for_what_was_delivered(file, monkeypatch, is_there):
    CheckpointFile.objects.all().delete()
    monkeypatch.setattr(checkpoint_file, "_PORTION", 700)
    if not is_there:
        _cut_behind_a_line(file)
    assert anchors.problem() == ""
    third()
    assert ("it does not hold checkpoint 2, which was written to it" in anchors.problem()) is not is_there


def test_another_machine_that_adds_to_the_same_file_is_no_problem(file, monkeypatch):
    monkeypatch.setattr("socket.gethostname", lambda: "machine-2")
    third()
    assert anchors.problem() == ""
    monkeypatch.undo()
    assert anchors.problem() == ""
    third()
    assert anchors.problem() == ""
    assert isinstance(verified(), Whole)


def test_the_check_reads_a_bounded_part_of_the_file(file, monkeypatch):
    file.write_text(
        file.read_text() + "".join(f"{line}\n" for line in [Checkpoint.objects.latest("number").line] * 900)
    )
    read: list[int] = []
    real = checkpoint_file._read
    monkeypatch.setattr(checkpoint_file, "_read", lambda *args: read.append(args[2]) or real(*args))
    assert anchors.problem() == ""
    assert sum(read) < 140_000 < file.stat().st_size


def test_a_process_that_froze_while_it_held_the_file_holds_up_nobody_for_long(file, monkeypatch):
    monkeypatch.setattr(checkpoint_file, "_PATIENCE", 0.1)
    with file.open("rb") as frozen:
        fcntl.flock(frozen, fcntl.LOCK_EX)
        line = third()
        assert anchors.problem().endswith(": another process holds the file and does not let go.")
    _retry()
    assert file.read_text().splitlines()[-1] == line
    assert anchors.problem() == ""


# A disk that is full: the system takes a part of the line, or nothing.


@contextmanager
def _full_after(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes; the system takes what fits and refuses the rest."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _retry() -> None:
    Delivery.objects.filter(state="waiting").update(next_at=timezone.now())
    delivery.deliver_due()


@pytest.mark.parametrize("left", [0, 300])
def test_a_full_disk_is_told_once_and_harms_nothing_when_it_is_over(file, caplog, left):
    caplog.set_level(logging.INFO, "console.audit.delivery")
    again = f"{Checkpoint.objects.latest('number').line}\n"
    file.write_text(file.read_text() + again * 900)  # longer than anything else that this process writes
    size = file.stat().st_size
    with _full_after(size + left):
        line = third()
        _retry()
        _retry()
        assert anchors.problem() == f"Checkpoint 3 cannot be written to the file {file}: File too large."
        assert file.stat().st_size == size + left
        assert isinstance(verified(), Whole)
    _retry()
    assert file.read_text().splitlines()[-1] == line
    assert anchors.problem() == ""
    assert isinstance(verified(), Whole)
    told = [record.message for record in caplog.records if record.name == "console.audit.delivery"]
    assert told == [
        "checkpoints are not delivered (file): File too large",
        "resolved: checkpoints are not delivered (file)",
    ]


def test_half_of_a_line_that_is_nowhere_whole_is_a_break(file):
    half = Checkpoint.objects.latest("number").line[:200].replace('"at":"2', '"at":"3')
    file.write_text(f"{file.read_text()}{half}\n")
    third()
    found = verified()
    assert not isinstance(found, Whole)
    assert found[1] == "anchor"
