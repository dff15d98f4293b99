"""The file that checkpoints are added to: a line each, and what was written before must still be there.

`CheckpointFile` keeps where the last line was written and what it was. So the check reads that one line and the end of
the file, however long it is; that all other lines are there is for the verification (`anchors.compare`).
"""

import errno
import fcntl
import hashlib
import io
import logging
import os
import time
from pathlib import Path
from typing import Final

from console import clock
from console.audit.models import Checkpoint, CheckpointFile, Delivery

logger = logging.getLogger(__name__)

#: Bytes in which the beginning of the last line is looked for. A line has about a thousand.
_END: Final = 64 * 1024
#: A write that broke off was about one of the newest checkpoints.
_NEWEST: Final = 100
#: Seconds for which the file of another process is waited for; a request may be waiting too.
_PATIENCE: Final = 5.0
#: Bytes read at a time.
_PORTION: Final = 1024 * 1024


def append(path: Path, receiver: str, checkpoint: Checkpoint) -> None:
    """Add the line of a checkpoint. It is on the disk when this returns, on a line of its own, and there only once.

    A file that does not hold what was written to it is logged and marked; the line is added all the same. Raises
    OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    line = checkpoint.line.encode() + b"\n"
    with path.open("a+b", buffering=0) as file:
        _lock(file)
        known = CheckpointFile.objects.filter(receiver=receiver).first()
        changed = _difference(file, known) if known else _lost(file, receiver)
        end = _last_bytes(file)
        if not end.endswith(b"\n" + line) and end != line:
            fresh = b"\n" if end and not end.endswith(b"\n") else b""
            _write(file, fresh + line)
            os.fsync(file.fileno())
        _note(receiver, checkpoint.number, line, _size(file), changed)


def difference(path: Path, known: CheckpointFile) -> str:
    """How the file differs from what was written to it last, in words; "" when it does not, as far as this looks."""
    try:
        with path.open("rb", buffering=0) as file:
            return _difference(file, known)
    except FileNotFoundError:
        return "it is missing"
    except OSError as error:
        return f"it cannot be read ({error.strerror})"


def last_line(path: Path) -> str:
    """The last line that has an end; "" where there is none or it cannot be read."""
    try:
        with path.open("rb", buffering=0) as file:
            whole = _last_bytes(file).rpartition(b"\n")[0]
    except OSError:
        return ""
    return whole.rpartition(b"\n")[2].decode(errors="replace")


def begins_a_checkpoint(half: str) -> bool:
    """Whether this is what a write that broke off leaves: the beginning of one of the newest checkpoints."""
    newest = Checkpoint.objects.order_by("-number").values_list("line", flat=True)[:_NEWEST]
    return any(line.startswith(half) for line in newest)


def _difference(file: io.FileIO, known: CheckpointFile) -> str:
    size = _size(file)
    if size < known.end:
        return f"it was cut to {size} bytes; checkpoint {known.number} ended at byte {known.end}"
    if hashlib.sha256(_read(file, known.end - known.length, known.length)).hexdigest() != known.digest:
        return f"it holds something else where checkpoint {known.number} was written"
    half = _last_bytes(file).rpartition(b"\n")[2]
    if half and not begins_a_checkpoint(half.decode(errors="replace")):
        return "its last line is no checkpoint and has no end"
    return ""


def _lost(file: io.FileIO, receiver: str) -> str:
    """The same for a file of which only the deliveries tell: all of it is read once for the last of them."""
    told = Delivery.objects.filter(
        channel=Delivery.Channel.FILE, receiver=receiver, state=Delivery.State.DELIVERED
    ).order_by("-checkpoint")
    last = told.values_list("checkpoint_id", "checkpoint__line").first()
    if last is None:
        return ""
    number, line = last
    wanted, seen = line.encode() + b"\n", b""
    for place in range(0, _size(file), _PORTION):
        seen = seen[-len(wanted) :] + _read(file, place, _PORTION)
        if wanted in seen:
            return ""
    return f"it does not hold checkpoint {number}, which was written to it"


def _lock(file: io.FileIO) -> None:
    """Ours alone until it is closed. Raises OSError when another process, which may be frozen, does not let go."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise OSError(errno.EAGAIN, "another process holds the file and does not let go") from None
            time.sleep(0.02)


def _note(receiver: str, number: int, line: bytes, end: int, changed: str) -> None:
    """Keep where the line is. What was found before stays marked until a verification finds all lines."""
    if changed:
        logger.error("the file of checkpoints was changed: %s (%s)", changed, receiver)
    written = {"number": number, "end": end, "length": len(line), "digest": hashlib.sha256(line).hexdigest()}
    found = {"problem": changed[:300], "noticed_at": clock.now()} if changed else {}
    CheckpointFile.objects.update_or_create(receiver=receiver, defaults=written | found)


def _size(file: io.FileIO) -> int:
    return os.fstat(file.fileno()).st_size


def _last_bytes(file: io.FileIO) -> bytes:
    size = _size(file)
    return _read(file, max(0, size - _END), _END)


def _read(file: io.FileIO, place: int, length: int) -> bytes:
    """So many bytes, or those that there are."""
    return os.pread(file.fileno(), length, place)


def _write(file: io.FileIO, content: bytes) -> None:
    """All of it, or OSError; the system may take a part before it refuses the rest."""
    while content:
        content = content[file.write(content) :]
