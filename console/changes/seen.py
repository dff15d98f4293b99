"""Seen is signed: a confirmation carries what was shown, bound to the person, the act and the objects (N-03)."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core import signing

from console import clock
from console.access.models import Person
from console.changes.kinds.kind import WILL_DO, Kind, Place, Sight
from console.changes.models import ShownPlan
from console.changes.planning import Plan, PlannedItem
from console.changes.reasons import OPTIONAL, Rule
from console.patterns import Pattern

_SALT: Final = "console.changes.seen"
#: More objects than this make a form too heavy; they are kept in the database meanwhile.
MOST_IN_FORM: Final = 40
_NONCE: Final = Pattern(r"[0-9a-f]{32}", 32)
#: What a confirmation is good for: one kind of act, at one place, by one person.
_BOUND: Final = ("kind", "realm", "cloud", "gateway", "person")


class SeenInvalid(Exception):
    """The confirmation is forged, damaged, of another version, or was made for another person, act or gateway."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An object of the act that nothing would be done to."""

    target: str
    #: "skipped" or "refused".
    answer: str
    because: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person was shown when they confirmed."""

    nonce: str
    parameters: dict[str, Any]
    #: What was shown of each object that something would be done to.
    sights: dict[str, dict[str, Any]]
    left_out: tuple[LeftOut, ...] = ()
    #: What was asked of the reason.
    rule: Rule = OPTIONAL
    #: When the reading of what was shown began.
    read_at: datetime = field(default_factory=clock.now)

    @property
    def targets(self) -> tuple[str, ...]:
        """The objects, in the order they were shown."""
        return tuple(self.sights)


class SeenExpired(Exception):
    """The confirmation is genuine but too old to act on."""

    def __init__(self, what: Seen) -> None:
        super().__init__()
        self.seen = what


def sign(plan: Plan, person: Person, rule: Rule) -> str:
    """A token for the confirmation form of this plan, under this rule for reasons."""
    nonce = secrets.token_hex(16)
    shown = {
        "parameters": dict(plan.parameters),
        "left_out": [(item.target, item.verdict.answer.value, item.verdict.because) for item in plan.rest],
        "sights": {item.target: item.sight.as_json() for item in plan.acts},
    }
    bound = dict(zip(_BOUND, _bound_to(plan.kind, plan.place, person), strict=True))
    form = {**bound, "nonce": nonce, "rule": rule.as_json(), "read_at": plan.read_at.isoformat()}
    shown_or_digest = {"digest": _keep(nonce, bound | shown)} if is_kept(plan) else {"shown": shown}
    return signing.dumps(form | shown_or_digest, salt=_salt(person), compress=True)


def is_kept(plan: Plan) -> bool:
    """Whether what is shown of this plan is too much for a form, so that the console keeps it."""
    return len(plan.items) > MOST_IN_FORM


def kept_targets(nonce: str, kind: Kind, place: Place, person: Person) -> list[str]:
    """The objects of a plan that was kept for this person.

    Raises ValueError, in words, where there is none any more.
    """
    plan = ShownPlan.objects.filter(nonce=nonce).first() if _NONCE.fullmatch(nonce) else None
    shown: dict[str, Any] = json.loads(plan.content) if plan else {}
    if tuple(shown.get(name) for name in _BOUND) != _bound_to(kind, place, person):
        raise ValueError("The console does not keep this selection any more. Go back and select again.")
    return [*shown["sights"], *(target for target, _answer, _because in shown["left_out"])]


def nonce_of(token: str, kind: Kind, place: Place, person: Person) -> str:
    """What tells this form from all others, however old it is. Raises SeenInvalid."""
    nonce: str = _genuine(token, kind, place, person)["nonce"]
    return nonce


def read(token: str, kind: Kind, place: Place, person: Person) -> Seen:
    """What the token says. Raises SeenExpired or SeenInvalid."""
    content = _genuine(token, kind, place, person)
    shown = content.get("shown") or _kept(content["nonce"], content["digest"])
    left_out = tuple(LeftOut(*entry) for entry in shown["left_out"])
    rule = Rule(*content["rule"])
    read_at = datetime.fromisoformat(content["read_at"])
    what = Seen(content["nonce"], shown["parameters"], shown["sights"], left_out, rule, read_at)
    if clock.now() - read_at > timedelta(seconds=settings.CONFIRMATION_SECONDS):
        raise SeenExpired(what)
    return what


def _salt(person: Person) -> str:
    """A new password ends open confirmations, as it ends the person's sessions."""
    return f"{_SALT}:{person.get_session_auth_hash()}"


def _genuine(token: str, kind: Kind, place: Place, person: Person) -> dict[str, Any]:
    try:
        content: dict[str, Any] = signing.loads(token, salt=_salt(person))
    except signing.BadSignature as error:
        raise SeenInvalid from error
    if tuple(content.get(name) for name in _BOUND) != _bound_to(kind, place, person) or "read_at" not in content:
        raise SeenInvalid
    return content


def _bound_to(kind: Kind, place: Place, person: Person) -> tuple[object, ...]:
    """The values of `_BOUND`."""
    return (kind.action.value, place.realm.value, place.cloud.name, place.host, person.pk)


def _keep(nonce: str, shown: dict[str, Any]) -> str:
    """Store what a form cannot carry; the signed digest says that it is still the same."""
    text = json.dumps(shown)
    ShownPlan.objects.create(nonce=nonce, content=text)
    return hashlib.sha256(text.encode()).hexdigest()


def _kept(nonce: str, digest: str) -> dict[str, Any]:
    plan = ShownPlan.objects.filter(nonce=nonce).first()
    if plan is None or hashlib.sha256(plan.content.encode()).hexdigest() != digest:
        raise SeenInvalid
    shown: dict[str, Any] = json.loads(plan.content)
    return shown


def forget_old_plans() -> int:
    """Delete what was shown more than a day ago; nobody can act on it any more."""
    deleted, _by_model = ShownPlan.objects.filter(created_at__lt=clock.now() - timedelta(days=1)).delete()
    return deleted


def plan_of(what: Seen, kind: Kind, place: Place) -> Plan:
    """The plan as it was shown."""
    items = (PlannedItem(target, Sight.from_json(sight), WILL_DO) for target, sight in what.sights.items())
    return Plan(kind, place, what.parameters, tuple(items))
