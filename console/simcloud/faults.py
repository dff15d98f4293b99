"""Faults on request: rules that spoil matching answers, in every way in which a network or a cloud can fail."""

import re
import threading
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, Literal, get_args

Kind = Literal["delay", "status", "reset_before", "reset_after", "truncate", "html", "expire_tokens", "duplicate"]

_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_KEYS: Final = {
    *("match", "fault", "status", "code", "message", "headers", "body", "seconds", "times", "probability", "seed"),
    "after",
}


class BadRule(ValueError):
    """A fault rule that cannot be understood; the message says which part."""


@dataclass(slots=True)
class Rule:
    """One rule (house part 5).

    `match` holds regular expressions, each of them optional: `method` and `action` match whole, `path` anywhere. An
    action is what an RPC request to `/` asks for, such as `EnableVpcEndpointConnection`; other requests have none.

    `delay` waits and goes on; `status` answers with an error, before the effect or (`after`) after it, with the
    service's own body or a given `body`, and with extra `headers` such as Retry-After or Location; `reset_before`
    and `reset_after` reset the connection before or after the effect; `truncate` cuts the answer in its middle after
    the effect; `html` answers with an HTML page without effect; `expire_tokens` ends all tokens, then goes on;
    `duplicate` is something on the way that loses the answer and sends the request once more by itself.
    """

    kind: Kind
    method: re.Pattern[str]
    path: re.Pattern[str]
    #: None: any request.
    action: re.Pattern[str] | None
    status: int
    code: str | None
    message: str | None
    headers: tuple[tuple[str, str], ...]
    body: str | None
    seconds: float
    #: How many more times it strikes; None: always.
    times: int | None
    probability: float
    after: bool
    random: Random = field(repr=False)

    def strikes(self, method: str, path: str, action: str) -> bool:
        """Whether this request is hit; counts down `times`."""
        if self.times == 0 or not self.method.fullmatch(method) or not self.path.search(path):
            return False
        if self.action is not None and not self.action.fullmatch(action):
            return False
        if self.probability < 1 and self.random.random() >= self.probability:
            return False
        if self.times is not None:
            self.times -= 1
        return True

    @classmethod
    def from_dict(cls, data: object) -> "Rule":
        """Read a rule as the control door gets it. Raises BadRule."""
        if not isinstance(data, dict):
            raise BadRule("a rule is an object")
        unknown = set(data) - _KEYS
        if unknown:
            raise BadRule(f"a rule has no {sorted(unknown)[0]}")
        kind = next((kind for kind in _KINDS if kind == data.get("fault")), None)
        if kind is None:
            raise BadRule(f"fault is one of {', '.join(_KINDS)}")
        match = data.get("match") or {}
        if not isinstance(match, dict) or set(match) - {"method", "path", "action"}:
            raise BadRule("match has method, path and action")
        return cls(
            kind=kind,
            method=_pattern(match.get("method"), re.IGNORECASE),
            path=_pattern(match.get("path"), 0),
            action=None if match.get("action") is None else _pattern(match["action"], 0),
            status=int(_number(data, "status", 502 if kind == "html" else 500, 200, 599)),
            code=_text(data, "code"),
            message=_text(data, "message"),
            headers=_headers(data),
            body=_text(data, "body"),
            seconds=_number(data, "seconds", 1.0, 0, 3600),
            times=None if data.get("times") is None else int(_number(data, "times", 0, 0, 10**9)),
            probability=_number(data, "probability", 1.0, 0, 1),
            after=bool(data.get("after", False)),
            random=Random(str(data.get("seed", 0))),  # noqa: S311 - repeatable on purpose
        )


def _pattern(text: object, flags: int) -> re.Pattern[str]:
    if text is None:
        text = ".*"
    if not isinstance(text, str):
        raise BadRule("match holds regular expressions")
    try:
        return re.compile(text, flags)
    except re.error as error:
        raise BadRule(f"{text} is no regular expression: {error}") from error


def _text(data: dict[str, Any], name: str) -> str | None:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRule(f"{name} is text")
    return value


def _headers(data: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    headers = data.get("headers") or {}
    if not isinstance(headers, dict):
        raise BadRule("headers is an object")
    for value in headers.values():
        if not isinstance(value, str) or not value.isascii() or not value.isprintable():
            raise BadRule("headers are printable ASCII")
    return tuple(headers.items())


def _number(data: dict[str, Any], name: str, default: float, least: float, most: float) -> float:
    value = data.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise BadRule(f"{name} is a number from {least} to {most}")
    return value


class Faults:
    """The rules in force, in their order."""

    def __init__(self) -> None:
        self._rules: tuple[Rule, ...] = ()
        self._lock = threading.Lock()

    def replace(self, rules: object) -> int:
        """Put these rules (a list of objects) in place of the present ones; how many there are now.

        Raises BadRule; then nothing changes."""
        if not isinstance(rules, list):
            raise BadRule("the rules are a list")
        self._rules = tuple(Rule.from_dict(rule) for rule in rules)
        return len(self._rules)

    def striking(self, method: str, path: str, action: str = "") -> list[Rule]:
        """The rules that hit this request: delays and expiries up to the first that ends it, and that one."""
        if not self._rules:
            return []
        striking: list[Rule] = []
        with self._lock:
            for rule in self._rules:
                if rule.strikes(method, path, action):
                    striking.append(rule)
                    if rule.kind not in ("delay", "expire_tokens"):
                        break
        return striking
