"""What a cloud of the file can do follows from the base URLs that are known."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console import wiring

FILE = """
[clouds.prod]
provider = "{provider}"
region = "eu-de"
project_id = "0605767a3300d5762fb7c0186d9e1779"
access_key = "env:TEST_AK"
secret_key = "env:TEST_SK"
endpoints = {{ {endpoints} }}
"""
GATEWAYS = ("catalog", "gateway_endpoints")
SERVICES = ("endpoint_services", "publishing", "endpoints")


@pytest.fixture
def cloud_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], wiring.Cloud]]:
    """The cloud of this provider with base URLs of these services, as the wiring builds it."""

    def build(provider: str, services: str) -> wiring.Cloud:
        urls = ", ".join(f'{service} = "https://{service}.example.com"' for service in services.split())
        path = tmp_path / "clouds.toml"
        path.write_text(FILE.format(provider=provider, endpoints=urls))
        monkeypatch.setenv("CONSOLE_CLOUDS_FILE", str(path))
        wiring.forget_clouds()
        return wiring.get_cloud("prod")

    monkeypatch.setenv("TEST_AK", "AK1")
    monkeypatch.setenv("TEST_SK", "sk")
    yield build
    wiring.forget_clouds()


@pytest.mark.parametrize("provider", ["huawei", "otc", "simulated"])
@pytest.mark.parametrize(
    ("services", "capabilities"),
    [
        ("iam apig", GATEWAYS),
        ("iam apig vpcep", GATEWAYS + SERVICES),
        ("iam apig vpc", (*GATEWAYS, "networks")),
        ("all", (*GATEWAYS, *SERVICES, "networks")),
    ],
)
def test_a_cloud_has_what_its_base_urls_allow(
    cloud_of: Callable[[str, str], wiring.Cloud], provider: str, services: str, capabilities: tuple[str, ...]
) -> None:
    cloud = cloud_of(provider, services)
    has = tuple(name for name in (*GATEWAYS, *SERVICES, "networks") if getattr(cloud, name) is not None)
    assert has == capabilities


@pytest.mark.parametrize(("provider", "newer"), [("huawei", True), ("otc", False), ("simulated", True)])
def test_traits_follow_the_flavour_of_the_cloud(
    cloud_of: Callable[[str, str], wiring.Cloud], provider: str, newer: bool
) -> None:
    cloud = cloud_of(provider, "all")
    assert cloud.endpoint_services is not None
    assert cloud.endpoints is not None
    assert cloud.endpoint_services.traits.descriptions is newer
    assert cloud.endpoints.traits.access_control_changes is newer
