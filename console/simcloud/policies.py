"""Policies of gateway endpoints: what may be done through them (huawei-contract 5.7, 5.8)."""

from typing import Any, Final

from console.simcloud.errors import Refusal
from console.simcloud.ledger import Act, Change
from console.simcloud.records import ALLOW_EVERYTHING, Endpoint
from console.simcloud.world import World

MAXIMUM: Final = 10
_KEYS: Final = {"Effect", "Action", "Resource", "Condition", "Sid"}


def read(statements: object) -> list[dict[str, Any]]:
    """Statements from a request's body, 0 to 10. Raises Refusal `EndPoint.0002`."""
    if not isinstance(statements, list) or len(statements) > MAXIMUM or not all(map(_is_statement, statements)):
        raise Refusal(400, "EndPoint.0002")
    return statements


def _is_statement(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) <= _KEYS
        and value.get("Effect") in ("Allow", "Deny")
        and all(_is_texts(value.get(name)) for name in ("Action", "Resource"))
    )


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(text, str) for text in value)


def replace(world: World, act: Act, endpoint: Endpoint, statements: list[dict[str, Any]]) -> None:
    """Give the endpoint these statements instead of its own. Raises Refusal `EndPoint.2047` for a failed one."""
    if endpoint.status == "failed":
        raise Refusal(400, "EndPoint.2047")
    before = endpoint.policy
    if statements == before:
        return
    endpoint.policy, endpoint.updated_at = statements, world.clock.now()
    change = Change(
        "endpoint.policy", endpoint.id, world.gateway_id_of(endpoint), _counted(before), _counted(statements)
    )
    world.commit(act, [change], [endpoint])


def _counted(statements: list[dict[str, Any]]) -> str:
    return f"{len(statements)} statements" if statements != ALLOW_EVERYTHING else "everything"
