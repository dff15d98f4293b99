"""What must hold after every step, and at the end: the console's word against the cloud's ledger.

The ledger is the truth. What the console says stands in its log, row by row, in the Changes that people are shown, and
in the answers that they get.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db import DatabaseError

from console.audit import canonical, chain
from console.audit.chain import Row
from console.audit.models import Entry
from console.changes.models import MADE_NOTHING, Change, Stage
from console.simcloud.ledger import Effect
from console.simcloud.wire import Answer
from tests.simulation.acts import object_of
from tests.simulation.cloud import Sent
from tests.simulation.history import History, Untrue

_NOTHING: Final = tuple(stage.value for stage in MADE_NOTHING)
#: The log's words for "certainly did nothing".
_SAID_NOTHING: Final = ("failed", "stale", "cancelled", "refused")
#: How old the check of rights and objects may be when a write leaves (`clearance.GOOD_FOR`), in seconds.
_CHECKED_WITHIN: Final = 3.0


@dataclass
class Seen:
    """All that is known from outside of one Change."""

    states: list[str] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    #: Writes that left for it, and those that may have been carried out.
    sent: list[Sent] = field(default_factory=list)
    may_be_done: bool = False
    #: The cloud answered truly that it took the call, though there was nothing left to do.
    was_vain: bool = False


@dataclass
class Watch:
    """Compares all the time. Raises Untrue."""

    history: History
    changes: dict[str, Seen] = field(default_factory=dict)
    #: By object: moment, action and whose it was, newest last.
    effects: dict[str, list[tuple[float, str, tuple[str, ...]]]] = field(default_factory=dict)
    rights_lost_at: dict[str, float] = field(default_factory=dict)
    #: Acts told as done because somebody outside did the same, which nobody can tell apart.
    credited_outside: int = 0
    _last_seq: int = 0
    _last_hash: str = ""
    _targets: dict[str, str] = field(default_factory=dict)

    def depart(self, sent: Sent) -> None:
        """A write leaves: its intents stand in the log, and no earlier try of it may have been carried out."""
        for key in sent.changes:
            one = self._of(key)
            self.history.note(f"{sent.process} sends {sent.what} for {key}", key, self._target(key), sent.process)
            if "intended" not in one.states:
                raise Untrue(f"a call left for {key} before its intent was written", self._target(key), key)
            if one.may_be_done:
                raise Untrue(f"{key} was sent again, and the first call may have been done", self._target(key), key)
            if self.rights_lost_at:
                self._check_rights(sent, key)
            one.sent.append(sent)
            one.may_be_done = True

    def _check_rights(self, sent: Sent, key: str) -> None:
        change = Change.objects.get(pk=key)
        lost = self.rights_lost_at.get(change.actor_name)
        if lost is not None and sent.at - lost > _CHECKED_WITHIN:
            late = sent.at - lost
            raise Untrue(
                f"{key} was sent {late:.1f} s after {change.actor_name} had lost the right", change.target, key
            )

    def answered(self, sent: Sent, answer: Answer, effects: list[Effect], fate: str) -> None:
        """The cloud has answered a write; `effects` are what it did."""
        if answer.status in (401, 429) or (400 <= answer.status < 500 and fate != "duplicate"):
            for key in sent.changes:
                self._of(key).may_be_done = False
        for key in sent.changes:
            one, target = self._of(key), self._target(key)
            own = [effect for effect in effects if object_of(effect) == target]
            one.was_vain |= answer.status < 300 and not own
            for effect in own:
                self.history.note(
                    f"the cloud does it: {effect.action} {target}, {effect.before} to {effect.after} ({key})",
                    target,
                    key,
                )
                self._effect(key, target, one, effect)

    def _effect(self, key: str, target: str, one: Seen, effect: Effect) -> None:
        self.effects.setdefault(target, []).append((self.history.scheduler.now, effect.action, (key,)))
        one.effects.append(effect)
        if len(one.effects) > 1:
            raise Untrue(f"{key} had its effect twice", target, key)
        if one.states and one.states[-1] in _SAID_NOTHING:
            raise Untrue(f"the log says “{one.states[-1]}” of {key}, and now it has its effect", target, key)

    def outside(self, effect: Effect) -> None:
        """Somebody did something past the console."""
        target = object_of(effect)
        self.history.note(f"somebody outside: {effect.action} {target}, {effect.before} to {effect.after}", target)
        self.effects.setdefault(target, []).append((self.history.scheduler.now, effect.action, ()))

    def read_log(self) -> None:
        """Every new row of the log: it continues the chain, and is true."""
        for found in list(Entry.objects.filter(seq__gt=self._last_seq).order_by("seq").values_list(*Row._fields)):
            row = Row(*found)._replace(at=canonical.moment(found[1]))
            if row.seq != self._last_seq + 1 or (self._last_hash and row.previous_hash != self._last_hash):
                raise Untrue(f"row {row.seq} of the log does not follow the one before")
            if chain.seal(row) != row.hash:
                raise Untrue(f"row {row.seq} of the log does not fit its hash")
            self._last_seq, self._last_hash = row.seq, row.hash
            if row.change_id:
                self._targets[row.change_id] = row.target
                self._says(row.change_id, row.state, row.target)

    def _says(self, key: str, state: str, target: str) -> None:
        self.history.note(f"the log says “{state}” of {key}", target, key)
        one = self._of(key)
        if state == "intended" and one.effects:
            raise Untrue(f"the intent of {key} was written after its effect", target, key)
        self._compare(key, state, target, "the log")
        one.states.append(state)

    def told(self, change: Change) -> None:
        """Somebody is told how a Change ended."""
        said = {"succeeded": "succeeded", **dict.fromkeys(_NOTHING, "failed")}.get(change.stage, "")
        self._compare(str(change.pk), said, change.target, "the answer")

    def told_nothing_sent(self, changes: Iterable[object]) -> None:
        """Somebody is told that nothing was sent, for the act with these Changes."""
        for key in map(str, changes):
            if self._of(key).effects:
                raise Untrue(f"nothing was sent, says the answer, and {key} has its effect", self._target(key), key)

    def told_of_the_database(self, name: str, error: DatabaseError) -> None:
        """Somebody gets an error page. A deadlock is none: it is tried again."""
        self.history.note(f"{name} gets an error page: {error}")
        if getattr(error.__cause__, "sqlstate", "") == "40P01":
            raise Untrue(f"{name} was told of a deadlock")

    def _compare(self, key: str, said: str, target: str, who: str) -> None:
        one = self._of(key)
        if said in _SAID_NOTHING and one.effects:
            raise Untrue(f"{who} says “{said}” of {key}, and the ledger has its effect", target, key)
        if said == "succeeded" and not one.effects and not one.was_vain:
            if not self._done_outside(key, target):
                raise Untrue(f"{who} says that {key} was done, and the ledger has no effect of it", target, key)
            self.credited_outside += 1

    def _done_outside(self, key: str, target: str) -> bool:
        """Whether somebody outside did the same since it was sent: nobody can tell whose effect it is that shows."""
        one = self._of(key)
        action = Change.objects.get(pk=key).kind
        since = one.sent[0].at if one.sent else float("inf")
        return any(at >= since and what == action and not whose for at, what, whose in self.effects.get(target, ()))

    def settled(self) -> Mapping[str, int]:
        """After a calm everything is decided: what did something says so. How many there are of each end."""
        ends: dict[str, int] = {}
        for change in Change.objects.all():
            key, one = str(change.pk), self._of(str(change.pk))
            ends[change.stage] = ends.get(change.stage, 0) + 1
            if one.effects and change.stage not in (Stage.SUCCEEDED, Stage.UNKNOWABLE):
                raise Untrue(f"{key} had its effect and is called “{change.stage}”", change.target, key)
            self._compare(key, "succeeded" if change.stage == Stage.SUCCEEDED else "", change.target, "the Change")
        return ends

    def forget(self) -> None:
        """What is over, and removed from the database."""
        self.changes.clear()
        self.effects.clear()
        self._targets.clear()

    def _of(self, key: str) -> Seen:
        return self.changes.setdefault(key, Seen())

    def _target(self, key: str) -> str:
        if key not in self._targets:
            found = Change.objects.filter(pk=key).values_list("target", flat=True).first()
            self._targets[key] = str(found or "")
        return self._targets[key]
