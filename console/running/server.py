"""The production server, started from code: the same for the demo and for `serve` (ecosystem 3.1)."""

import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from granian import Granian
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels

from console.running import worker
from console.running.front import connections

#: A tab waits for the cloud most of its time, so a worker carries many threads (reliability.md 6.5).
THREADS: Final = 16
#: Headers of browsers and proxies fit in; a flood does not. Bytes.
_HEADER_BYTES: Final = 64 * 1024
#: A client that does not finish its headers is let go. Milliseconds.
_HEADER_WAIT: Final = 10_000
#: granian configures logging itself; leave everything to the console's own.
_LOGGING: Final = {"version": 1, "disable_existing_loggers": False, "formatters": {}, "handlers": {}, "loggers": {}}


@dataclass(frozen=True, slots=True)
class Service:
    """How to serve the console."""

    address: str
    port: int
    workers: int
    threads: int = THREADS
    #: Certificate chain and key in PEM; both or neither.
    certificate: Path | None = None
    key: Path | None = None
    #: How long a worker may finish its requests after the order to stop, in seconds.
    patience: int = 20

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{'https' if self.certificate else 'http'}://{host}:{self.port}"


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(service: Service, *, when_started: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; `when_started` is called once the workers are being started."""
    # Fresh processes: nothing of this one (locks, database connections) is carried over.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "console.running.front.application:Front",
        address=service.address,
        port=service.port,
        interface=Interfaces.ASGINL,
        workers=service.workers,
        backlog=1024,
        backpressure=connections.places(),
        # The server gives HTTP/2, and a connection that may still become that, no time limit at all.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_WAIT, max_buffer_size=_HEADER_BYTES),
        ssl_cert=service.certificate,
        ssl_key=service.key,
        ssl_protocol_min=SSLProtocols.tls12,
        websockets=False,
        log_dictconfig=_LOGGING,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=service.patience,
    )
    server.on_startup(when_started)
    server.serve(target_loader=partial(worker.load, os.getpid(), service.threads, service.port), wrap_loader=False)
