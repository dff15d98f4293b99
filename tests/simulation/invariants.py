"""What must hold after every step, and at the end: the console's word against the cloud's ledger.

The ledger is the truth. What the console says stands in its log, row by row, in the Changes that people are shown, and
in the answers that they get.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from django.db import DatabaseError

from console.audit import canonical, chain
from console.audit.chain import Row
from console.audit.models import Entry
from console.changes.evidence import sight_before
from console.changes.kinds.registry import KINDS
from console.changes.models import MADE_NOTHING, Batch, Change, Stage
from console.simcloud.ledger import Effect
from console.simcloud.wire import Answer
from tests.simulation.acts import object_of
from tests.simulation.cloud import Sent
from tests.simulation.history import History, Untrue

_NOTHING: Final = tuple(stage.value for stage in MADE_NOTHING)
#: The log's words for "certainly did nothing".
_SAID_NOTHING: Final = ("failed", "stale", "cancelled", "refused")
#: How an act may be called whose receipt has come: also "cannot be known", where its effect does not show.
_AFTER_A_RECEIPT: Final = (Stage.SUCCEEDED, Stage.UNKNOWN, Stage.UNKNOWABLE)
#: How old the check of rights and objects may be when a write leaves (`clearance.GOOD_FOR`), in seconds.
_CHECKED_WITHIN: Final = 3.0
#: What moved so long before a write left was seen by the last reading before it: that may be `_CHECKED_WITHIN` old, the
#: cloud's lists lag behind, and a new name shows two seconds later. Seconds.
_NOTICED_WITHIN: Final = 12.0


@dataclass
class Seen:
    """All that is known from outside of one Change."""

    states: list[str] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    done_at: float = 0.0
    #: When the log said so. From then on nobody who reads it can tell that no call left.
    intended_at: float = float("inf")
    #: Writes that left for it, and those that may have been carried out.
    sent: list[Sent] = field(default_factory=list)
    may_be_done: bool = False
    #: The cloud answered truly that it took the call, though there was nothing left to do.
    was_vain: bool = False
    #: That answer has come back.
    has_receipt: bool = False


@dataclass
class Watch:
    """Compares all the time. Raises Untrue."""

    history: History
    changes: dict[str, Seen] = field(default_factory=dict)
    #: By host and object: moment, action and whose it was, newest last.
    effects: dict[tuple[str | None, str], list[tuple[float, str, tuple[str, ...]]]] = field(default_factory=dict)
    #: By the nonce of a form: when what it shows had been read.
    shown_at: dict[str, float] = field(default_factory=dict)
    #: By long act: which worker holds it, and until when.
    leases: dict[object, tuple[str, datetime | None]] = field(default_factory=dict)
    rights_lost_at: dict[str, float] = field(default_factory=dict)
    #: Acts told as done because somebody outside did the same, which nobody can tell apart.
    credited_outside: int = 0
    #: Acts told as not done because somebody outside undid them without a trace.
    undone_outside: int = 0
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
        place = (effect.gateway_id, target)
        self._check_that_it_was_shown(key, place, one)
        self.effects.setdefault(place, []).append((self.history.scheduler.now, effect.action, (key,)))
        one.effects.append(effect)
        one.done_at = self.history.scheduler.now
        if len(one.effects) > 1:
            raise Untrue(f"{key} had its effect twice", target, key)
        if one.states and one.states[-1] in _SAID_NOTHING:
            raise Untrue(f"the log says “{one.states[-1]}” of {key}, and now it has its effect", target, key)

    def received(self, sent: Sent, answer: Answer) -> None:
        """The answer to a write has come back to the process that sent it."""
        for key in sent.changes:
            self._of(key).has_receipt |= answer.status < 300

    def outside(self, effect: Effect) -> None:
        """Somebody did something past the console."""
        target = object_of(effect)
        self.history.note(f"somebody outside: {effect.action} {target}, {effect.before} to {effect.after}", target)
        place = (effect.gateway_id, target)
        self.effects.setdefault(place, []).append((self.history.scheduler.now, effect.action, ()))

    def _check_that_it_was_shown(self, key: str, place: tuple[str | None, str], one: Seen) -> None:
        """What moved after it was shown, and long enough before the call left, must have stopped the act; but for an
        entry of a whitelist that was taken off and put back, or the other way round: that is as it was shown."""
        moved = self.effects.get(place)
        if not moved or one.sent[-1].at - moved[-1][0] < _NOTICED_WITHIN:
            return
        nonce = Change.objects.values_list("batch__nonce", flat=True).get(pk=key)
        since = [what for at, what, _whose in moved if at > self.shown_at[nonce]]
        is_as_before = len(since) % 2 == 0 and all(what.startswith("permission.") for what in since)
        if not is_as_before:
            raise Untrue(f"{key} rests on what was not true any more when it was sent", place[1], key)

    def read_leases(self) -> None:
        """Nobody takes a long act that another worker holds."""
        now = datetime.fromtimestamp(self.history.scheduler.now, UTC)
        held = Batch.objects.filter(in_background=True, finished_at=None).values_list("pk", "worker", "lease_until")
        for batch, worker, until in held:
            before, lease = self.leases.get(batch, (worker, None))
            if before and before != worker and lease is not None and lease > now:
                raise Untrue(f"{worker} took the act {batch}, which {before} held")
            self.leases[batch] = (worker, until)

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
        if state == "intended":
            one.intended_at = self.history.scheduler.now
        self._compare(key, state, target, "the log")
        one.states.append(state)

    def told(self, change: Change, *, by_whoever_sent_it: bool = False) -> None:
        """Somebody is told how a Change ended."""
        may_be_told = not self._of(str(change.pk)).has_receipt or change.stage in _AFTER_A_RECEIPT
        if by_whoever_sent_it and not may_be_told:
            what = f"the cloud's answer to {change.pk} was that it took it, and it is called “{change.stage}”"
            raise Untrue(what, change.target, str(change.pk))
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
            if self._undone_outside(one):
                self.undone_outside += 1
                return
            raise Untrue(f"{who} says “{said}” of {key}, and the ledger has its effect", target, key)
        if said == "succeeded" and not one.effects and not one.was_vain:
            if not self._done_outside(key):
                raise Untrue(f"{who} says that {key} was done, and the ledger has no effect of it", target, key)
            self.credited_outside += 1

    def _done_outside(self, key: str) -> bool:
        """Whether somebody outside did the same after the last look before it was sent, or could have been: nobody can
        tell whose effect it is that shows."""
        one = self._of(key)
        change = Change.objects.get(pk=key)
        left_at = one.sent[0].at if one.sent else one.intended_at
        since = left_at - _NOTICED_WITHIN
        all_there = self.effects.get((change.gateway_id, change.target), ())
        return any(at >= since and what == change.kind and not whose for at, what, whose in all_there)

    def moved_outside_since(self, change: Change) -> bool:
        """Whether somebody outside did anything to its object after it was intended."""
        there = self.effects.get((change.gateway_id, change.target), ())
        return any(at >= self._of(str(change.pk)).intended_at and not whose for at, _what, whose in there)

    def _undone_outside(self, one: Seen) -> bool:
        """Whether somebody outside put a whitelist back before anybody had looked: that leaves no trace of either."""
        effect = one.effects[0]
        all_there = self.effects[effect.gateway_id, object_of(effect)]
        since = [what for at, what, whose in all_there if at > one.done_at and not whose]
        return effect.action.startswith("permission.") and any(what != effect.action for what in since)

    def settled(self) -> Mapping[str, int]:
        """After a calm everything is decided: what did something says so. How many there are of each end."""
        ends: dict[str, int] = {}
        for change in Change.objects.all():
            key = str(change.pk)
            ends[change.stage] = ends.get(change.stage, 0) + 1
            said = "succeeded" if change.stage == Stage.SUCCEEDED else "failed" if change.stage in _NOTHING else ""
            self._compare(key, said, change.target, "the Change")
            if change.stage == Stage.UNKNOWABLE and (proof := _proof_of(change)):
                raise Untrue(f"{key} cannot be known, and what {proof.pk} saw proves it", change.target, key)
        return ends

    def forget(self) -> None:
        """What is over, and removed from the database."""
        for table in (self.changes, self.effects, self.shown_at, self.leases):
            table.clear()
        self._targets.clear()

    def _of(self, key: str) -> Seen:
        return self.changes.setdefault(key, Seen())

    def _target(self, key: str) -> str:
        if key not in self._targets:
            found = Change.objects.filter(pk=key).values_list("target", flat=True).first()
            self._targets[key] = str(found or "")
        return self._targets[key]


def _proof_of(change: Change) -> Change | None:
    """A later act that had seen the effect of this one before it was decided, and that nobody else can have brought
    about."""
    kind = KINDS[change.kind]
    acts = Change.objects.filter(gateway_id=change.gateway_id, target=change.target).exclude(intended_at=None)
    for act in acts.filter(claimed_at__gt=change.claimed_at, intended_at__lt=change.settled_at).order_by("claimed_at"):
        sight = sight_before(act)
        if type(KINDS[act.kind]).look is type(kind).look and kind.shows(sight, change.parameters):
            rivals = acts.filter(intended_at__lte=act.intended_at).exclude(pk__in=(act.pk, change.pk))
            return None if any(KINDS[one.kind].shows(sight, one.parameters) for one in rivals) else act
    return None
