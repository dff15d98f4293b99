"""API Gateway 2016-07-14: instances and groups, and from which VPC they are reached (alibaba-contract 2)."""

from functools import partial
from typing import Final

from console.clouds.alibaba import wire
from console.clouds.alibaba.client import API_GATEWAY, AlibabaClient
from console.clouds.alibaba.lists import PAGE_SIZE, read_numbered
from console.clouds.alibaba.wire import Parameters
from console.clouds.budget import time_budget
from console.clouds.errors import CloudNotFound, CloudUnavailable
from console.clouds.paging import Listing, Page
from console.clouds.parallel import all_of
from console.clouds.types import IntentId, Receipt
from console.clouds.vpc_access import ApiGroup, ApiGroupId, ApiInstance, ApiInstanceId

#: What the cloud calls a group that is gone; the second in older versions (alibaba-contract 2).
_NO_SUCH_GROUP: Final = ("notfoundapigroup", "invalidgroupid.notfound")
#: What `ModifyInstanceVpcAttributeForConsole` calls its token.
_TOKEN: Final = "Token"  # noqa: S105 - the parameter's name
_BIND: Final = "ModifyInstanceVpcAttributeForConsole"


class AlibabaVpcAccess:
    """Implements `VpcAccess`."""

    def __init__(self, client: AlibabaClient) -> None:
        self._client = client

    def list_instances(self) -> Listing[ApiInstance]:
        rows = self._instances({})
        return rows.ordered(lambda row: (not row.shared, row.name.casefold(), row.id))

    def get_instance(self, instance_id: ApiInstanceId) -> ApiInstance:
        """An id that the region does not have gives an empty list (alibaba-contract 2.1)."""
        found = self._instances(wire.instance_to_wire(_instance(instance_id)))
        for instance in found:
            if instance.id == instance_id:
                return instance
        raise CloudNotFound("the region has no instance of this ID")

    def list_groups(self, instance_id: ApiInstanceId | None = None) -> Listing[ApiGroup]:
        """The list has no VPC domains, so each group is asked for; one that goes meanwhile is left out."""
        filters = wire.instance_to_wire(_instance(instance_id)) if instance_id is not None else {}

        def fetch(number: int) -> Page[ApiGroupId]:
            decode = partial(wire.page_from_wire, path=wire.GROUPS, decode=wire.group_id_from_wire)
            parameters = {**filters, **wire.page_to_wire(number, PAGE_SIZE)}
            return self._client.read(API_GATEWAY, "DescribeApiGroups", parameters, decode)

        with time_budget(self._client.total_time):
            ids = read_numbered(fetch, str)
            groups = all_of([partial(self._group_if_there, group_id) for group_id in ids])
        found = Listing((group for group in groups if group), lacking=ids.lacking, unreadable=ids.unreadable)
        return found.ordered(lambda row: (row.name.casefold(), row.id))

    def get_group(self, group_id: ApiGroupId) -> ApiGroup:
        parameters = wire.group_to_wire(_group(group_id))
        return self._client.read(API_GATEWAY, "DescribeApiGroup", parameters, wire.group_from_wire)

    def read_instance_id(self, text: str) -> ApiInstanceId:
        return wire.read_instance_id(text)

    def read_group_id(self, text: str) -> ApiGroupId:
        return wire.read_group_id(text)

    def enable_vpc_domain(self, group_id: ApiGroupId, *, intent: IntentId) -> Receipt:
        return self._set_vpc_domain(group_id, enabled=True, intent=intent)

    def disable_vpc_domain(self, group_id: ApiGroupId, *, intent: IntentId) -> Receipt:
        return self._set_vpc_domain(group_id, enabled=False, intent=intent)

    def bind_vpc(self, instance_id: ApiInstanceId, vpc_id: str, vswitch_id: str, *, intent: IntentId) -> Receipt:
        parameters = wire.binding_to_wire(_instance(instance_id), vpc_id, vswitch_id)
        return self._client.write(API_GATEWAY, _BIND, parameters, intent=intent, token=_TOKEN)

    def unbind_vpc(self, instance_id: ApiInstanceId, vpc_id: str, *, intent: IntentId) -> Receipt:
        parameters = wire.unbinding_to_wire(_instance(instance_id), vpc_id)
        return self._client.write(API_GATEWAY, _BIND, parameters, intent=intent, token=_TOKEN)

    def move_group(self, group_id: ApiGroupId, target: ApiInstanceId, *, intent: IntentId) -> Receipt:
        parameters = wire.move_to_wire(_group(group_id), _instance(target))
        return self._client.write(API_GATEWAY, "ModifyApiGroupInstance", parameters, intent=intent)

    def bind_domain(self, group_id: ApiGroupId, domain: str, *, intent: IntentId) -> Receipt:
        parameters = wire.own_domain_to_wire(_group(group_id), domain)
        return self._client.write(API_GATEWAY, "SetDomain", parameters, intent=intent)

    def _set_vpc_domain(self, group_id: ApiGroupId, *, enabled: bool, intent: IntentId) -> Receipt:
        """The action that can touch nothing else (alibaba-contract 2.4)."""
        parameters = wire.vpc_domain_to_wire(_group(group_id), enabled=enabled)
        return self._client.write(API_GATEWAY, "ModifyIntranetDomainPolicy", parameters, intent=intent)

    def _instances(self, filters: Parameters) -> Listing[ApiInstance]:
        def fetch(number: int) -> Page[ApiInstance]:
            decode = partial(wire.page_from_wire, path=wire.INSTANCES, decode=wire.instance_from_wire)
            parameters = {**filters, **wire.page_to_wire(number, PAGE_SIZE)}
            return self._client.read(API_GATEWAY, "DescribeInstances", parameters, decode)

        with time_budget(self._client.total_time):
            return read_numbered(fetch, lambda row: row.id)

    def _group_if_there(self, group_id: ApiGroupId) -> ApiGroup | None:
        try:
            return self.get_group(group_id)
        except CloudNotFound as error:
            if error.vendor_code.casefold() not in _NO_SUCH_GROUP:
                # A page that was not found on the way says nothing about the group, and not that the list is gone.
                what = f"the details of API group {group_id}, which the cloud lists, were not found"
                raise CloudUnavailable(what, vendor_code=error.vendor_code, request_id=error.request_id) from error
            return None


def _instance(instance_id: ApiInstanceId) -> ApiInstanceId:
    """Raises CloudNotFound for what cannot be an id, without asking: an empty one would mean all of them."""
    try:
        return wire.read_instance_id(instance_id)
    except ValueError:
        raise CloudNotFound("this cannot be the ID of an instance") from None


def _group(group_id: ApiGroupId) -> ApiGroupId:
    """Raises CloudNotFound for what cannot be an id, without asking."""
    try:
        return wire.read_group_id(group_id)
    except ValueError:
        raise CloudNotFound("this cannot be the ID of an API group") from None
