"""An account's own domains on API groups (alibaba-contract 2.7 and R16)."""

import pytest

from console.simcloud.alibaba.cloudapi_domains import PRIVATE_KEY
from tests.simcloud.alibaba_caller import AlibabaCaller, code_of
from tests.simcloud.caller import Reply

NAME = "api.northwind.example"


def bind(alibaba: AlibabaCaller, role: str, name: str = NAME, **more: object) -> Reply:
    parameters = {"GroupId": alibaba.seeded(role), "DomainName": name, "CustomDomainType": "INTRANET", **more}
    return alibaba.gateway("SetDomain", **parameters)


def names(alibaba: AlibabaCaller, role: str) -> list[str]:
    return [row["DomainName"] for row in alibaba.group(role)["CustomDomains"]["DomainItem"]]


def test_r16_a_domain_is_bound_to_a_group_of_a_dedicated_instance(alibaba: AlibabaCaller) -> None:
    reply = bind(alibaba, "bound_enabled")
    group = alibaba.seeded("bound_enabled")
    assert (reply.status, reply.body["GroupId"], reply.body["DomainBindingStatus"]) == (200, group, "BINDING")
    assert names(alibaba, "bound_enabled") == [NAME]
    assert alibaba.effects() == [("own_domain.bind", NAME, None, group)]


def test_r16_a_shared_instance_has_no_intranet_domains(alibaba: AlibabaCaller) -> None:
    assert code_of(bind(alibaba, "shared_enabled")) == (400, "Simulated.OwnDomainOnSharedInstance")
    assert bind(alibaba, "shared_enabled", CustomDomainType="INTERNET").status == 200


def test_a_domain_belongs_to_one_group_unless_it_is_taken_by_force(alibaba: AlibabaCaller) -> None:
    bind(alibaba, "bound_enabled")
    assert code_of(bind(alibaba, "elsewhere_enabled")) == (400, "DomainAlreadyBind")
    assert bind(alibaba, "elsewhere_enabled", IsForce=True).status == 200
    assert (names(alibaba, "bound_enabled"), names(alibaba, "elsewhere_enabled")) == ([], [NAME])
    before, after = alibaba.seeded("bound_enabled"), alibaba.seeded("elsewhere_enabled")
    assert alibaba.effects()[-1] == ("own_domain.bind", NAME, before, after)


def test_a_group_has_five_domains(alibaba: AlibabaCaller) -> None:
    for number in range(5):
        assert bind(alibaba, "bound_enabled", f"a{number}.example").status == 200
    assert code_of(bind(alibaba, "bound_enabled", "a5.example")) == (400, "ExceedLimitDomain")
    assert bind(alibaba, "bound_enabled", "a4.example", IsHttpRedirectToHttps=True).status == 200


def test_an_empty_stage_and_none_are_two_things(alibaba: AlibabaCaller) -> None:
    bind(alibaba, "bound_enabled", BindStageName="")
    assert alibaba.cloud.world.alibaba.own_domains[NAME].stage == ""
    bind(alibaba, "bound_enabled", "b.example")
    assert alibaba.cloud.world.alibaba.own_domains["b.example"].stage is None
    assert code_of(bind(alibaba, "bound_enabled", BindStageName="LATER")) == (400, "InvalidBindStageName")


@pytest.mark.parametrize("name", ["example", "-a.example", "a..example", "a b.example", "a.example/", "x" * 64 + ".de"])
def test_a_malformed_name_is_refused(alibaba: AlibabaCaller, name: str) -> None:
    assert code_of(bind(alibaba, "bound_enabled", name)) == (400, "InvalidDomainName")


def test_a_domain_is_unbound(alibaba: AlibabaCaller) -> None:
    group, name = alibaba.seeded("bound_with_domain"), "orders.northwind.example"
    assert alibaba.gateway("DeleteDomain", GroupId=group, DomainName=name).status == 200
    assert names(alibaba, "bound_with_domain") == []
    assert alibaba.effects() == [("own_domain.unbind", name, group, None)]
    assert code_of(alibaba.gateway("DeleteDomain", GroupId=group, DomainName=name)) == (400, "NotFoundDomain")


def test_the_cloud_shows_a_certificates_private_key(alibaba: AlibabaCaller) -> None:
    group, name = alibaba.seeded("bound_with_domain"), "orders.northwind.example"
    shown = alibaba.gateway("DescribeDomain", GroupId=group, DomainName=name).body
    assert shown["CertificatePrivateKey"] == PRIVATE_KEY
    bind(alibaba, "bound_enabled")
    row = alibaba.gateway("DescribeDomain", GroupId=alibaba.seeded("bound_enabled"), DomainName=NAME).body
    assert "CertificatePrivateKey" not in row


def test_a_group_on_the_move_takes_no_domain(alibaba: AlibabaCaller) -> None:
    assert code_of(bind(alibaba, "moving")) == (400, "Simulated.GroupIsMoving")
    assert code_of(bind(alibaba, "busy_enabled")) == (400, "Simulated.InstanceNotRunning")
