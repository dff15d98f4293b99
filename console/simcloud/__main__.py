"""`python -m console.simcloud`: run the simulated cloud alone, or describe it (house part 5)."""

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from console.simcloud.persistence import UnreadableState
from console.simcloud.seed import USUAL_CONNECTIONS, WORLDS
from console.simcloud.server import SimulatedCloud
from console.simcloud.world import World

_LOOK_FOR_PARENT_SECONDS: Final = 0.2


def _number_from_0(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError("a number from 0")
    return value


def _count(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 1_000_000:
        raise argparse.ArgumentTypeError("a whole number from 0 to 1000000")
    return value


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65535:
        raise argparse.ArgumentTypeError("a port from 0 to 65535")
    return value


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m console.simcloud", description="A simulated cloud on loopback.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=_port, default=9000, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--world", choices=WORLDS, default="demo", help="what it holds at its start")
    parser.add_argument("--seed", type=int, default=1, help="another number gives other ids")
    parser.add_argument("--connections", type=_count, default=USUAL_CONNECTIONS, help="of the gateway with many")
    parser.add_argument("--services", type=_count, default=0, help="endpoint services, at least")
    parser.add_argument("--endpoints", type=_count, default=0, help="VPC endpoints, at least")
    parser.add_argument("--delay", type=_number_from_0, default=2.0, help="seconds that transient states last")
    parser.add_argument("--latency", type=_number_from_0, default=0.0, help="seconds that every answer takes longer")
    parser.add_argument("--state", type=Path, help="keep the world in this file; what it holds wins over the seed")
    parser.add_argument("--exit-with-parent", type=int, metavar="PID", help="end when this parent process is gone")
    parser.add_argument("--describe", action="store_true", help="print addresses, credentials and ids, and exit")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run until a signal; the exit code."""
    arguments = _arguments(argv)
    world = World.seeded(
        arguments.world,
        seed=arguments.seed,
        delay=arguments.delay,
        connections=arguments.connections,
        services=arguments.services,
        endpoints=arguments.endpoints,
    )
    cloud = SimulatedCloud(world, host=arguments.host, port=arguments.port, latency=arguments.latency)
    if arguments.describe:
        print(json.dumps(cloud.describe(), indent=2))
        return 0
    try:
        cloud.bind()
    except OSError as error:
        print(
            f"Port {arguments.port} on {arguments.host} cannot be used: {error.strerror or error}. "
            "Choose another with --port.",
            file=sys.stderr,
        )
        return 1
    return _serve(cloud, arguments)


def _serve(cloud: SimulatedCloud, arguments: argparse.Namespace) -> int:
    try:
        if arguments.state is not None:
            cloud.world.keep_in(arguments.state)
    except UnreadableState as error:
        cloud.stop()
        print(error, file=sys.stderr)
        return 1
    try:
        signal.signal(signal.SIGTERM, _interrupt)
        if arguments.exit_with_parent:
            threading.Thread(target=_watch_parent, args=(arguments.exit_with_parent,), daemon=True).start()
        print(json.dumps({"base_url": cloud.base_url}), flush=True)
        cloud.serve()
    except KeyboardInterrupt:
        pass
    finally:
        cloud.stop()
    return 0


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _watch_parent(parent: int) -> None:
    """End this process as a signal would, once `parent` is not its parent any more, or was not from the start."""
    while os.getppid() == parent:
        time.sleep(_LOOK_FOR_PARENT_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
