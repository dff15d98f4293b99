"""PrivateLink: the whitelist of a service on the wire (alibaba-contract 4.2)."""

from typing import Any, Final

from console.patterns import Pattern
from console.simcloud.alibaba import link_users
from console.simcloud.alibaba.call import Actions, Call
from console.simcloud.alibaba.idempotency import once
from console.simcloud.alibaba.pages import tokened
from console.simcloud.alibaba.privatelink_services import wanted_service
from console.simcloud.alibaba.refusals import invalid, refuse

_ARN: Final = Pattern(r"acs:ram:\*:([0-9]{8,20}):\*", 100)
_USER: Final = Pattern(r"[0-9]{8,20}", 20)
_LISTS: Final = ("", "Users", "UserARNs")


def list_users(call: Call) -> dict[str, Any]:
    """`ListVpcEndpointServiceUsers`: as ids, as ARNs, or both; the total need not be their number."""
    service = wanted_service(call)
    rows = link_users.of_service(call.world, service)
    wanted = call.parameters.text("UserId")
    rows = [row for row in rows if wanted in ("", str(row.user_id))]
    kind = call.parameters.choice("UserListType", _LISTS, "")
    page, counters = tokened(call, rows, most=call.world.switches.alibaba_most_results)
    body: dict[str, Any] = {}
    if kind in ("", "Users"):
        body["Users"] = [{"UserId": row.user_id} for row in page]
    if kind in ("", "UserARNs"):
        body["UserARNs"] = [{"UserARN": f"acs:ram:*:{row.user_id}:*"} for row in page]
    times = len(body) if call.world.switches.alibaba_user_total == "users_and_arns" else 1
    counters["TotalCount"] = str(times * counters["TotalCount"])
    return counters | body


def add_user(call: Call) -> dict[str, Any]:
    """`AddUserToVpcEndpointService`: one account a call."""
    dry_run = call.parameters.flag("DryRun")

    def act() -> dict[str, Any]:
        service, user_id = wanted_service(call), _wanted_user(call)
        link_users.add(call.world, call.act, service, user_id, dry_run=dry_run)
        return {}

    return once(call, "ClientToken", act)


def remove_user(call: Call) -> dict[str, Any]:
    """`RemoveUserFromVpcEndpointService`: one account a call."""
    dry_run = call.parameters.flag("DryRun")

    def act() -> dict[str, Any]:
        service, user_id = wanted_service(call), _wanted_user(call)
        link_users.remove(call.world, call.act, service, user_id, dry_run=dry_run)
        return {}

    return once(call, "ClientToken", act)


def _wanted_user(call: Call) -> int:
    """The account that `UserId`, `UserARN` or both name. Raises Refusal when they do not agree."""
    user_id, arn = call.parameters.text("UserId"), call.parameters.text("UserARN")
    if not user_id and not arn:
        raise refuse("MissingParam.UserArn")
    if user_id and not _USER.fullmatch(user_id):
        raise invalid("UserId")
    if not arn:
        return int(user_id)
    match = _ARN.fullmatch(arn)
    if match is None:
        raise invalid("UserARN")
    if user_id not in ("", match[1]):
        raise refuse("Mismatch.UserIdAndUserArn")
    return int(match[1])


ACTIONS: Final[Actions] = {
    "ListVpcEndpointServiceUsers": list_users,
    "AddUserToVpcEndpointService": add_user,
    "RemoveUserFromVpcEndpointService": remove_user,
}
