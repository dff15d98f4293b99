"""What the table of a cloud must and may hold, by provider (house part 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Provider:
    """One value of the key `provider`."""

    #: Names in the table `endpoints`.
    services: tuple[str, ...]
    #: Those without which nothing of the console works.
    needed: tuple[str, ...]
    #: Base URLs that are known from the region, written as `{region}`, so that a table may leave them out.
    usual: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    #: Whether a cloud is one project, and a user may sign in with a password instead of an access key.
    has_projects: bool = True
    signs_in: bool = True
    #: Whether region, project and credentials are known.
    simulated: bool = False


_HUAWEI_SERVICES: Final = ("iam", "apig", "vpcep", "vpc")
_HUAWEI_NEEDED: Final = ("iam", "apig")
_ALIBABA_SERVICES: Final = ("apigateway", "privatelink", "vpc")

PROVIDERS: Final[Mapping[str, Provider]] = MappingProxyType(
    {
        "huawei": Provider(_HUAWEI_SERVICES, _HUAWEI_NEEDED),
        "otc": Provider(_HUAWEI_SERVICES, _HUAWEI_NEEDED),
        "alibaba": Provider(
            _ALIBABA_SERVICES,
            _ALIBABA_SERVICES,
            # alibaba-contract 1.6
            usual=MappingProxyType({name: f"https://{name}.{{region}}.aliyuncs.com" for name in _ALIBABA_SERVICES}),
            has_projects=False,
            signs_in=False,
        ),
        "simulated": Provider(_HUAWEI_SERVICES, _HUAWEI_NEEDED, simulated=True),
    }
)
