"""How the rows hang together. This page is enough to write a verifier in any language.

A row of the log, as the JSON-lines export shows it, is an object with exactly the fields of `Row`, in that order:
`seq` is an integer, `before` and `after` are any JSON value, everything else is text ("" where there is nothing).

    hash          = SHA-256 over the canonical JSON (see `canonical`) of the object without its field `hash`,
                    as 64 lower-case hexadecimal digits
    previous_hash = `hash` of the row with the number seq - 1; for row 1 the genesis hash
    genesis hash  = SHA-256 over the canonical JSON {"installation":"<UUID>","log":"private-access-console/audit/1"}

`seq` begins with 1 and has no holes. The genesis hash ties a log to its installation, so rows cannot be moved from one
installation into another. Field order, blanks and escapes of the exported line do not matter; its values do.
"""

import hashlib
from json.encoder import encode_basestring as quoted
from typing import NamedTuple

from console.audit import canonical


class Row(NamedTuple):
    """The exported fields in the order of house.md part 5. `at` is canonical text, `before`/`after` canonical JSON."""

    seq: int
    at: str
    actor: str
    role: str
    action: str
    cloud: str
    gateway_id: str
    target: str
    change_id: str
    batch_id: str
    state: str
    reason: str
    before: str
    after: str
    error_code: str
    cloud_request_id: str
    request_id: str
    ip: str
    previous_hash: str
    hash: str


# Written out with sorted keys: about five times as fast as building an object per row, which verifying a million
# rows needs; a test compares it with the general way.
_CONTENT = (
    '{"action":%s,"actor":%s,"after":%s,"at":%s,"batch_id":%s,"before":%s,"change_id":%s,"cloud":%s,'
    '"cloud_request_id":%s,"error_code":%s,"gateway_id":%s,"ip":%s,"previous_hash":%s,"reason":%s,"request_id":%s,'
    '"role":%s,"seq":%d,"state":%s,"target":%s}'
)
_LINE = "{" + ",".join(f'"{field}":{"%d" if field == "seq" else "%s"}' for field in Row._fields) + "}"


def genesis(installation: str) -> str:
    """What row 1 names as the hash before it."""
    return _sha256(canonical.dumps({"installation": installation, "log": "private-access-console/audit/1"}))


def seal(row: Row) -> str:
    """The hash that belongs to a row, whatever its field `hash` says."""
    seq, at, actor, role, action, cloud, gateway_id, target, change_id, batch_id, state, *others = row
    reason, before, after, error_code, cloud_request_id, request_id, ip, previous_hash, _ = others
    return _sha256(
        _CONTENT
        % (
            quoted(action),
            quoted(actor),
            after,
            quoted(at),
            quoted(batch_id),
            before,
            quoted(change_id),
            quoted(cloud),
            quoted(cloud_request_id),
            quoted(error_code),
            quoted(gateway_id),
            quoted(ip),
            quoted(previous_hash),
            quoted(reason),
            quoted(request_id),
            quoted(role),
            seq,
            quoted(state),
            quoted(target),
        )
    )


def line(row: Row) -> str:
    """A row as one line of the JSON-lines export, without the line break."""
    return _LINE % tuple(
        value if field in ("seq", "before", "after") else quoted(str(value))
        for field, value in zip(Row._fields, row, strict=True)
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
