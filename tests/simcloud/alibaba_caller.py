"""Callers of the simulated Alibaba Cloud, with a signer written here from the contract's steps. Shared by the tests."""

import base64
import hashlib
import hmac
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from console.simcloud import SimulatedCloud
from console.simcloud.alibaba.identity import CONTOSO, NORTHWIND, REGION, AlibabaAccount
from tests.simcloud.caller import Reply, exchange

API_GATEWAY = "2016-07-14"
PRIVATE_LINK = "2020-04-15"
NETWORKS = "2016-04-28"
EMPTY = hashlib.sha256(b"").hexdigest()


def encoded(text: str) -> str:
    return quote(text, safe="~")


def now(offset: float = 0) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset))


def joined(parameters: Mapping[str, str]) -> str:
    return "&".join(f"{encoded(name)}={encoded(value)}" for name, value in sorted(parameters.items()))


@dataclass(frozen=True)
class Signed:
    """What signing in headers came to."""

    target: str
    headers: dict[str, str]
    canonical: str
    signature: str


def sign(headers: dict[str, str], parameters: Mapping[str, str], key: str, secret: str) -> Signed:
    """V3: sign a POST without a body, over exactly these headers."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    canonical = "\n".join(("POST", "/", joined(parameters), lines, names, EMPTY))
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    authorization = f"ACS3-HMAC-SHA256 Credential={key},SignedHeaders={names},Signature={signature}"
    target = f"/?{joined(parameters)}" if parameters else "/"
    return Signed(target, {**headers, "authorization": authorization}, canonical, signature)


def sign_v1(method: str, parameters: Mapping[str, str], secret: str) -> str:
    """V1: the signature of these parameters."""
    text = f"{method}&%2F&{encoded(joined(parameters))}"
    return base64.b64encode(hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()).decode()


def spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class AlibabaCaller:
    """An account's program: signs in headers, and sends every parameter in the query."""

    def __init__(self, cloud: SimulatedCloud, account: AlibabaAccount = NORTHWIND) -> None:
        self.cloud = cloud
        self.account = account

    def ask(self, version: str, action: str, **parameters: object) -> Reply:
        """One call. A `.` in a name is written as `__`; `headers` adds or replaces headers before signing, and
        `key`, `secret`, `date` and `nonce` replace what is right."""
        headers = {
            "host": self.cloud.base_url.removeprefix("http://"),
            "x-acs-action": action,
            "x-acs-version": version,
            "x-acs-content-sha256": EMPTY,
            "x-acs-date": str(parameters.pop("date", None) or now()),
            "x-acs-signature-nonce": str(parameters.pop("nonce", None) or uuid.uuid4().hex),
        }
        headers |= parameters.pop("headers", {})
        key = str(parameters.pop("key", self.account.access_key_id))
        secret = str(parameters.pop("secret", self.account.access_key_secret))
        values = {name.replace("__", "."): spelled(value) for name, value in parameters.items()}
        signed = sign({name: value for name, value in headers.items() if value}, values, key, secret)
        named = {name.replace("-", "_"): value for name, value in signed.headers.items()}
        return exchange(self.cloud.base_url, "POST", signed.target, **named)

    def gateway(self, action: str, **parameters: object) -> Reply:
        """An action of API Gateway."""
        return self.ask(API_GATEWAY, action, **parameters)

    def link(self, action: str, **parameters: object) -> Reply:
        """An action of PrivateLink, in the usual region."""
        return self.ask(PRIVATE_LINK, action, **{"RegionId": REGION, **parameters})

    def networks(self, action: str, **parameters: object) -> Reply:
        """An action of the networks' product, in the usual region."""
        return self.ask(NETWORKS, action, **{"RegionId": REGION, **parameters})

    def seeded(self, role: str) -> str:
        """The id of what was seeded in this role."""
        return self.cloud.world.alibaba.seeded(role)

    def vpc(self, name: str, number: int = 0) -> tuple[str, str]:
        """A VPC by its name, and its vSwitch with this number ("" when it has none)."""
        rows = [*self.described["vpcs"], *self.described["consumer"]["vpcs"]]
        vpc = next(row for row in rows if row["name"] == name)
        return str(vpc["id"]), str(vpc["vswitches"][number]["id"]) if vpc["vswitches"] else ""

    @property
    def described(self) -> Any:
        """What `--describe` tells about this cloud."""
        return self.cloud.describe()["alibaba"]

    def group(self, role: str) -> Any:
        """`DescribeApiGroup` of the group that was seeded in this role."""
        return self.gateway("DescribeApiGroup", GroupId=self.seeded(role)).body

    def instance(self, role: str) -> Any:
        """`DescribeInstances` of the instance that was seeded in this role."""
        rows = self.gateway("DescribeInstances", InstanceId=self.seeded(role)).body["Instances"]
        return rows["InstanceAttribute"][0]

    def told(self, role: str) -> Any:
        """What `--describe` tells about the group that was seeded in this role."""
        return next(row for row in self.described["api_groups"] if row["seeded_as"] == role)

    def enable(self, role: str, *, on: bool = True) -> Reply:
        return self.gateway("ModifyIntranetDomainPolicy", GroupId=self.seeded(role), VpcIntranetEnable=on)

    def bind(self, role: str, vpc: str, number: int = 0, **more: object) -> Reply:
        """Bind the instance of a role to a VPC by its name."""
        vpc_id, vswitch_id = self.vpc(vpc, number)
        parameters = {"InstanceId": self.seeded(role), "VpcId": vpc_id, "VswitchId": vswitch_id, **more}
        return self.gateway("ModifyInstanceVpcAttributeForConsole", **parameters)

    def unbind(self, role: str, **more: object) -> Reply:
        instance = self.cloud.world.alibaba.instances[self.seeded(role)]
        parameters = {"InstanceId": instance.id, "VpcId": instance.user_vpc_id, "DeleteVpcAccess": True, **more}
        return self.gateway("ModifyInstanceVpcAttributeForConsole", **parameters)

    def move(self, group: str, target: str) -> Reply:
        return self.gateway("ModifyApiGroupInstance", GroupId=self.seeded(group), TargetInstanceId=self.seeded(target))

    def effects(self) -> list[tuple[str, str, str | None, str | None]]:
        """Action, object, before and after of every row in the ledger."""
        return [(row["action"], row["object"], row["before"], row["after"]) for row in self.cloud.ledger()]


def code_of(reply: Reply) -> tuple[int, str]:
    """HTTP status and code of a refusal; ("200", "") of a success."""
    return reply.status, reply.body.get("Code", "")


def contoso_of(cloud: SimulatedCloud) -> AlibabaCaller:
    """The second account."""
    return AlibabaCaller(cloud, CONTOSO)
