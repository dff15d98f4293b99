"""All kinds of Change, by the dotted word that the audit uses."""

from collections.abc import Mapping
from typing import Final

from console.changes.kinds.connection import AcceptConnection, RejectConnection
from console.changes.kinds.endpoint import CreateEndpoint, DeleteEndpoint, SetAccessControl
from console.changes.kinds.kind import Kind
from console.changes.kinds.service import RenameService
from console.changes.kinds.tags import UpdateTags
from console.changes.kinds.whitelist import AddPermission, RemovePermission

ACCEPT: Final = AcceptConnection()
REJECT: Final = RejectConnection()
ADD_PERMISSION: Final = AddPermission()
REMOVE_PERMISSION: Final = RemovePermission()
RENAME_SERVICE: Final = RenameService()
UPDATE_TAGS: Final = UpdateTags()
CREATE_ENDPOINT: Final = CreateEndpoint()
DELETE_ENDPOINT: Final = DeleteEndpoint()
SET_ACCESS_CONTROL: Final = SetAccessControl()

KINDS: Final[Mapping[str, Kind]] = {
    kind.action.value: kind
    for kind in (
        *(ACCEPT, REJECT, ADD_PERMISSION, REMOVE_PERMISSION, RENAME_SERVICE),
        *(CREATE_ENDPOINT, DELETE_ENDPOINT, SET_ACCESS_CONTROL, UPDATE_TAGS),
    )
}
