"""Undocumented behaviours of the real cloud, each a named switch: the console must live with either setting."""

from dataclasses import dataclass, fields, replace
from typing import Any, Final, Literal, Self, get_args, get_type_hints

from console.simcloud.alibaba.switches import AlibabaSwitches


@dataclass(frozen=True, slots=True)
class Switches(AlibabaSwitches):
    """Every guess in one place; sections are those of the Huawei contract. The first value is the default.

    Those about Alibaba Cloud are inherited."""

    #: 9: whose flavour of the services this is, see `profiles`.
    profile: Literal["huawei", "otc"] = "huawei"
    #: 13.3: status in the answer to Accept; "accepted" also skips the transient `creating`.
    accept_answer: Literal["creating", "accepted"] = "creating"
    #: 4.5: what lists show of a re-accepted connection until it settles (the waiter's race).
    reaccept_shows: Literal["creating", "rejected"] = "creating"
    #: 6.2: accepting a rejected connection again.
    accept_of_rejected: Literal["allow", "refuse"] = "allow"
    #: 6.2: rejecting a rejected connection; no error code exists for it.
    reject_of_rejected: Literal["noop", "refuse"] = "noop"
    #: 6.2: deleting an endpoint that is still `creating`.
    delete_while_creating: Literal["refuse", "allow"] = "refuse"
    #: 13.4: an APIG action on several ids of which one is illegal.
    batch_action: Literal["all_or_nothing", "partial"] = "all_or_nothing"
    #: 4.5, 10 #20: `size` and `total` in the answer to a connection action.
    action_answer_counters: Literal["absent", "present"] = "absent"
    #: 13.6: removing the own account from a gateway's whitelist (200 either way).
    own_account_removal: Literal["keep", "permissive"] = "keep"
    #: 4.7: adding an account that is already there.
    duplicate_permission: Literal["keep", "refuse"] = "keep"
    #: 4.7: removing an account that is not there.
    missing_permission_removal: Literal["ignore", "refuse"] = "ignore"
    #: 5.6: whether removing an account also rejects its accepted connections.
    removal_cuts_connections: bool = False
    #: 12.1: how many whitelist records a service may have.
    permission_maximum: int = 200
    #: 12.1: quotas per project, and how many services one backend may stand behind (`EndPoint.3056`).
    endpoint_quota: int = 50
    service_quota: int = 20
    services_per_backend: int = 10
    #: 10 #8: tags per resource; newer documents say 20.
    tag_maximum: int = 10
    #: 6.1, 6.2: whether what is created comes to life, or ends as `failed` with an error.
    service_creation: Literal["works", "fails"] = "works"
    endpoint_creation: Literal["works", "fails"] = "works"
    #: 5.2: what becomes of pending and rejected endpoints whose service is deleted.
    orphaned_endpoint: Literal["failed", "unchanged"] = "failed"
    #: 1.4: the key of an endpoint's or service's change time ("update_at" in 2018 captures and source 002).
    updated_key: Literal["updated_at", "update_at"] = "updated_at"
    #: 10 #13, #14: booleans, ports and `active_status` as in some printed examples: as texts.
    json_types: Literal["proper", "texts"] = "proper"
    #: 10 #3: status of a successful DELETE in VPCEP.
    delete_answer: Literal["204", "200"] = "204"
    #: 4: writes to a gateway that is not Running ("conflict" is 409 `APIC.7701`).
    frozen_gateway: Literal["conflict", "allow"] = "conflict"
    #: 1.1: the VPC endpoint calls on a gateway whose edition has no such feature.
    not_offered_answer: Literal["APIC.7314", "APIC.7106"] = "APIC.7314"
    #: 4.3: updating a gateway without `vpcep_service_name`.
    update_without_service_name: Literal["keep", "empty"] = "keep"
    #: 4.3: whether an empty `vpcep_service_name` enables the feature on a gateway without it.
    empty_name_enables: bool = False
    #: 4.1: how `instance_name` matches.
    instance_name_match: Literal["substring", "exact"] = "substring"
    #: 14: order of APIG's connections; "by_id" flushes out clients that do not sort.
    apig_connection_order: Literal["newest_first", "by_id"] = "newest_first"
    #: 10 #2: body of VPCEP errors: flat (E1) or nested (E2).
    vpcep_error_shape: Literal["E1", "E2"] = "E1"
    #: 10 #15: `limit=0` in VPCEP lists.
    vpcep_zero_limit: Literal["refuse", "empty"] = "refuse"
    #: 5.3: how VPCEP's describe says that there is no such service ("empty" is 200 with an empty id).
    describe_not_found: Literal["EndPoint.0005", "EndPoint.2003", "EndPoint.3062", "empty"] = "EndPoint.0005"
    #: 5.8: code of an endpoint that does not exist.
    missing_endpoint_code: Literal["EndPoint.0005", "EndPoint.2006", "EndPoint.2007", "EndPoint.2008"] = "EndPoint.0005"
    #: 14: whether the owner may use VPCEP's own calls on a gateway's endpoint service.
    gateway_service_in_vpcep: Literal["hidden", "visible"] = "hidden"
    #: 11: an IP whitelist entry such as 10.0.0.1/24, with host bits set.
    whitelist_host_bits: Literal["refuse", "accept"] = "refuse"
    #: 2.4, 13.2: expired token: the front gateway's `APIGW.0307` or the service's own code.
    expired_token_code: Literal["gateway", "service"] = "gateway"  # noqa: S105 - no password
    #: 9: whether a token request without scope is refused (Open Telekom Cloud).
    sign_in_scope: Literal["optional", "required"] = "optional"
    #: 2.1: six wrong passwords in a row lock the user for 15 minutes.
    lock_after_wrong_passwords: bool = True
    #: 3: six wrong signatures in a row lock the access key for 5 minutes.
    lock_after_bad_signatures: bool = True
    #: 2.4: seconds by which this cloud's clock is ahead of the machine's, behind when negative: in `Date`, and in the
    #: window of signed requests.
    clock_ahead: int = 0
    #: 2.4, corrections: the answer to a signature that is too old ("app" is what the code of app authentication says).
    old_signature: Literal["APIGW.0301", "APIGW.0303"] = "APIGW.0301"

    def changed(self, values: dict[str, Any]) -> Self:
        """A copy with these values. ValueError names an unknown switch or a value it does not have."""
        hints = get_type_hints(type(self))
        for name, value in values.items():
            if name not in {field.name for field in fields(self)}:
                raise ValueError(f"no switch named {name}")
            _check(name, value, hints[name])
        return replace(self, **values)


_BELOW_ZERO: Final = ("clock_ahead",)


def _check(name: str, value: object, hint: Any) -> None:
    allowed = get_args(hint)
    if allowed and value not in allowed:
        raise ValueError(f"{name} is one of {', '.join(allowed)}")
    if hint is bool and not isinstance(value, bool):
        raise ValueError(f"{name} is true or false")
    if hint is int and (not isinstance(value, int) or isinstance(value, bool)):
        raise ValueError(f"{name} is a whole number")
    if isinstance(value, int) and value < 0 and name not in _BELOW_ZERO:
        raise ValueError(f"{name} is a whole number from 0")
