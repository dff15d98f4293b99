"""All kinds of Change, by the dotted word that the audit uses."""

from collections.abc import Mapping
from typing import Final

from console.changes.kinds.connection import AcceptConnection, RejectConnection
from console.changes.kinds.endpoint import CreateEndpoint, DeleteEndpoint, SetAccessControl
from console.changes.kinds.kind import Kind
from console.changes.kinds.publishing import CreateService, DeleteService, DescribeConnection, UpdateService
from console.changes.kinds.service import RenameService
from console.changes.kinds.tags import UpdateTags
from console.changes.kinds.vpc_access import (
    BindDomain,
    BindVpc,
    DisableVpcDomain,
    EnableVpcDomain,
    MoveGroup,
    UnbindVpc,
)
from console.changes.kinds.whitelist import AddPermission, RemovePermission

ACCEPT: Final = AcceptConnection()
REJECT: Final = RejectConnection()
ADD_PERMISSION: Final = AddPermission()
REMOVE_PERMISSION: Final = RemovePermission()
RENAME_SERVICE: Final = RenameService()
CREATE_SERVICE: Final = CreateService()
UPDATE_SERVICE: Final = UpdateService()
DELETE_SERVICE: Final = DeleteService()
DESCRIBE_CONNECTION: Final = DescribeConnection()
UPDATE_TAGS: Final = UpdateTags()
CREATE_ENDPOINT: Final = CreateEndpoint()
DELETE_ENDPOINT: Final = DeleteEndpoint()
SET_ACCESS_CONTROL: Final = SetAccessControl()
BIND_VPC: Final = BindVpc()
UNBIND_VPC: Final = UnbindVpc()
ENABLE_VPC_DOMAIN: Final = EnableVpcDomain()
DISABLE_VPC_DOMAIN: Final = DisableVpcDomain()
MOVE_GROUP: Final = MoveGroup()
BIND_DOMAIN: Final = BindDomain()

KINDS: Final[Mapping[str, Kind]] = {
    kind.action.value: kind
    for kind in (
        *(ACCEPT, REJECT, ADD_PERMISSION, REMOVE_PERMISSION, RENAME_SERVICE),
        *(CREATE_SERVICE, UPDATE_SERVICE, DELETE_SERVICE, DESCRIBE_CONNECTION),
        *(CREATE_ENDPOINT, DELETE_ENDPOINT, SET_ACCESS_CONTROL, UPDATE_TAGS),
        *(BIND_VPC, UNBIND_VPC, ENABLE_VPC_DOMAIN, DISABLE_VPC_DOMAIN, MOVE_GROUP, BIND_DOMAIN),
    )
}
