"""The file of checkpoints beside the database: whether it says the same as the table."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.conf import settings

from console.audit import checkpoint_file, statements
from console.audit.breaks import Break, Kind
from console.audit.delivery import receivers
from console.audit.models import Checkpoint, CheckpointFile, Delivery
from console.audit.statements import Followed, Mark, Untrue

#: How the line of a checkpoint ends: after its signature.
_END_OF_LINE: Final = '="}'


@dataclass
class Anchored:
    """What the file says. `broken` when it does not fit the table."""

    broken: Break | None = None
    #: Lines with checkpoints that the table does not have any more.
    beyond: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Anchor:
    """The file as it is: its lines, and number and last row of each checkpoint that was delivered to it."""

    lines: list[str]
    delivered: list[tuple[int, int]]
    problem: str = ""


def read_anchor() -> Anchor:
    """The file of this machine. A machine that never wrote it has nothing to miss."""
    receiver = receivers().get(Delivery.Channel.FILE)
    if receiver is None:
        return Anchor([], [])
    told = Delivery.objects.filter(
        channel=Delivery.Channel.FILE, receiver=receiver, state=Delivery.State.DELIVERED
    ).order_by("checkpoint")
    delivered = list(told.values_list("checkpoint_id", "checkpoint__seq"))  # before the file, which is written first
    try:
        text = Path(settings.AUDIT_ANCHOR_PATH).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        text = ""
    except OSError as error:
        return Anchor([], delivered, f"the file of checkpoints cannot be read ({error.strerror})")
    return Anchor(_without_halves([line for line in text.splitlines() if line.strip()]), delivered)


def _without_halves(lines: list[str]) -> list[str]:
    """Writes that broke off, such as on a full disk, leave the beginning of a line that stands whole further down."""
    kept: list[str] = []
    for line in reversed(lines):
        is_half = not line.endswith(_END_OF_LINE)
        written_again = is_half and any(later.startswith(line) for later in kept)
        if not (written_again or (is_half and not kept and checkpoint_file.begins_a_checkpoint(line))):
            kept.append(line)
    return kept[::-1]


def reason_against_this_log() -> str:
    """Why the console must not go on with this log: the file beside it knows checkpoints that the database has not;
    "" where it does not. A checkpoint is in the database before it is in the file."""
    newest = _newest()
    told = max((_number(line) for line in read_anchor().lines), default=0)
    if told <= newest:
        return ""
    return (
        f"The file of checkpoints {settings.AUDIT_ANCHOR_PATH} knows checkpoint {told} of the audit log, and this "
        f"database has {newest or 'none'}: the log was lost, cut or replaced. Put the database back. If this is a "
        "backup, or a new log on purpose, keep the file as evidence and name a new one in CONSOLE_AUDIT_ANCHOR_PATH."
    )


def problem() -> str:
    """What is wrong with the file of checkpoints of this machine, in a sentence; "" when nothing is known to be.

    Reads the last line that was written and the end of the file, so it can be asked often; that all other lines are
    there is for the verification. Raises DatabaseError.
    """
    receiver = receivers().get(Delivery.Channel.FILE)
    if receiver is None:
        return ""
    path = Path(settings.AUDIT_ANCHOR_PATH)
    known = CheckpointFile.objects.filter(receiver=receiver).first()
    changed = (known.problem or checkpoint_file.difference(path, known)) if known else ""
    if changed:
        return f"The file of checkpoints {path} is not as it was written: {changed}."
    told = _number(checkpoint_file.last_line(path))
    if told > _newest():
        return f"The file of checkpoints {path} knows checkpoint {told} of the audit log, and this database does not."
    failing = Delivery.objects.filter(
        channel=Delivery.Channel.FILE, receiver=receiver, state=Delivery.State.WAITING
    ).order_by("checkpoint")
    first = failing.first()
    if first is None or not first.problem:
        return ""
    return f"Checkpoint {first.checkpoint_id} cannot be written to the file {path}: {first.problem}."


def all_lines_are_there() -> None:
    """End what `problem` says of a changed file: a verification found every checkpoint that was delivered to it."""
    receiver = receivers().get(Delivery.Channel.FILE)
    known = CheckpointFile.objects.filter(receiver=receiver).first() if receiver else None
    if known and (known.problem or checkpoint_file.difference(Path(settings.AUDIT_ANCHOR_PATH), known)):
        known.delete()  # the next checkpoint notes anew where it is


def _newest() -> int:
    return Checkpoint.objects.order_by("-number").values_list("number", flat=True).first() or 0


def _number(line: str) -> int:
    try:
        return int(statements.read(line)["number"])
    except Untrue:
        return 0  # the verification names it


def compare(table: Followed, anchor: Anchor) -> Anchored:
    """Every checkpoint that was delivered to the file must be in it, and all in it must be the table's."""
    if anchor.problem:
        return Anchored(_broken(1, anchor.problem))
    if not anchor.lines:
        lost = "the file of checkpoints is missing or empty"
        return Anchored(_broken(anchor.delivered[0][1], lost) if anchor.delivered else None)
    return _compare(table, anchor.lines, anchor.delivered)


def surplus(table: Followed, outside: Anchored, roots: Collection[str], accepted: Collection[str] = ()) -> list[Mark]:
    """Checkpoints of the file that the table has lost, when they truly follow those that it has.

    They prove rows that were cut off together with the table's own checkpoints. Without `roots` they are not believed.
    """
    if not outside.beyond or not roots:
        return []
    try:
        return statements.follow(outside.beyond, roots, accepted).marks
    except Untrue:
        return []  # `outside.broken` says it already


def _compare(table: Followed, lines: list[str], wanted: list[tuple[int, int]]) -> Anchored:
    marks = {mark.number: mark for mark in table.marks}
    newest = table.marks[-1].number if table.marks else 0
    seen: set[int] = set()
    good = 0
    result = Anchored()
    for line in lines:
        try:
            fields = statements.read(line)
        except Untrue as untrue:
            return Anchored(_broken(good + 1, f"the file of checkpoints has a line that {untrue}"))
        number = fields["number"]
        if number > newest:
            result.beyond.append(line)
            text = f"the file has checkpoint {number}, which the table has lost"
            result.broken = result.broken or _broken(good + 1, text)
        elif number not in marks or marks[number].digest != statements.digest(fields):
            return Anchored(_broken(good + 1, f"checkpoint {number} of the file is not the table's: one was replaced"))
        else:
            seen.add(number)
            good = fields["seq"]
    for number, seq in wanted:
        if number not in seen:
            return Anchored(_broken(seq, f"the file has lost checkpoint {number}"), beyond=result.beyond)
    return result


def _broken(seq: int, text: str) -> Break:
    return Break(seq, Kind.ANCHOR, text)
