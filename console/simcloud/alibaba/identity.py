"""Who may call the simulated Alibaba Cloud: two accounts, the same at every start.

Everything here is invented and opens nothing but the simulated cloud on loopback.
"""

from dataclasses import dataclass, field
from typing import Final

REGION: Final = "cn-hangzhou"
#: Where something else is, so that "the same region" means something.
OTHER_REGION: Final = "ap-southeast-1"
#: Region ids with their English names.
REGIONS: Final = {REGION: "China (Hangzhou)", OTHER_REGION: "Singapore"}


@dataclass(frozen=True, slots=True)
class AlibabaAccount:
    """A cloud account with its one user and that user's access key."""

    #: Decimal, 16 digits.
    id: int
    name: str
    user_name: str
    access_key_id: str
    access_key_secret: str = field(repr=False)

    @property
    def actor(self) -> str:
        """How the ledger of effects names this account's user."""
        return f"{self.name}/{self.user_name}"


NORTHWIND: Final = AlibabaAccount(
    id=1729384756102938,
    name="northwind-alibaba",
    user_name="console-bot",
    access_key_id="SIMALINORTHWIND00001",
    access_key_secret="simulated-alibaba-secret-northwind-01",  # noqa: S106 - opens only the simulated cloud
)

#: The second account: it creates endpoints to the first one's services.
CONTOSO: Final = AlibabaAccount(
    id=2534607317069101,
    name="contoso-alibaba",
    user_name="deploy-bot",
    access_key_id="SIMALICONTOSO0000002",
    access_key_secret="simulated-alibaba-secret-contoso-02",  # noqa: S106 - opens only the simulated cloud
)

ACCOUNTS: Final = (NORTHWIND, CONTOSO)
BY_ACCESS_KEY: Final = {account.access_key_id: account for account in ACCOUNTS}

#: Owner of shared instances: the cloud itself.
OPERATIONS: Final = 0
