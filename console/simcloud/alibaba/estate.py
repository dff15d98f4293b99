"""What the simulated Alibaba Cloud holds now, by kind and id. `World.alibaba` is the one of a world."""

import heapq
import itertools
from collections.abc import Iterator
from typing import Any

from console.simcloud.alibaba.records import (
    AlibabaRecord,
    AlibabaVpc,
    ApiGroup,
    ApiInstance,
    LinkEndpoint,
    LinkService,
    LinkUser,
    OwnDomain,
    UsedToken,
    VSwitch,
)


class Estate:
    """The records of one world, and which of them move on by themselves. Callers hold the world's lock."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Hold nothing."""
        self.vpcs: dict[str, AlibabaVpc] = {}
        self.vswitches: dict[str, VSwitch] = {}
        self.instances: dict[str, ApiInstance] = {}
        self.groups: dict[str, ApiGroup] = {}
        self.own_domains: dict[str, OwnDomain] = {}
        self.services: dict[str, LinkService] = {}
        self.users: dict[str, LinkUser] = {}
        self.endpoints: dict[str, LinkEndpoint] = {}
        self.used_tokens: dict[str, UsedToken] = {}
        #: Until when an accept or reject of an account keeps others out (alibaba-contract 4.2).
        self.changing_until: dict[int, float] = {}
        self._tables: dict[type[AlibabaRecord], dict[str, Any]] = {
            AlibabaVpc: self.vpcs,
            VSwitch: self.vswitches,
            ApiInstance: self.instances,
            ApiGroup: self.groups,
            OwnDomain: self.own_domains,
            LinkService: self.services,
            LinkUser: self.users,
            LinkEndpoint: self.endpoints,
            UsedToken: self.used_tokens,
        }
        self._due: list[tuple[float, int, AlibabaRecord]] = []
        self._ties = itertools.count()

    def records(self) -> list[AlibabaRecord]:
        """Every record."""
        return [record for table in self._tables.values() for record in table.values()]

    def place(self, record: AlibabaRecord) -> None:
        """Put a new record in."""
        self._tables[type(record)][record.id] = record
        self.schedule(record)

    def remove(self, record: AlibabaRecord) -> None:
        """Take a record out."""
        del self._tables[type(record)][record.id]

    def schedule(self, record: AlibabaRecord) -> None:
        """See to it that the record moves on at its `due_at`."""
        if record.due_at is not None:
            heapq.heappush(self._due, (record.due_at, next(self._ties), record))

    def due(self, now: float) -> Iterator[AlibabaRecord]:
        """The records that move on now, each with its moment still in `due_at`."""
        while self._due and self._due[0][0] <= now:
            due_at, _, record = heapq.heappop(self._due)
            if record.due_at == due_at:  # else superseded by a later act
                yield record

    def groups_on(self, instance_id: str) -> list[ApiGroup]:
        """The groups deployed on an instance."""
        return [group for group in self.groups.values() if group.instance_id == instance_id]

    def seeded(self, role: str) -> str:
        """The id of the instance, group or service that was seeded in this role. KeyError when there is none."""
        records: list[ApiInstance | ApiGroup | LinkService] = [
            *self.instances.values(),
            *self.groups.values(),
            *self.services.values(),
        ]
        for record in records:
            if record.seeded_as == role:
                return record.id
        raise KeyError(role)
