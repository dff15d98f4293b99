"""Who may call the simulated cloud: two accounts, the same at every start.

Everything here is invented and opens nothing but the simulated cloud on loopback.
"""

from dataclasses import dataclass, field
from typing import Final

REGION: Final = "eu-west-101"


@dataclass(frozen=True, slots=True)
class Project:
    """A region project or a sub-project of it (huawei-contract 2.2)."""

    id: str
    name: str
    parent_id: str


@dataclass(frozen=True, slots=True)
class Account:
    """A cloud account (IAM domain) with its one user, that user's access key and the account's projects."""

    domain_id: str
    domain_name: str
    user_id: str
    user_name: str
    password: str = field(repr=False)
    access_key: str
    secret_key: str = field(repr=False)
    #: The first one is the region project that owns everything seeded.
    projects: tuple[Project, ...]
    #: Where the account stands in its organisation, for whitelists that name a path (huawei-contract 5.6).
    organization_path: str = ""

    @property
    def project_id(self) -> str:
        """Id of the region project."""
        return self.projects[0].id

    @property
    def actor(self) -> str:
        """How the ledger of effects names this account's user."""
        return f"{self.domain_name}/{self.user_name}"

    def project(self, project_id: str) -> Project | None:
        """The account's project with this id, if it has it."""
        return next((project for project in self.projects if project.id == project_id), None)


DEMO: Final = Account(
    domain_id="d0a1b2c3d4e5f60718293a4b5c6d7e8f",
    domain_name="northwind",
    user_id="7116d09f88fa41908676fdd4b039e001",
    user_name="console-bot",
    password="simulated-password-northwind",  # noqa: S106 - opens only the simulated cloud
    access_key="SIMAKNORTHWIND000001",
    secret_key="simulated-secret-key-northwind-0000000001",  # noqa: S106 - opens only the simulated cloud
    projects=(
        Project("3b1f0c7a9d2e4f5688aa0c1d2e3f4051", REGION, "d0a1b2c3d4e5f60718293a4b5c6d7e8f"),
        Project("3b1f0c7a9d2e4f5688aa0c1d2e3f4052", f"{REGION}_staging", "3b1f0c7a9d2e4f5688aa0c1d2e3f4051"),
        Project("3b1f0c7a9d2e4f5688aa0c1d2e3f4053", "MOS", "d0a1b2c3d4e5f60718293a4b5c6d7e8f"),
    ),
    organization_path="o-7k2m9q4x/r-t3v8/ou-shop/d0a1b2c3d4e5f60718293a4b5c6d7e8f",
)

#: The second account: it creates endpoints across accounts (house part 5, `consumer`).
CONSUMER: Final = Account(
    domain_id="b70fde8e849b4e76a61dd8aa0ec05c81",
    domain_name="contoso",
    user_id="82a7e1ab99fa41908676fdd4b039e002",
    user_name="deploy-bot",
    password="simulated-password-contoso",  # noqa: S106 - opens only the simulated cloud
    access_key="SIMAKCONTOSO00000002",
    secret_key="simulated-secret-key-contoso-0000000002",  # noqa: S106 - opens only the simulated cloud
    projects=(Project("5c2e1d8bae3f40677799bd1e2f304152", REGION, "b70fde8e849b4e76a61dd8aa0ec05c81"),),
    organization_path="o-7k2m9q4x/r-t3v8/ou-partners/b70fde8e849b4e76a61dd8aa0ec05c81",
)

ACCOUNTS: Final = (DEMO, CONSUMER)

#: Owner of the cloud's own endpoint services; nobody can sign in as it.
OPERATIONS_DOMAIN: Final = "0e5f1a2b3c4d4e5f8a9b0c1d2e3f4a5b"
OPERATIONS_PROJECT: Final = "0f6a2b3c4d5e4f6a9b0c1d2e3f4a5b6c"


def owner_of(project_id: str) -> str:
    """Domain id of the account that has this project. KeyError when nobody has it."""
    for account in ACCOUNTS:
        if account.project(project_id) is not None:
            return account.domain_id
    raise KeyError(project_id)
