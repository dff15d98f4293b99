"""What the Changes in the audit log were to the clouds, in the words of the clouds' own traces (`audit.cts`)."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from console.audit import canonical
from console.audit.catalog import Action
from console.audit.chain import Row
from console.audit.cts import Call, Operation
from console.changes import old_acts
from console.changes.kinds.kind import Realm
from console.changes.kinds.registry import KINDS
from console.changes.models import Batch, Change
from console.changes.transcripts import digest_of, unpacked
from console.clouds.exchange import WireCall
from console.clouds.operations import content_of, operation_of
from console.patterns import Pattern

_Names = Mapping[Action, Operation]

_GATEWAY: Final[_Names] = {
    Action.CONNECTION_ACCEPT: Operation("APIG", "vpc-endpoint", "AcceptOrRejectEndpointConnections"),
    Action.CONNECTION_REJECT: Operation("APIG", "vpc-endpoint", "AcceptOrRejectEndpointConnections"),
    Action.PERMISSION_ADD: Operation("APIG", "vpc-endpoint", "AddEndpointPermissions"),
    Action.PERMISSION_REMOVE: Operation("APIG", "vpc-endpoint", "DeleteEndpointPermissions"),
    Action.SERVICE_RENAME: Operation("APIG", "Instance", "UpdateInstance"),
}
_TAGS: Final = Operation("VPCEP", "vpcEndpointOrService", "batchModifyTag")
_SERVICE: Final[_Names] = {
    Action.CONNECTION_ACCEPT: Operation("VPCEP", "EndpointService", "serviceConnectionsAction"),
    Action.CONNECTION_REJECT: Operation("VPCEP", "EndpointService", "serviceConnectionsAction"),
    Action.PERMISSION_ADD: Operation("VPCEP", "EndpointService", "servicePermissionAction"),
    Action.PERMISSION_REMOVE: Operation("VPCEP", "EndpointService", "servicePermissionAction"),
    Action.SERVICE_CREATE: Operation("VPCEP", "EndpointService", "createEndpointService"),
    Action.SERVICE_UPDATE: Operation("VPCEP", "EndpointService", "modifyEndpointService"),
    Action.SERVICE_DELETE: Operation("VPCEP", "EndpointService", "deleteEndpointService"),
    # The cloud's list of what it traces does not have this one; so it is called as we call it.
    Action.CONNECTION_DESCRIBE: Operation("VPCEP", "EndpointService", "describeConnection"),
    Action.TAGS_UPDATE: _TAGS,
}
_ENDPOINT: Final[_Names] = {
    Action.ENDPOINT_CREATE: Operation("VPCEP", "vpcEndpoint", "createEndpoint"),
    Action.ENDPOINT_DELETE: Operation("VPCEP", "vpcEndpoint", "deleteEndpoint"),
    Action.ENDPOINT_ACCESS_CONTROL: Operation("VPCEP", "vpcEndpoint", "modifyEndpoint"),
    Action.TAGS_UPDATE: _TAGS,
}
_INSTANCE: Final[_Names] = {
    Action.VPC_BIND: Operation("CloudAPI", "Instance", "ModifyInstanceVpcAttributeForConsole"),
    Action.VPC_UNBIND: Operation("CloudAPI", "Instance", "ModifyInstanceVpcAttributeForConsole"),
    Action.VPC_DOMAIN_ENABLE: Operation("CloudAPI", "ApiGroup", "ModifyIntranetDomainPolicy"),
    Action.VPC_DOMAIN_DISABLE: Operation("CloudAPI", "ApiGroup", "ModifyIntranetDomainPolicy"),
    Action.GROUP_MOVE: Operation("CloudAPI", "ApiGroup", "ModifyApiGroupInstance"),
    Action.DOMAIN_BIND: Operation("CloudAPI", "ApiGroup", "SetDomain"),
}
#: By the realm of the act (huawei-contract 8.1; alibaba-contract 2).
NAMES: Final[Mapping[Realm, _Names]] = {
    Realm.GATEWAY: _GATEWAY,
    Realm.SERVICE: _SERVICE,
    Realm.ENDPOINT: _ENDPOINT,
    Realm.INSTANCE: _INSTANCE,
}
#: In the row that was written when the call had come to its end (`seals`).
_SEAL: Final = Pattern(r'"wire_sha256":"([0-9a-f]{64})"', 60_000)
_CHANGED: Final = "what was sent and answered was changed or removed since: it does not fit the digest in this row"
_FORGOTTEN: Final = (
    "what was sent and answered is not kept any more, since the act is so old; service and name are those that such an "
    "act usually has"
)


def operations(rows: Sequence[Row]) -> dict[int, Operation]:
    """For rows of our kinds of act what they were to the cloud. Two queries, however many rows are given.

    The call is told with the row that seals it: what the log does not vouch for is no part of an export of it.
    """
    ours = [row for row in rows if row.action in KINDS]
    changes = _sent(_ids(row.change_id for row in ours))
    left_out = _ids(row.batch_id for row in ours if row.change_id not in changes)
    acts = Batch.objects.filter(pk__in=left_out).values_list("pk", "realm")
    realms = {str(pk): realm for pk, realm in acts}
    forgotten_before = old_acts.forgotten_before()
    told = {}
    for row in ours:
        realm, wire = changes.get(row.change_id) or (realms.get(row.batch_id, ""), {})
        told[row.seq] = _operation(row, realm, wire)
        is_old = forgotten_before is not None and row.at < canonical.moment(forgotten_before)
        if told[row.seq].remark and row.change_id not in changes and is_old:
            told[row.seq] = told[row.seq]._replace(remark=_FORGOTTEN)
    return told


def _sent(ids: Iterable[uuid.UUID]) -> dict[str, tuple[str, dict[str, Any]]]:
    """By the id of the Change: its realm, and what was sent and answered."""
    sent = Change.objects.filter(pk__in=ids).values_list("pk", "realm", "wire", "transcript_id", "transcript__content")
    return {
        str(pk): (realm, unpacked(content) if transcript else wire or {})
        for pk, realm, wire, transcript, content in sent
    }


def _operation(row: Row, realm: str, wire: dict[str, Any]) -> Operation:
    named = _named(KINDS[row.action].action, realm)
    sealed, sent = _SEAL.search(row.after), _last_sent(wire)
    if sent and (own := operation_of(_wire_call(sent["call"]))).name:
        named = named._replace(service=own.service or named.service, name=own.name)
    if sealed is None:
        return named  # such as the intent, which was written before anything was sent
    if sealed[1] != digest_of(wire):
        return named._replace(remark=_CHANGED)
    return named._replace(call=_call(sent)) if sent else named


def _call(sent: Mapping[str, Any]) -> Call:
    call, answer = _wire_call(sent["call"]), sent["answer"]
    response, code = (answer["body"], str(answer["status"])) if answer else ("", "")
    return Call(content_of(call), response, code, operation_of(call).version, f"{call.method} {call.url}")


def _named(action: Action, realm: str) -> Operation:
    """By the realm where it is known; acts that the guard refused never had one."""
    names = NAMES[Realm(realm)] if realm else {}
    return names.get(action) or next(others[action] for others in NAMES.values() if action in others)


def _last_sent(wire: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The last attempt that left this machine, as `wire` keeps it."""
    sent = [one for one in wire.get("attempts", ()) if one["sent"]]
    return sent[-1] if sent else None


def _wire_call(kept: Mapping[str, Any]) -> WireCall:
    headers = tuple((name, value) for name, value in kept["headers"])
    return WireCall(kept["method"], kept["url"], headers, kept["body"])


def _ids(texts: Iterable[str]) -> set[uuid.UUID]:
    found = set()
    for text in texts:
        try:
            found.add(uuid.UUID(text))
        except ValueError:
            continue  # none, or a row that no Change of this database wrote
    return found
