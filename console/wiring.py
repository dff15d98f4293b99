"""The one place where settings become adapters. Features see `Cloud`, and never which vendor is behind it.

Reads the environment only: CONSOLE_CLOUDS_FILE, CONSOLE_SIMULATED_URL, CONSOLE_SIMULATED_ALIBABA,
CONSOLE_CONNECT_TIMEOUT, CONSOLE_READ_TIMEOUT and CONSOLE_PAGE_TIMEOUT (seconds), each also as NAME_FILE.
"""

import os
import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from console.clouds.addresses import problem_with_base_url
from console.clouds.alibaba.apigateway import AlibabaVpcAccess
from console.clouds.alibaba.client import AlibabaClient
from console.clouds.alibaba.networks import AlibabaNetworks
from console.clouds.alibaba.privatelink import AlibabaEndpointServices
from console.clouds.budget import time_budget
from console.clouds.configuration import CloudSettings, CloudsFile
from console.clouds.credentials import AccessKey, Password
from console.clouds.errors import CloudBusy, CloudError
from console.clouds.huawei.apig import HuaweiGatewayCatalog, HuaweiGatewayEndpoints
from console.clouds.huawei.client import HuaweiClient, Identity
from console.clouds.huawei.iam import KeyIdentity, PasswordIdentity
from console.clouds.huawei.profiles import HUAWEI, OTC, Profile
from console.clouds.huawei.vpc import HuaweiNetworks
from console.clouds.huawei.vpcep import HuaweiEndpointServices, HuaweiServicePublishing
from console.clouds.huawei.vpcep_endpoints import HuaweiEndpoints
from console.clouds.ports import (
    Endpoints,
    EndpointServices,
    GatewayCatalog,
    GatewayEndpoints,
    Networks,
    ServicePublishing,
    VpcAccess,
)
from console.clouds.providers import PROVIDERS
from console.clouds.secret import Secret
from console.clouds.tokens import TokenCache
from console.clouds.transport import Limits, Request, Transport
from console.clouds.types import AccountId
from console.environment import BadSetting, Environment
from console.simcloud.alibaba.identity import NORTHWIND
from console.simcloud.alibaba.identity import REGION as ALIBABA_REGION
from console.simcloud.identity import DEMO, REGION

#: Where the simulated cloud listens unless told otherwise.
SIMULATED_URL: Final = "http://127.0.0.1:9000"
#: Seconds that a probe of a cloud may take.
PROBE_TIME: Final = 1.0


class ConfigurationError(Exception):
    """The clouds cannot be built. `problems` has one sentence per mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class UnknownCloud(LookupError):
    """No cloud of that name is configured."""


@dataclass(frozen=True)
class Cloud:
    """A configured cloud: who it is, and what it can do. A capability that it has not is None."""

    name: str
    label: str
    provider: str
    region: str
    project_id: str
    simulated: bool
    catalog: GatewayCatalog | None
    gateway_endpoints: GatewayEndpoints | None
    endpoint_services: EndpointServices | None = None
    publishing: ServicePublishing | None = None
    endpoints: Endpoints | None = None
    networks: Networks | None = None
    vpc_access: VpcAccess | None = None
    #: Whether the cloud answers at all, right now.
    probe: Callable[[], bool] = field(default=lambda: True, repr=False, compare=False)
    #: By how much this machine's clock is ahead of the cloud's; None while no answer told.
    clock_ahead: Callable[[], timedelta | None] = field(default=lambda: None, repr=False, compare=False)


#: Remembers which settings were asked for.
env = Environment()
_lock = threading.Lock()
_built: Mapping[str, Cloud] | None = None


def clouds() -> Mapping[str, Cloud]:
    """Every configured cloud by name, in the order of the file; built once per process.

    Raises ConfigurationError.
    """
    global _built
    if _built is None:
        with _lock:
            if _built is None:
                _built = _build()
    return _built


def get_cloud(name: str) -> Cloud:
    """The cloud of that name. Raises UnknownCloud, or ConfigurationError."""
    try:
        return clouds()[name]
    except KeyError:
        raise UnknownCloud(name) from None


def problems() -> list[str]:
    """One sentence for every mistake in the settings; none where the clouds can be built."""
    try:
        _read_settings()
    except ConfigurationError as error:
        return error.problems
    return []


def reachable(cloud: Cloud) -> bool:
    """Whether the cloud answers within PROBE_TIME seconds. Sends no credentials."""
    return cloud.probe()


def page_time() -> float:
    """Seconds that everything one web page asks of clouds may take together."""
    return _page_time([])


def forget_clouds() -> None:
    """Build them anew at the next use, from the settings of then; tokens are forgotten too."""
    global _built
    with _lock:
        _built = None


@contextmanager
def use_clouds(mapping: Mapping[str, Cloud]) -> Iterator[None]:
    """For tests: these clouds, in every thread, until the end of the block."""
    global _built
    before, _built = _built, MappingProxyType(dict(mapping))
    try:
        yield
    finally:
        _built = before


def build_cloud(settings: CloudSettings, limits: Limits, tokens: TokenCache) -> Cloud:
    """The adapters of one cloud. Sends nothing."""
    transport = Transport(settings.endpoints, limits=limits, ca_file=settings.ca_file)
    return _BUILDERS[settings.provider](settings, transport, tokens)


def _huawei(settings: CloudSettings, transport: Transport, tokens: TokenCache, profile: Profile) -> Cloud:
    client = HuaweiClient(transport, _identity(settings, transport, tokens))
    project = settings.project_id
    has_vpcep, has_vpc = "vpcep" in settings.endpoints, "vpc" in settings.endpoints
    return Cloud(
        **_named(settings),
        catalog=HuaweiGatewayCatalog(client, project, settings.region, profile),
        gateway_endpoints=HuaweiGatewayEndpoints(client, project),
        endpoint_services=HuaweiEndpointServices(client, project, profile) if has_vpcep else None,
        publishing=HuaweiServicePublishing(client, project, profile) if has_vpcep else None,
        endpoints=HuaweiEndpoints(client, project, profile) if has_vpcep else None,
        networks=HuaweiNetworks(client, project, profile) if has_vpc else None,
        probe=lambda: _answers(transport, "apig"),
        clock_ahead=lambda: transport.time.ahead,
    )


def _alibaba(settings: CloudSettings, transport: Transport, _tokens: TokenCache) -> Cloud:
    if not isinstance(settings.credentials, AccessKey):
        raise TypeError("this provider takes access keys only")  # the file of clouds was checked for it
    client = AlibabaClient(transport, settings.credentials, settings.region)
    networks = AlibabaNetworks(client)
    return Cloud(
        **_named(settings),
        catalog=None,
        gateway_endpoints=None,
        endpoint_services=AlibabaEndpointServices(client, networks, AccountId(settings.account_id)),
        networks=networks,
        vpc_access=AlibabaVpcAccess(client),
        probe=lambda: _answers(transport, "apigateway"),
        clock_ahead=lambda: transport.time.ahead,
    )


_BUILDERS: Final[Mapping[str, Callable[[CloudSettings, Transport, TokenCache], Cloud]]] = {
    "huawei": partial(_huawei, profile=HUAWEI),
    "otc": partial(_huawei, profile=OTC),
    "simulated": partial(_huawei, profile=HUAWEI),
    "alibaba": _alibaba,
}


def _named(settings: CloudSettings) -> dict[str, Any]:
    """Who the cloud is."""
    names = ("name", "label", "provider", "region", "project_id", "simulated")
    return {name: getattr(settings, name) for name in names}


def _identity(settings: CloudSettings, transport: Transport, tokens: TokenCache) -> Identity:
    if isinstance(settings.credentials, Password):
        return PasswordIdentity(transport, settings.credentials, settings.project_id, tokens)
    return KeyIdentity(settings.credentials, settings.project_id, transport.time)


def _answers(transport: Transport, service: str) -> bool:
    try:
        with time_budget(PROBE_TIME):
            transport.send(Request(service, "GET", "/"))
    except CloudBusy:
        return True  # not asked, since it has just asked for a pause
    except CloudError:
        return False
    return True


def _build() -> Mapping[str, Cloud]:
    settings, limits = _read_settings()
    tokens = TokenCache()
    return MappingProxyType({name: build_cloud(one, limits, tokens) for name, one in settings.items()})


def _read_settings() -> tuple[dict[str, CloudSettings], Limits]:
    wrong: list[str] = []
    connect = _seconds("CONSOLE_CONNECT_TIMEOUT", 3.0, wrong)
    read = _seconds("CONSOLE_READ_TIMEOUT", 10.0, wrong)
    page = _page_time(wrong)
    # One act, with its retries, may take as long as one slow answer, and never less than the usual time.
    limits = Limits(connect=connect, read=read, total=max(read, 10.0), write=min(Limits().write, page / 3))
    simulated = _simulated_cloud(wrong)
    path = _setting("CONSOLE_CLOUDS_FILE", "", wrong)
    settings = _clouds_of_file(Path(path), simulated, wrong) if path else _simulated_clouds(simulated, wrong)
    if wrong:
        raise ConfigurationError(wrong)
    return settings, limits


def _clouds_of_file(path: Path, simulated: CloudSettings, wrong: list[str]) -> dict[str, CloudSettings]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        wrong.append(f"CONSOLE_CLOUDS_FILE names {path}, which cannot be read: {error.strerror}")
        return {}
    except ValueError as error:  # TOML's own errors say where, and quote nothing
        wrong.append(f"{path}: is not TOML: {error}")
        return {}
    file = CloudsFile(path, os.environ, simulated)
    settings = file.read(document)
    wrong.extend(file.problems)
    return settings


def _simulated_clouds(simulated: CloudSettings, wrong: list[str]) -> dict[str, CloudSettings]:
    """The one, and where a setting says so another vendor's beside it: the same process answers for both."""
    found = {simulated.name: simulated}
    try:
        if env.flag("CONSOLE_SIMULATED_ALIBABA", default=False):
            found["alibaba"] = _simulated_alibaba(simulated.endpoints["apig"])
    except BadSetting as error:
        wrong.append(str(error))
    return found


def _simulated_alibaba(url: str) -> CloudSettings:
    return CloudSettings(
        name="alibaba",
        label="Simulated Alibaba Cloud",
        provider="alibaba",
        region=ALIBABA_REGION,
        project_id="",
        endpoints=MappingProxyType(dict.fromkeys(PROVIDERS["alibaba"].services, url)),
        credentials=AccessKey(NORTHWIND.access_key_id, Secret(NORTHWIND.access_key_secret)),
        account_id=str(NORTHWIND.id),
        simulated=True,
    )


def _simulated_cloud(wrong: list[str]) -> CloudSettings:
    """The cloud of a console without credentials: same wire, same adapter, on this machine."""
    url = _setting("CONSOLE_SIMULATED_URL", SIMULATED_URL, wrong)
    if problem := problem_with_base_url(url):
        wrong.append(f"CONSOLE_SIMULATED_URL {problem}")
    return CloudSettings(
        name="demo",
        label="Simulated cloud",
        provider="simulated",
        region=REGION,
        project_id=DEMO.project_id,
        endpoints=MappingProxyType(dict.fromkeys(PROVIDERS["simulated"].services, url)),
        credentials=Password(DEMO.user_name, Secret(DEMO.password), DEMO.domain_name),
        simulated=True,
    )


def _setting(name: str, default: str, wrong: list[str]) -> str:
    try:
        return env.text(name, default=default).strip() or default
    except BadSetting as error:
        wrong.append(str(error))
        return default


def _page_time(wrong: list[str]) -> float:
    # With two seconds for everything else, such as a free thread, a page is there within ten (reliability R12).
    return _seconds("CONSOLE_PAGE_TIMEOUT", 8.0, wrong)


def _seconds(name: str, default: float, wrong: list[str]) -> float:
    text = _setting(name, str(default), wrong)
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if 0.05 <= value <= 120:
        return value
    wrong.append(f"{name} must be a number of seconds between 0.05 and 120")
    return default


def _start_anew() -> None:
    """A forked child must not share its parent's sockets."""
    global _lock, _built
    _lock, _built = threading.Lock(), None


os.register_at_fork(after_in_child=_start_anew)
