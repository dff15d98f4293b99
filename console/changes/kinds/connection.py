"""Accept and Reject (source 000; huawei-contract 4.5 and 6.2)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from console.access.roles import Permission
from console.audit.catalog import Action
from console.changes.kinds.admission import AdmissionKind
from console.changes.kinds.kind import WILL_DO, Answer, Parameters, Place, Sight, Verdict
from console.clouds.parallel import gather
from console.clouds.types import EVERYONE, AccountId, Connection, ConnectionStatus, EndpointId, IntentId, Receipt
from console.clouds.types import Permission as WhitelistEntry
from console.observations.parts import Part

_KNOWN = frozenset(status.value for status in ConnectionStatus)
#: Above this many, one listing is cheaper than a call for each.
_FEW = 5


class _ConnectionKind(AdmissionKind):
    permission = Permission.DECIDE_CONNECTIONS
    #: Long acts go out in several calls, so the fifty of the wire (contract 4.5) are no limit here.
    most = 2_000
    noun = "VPC endpoint"
    shows_at_once = True

    def look(self, place: Place, targets: Sequence[str]) -> dict[str, Sight]:
        """Connection and whitelist together, since a decision rests on both."""
        port = place.admission
        host = place.host
        calls: dict[str, Any] = {
            "whitelist": lambda: port.list_permissions(host),
            "own": port.own_account,
        }
        if len(targets) <= _FEW:
            for target in targets:
                calls[target] = _finder(place, target)
        else:
            calls["all"] = lambda: port.list_connections(host)
        answers = {name: answer.unwrap() for name, answer in gather(**calls).items()}
        found = {connection.id: connection for connection in answers.get("all", ())}
        if "all" in answers and not found.keys() >= set(map(EndpointId, targets)):
            answers["all"].check_absence()
        return {
            target: _sight(answers.get(target) or found.get(EndpointId(target)), answers["whitelist"], answers["own"])
            for target in targets
        }

    def sight_in(self, values: Mapping[Part, Any], target: str) -> Sight | None:
        """The connection's row; a row that is not there proves nothing. Whether its owner is listed is left out."""
        rows: Iterable[Connection] = values.get(Part.CONNECTIONS, ())
        found = next((row for row in rows if row.id == target), None)
        return Sight(exists=True, facts=_facts(found)) if found else None

    def unmoved(self, before: Sight, now: Sight) -> bool:
        """An act changes the status, or at least the time of the last change."""
        return all(before.facts.get(name) == now.facts.get(name) for name in ("status", "created_at", "updated_at"))


def _finder(place: Place, target: str) -> Any:
    return lambda: place.admission.find_connection(place.host, EndpointId(target))


def _sight(connection: Connection | None, whitelist: Sequence[WhitelistEntry], own: AccountId) -> Sight:
    if connection is None:
        return Sight(exists=False)
    allowed = {entry.account for entry in whitelist} | {own}
    listed = connection.owner in allowed or EVERYONE in allowed
    return Sight(exists=True, facts={**_facts(connection), "owner_is_whitelisted": listed})


def _facts(connection: Connection) -> dict[str, Any]:
    """What the connection itself says."""
    return {
        # Ours, where we know it: clouds have different words for the same.
        "status": connection.raw_status if connection.status is ConnectionStatus.OTHER else connection.status.value,
        "owner": connection.owner,
        "packet_id": connection.packet_id,
        "created_at": connection.created_at.isoformat() if connection.created_at else None,
        "updated_at": connection.updated_at.isoformat() if connection.updated_at else None,
    }


def status_of(sight: Sight) -> ConnectionStatus:
    """The status that was seen; OTHER for a word that this console does not know."""
    word = sight.facts["status"]
    return ConnectionStatus(word) if word in _KNOWN else ConnectionStatus.OTHER


def _why_not(sight: Sight, done: ConnectionStatus, word: str) -> Verdict:
    if not sight.exists:
        return Verdict(Answer.REFUSED, "There is no connection of that VPC endpoint here.")
    status = status_of(sight)
    if status is done:
        return Verdict(Answer.SKIPPED, f"It is already {word}.")
    reasons = {
        ConnectionStatus.NOT_CONNECTED: "It is not connected, so there is nothing to cut.",
        ConnectionStatus.CREATING: "It is still being connected. Wait until that has ended.",
        ConnectionStatus.DELETING: "Its owner is deleting it.",
        ConnectionStatus.FAILED: "It failed. Only its owner can delete it and create a new one.",
    }
    return Verdict(Answer.REFUSED, reasons.get(status, f"Its status is {sight.facts['status']}."))


class AcceptConnection(_ConnectionKind):
    """Let a VPC endpoint connect."""

    action = Action.CONNECTION_ACCEPT
    address = "accept"
    past = "accepted"

    def judge(self, place: Place, target: str, sight: Sight, parameters: Parameters) -> Verdict:
        """Legal while waiting or after a rejection."""
        if sight.exists and status_of(sight).can_accept:
            return WILL_DO
        return _why_not(sight, ConnectionStatus.ACCEPTED, "accepted")

    def call_together(self, place: Place, targets: Sequence[str], parameters: Parameters, intent: IntentId) -> Receipt:
        """Answered before the endpoints are connected."""
        return place.admission.accept(place.host, *map(EndpointId, targets), intent=intent)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """Creating, accepted and failed come only after an acceptance; an absent connection proves nothing."""
        if not sight.exists:
            return None
        done = (ConnectionStatus.CREATING, ConnectionStatus.ACCEPTED, ConnectionStatus.FAILED)
        status = status_of(sight)
        return True if status in done else False if status.can_accept else None


class RejectConnection(_ConnectionKind):
    """Refuse a VPC endpoint, or cut one that is connected."""

    action = Action.CONNECTION_REJECT
    address = "reject"
    past = "rejected"

    def judge(self, place: Place, target: str, sight: Sight, parameters: Parameters) -> Verdict:
        """Legal while waiting or connected."""
        if sight.exists and status_of(sight).can_reject:
            return WILL_DO
        return _why_not(sight, ConnectionStatus.REJECTED, "rejected")

    def call_together(self, place: Place, targets: Sequence[str], parameters: Parameters, intent: IntentId) -> Receipt:
        """Cuts those that are connected."""
        return place.admission.reject(place.host, *map(EndpointId, targets), intent=intent)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """Rejected proves it, and so does that it is cut; an absent connection proves nothing."""
        if not sight.exists:
            return None
        status = status_of(sight)
        if status in (ConnectionStatus.REJECTED, ConnectionStatus.NOT_CONNECTED):
            return True
        return False if status.can_reject else None
