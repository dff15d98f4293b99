"""The simulated cloud as a running server: binds in the caller, serves in a thread, plays faults on request."""

import threading
import time
from types import TracebackType
from typing import Any, Final, Self

from console.simcloud import control
from console.simcloud.calls import CallRecord, Calls
from console.simcloud.clock import microseconds
from console.simcloud.description import describe
from console.simcloud.errors import Refusal
from console.simcloud.faults import Faults, Rule
from console.simcloud.fronts import Front, front_of
from console.simcloud.huawei import front as huawei
from console.simcloud.listener import Handlers, Listener, Outcome, Patience
from console.simcloud.spoiling import play
from console.simcloud.wire import Answer, Malformed, Request
from console.simcloud.world import World

#: How soon a served thread notices `stop`.
_POLL_SECONDS: Final = 0.002


class SimulatedCloud:
    """A world behind a socket. Use as a context manager, or `start` and `stop`.

    `port=0` takes a free one; `delay` is how long transients of a world made here last, in seconds; `latency` how
    long every service answer takes at least. A `world` given by the caller keeps its own delay.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        delay: float = 0.0,
        latency: float = 0.0,
        patience: Patience | None = None,
    ) -> None:
        self.world: World = world or World.seeded(delay=delay)
        self.latency = latency
        self._latency_at_start = latency
        self._delay_at_start = self.world.delay
        self._address = (host, port)
        self._patience = patience or Patience()
        self._faults = Faults()
        self._calls = Calls()
        self._listener: Listener | None = None
        self._thread: threading.Thread | None = None

    def bind(self) -> None:
        """Take the port. Raises OSError when it is taken."""
        self._listener = Listener(
            self._address, Handlers(self._answer, self._malformed, self.world.wall_time), self._patience
        )
        host, port = self._listener.server_address[:2]
        self._address = (str(host), int(port))

    def start(self) -> Self:
        """Take the port and serve in a thread. Raises OSError when the port is taken."""
        self.bind()
        self._thread = threading.Thread(target=self.serve, args=(_POLL_SECONDS,), name="simulated-cloud", daemon=True)
        self._thread.start()
        return self

    def serve(self, poll_seconds: float = 0.5) -> None:
        """Serve in this thread until `stop` or a signal's exception; `bind` comes first."""
        if self._listener is None:
            raise RuntimeError("bind comes first")
        self._listener.serve_forever(poll_interval=poll_seconds)

    def stop(self) -> None:
        """Stop serving, end all connections, free the port and close the state file."""
        if self._listener is not None:
            if self._thread is not None:
                self._listener.shutdown()
                self._thread.join()
            self._listener.server_close()
            self._listener.close_connections()
            self._listener = self._thread = None
        self.world.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """Where it answers; with the real port once bound."""
        host, port = self._address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def describe(self) -> dict[str, Any]:
        """Addresses, credentials and ids (house part 5); gateways carry `seeded_as`."""
        return describe(self.world, self.base_url)

    def faults(self, *rules: dict[str, Any]) -> None:
        """Replace the fault rules; without any, nothing is spoiled. Raises BadRule."""
        self.replace_faults(list(rules))

    def replace_faults(self, rules: object) -> int:
        """Replace the fault rules; how many there are now. Raises BadRule; then nothing changes."""
        return self._faults.replace(rules)

    def ledger(self) -> list[dict[str, Any]]:
        """Every effect so far, oldest first."""
        with self.world.lock:
            return [effect.as_dict() for effect in self.world.ledger]

    def calls(self) -> list[dict[str, Any]]:
        """Every service request so far, oldest first."""
        return self._calls.as_dicts()

    def reset(self) -> None:
        """Back to the seed: world, ledger, calls, faults, switches, delay and latency. Tokens stay valid."""
        self._faults.replace([])
        self._calls.clear()
        self.latency = self._latency_at_start
        self.world.delay = self._delay_at_start
        self.world.reset()

    def _answer(self, request: Request) -> Outcome:
        front = front_of(request)
        request.request_id = front.new_request_id()
        if request.path.startswith(control.PREFIX):
            return Outcome(_with_request_id(control.answer(self, request), request.request_id))
        started = time.perf_counter()
        rules = self._faults.striking(request.method, request.path, front.action_of(request))
        if self.latency:
            time.sleep(self.latency)
        outcome = play(self.world, request, rules) if rules else Outcome(front.answer(self.world, request))
        self._note(front, request, None if outcome.ending == "reset" else outcome.answer.status, started, rules)
        return Outcome(_with_request_id(outcome.answer, request.request_id), outcome.ending)

    def _malformed(self, error: Malformed, client: str) -> Answer:
        request = Request("", "/", {}, client=client, request_id=huawei.new_request_id())
        self._note(huawei, request, error.status, time.perf_counter(), [])
        answer = huawei.spell(self.world, request, Refusal(error.status, "APIGW.0201", error.message))
        return _with_request_id(answer, request.request_id)

    def _note(self, front: Front, request: Request, status: int | None, started: float, rules: list[Rule]) -> None:
        self._calls.add(
            CallRecord(
                at=microseconds(self.world.clock.now()),
                method=request.method,
                path=request.path,
                query=request.raw_query,
                action=front.action_of(request),
                status=status,
                request_id=request.request_id,
                client=request.client,
                milliseconds=round((time.perf_counter() - started) * 1000, 3),
                fault=rules[-1].kind if rules else None,
            )
        )


def _with_request_id(answer: Answer, request_id: str) -> Answer:
    return Answer(answer.status, answer.body, answer.content_type, (("X-Request-Id", request_id), *answer.headers))
