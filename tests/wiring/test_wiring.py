"""From settings to clouds: what may be configured, and one clear sentence for everything that may not."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from console import wiring
from console.simcloud import SimulatedCloud
from console.simcloud.identity import DEMO, REGION
from tests.at_once import at_once

PROJECT = "0605767a3300d5762fb7c0186d9e1779"
GOOD = {
    "provider": '"huawei"',
    "label": '"Production"',
    "region": '"eu-west-101"',
    "project_id": f'"{PROJECT}"',
    "access_key": '"env:TEST_AK"',
    "secret_key": '"env:TEST_SK"',
    "endpoints": '{ all = "https://cloud.example.com" }',
}


def wiring_settings() -> list[str]:
    return [
        *("CONSOLE_CLOUDS_FILE", "CONSOLE_SIMULATED_URL", "CONSOLE_SIMULATED_ALIBABA"),
        *("CONSOLE_CONNECT_TIMEOUT", "CONSOLE_READ_TIMEOUT", "CONSOLE_PAGE_TIMEOUT"),
    ]


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in wiring_settings():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    monkeypatch.setenv("TEST_AK", "AK1")
    monkeypatch.setenv("TEST_SK", "sk-canary")
    wiring.forget_clouds()
    yield
    wiring.forget_clouds()


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Write the file of clouds and point the setting at it."""

    def to(text: str) -> Path:
        path = tmp_path / "clouds.toml"
        path.write_text(text)
        monkeypatch.setenv("CONSOLE_CLOUDS_FILE", str(path))
        wiring.forget_clouds()
        return path

    return to


def toml(name: str = "prod", **changes: str | None) -> str:
    rows = {**GOOD, **changes}
    lines = [f"{key} = {value}" for key, value in rows.items() if value is not None]
    return "\n".join([f"[clouds.{name}]", *lines, ""])


def test_without_a_file_there_is_one_simulated_cloud() -> None:
    (cloud,) = wiring.clouds().values()
    assert (cloud.name, cloud.provider, cloud.simulated) == ("demo", "simulated", True)
    assert (cloud.region, cloud.project_id) == (REGION, DEMO.project_id)
    assert wiring.problems() == []


def test_simulated_cloud_is_found_at_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    with SimulatedCloud() as running:
        monkeypatch.setenv("CONSOLE_SIMULATED_URL", running.base_url)
        wiring.forget_clouds()
        cloud = wiring.get_cloud("demo")
        assert cloud.catalog is not None
        assert len(cloud.catalog.list_gateways()) == 5
        assert wiring.reachable(cloud)
    assert not wiring.reachable(cloud)


def test_a_setting_adds_the_other_vendors_simulated_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSOLE_SIMULATED_ALIBABA", "yes")
    with SimulatedCloud() as running:
        monkeypatch.setenv("CONSOLE_SIMULATED_URL", running.base_url)
        assert list(wiring.clouds()) == ["demo", "alibaba"]
        cloud = wiring.get_cloud("alibaba")
        assert (cloud.label, cloud.simulated, cloud.project_id) == ("Simulated Alibaba Cloud", True, "")
        assert (cloud.catalog, cloud.gateway_endpoints, cloud.publishing, cloud.endpoints) == (None,) * 4
        assert cloud.vpc_access is not None
        assert cloud.vpc_access.list_instances()
        assert cloud.endpoint_services is not None
        assert cloud.endpoint_services.own_account() == running.describe()["alibaba"]["account_id"]
        assert wiring.reachable(cloud)


ALIBABA = {"provider": '"alibaba"', "region": '"cn-hangzhou"', "project_id": None, "endpoints": None}


def test_an_alibaba_cloud_needs_a_region_and_a_key_only(write: Any) -> None:
    write(toml("ali", **ALIBABA))
    assert wiring.problems() == []
    cloud = wiring.get_cloud("ali")
    assert (cloud.provider, cloud.project_id, cloud.simulated) == ("alibaba", "", False)
    assert "canary" not in repr(cloud)


def test_an_alibaba_clouds_base_urls_follow_from_its_region(write: Any) -> None:
    own = '{ privatelink = "https://privatelink-vpc.cn-hangzhou.aliyuncs.com" }'
    write(toml("usual", **ALIBABA) + toml("own", **{**ALIBABA, "endpoints": own}))
    settings, _ = wiring._read_settings()
    assert dict(settings["usual"].endpoints) == {
        "apigateway": "https://apigateway.cn-hangzhou.aliyuncs.com",
        "privatelink": "https://privatelink.cn-hangzhou.aliyuncs.com",
        "vpc": "https://vpc.cn-hangzhou.aliyuncs.com",
    }
    assert settings["own"].endpoints["privatelink"] == "https://privatelink-vpc.cn-hangzhou.aliyuncs.com"
    assert settings["own"].endpoints["vpc"] == "https://vpc.cn-hangzhou.aliyuncs.com"


def test_the_account_of_an_alibaba_cloud_may_be_named(write: Any) -> None:
    write(toml("ali", account_id='"1729384756102938"', **ALIBABA))
    port = wiring.get_cloud("ali").endpoint_services
    assert port is not None
    assert port.own_account() == "1729384756102938"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"region": None}, "clouds.prod.region is missing"),
        ({"account_id": '"12"'}, "clouds.prod.account_id must be the id of a cloud account"),
        ({"endpoints": '{ iam = "https://x.example.com" }'}, "clouds.prod.endpoints.iam is not known"),
        ({"endpoints": '{ vpc = "http://x.example.com" }'}, "clouds.prod.endpoints.vpc must begin with https://"),
        ({"secret_key": None}, "clouds.prod needs access_key and secret_key, and nothing else"),
    ],
)
def test_mistakes_about_an_alibaba_cloud_are_told(write: Any, changes: dict[str, str | None], sentence: str) -> None:
    write(toml(**{**ALIBABA, **changes}))
    (problem,) = wiring.problems()
    assert sentence in problem


def test_only_account_clouds_know_an_account(write: Any) -> None:
    write(toml(account_id='"1729384756102938"'))
    (problem,) = wiring.problems()
    assert "clouds.prod.account_id is not known" in problem


def test_several_clouds_of_every_provider(write: Any, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret\n")
    sign_in = {"access_key": None, "secret_key": None, "user_name": '"bot"', "password": '"file:password"'}
    urls = '{ iam = "https://iam.eu-de.example.com", apig = "https://apig.eu-de.example.com" }'
    write(
        toml()
        + toml("otc", provider='"otc"', label=None, region='"eu-de"', domain_name='"OTC-1"', endpoints=urls, **sign_in)
        + '[clouds.sim]\nprovider = "simulated"\nendpoints = { all = "http://127.0.0.1:9000" }\n'
        + toml("nested", access_key=None, secret_key=None)
        + '[clouds.nested.credentials]\naccess_key = "env:TEST_AK"\nsecret_key = "env:TEST_SK"\n'
    )
    assert wiring.problems() == []
    clouds = wiring.clouds()
    assert list(clouds) == ["prod", "otc", "sim", "nested"]
    assert [cloud.label for cloud in clouds.values()] == ["Production", "otc", "sim", "Production"]
    assert [cloud.simulated for cloud in clouds.values()] == [False, False, True, False]
    assert all(cloud.catalog and cloud.gateway_endpoints for cloud in clouds.values())
    assert "canary" not in repr(clouds)
    assert "s3cret" not in repr(clouds)


MISTAKES = [
    # what is wrong                                             the sentence names
    ({"provider": None}, "clouds.prod.provider must be one of"),
    ({"provider": '"aws"'}, "clouds.prod.provider must be one of"),
    ({"provider": "7"}, "clouds.prod.provider must be one of"),
    ({"provider": "[]"}, "clouds.prod.provider must be one of"),
    ({"label": '""'}, "clouds.prod.label"),
    ({"label": "7"}, "clouds.prod.label"),
    ({"label": f'"{"x" * 65}"'}, "clouds.prod.label"),
    ({"region": None}, "clouds.prod.region is missing"),
    ({"region": '"EU West"'}, "clouds.prod.region must be"),
    ({"project_id": None}, "clouds.prod.project_id is missing"),
    ({"project_id": '"eu-west-101"'}, "clouds.prod.project_id must be"),
    ({"project_id": f'"{PROJECT}/../x"'}, "clouds.prod.project_id must be"),
    ({"endpoints": None}, "clouds.prod.endpoints is missing"),
    ({"endpoints": '"https://x.example.com"'}, "clouds.prod.endpoints is missing"),
    ({"endpoints": '{ iam = "https://x.example.com" }'}, "clouds.prod.endpoints.apig is missing"),
    ({"endpoints": '{ all = "https://x.example.com", s3 = "https://y" }'}, "clouds.prod.endpoints.s3 is not known"),
    ({"endpoints": "{ all = 7 }"}, "clouds.prod.endpoints.all must be a text"),
    ({"endpoints": '{ all = "http://x.example.com" }'}, "clouds.prod.endpoints.all must begin with https://"),
    ({"endpoints": '{ all = "https://u:canary@x.example.com" }'}, "clouds.prod.endpoints.all must not carry"),
    ({"endpoints": '{ all = "https://169.254.169.254" }'}, "clouds.prod.endpoints.all must not point at a link-local"),
    ({"secret_key": '"sk-canary-plain"'}, "clouds.prod.secret_key must be env:NAME or file:PATH"),
    ({"access_key": '"AKcanary"'}, "clouds.prod.access_key must be env:NAME or file:PATH"),
    ({"secret_key": "7"}, "clouds.prod.secret_key must be env:NAME or file:PATH"),
    ({"secret_key": '"env:"'}, "clouds.prod.secret_key must be env:NAME or file:PATH"),
    ({"secret_key": '"env:TEST_NOT_SET"'}, "clouds.prod.secret_key names the environment variable TEST_NOT_SET"),
    ({"secret_key": '"file:not-there"'}, "clouds.prod.secret_key names the file"),
    ({"secret_key": None}, "clouds.prod needs either access_key and secret_key"),
    ({"password": '"env:TEST_SK"'}, "clouds.prod needs either access_key and secret_key"),
    ({"credentials": '"env:TEST_SK"'}, "clouds.prod.credentials must be a table"),
    ({"credentials": '{ token = "env:TEST_SK" }'}, "clouds.prod.credentials.token is not known"),
    ({"ca_file": '"not-there.pem"'}, "clouds.prod.ca_file names no file"),
    ({"acess_key": '"env:TEST_AK"'}, "clouds.prod.acess_key is not known"),
]


@pytest.mark.parametrize(("changes", "sentence"), MISTAKES)
def test_every_mistake_has_one_sentence(write: Any, changes: dict[str, str | None], sentence: str) -> None:
    path = write(toml(**changes))
    (problem,) = wiring.problems()
    assert sentence in problem
    assert problem.startswith(str(path))
    assert "canary" not in problem
    with pytest.raises(wiring.ConfigurationError):
        wiring.clouds()


@pytest.mark.parametrize("name", ["audit", "gateways", "static", "healthz", "account", "help"])
def test_names_of_our_own_addresses_are_refused(write: Any, name: str) -> None:
    write(toml(name))
    assert any("own addresses" in problem for problem in wiring.problems())


@pytest.mark.parametrize("name", ['"Prod"', '"a b"', '"a/b"', '"ä"', f'"{"x" * 33}"', '""'])
def test_names_that_are_no_slugs_are_refused(write: Any, name: str) -> None:
    write(toml(name))
    assert any("1 to 32" in problem for problem in wiring.problems())


@pytest.mark.parametrize(
    "text", ["", "clouds = 7", "[clouds]", "x = 1\n" + toml(), "[clouds]\nprod = 3", "not toml", "a = \xff"]
)
def test_files_of_another_shape_are_refused(write: Any, text: str) -> None:
    write(text)
    assert wiring.problems()


def test_missing_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONSOLE_CLOUDS_FILE", str(tmp_path / "nowhere.toml"))
    wiring.forget_clouds()
    (problem,) = wiring.problems()
    assert "CONSOLE_CLOUDS_FILE" in problem
    assert "nowhere.toml" in problem


def test_all_mistakes_are_told_at_once(write: Any) -> None:
    write(toml(region=None, project_id=None) + toml("audit", label='""'))
    assert len(wiring.problems()) == 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONSOLE_SIMULATED_URL", "http://169.254.169.254"),
        ("CONSOLE_SIMULATED_URL", "http://cloud.example.com"),
        ("CONSOLE_SIMULATED_ALIBABA", "perhaps"),
        ("CONSOLE_CONNECT_TIMEOUT", "soon"),
        ("CONSOLE_READ_TIMEOUT", "0"),
        ("CONSOLE_PAGE_TIMEOUT", "never"),
        ("CONSOLE_READ_TIMEOUT", "nan"),
        ("CONSOLE_READ_TIMEOUT", "9999"),
    ],
)
def test_settings_that_cannot_be_are_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    (problem,) = wiring.problems()
    assert problem.startswith(name)


def test_settings_may_be_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("http://127.0.0.1:9777\n")
    monkeypatch.setenv("CONSOLE_SIMULATED_URL_FILE", str(tmp_path / "url"))
    assert wiring.problems() == []
    assert wiring.env.asked["CONSOLE_SIMULATED_URL"] == "file"


def test_clouds_are_built_once_however_many_ask() -> None:
    assert len(set(map(id, at_once([wiring.clouds] * 8)))) == 1


def test_unknown_cloud_is_an_error_of_its_own() -> None:
    with pytest.raises(wiring.UnknownCloud):
        wiring.get_cloud("nowhere")


def test_tests_may_bring_their_own_clouds() -> None:
    mine = wiring.Cloud("mine", "Mine", "simulated", "r", "p", simulated=True, catalog=None, gateway_endpoints=None)
    with wiring.use_clouds({"mine": mine}):
        assert wiring.get_cloud("mine") is mine
        assert list(wiring.clouds()) == ["mine"]
        assert wiring.reachable(mine)
    assert list(wiring.clouds()) == ["demo"]


def test_a_console_knows_the_simulated_cloud_and_loads_none_of_it() -> None:
    told = "import sys, console.wiring; print(*(name for name in sys.modules if name.startswith('console.simcloud')))"
    loaded = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout.split()
    assert "console.simcloud.identity" in loaded
    assert [name for name in loaded if not name.endswith(("simcloud", "alibaba", "identity"))] == []
