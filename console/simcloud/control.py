"""The control door `/_sim/`: reset, faults, switches, time, ledger and calls; for this machine only (house part 5)."""

import ipaddress
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from console.simcloud.wire import Answer, Request

if TYPE_CHECKING:
    from console.simcloud.server import SimulatedCloud

PREFIX = "/_sim/"


def answer(cloud: "SimulatedCloud", request: Request) -> Answer:
    """Carry out a request at the control door."""
    if not _is_loopback(request.client) or "origin" in request.headers:
        # A page in this machine's browser comes from loopback too, but it cannot hide its origin.
        return _json({"error": "The control door is for programs on this machine only."}, 403)
    handler = _HANDLERS.get((request.method, request.path.removeprefix(PREFIX)))
    if handler is None:
        return _json({"error": "The control door has no such address."}, 404)
    try:
        body = json.loads(request.body) if request.body else None
        return _json(handler(cloud, body))
    except (ValueError, RecursionError) as error:
        return _json({"error": str(error)}, 400)


def _json(body: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(body).encode("ascii"))


def _is_loopback(client: str) -> bool:
    return ipaddress.ip_address(client.partition("%")[0]).is_loopback


def _reset(cloud: "SimulatedCloud", _body: Any) -> dict[str, Any]:
    cloud.reset()
    return {"reset": True}


def _faults(cloud: "SimulatedCloud", body: Any) -> dict[str, Any]:
    return {"rules": cloud.replace_faults([] if body is None else body)}


def _switches(cloud: "SimulatedCloud", body: Any) -> dict[str, Any]:
    if body is not None and not isinstance(body, dict):
        raise ValueError("the switches are an object")
    cloud.world.switch(**(body or {}))
    return asdict(cloud.world.switches)


def _seconds(body: Any) -> float:
    seconds = body.get("seconds") if isinstance(body, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= 10**9:
        raise ValueError("seconds is a number from 0")
    return float(seconds)


def _latency(cloud: "SimulatedCloud", body: Any) -> dict[str, Any]:
    cloud.latency = _seconds(body)
    return {"seconds": cloud.latency}


def _delay(cloud: "SimulatedCloud", body: Any) -> dict[str, Any]:
    cloud.world.delay = _seconds(body)
    return {"seconds": cloud.world.delay}


def _advance(cloud: "SimulatedCloud", body: Any) -> dict[str, Any]:
    cloud.world.advance(_seconds(body))
    return {"now": cloud.world.clock.now()}


def _expire_tokens(cloud: "SimulatedCloud", _body: Any) -> dict[str, Any]:
    cloud.world.tokens.expire_all()
    return {"expired": True}


_HANDLERS: dict[tuple[str, str], Callable[["SimulatedCloud", Any], Any]] = {
    ("POST", "reset"): _reset,
    ("POST", "faults"): _faults,
    ("POST", "switches"): _switches,
    ("GET", "switches"): lambda cloud, _body: asdict(cloud.world.switches),
    ("POST", "latency"): _latency,
    ("POST", "delay"): _delay,
    ("POST", "advance"): _advance,
    ("POST", "expire-tokens"): _expire_tokens,
    ("GET", "ledger"): lambda cloud, _body: cloud.ledger(),
    ("GET", "calls"): lambda cloud, _body: cloud.calls(),
    ("GET", "describe"): lambda cloud, _body: cloud.describe(),
}
