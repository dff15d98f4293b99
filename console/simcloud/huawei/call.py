"""One call of an API after it passed the door: who asks, for what. Handlers get it, with the parts of the path."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from console.simcloud.errors import Refusal
from console.simcloud.identity import Account, Project
from console.simcloud.ledger import Act
from console.simcloud.wire import Answer, Request
from console.simcloud.world import World


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated account; without a project for global services only."""

    account: Account
    project: Project | None


@dataclass(frozen=True, slots=True)
class Call:
    """A request by a known caller. The world's lock is held while a handler has it."""

    world: World
    request: Request
    caller: Caller

    @property
    def project_id(self) -> str:
        """The project that the caller's credentials are for; "" with a token for global services."""
        return self.caller.project.id if self.caller.project else ""

    @property
    def act(self) -> Act:
        """How the ledger names this call."""
        return Act(self.caller.account.actor, self.request.request_id)


Handler = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path: an expression whose named groups become the handler's keyword arguments."""

    method: str
    path: str
    handler: Handler
    #: Only Huawei Cloud has this call (huawei-contract 9).
    newer: bool = False


def json_answer(body: object, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """An answer in JSON; ASCII only, so that any text survives."""
    return Answer(status, json.dumps(body, separators=(",", ":")).encode("ascii"), headers=headers)


def deleted(call: Call) -> Answer:
    """The answer to a successful DELETE in VPCEP: nothing, with 204 (huawei-contract 1.7; a switch)."""
    return Answer(int(call.world.switches.delete_answer))


def json_body(request: Request, refusal: Refusal) -> dict[str, Any]:
    """The request's JSON object. Raises the given refusal for anything else."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise refusal from None
    if not isinstance(body, dict):
        raise refusal
    return body
