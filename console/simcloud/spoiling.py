"""How a fault rule spoils an answer: before the effect, after it, or in the middle of the answer."""

import time
from typing import Final

from console.simcloud.errors import Refusal
from console.simcloud.faults import Rule
from console.simcloud.fronts import front_of
from console.simcloud.listener import Outcome
from console.simcloud.wire import Answer, Request
from console.simcloud.world import World

_HTML: Final = b"<!DOCTYPE html><html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>\n"


def play(world: World, request: Request, rules: list[Rule]) -> Outcome:
    """Answer a request that these rules hit: delays and expiries, then at most one that decides the ending."""
    for rule in rules:
        if rule.kind == "expire_tokens":
            world.tokens.expire_all()
    _sleep(rules, after=False)
    last = rules[-1]
    without_effect = _instead(world, request, last)
    if without_effect is not None:
        return without_effect
    answer = front_of(request).answer(world, request)
    if last.kind == "duplicate":
        answer = front_of(request).answer(world, request)
    _sleep(rules, after=True)
    match last.kind:
        case "status":
            return Outcome(_failure(world, request, last))
        case "reset_after":
            return Outcome(answer, "reset")
        case "truncate":
            return Outcome(answer, "cut")
        case _:
            return Outcome(answer)


def _sleep(rules: list[Rule], *, after: bool) -> None:
    for rule in rules:
        if rule.kind == "delay" and rule.after == after:
            time.sleep(rule.seconds)


def _instead(world: World, request: Request, rule: Rule) -> Outcome | None:
    """The outcome of a rule that keeps the request from its effect; None for all others."""
    if rule.kind == "reset_before":
        return Outcome(Answer(503), "reset")
    if rule.kind == "html":
        body = _HTML if rule.body is None else rule.body.encode("utf-8", "replace")
        return Outcome(Answer(rule.status, body, "text/html", rule.headers))
    if rule.kind == "status" and not rule.after:
        return Outcome(_failure(world, request, rule))
    return None


def _failure(world: World, request: Request, rule: Rule) -> Answer:
    """The answer of a `status` fault: the rule's own body, or an error in the service's shape."""
    if rule.body is not None:
        return Answer(rule.status, rule.body.encode("utf-8", "replace"), headers=rule.headers)
    front = front_of(request)
    code = rule.code or front.usual_code(request, rule.status)
    spelled = front.spell(world, request, Refusal(rule.status, code, rule.message))
    return Answer(rule.status, spelled.body, spelled.content_type, (*spelled.headers, *rule.headers))
