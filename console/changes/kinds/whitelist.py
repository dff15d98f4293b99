"""Add Account and Remove: the whitelist of a gateway (source 000; huawei-contract 4.6 and 4.7)."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.access.roles import Permission
from console.audit.catalog import Action
from console.changes.kinds.admission import AdmissionKind
from console.changes.kinds.kind import WILL_DO, Answer, Parameters, Place, Sight, Verdict
from console.clouds.parallel import gather
from console.clouds.types import AccountId, IntentId, Receipt
from console.clouds.types import Permission as WhitelistEntry
from console.observations.parts import Part


class _WhitelistKind(AdmissionKind):
    permission = Permission.EDIT_WHITELIST
    noun = "account"
    shows_at_once = True

    def look(self, place: Place, targets: Sequence[str]) -> dict[str, Sight]:
        """The whole whitelist in one call; entries are looked up in it."""
        port = place.admission
        answers = gather(listed=lambda: port.list_permissions(place.host), own=port.own_account)
        listed, own = answers["listed"].unwrap(), answers["own"].unwrap()
        if not {entry.account for entry in listed}.issuperset(targets):
            listed.check_absence()
        return {target: _sight(listed, target, is_own=target == own) for target in targets}

    def sight_in(self, values: Mapping[Part, Any], target: str) -> Sight | None:
        """The account's row. Nothing is ever done to the own account."""
        listed = values.get(Part.PERMISSIONS)
        if listed is None:
            return None
        sight = _sight(listed, target, is_own=False)
        return sight if sight.exists or listed.is_whole else None


def _sight(listed: Sequence[WhitelistEntry], target: str, *, is_own: bool) -> Sight:
    entry = next((entry for entry in listed if entry.account == target), None)
    created = entry.created_at.isoformat() if entry and entry.created_at else None
    return Sight(exists=entry is not None, facts={"created_at": created, "own": is_own})


class AddPermission(_WhitelistKind):
    """Put an account, or every account, on the whitelist."""

    action = Action.PERMISSION_ADD
    address = "add_account"
    past = "added"

    def judge(self, place: Place, target: str, sight: Sight, parameters: Parameters) -> Verdict:
        """The own account is always allowed, a project id is the classic mistake (features T-05, T-09)."""
        if sight.exists:
            return Verdict(Answer.SKIPPED, "It is already on the whitelist.")
        if sight.facts["own"]:
            return Verdict(Answer.SKIPPED, "It is this account, which is always allowed.")
        if target == place.cloud.project_id:
            return Verdict(Answer.REFUSED, "That is the ID of our own project, not of an account.")
        if target == place.host:
            return Verdict(Answer.REFUSED, "That is the ID of what accounts connect to, not of an account.")
        return WILL_DO

    def call_together(self, place: Place, targets: Sequence[str], parameters: Parameters, intent: IntentId) -> Receipt:
        """In effect at once."""
        return place.admission.add_permission(place.host, *map(AccountId, targets), intent=intent)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """Listed or not."""
        return sight.exists


class RemovePermission(_WhitelistKind):
    """Take an account off the whitelist."""

    action = Action.PERMISSION_REMOVE
    #: As many as may be listed; long acts go out in several calls.
    most = 2_000
    address = "remove_account"
    past = "removed"

    def judge(self, place: Place, target: str, sight: Sight, parameters: Parameters) -> Verdict:
        """The own account cannot be removed (huawei-contract 4.6)."""
        if sight.facts["own"]:
            return Verdict(Answer.REFUSED, "It is this account, which is always allowed.")
        if not sight.exists:
            return Verdict(Answer.SKIPPED, "It is not on the whitelist.")
        return WILL_DO

    def call_together(self, place: Place, targets: Sequence[str], parameters: Parameters, intent: IntentId) -> Receipt:
        """In effect at once, for endpoints that are created from then on."""
        return place.admission.remove_permission(place.host, *map(AccountId, targets), intent=intent)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """Listed or not."""
        return not sight.exists
