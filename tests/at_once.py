"""Several threads at the same moment, and an end to waiting for them."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import TypeVar

T = TypeVar("T")

#: Seconds that all of them together may take on a loaded machine.
PATIENCE = 30.0


def at_once(acts: Sequence[Callable[[], T]], patience: float = PATIENCE) -> list[T]:
    """Do all acts at the same moment, each in a thread of its own; what they give, in their order.

    Raises the first error in that order, and AssertionError when some do not end in time: those threads are left
    behind, and hold nobody up.
    """
    gate = threading.Barrier(len(acts))
    ends: list[Future[T]] = [Future() for _ in acts]

    def begin(act: Callable[[], T], end: Future[T]) -> None:
        try:
            gate.wait(PATIENCE)
            end.set_result(act())
        except BaseException as error:  # noqa: BLE001 - told to the one who waits
            end.set_exception(error)

    for act, end in zip(acts, ends, strict=True):
        threading.Thread(target=begin, args=(act, end), daemon=True).start()
    late = wait(ends, patience).not_done
    assert not late, f"{len(late)} of {len(acts)} threads did not end within {patience:g} s"
    return [end.result() for end in ends]
