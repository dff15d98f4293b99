"""One call of an action after it passed the door: who asks, for what. Handlers get it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from console.simcloud.alibaba.estate import Estate
from console.simcloud.alibaba.identity import REGION, REGIONS, AlibabaAccount
from console.simcloud.alibaba.parameters import Parameters
from console.simcloud.alibaba.refusals import invalid, missing
from console.simcloud.ledger import Act
from console.simcloud.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """A request by a known account. The world's lock is held while a handler has it."""

    world: World
    account: AlibabaAccount
    action: str
    parameters: Parameters
    request_id: str

    @property
    def estate(self) -> Estate:
        """What the cloud holds."""
        return self.world.alibaba

    @property
    def act(self) -> Act:
        """How the ledger names this call."""
        return Act(self.account.actor, self.request_id)

    @property
    def region(self) -> str:
        """The region that `RegionId` names; the usual one without it (alibaba-contract 1.6). Raises Refusal."""
        region = self.parameters.text("RegionId", REGION)
        if region not in REGIONS:
            raise invalid("RegionId")
        return region

    @property
    def required_region(self) -> str:
        """The region, which PrivateLink's and the networks' calls must name. Raises Refusal."""
        if not self.parameters.text("RegionId"):
            raise missing("RegionId")
        return self.region


Handler = Callable[[Call], dict[str, Any]]
#: What an action of one version answers, without the request id.
Actions = Mapping[str, Handler]
