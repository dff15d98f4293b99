"""Servers and workers as greenlets: what stands in for their threads, their sockets and their memory."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from console import wiring
from console.clouds import parallel, tokens
from console.clouds.errors import CloudError
from console.clouds.huawei.client import HuaweiClient
from console.clouds.parallel import Answer
from console.clouds.tokens import TokenCache
from console.clouds.transport import Limits
from tests.simulation.cloud import Network, Wire
from tests.simulation.scheduler import Event, Process, Scheduler, current_process, current_task


def start(process: Process, scheduler: Scheduler, network: Network) -> None:
    """Give the process the memory of one that has just started."""
    process.is_dead, process.frozen_until = False, 0.0

    def monotonic() -> float:
        return process.monotonic(scheduler.now)

    settings = replace(wiring._simulated_cloud([]), endpoints=dict.fromkeys(_SERVICES, "http://127.0.0.1:9000"))
    cloud = wiring.build_cloud(settings, Limits(), TokenCache(monotonic))
    client: Any = cloud.catalog._client  # type: ignore[union-attr]
    client._sleep = client._identity._sleep = scheduler.sleep
    client._transport._adapter = Wire(network)
    client._transport._pauses._clock = monotonic
    process.clouds = {cloud.name: cloud}


_SERVICES = ("iam", "apig", "vpcep", "vpc")


@contextmanager
def in_greenlets(scheduler: Scheduler) -> Iterator[None]:
    """Inside, the code of the console waits for nothing but the scheduler."""
    real_write = HuaweiClient._write

    def write_for(self: HuaweiClient, request: Any, intent: Any, created: Any) -> Any:
        task = current_task()
        assert task is not None
        task.sending = _changes_of(intent)
        try:
            return real_write(self, request, intent, created)
        finally:
            task.sending = ()

    replaced: list[tuple[Any, str, Any]] = [
        (wiring, "clouds", _own_clouds),
        (parallel, "_run", lambda calls: _at_once(scheduler, calls)),
        (tokens, "Future", lambda: _Flight(scheduler)),
        (HuaweiClient, "_write", write_for),
    ]
    with ExitStack() as stack:
        for owner, name, instead in replaced:
            stack.enter_context(patch.object(owner, name, instead))
        yield


def _own_clouds() -> dict[str, Any]:
    process = current_process()
    assert process is not None
    return process.clouds


def _changes_of(intent: Any) -> tuple[str, ...]:
    """An intent is named by the first of its Changes; its check knows all of them."""
    changes = getattr(intent.check, "args", ((),))[0]
    return tuple(str(change.pk) for change in changes) or (str(intent),)


def _at_once(scheduler: Scheduler, calls: Sequence[Callable[[], Any]]) -> list[Answer[Any]]:
    """As `parallel`, each call in a task of its own."""
    if len(calls) < 2:
        return [_answer(call) for call in calls]
    task = current_task()
    assert task is not None
    answers: dict[int, Answer[Any]] = {}
    all_there = Event()

    def make(number: int) -> None:
        answers[number] = _answer(calls[number])
        if len(answers) == len(calls):
            scheduler.set(all_there)

    for number in range(len(calls)):
        scheduler.spawn(task.name, lambda number=number: make(number), task.process)  # type: ignore[misc]
    scheduler.wait(all_there)
    return [answers[number] for number in range(len(calls))]


def _answer(call: Callable[[], Any]) -> Answer[Any]:
    try:
        return Answer(call())
    except CloudError as error:
        return Answer(None, error)


class _Flight:
    """In place of `concurrent.futures.Future`: somebody else's sign-in, waited for."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._ended = Event()
        self._value: Any = None
        self._error: BaseException | None = None

    def set_result(self, value: Any) -> None:
        """It gave this."""
        self._value = value
        self._scheduler.set(self._ended)

    def set_exception(self, error: BaseException) -> None:
        """It failed."""
        self._error = error
        self._scheduler.set(self._ended)

    def result(self, timeout: float) -> Any:
        """Raises TimeoutError, or what went wrong."""
        if not self._scheduler.wait(self._ended, timeout):
            raise TimeoutError
        if self._error:
            raise self._error
        return self._value
