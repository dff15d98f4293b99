"""The accounting of a storm: what the cloud really did against what the console says and what people were told.

Whose an effect was follows from the cloud's own lists and not from the console's word: the request of an effect came
from the console or from the outsider; the console's belongs to the Change whose call the cloud's request id names, or
else to the one that was under way on that object when the request came in. The console has one act at a time on an
object, so there is no doubt.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from tests.simulation.storm_cloud import OUTSIDER
from tests.simulation.storm_people import Told

#: Clocks of the same machine, read by different processes. Seconds.
_TOLERANCE: Final = 0.5
#: So long a call can be under way whose end nobody wrote down. Seconds.
_LONGEST_CALL: Final = 60.0
_MADE_NOTHING: Final = ("failed", "stale", "cancelled", "refused")


@dataclass(frozen=True)
class Effect:
    """One effect in the cloud's ledger, with when its request came in (epoch seconds)."""

    action: str
    object: str
    request_id: str
    came_in: float
    is_ours: bool


@dataclass
class Accounts:
    """What was found. Every list but the last two must be empty."""

    #: Told, or written down as not done, although the cloud did it, or the other way round.
    untrue: list[str] = field(default_factory=list)
    wrong_succeeded: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    without_change: list[str] = field(default_factory=list)
    not_settled: list[str] = field(default_factory=list)
    #: For good, with the reason that the console gives.
    unknown: list[str] = field(default_factory=list)
    #: Ends that are right in a way that is worth counting.
    counted: Counter[str] = field(default_factory=Counter)


def effects_of(ledger: Iterable[Mapping[str, Any]], calls: Iterable[Mapping[str, Any]]) -> list[Effect]:
    """Without what an act brought along, such as connections that are cut with an account."""
    by_id = {call["request_id"]: call for call in calls}
    asked_for: dict[str, str] = {}
    found = []
    for row in ledger:
        if asked_for.setdefault(row["request_id"], row["action"]) != row["action"]:
            continue
        call = by_id.get(row["request_id"])
        at = _moment(call["at"]) - call["milliseconds"] / 1000 if call else _moment(row["at"])
        what = str(row["gateway_id"] if row["action"] == "service.rename" else row["object"])
        is_ours = call is None or call["client"] != OUTSIDER
        found.append(Effect(row["action"], what, row["request_id"], at, is_ours))
    return found


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


class Books:
    """The console's Changes beside the effects that were theirs."""

    def __init__(
        self,
        changes: Sequence[Mapping[str, Any]],
        audit: Iterable[Mapping[str, Any]],
        effects: Sequence[Effect],
        calls: Iterable[Mapping[str, Any]],
    ) -> None:
        self._changes = [change for change in changes if change["intended_at"] is not None]
        self._by_reason: dict[str, list[Mapping[str, Any]]] = {}
        for change in changes:
            self._by_reason.setdefault(change["reason"], []).append(change)
        self._effects = effects
        self._answered = {call["request_id"] for call in calls if call["status"] and call["status"] < 300}
        self._sent_until = _ends_of_calls(audit)
        self._of: dict[str, list[Effect]] = {change["id"]: [] for change in changes}
        self.left: list[Effect] = []
        for effect in effects:
            if effect.is_ours:
                self._assign(effect)

    def _assign(self, effect: Effect) -> None:
        candidates = [change for change in self._changes if self._could_have(change, effect)]
        named = [change for change in candidates if change["cloud_request_id"] == effect.request_id]
        under_way = [change for change in candidates if self._was_under_way(change, effect)]
        if chosen := named or under_way:
            self._of[chosen[-1]["id"]].append(effect)
        else:
            self.left.append(effect)

    def _could_have(self, change: Mapping[str, Any], effect: Effect) -> bool:
        if change["kind"] != effect.action:
            return False
        if not change["kind"].endswith(".create"):
            return bool(change["target"] == effect.object)
        made = change["after"] or {}
        return not made.get("id") or effect.object in (made["id"], *made.get("also", ()))

    def _was_under_way(self, change: Mapping[str, Any], effect: Effect) -> bool:
        began = change["intended_at"] - _TOLERANCE
        until = self._sent_until.get(change["id"], change["intended_at"] + _LONGEST_CALL) + _TOLERANCE
        return bool(began <= effect.came_in <= until)

    def by_reason(self, reason: str) -> list[Mapping[str, Any]]:
        """The Changes of one act."""
        return self._by_reason.get(reason, [])

    def effects_of(self, change: Mapping[str, Any]) -> list[Effect]:
        """Its own."""
        return self._of[change["id"]]

    def why_done(self, change: Mapping[str, Any]) -> str:
        """In which way it is true that it was done; "" where the ledger does not show it."""
        if self._of[change["id"]]:
            return "by its own call"
        if change["cloud_request_id"] in self._answered:
            return "answered, nothing left to do"
        if any(self._explains(change, effect) for effect in self._effects):
            return "done by the outsider meanwhile"
        return ""

    def _explains(self, change: Mapping[str, Any], effect: Effect) -> bool:
        if effect.is_ours or not self._could_have(change, effect):
            return False
        return bool(change["claimed_at"] - _TOLERANCE <= effect.came_in <= change["settled_at"])


def _ends_of_calls(audit: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """When the call of each Change had ended, as far as the log says: its first row after the intent."""
    ends: dict[str, float] = {}
    for row in audit:
        if row["change_id"] and row["state"] not in ("intended", "skipped"):
            ends.setdefault(row["change_id"], _moment(row["at"]))
    return ends


def account(books: Books, changes: Sequence[Mapping[str, Any]], told: Sequence[Told]) -> Accounts:
    """Compare everything with everything."""
    found = Accounts()
    found.without_change += [f"{one.action} {one.object} at {one.came_in:.3f}" for one in books.left]
    for change in changes:
        _account_for(change, books, found)
    for answer in told:
        for complaint in _lies_of(answer, books):
            found.untrue.append(f"told {answer.text!r} ({answer.reason}): {complaint}")
    return found


def _account_for(change: Mapping[str, Any], books: Books, found: Accounts) -> None:
    effects, stage, named = books.effects_of(change), change["stage"], _named(change)
    found.counted[stage] += 1
    if len(effects) > 1 and not _is_shown_as_repeated(change, effects):
        found.twice.append(f"{named}: {len(effects)} effects")
    if stage == "succeeded":
        why = books.why_done(change)
        found.counted[f"succeeded: {why}"] += 1
        if not why:
            found.wrong_succeeded.append(f"{named}: {change['explanation']}")
    elif stage in _MADE_NOTHING:
        if effects:
            found.untrue.append(f"{named} is {stage}, but was done: {change['explanation']}")
    elif stage == "unknowable":
        truth = "done" if effects else "not done"
        found.unknown.append(f"{named} (in truth {truth}): {change['explanation']}")
    else:
        found.not_settled.append(f"{named} is {stage}")


def _is_shown_as_repeated(change: Mapping[str, Any], effects: Sequence[Effect]) -> bool:
    """Whether something on the way sent a creation twice, and the console names all that it made."""
    made = change["after"] or {}
    return {one.object for one in effects} <= {made.get("id"), *made.get("also", ())}


def _lies_of(answer: Told, books: Books) -> Iterable[str]:
    """What of an answer the ledger contradicts."""
    changes = books.by_reason(answer.reason)
    if len({change["batch_id"] for change in changes}) > 1:
        yield "one form has become several acts"
    done = [change for change in changes if books.why_done(change)]
    undone = [change for change in changes if not books.effects_of(change)]
    for end, named, count in answer.ends:
        of_these = [change for change in changes if named is None or change["target"] in named]
        if end == "done" and sum(change in done for change in of_these) < count:
            yield f"{count} are told to be done, but are not"
        if end == "not done" and changes and sum(change in undone for change in of_these) < min(count, len(of_these)):
            yield f"{count} are told not to be done, but are"


def _named(change: Mapping[str, Any]) -> str:
    return f"{change['kind']} {change['target']} ({change['reason']}, {change['id']})"
