"""What VPCEP refuses lands on the input that it is about, with our own words. Verify tells no from not found."""

from typing import Any

import pytest

from console.clouds.advice import TryAgain
from console.clouds.errors import (
    CloudBusy,
    CloudError,
    CloudForbidden,
    CloudNotFound,
    CloudOutcomeUnknown,
    CloudRefused,
    CloudUnavailable,
)
from console.clouds.huawei.advice import _TABLE
from console.clouds.huawei.faults import error_for
from console.clouds.masking import Mask
from console.clouds.services import PortMapping, ServiceUpdate, Tag
from console.clouds.types import EVERYONE, AccountId, EndpointId
from console.simcloud import SimulatedCloud
from console.simcloud.identity import CONSUMER
from tests.clouds.test_faults import reply
from tests.clouds.vpcep_parties import INTENT, NOTHING, Party, party

#: Huawei-contract 12.3, with our names.
FIELDS = {
    "vpc": ("0020", "2001", "2011", "2021"),
    "subnet": ("0023", "2010", "2037", "4004"),
    "service": ("2003", "2004", "2012", "2029", "3062"),
    "address": ("2041", "2042", "2043"),
    "whitelist": ("2044", "2045"),
    "dns": ("2033", "2034"),
    "route_tables": ("1019", "2039", "2040", "4026", "4027", "4028", "4029", "4030"),
    "tags": ("3066", "3067", "3068", "3069", "3071", "3072", "3073"),
    "backend": ("3003", "3008", "3042", "3054", "3063"),
    "ports": ("3004", "3043", "3044", "3074", "3075"),
    "server_type": ("3021",),
    "name": ("1003", "3076"),
    "account": ("3002", "3035", "3036", "3049"),
    "": ("1018", "2014", "2015", "2018", "2019", "2031", "2047", "2050", "2051", "3005", "3006", "3045", "3056"),
}
BY_CODE = {code: field for field, codes in FIELDS.items() for code in codes}
NOT_400 = {"4004": 404}


@pytest.fixture(params=["E1", "E2"])
def shape(request: pytest.FixtureRequest, cloud: SimulatedCloud) -> str:
    """How the cloud spells its errors."""
    cloud.world.switch(vpcep_error_shape=request.param)
    return str(request.param)


@pytest.fixture
def provider(cloud: SimulatedCloud) -> Party:
    return party(cloud)


@pytest.fixture
def consumer(cloud: SimulatedCloud) -> Party:
    return party(cloud, account=CONSUMER)


def spoil(cloud: SimulatedCloud, path: str, fault: str, **more: Any) -> None:
    cloud.faults({"match": {"path": path}, "fault": fault, **more})


# Codes and fields


@pytest.mark.usefixtures("shape")
@pytest.mark.parametrize("code", BY_CODE)
def test_every_code_of_the_field_map_lands_on_its_field(cloud: SimulatedCloud, provider: Party, code: str) -> None:
    spoil(cloud, "/vpc-endpoint-services$", "status", status=NOT_400.get(code, 400), code=f"EndPoint.{code}")
    new = provider.new_service()
    with pytest.raises(CloudRefused) as refused:
        provider.publishing.create_service(new, intent=INTENT)
    assert refused.value.field == BY_CODE[code]
    assert refused.value.advice != CloudRefused.usual_advice
    assert refused.value.advice.try_again in (TryAgain.AFTER_A_FIX, TryAgain.LATER)


@pytest.mark.parametrize("code", BY_CODE)
def test_codes_are_known_in_every_case(code: str) -> None:
    for spelled in (f"EndPoint.{code}", f"Endpoint.{code}", f"endpoint.{code}"):
        error = error_for(reply(400, {"error_code": spelled, "error_msg": "m"}), Mask(), is_write=True)
        assert error.field == BY_CODE[code]


def test_no_other_code_is_about_a_field() -> None:
    for code in ("APIC.7211", "EndPoint.0002", "EndPoint.4001", "VPC.0002", "IAM.0012", ""):
        assert error_for(reply(400, {"error_code": code, "error_msg": "m"}), Mask(), is_write=True).field == ""


def test_name_of_a_service_that_is_connected_to_is_the_service(cloud: SimulatedCloud, consumer: Party) -> None:
    spoil(cloud, "/vpc-endpoints$", "status", status=400, code="EndPoint.1003")
    with pytest.raises(CloudRefused) as refused:
        consumer.endpoint(NOTHING)
    assert refused.value.field == "service"


IN_SERVICES: dict[str, dict[str, Any]] = {
    "0020": {"vpc_id": "x"},
    "2001": {"vpc_id": NOTHING},
    "2011": {"vpc_id": ""},
    "3003": {"backend_id": "x"},
    "3008": {"backend_id": NOTHING},
    "3063": {"backend_id": ""},
    "3004": {"ports": (PortMapping(0, 1),)},
    "3043": {"ports": (PortMapping(1, 0),)},
    "3074": {"ports": tuple(PortMapping(number, 1) for number in range(1, 202))},
    "3075": {"ports": (PortMapping(1, 1, "UDP"),)},
    "3021": {"server_type": "TOASTER"},
    "1003": {"name": "a b"},
    "3076": {"name": "a" * 17},
    "3066": {"tags": (Tag(""),)},
    "3067": {"tags": (Tag("a"), Tag("a"))},
    "3068": {"tags": (Tag("a=b"),)},
    "3069": {"tags": tuple(Tag(f"k{number}") for number in range(11))},
    "3072": {"tags": (Tag("k" * 37),)},
    "3073": {"tags": (Tag("k", "v" * 44),)},
}
IN_ENDPOINTS: dict[str, dict[str, Any]] = {
    "2003": {"service_id": NOTHING},
    "2029": {"service_id": ""},
    "3062": {"service_id": "x"},
    "0023": {"subnet_id": "x"},
    "2010": {"subnet_id": ""},
    "4004": {"subnet_id": NOTHING},
    "2041": {"address": "1.2.3"},
    "2042": {"address": "172.16.0.20"},
    "2043": {"address": "10.0.0.9"},
    "2044": {"access_control": True, "whitelist": ("x",)},
    "2045": {"access_control": True, "whitelist": tuple(f"10.0.0.{number}" for number in range(21))},
}


@pytest.mark.usefixtures("shape")
@pytest.mark.parametrize("code", IN_SERVICES)
def test_mistakes_in_a_new_service_land_on_their_field(provider: Party, code: str) -> None:
    new = provider.new_service(**IN_SERVICES[code])
    with pytest.raises(CloudRefused) as refused:
        provider.publishing.create_service(new, intent=INTENT)
    assert (refused.value.vendor_code, refused.value.field) == (f"EndPoint.{code}", BY_CODE[code])


@pytest.mark.usefixtures("shape")
def test_mistakes_in_a_new_endpoint_land_on_their_field(
    cloud: SimulatedCloud, provider: Party, consumer: Party
) -> None:
    service_id = provider.service()
    provider.services.add_permission(service_id, EVERYONE, intent=INTENT)
    effects = len(cloud.ledger())
    usual = consumer.new_endpoint(service_id)
    for code, changes in IN_ENDPOINTS.items():
        fields = {name: getattr(usual, name) for name in type(usual).__dataclass_fields__}
        with pytest.raises(CloudRefused) as refused:
            consumer.endpoints.create_endpoint(type(usual)(**{**fields, **changes}), intent=INTENT)
        assert (refused.value.vendor_code, refused.value.field) == (f"EndPoint.{code}", BY_CODE[code])
    assert len(cloud.ledger()) == effects


@pytest.mark.usefixtures("shape")
def test_mistakes_in_a_whitelist_land_on_the_account(cloud: SimulatedCloud, provider: Party) -> None:
    service_id = provider.service()
    with pytest.raises(CloudRefused) as invalid:
        provider.services.add_permission(service_id, AccountId("no account"), intent=INTENT)
    cloud.world.switch(permission_maximum=0)
    with pytest.raises(CloudRefused) as full:
        provider.services.add_permission(service_id, AccountId("a1"), intent=INTENT)
    assert [error.value.vendor_code for error in (invalid, full)] == ["EndPoint.3002", "EndPoint.3049"]
    assert [error.value.field for error in (invalid, full)] == ["account", "account"]


# States


@pytest.mark.usefixtures("shape")
@pytest.mark.parametrize(
    ("column", "value", "code", "meaning"),
    [
        ("status", "accepted", "EndPoint.2014", "It is connected already."),
        ("active_status", "frozen", "EndPoint.2015", "The cloud account is frozen, often because of an unpaid bill."),
        ("status", "deleting", "EndPoint.2018", "The VPC endpoint is being deleted."),
        ("status", "creating", "EndPoint.2019", "The VPC endpoint is being created."),
        ("status", "failed", "EndPoint.2047", "The VPC endpoint has failed and cannot be changed."),
        ("enable_status", "disable", "EndPoint.2050", "The VPC endpoint is disabled."),
        ("enable_status", "switching", "EndPoint.2051", "The VPC endpoint is being moved inside the cloud."),
    ],
)
def test_accepting_in_an_illegal_state_is_a_certain_no_with_our_words(
    cloud: SimulatedCloud, provider: Party, column: str, value: str, code: str, meaning: str
) -> None:
    service_id = provider.service()
    endpoint_id = provider.endpoint(service_id, "vpc-clients")
    provider.services.find_connection(service_id, endpoint_id)
    cloud.world.set_text(endpoint_id, column, value)
    effects = len(cloud.ledger())
    with pytest.raises(CloudRefused) as refused:
        provider.services.accept(service_id, endpoint_id, intent=INTENT)
    assert (refused.value.vendor_code, refused.value.field, refused.value.advice.meaning) == (code, "", meaning)
    assert len(cloud.ledger()) == effects


def test_connection_that_is_not_there_is_not_found(provider: Party) -> None:
    service_id = provider.service()
    with pytest.raises(CloudNotFound) as gone:
        provider.services.accept(service_id, EndpointId(NOTHING), intent=INTENT)
    assert gone.value.vendor_code == "EndPoint.2006"
    with pytest.raises(CloudRefused) as stranger:
        provider.services.accept(service_id, provider.endpoints.list_endpoints()[0].id, intent=INTENT)
    assert stranger.value.vendor_code == "EndPoint.2013"


def test_service_in_the_making_is_not_changed(cloud: SimulatedCloud, provider: Party) -> None:
    cloud.world.delay = 2.0
    service_id = provider.service()
    with pytest.raises(CloudRefused) as early:
        provider.publishing.update_service(service_id, ServiceUpdate(description="x"), intent=INTENT)
    assert early.value.vendor_code == "EndPoint.3045"
    assert early.value.advice.try_again is TryAgain.LATER


KINDS = [
    (400, "0022", CloudBusy),
    (400, "0002", CloudRefused),
    (400, "0014", CloudRefused),
    (400, "1018", CloudRefused),
    (403, "0004", CloudForbidden),
    (401, "0004", CloudForbidden),
    (404, "0005", CloudNotFound),
    (400, "0005", CloudNotFound),
    (400, "2006", CloudNotFound),
    (404, "2007", CloudNotFound),
    (404, "2008", CloudNotFound),
    (500, "0001", CloudOutcomeUnknown),
    (500, "0005", CloudOutcomeUnknown),
    (504, "0013", CloudOutcomeUnknown),
]


@pytest.mark.parametrize(("status", "number", "kind"), KINDS)
def test_codes_and_status_decide_what_a_write_came_to(status: int, number: str, kind: type[CloudError]) -> None:
    error = error_for(reply(status, {"error_code": f"EndPoint.{number}", "error_msg": "m"}), Mask(), is_write=True)
    assert type(error) is kind


def test_every_code_of_the_contract_has_words_of_its_own() -> None:
    general = {*range(1, 24), 1003, 1004, 1008, 1018, 1019} - {8}  # there is no 0008
    network = {*range(4001, 4031)}
    others = {2006, 2007, 2008, 2013, 2014, 2017, 2018, 2019, 2022, 2031, 2047, 2050, 2051, 3005, 3006, 3045, 3046}
    codes = {f"endpoint.{number:04}" for number in general | network | others}
    assert codes | {f"endpoint.{code}" for code in BY_CODE} <= set(_TABLE)


# Verify


NAME = "eu-west-101.nobody.5f0c1c2e-7d0b-4a3c-9a55-0b8f3b0f7e11"


@pytest.mark.usefixtures("shape")
@pytest.mark.parametrize("answer", ["EndPoint.0005", "EndPoint.2003", "EndPoint.3062", "empty"])
def test_every_documented_way_to_say_not_found_is_understood(
    cloud: SimulatedCloud, consumer: Party, answer: str
) -> None:
    cloud.world.switch(describe_not_found=answer)
    assert consumer.endpoints.find_service(NAME) is None


def test_name_that_is_too_long_for_the_cloud_is_not_found(consumer: Party) -> None:
    assert consumer.endpoints.find_service("x" * 129) is None  # 400 EndPoint.1003


REAL_ERRORS = [
    (404, "APIGW.0101", CloudNotFound),
    (404, "EndPoint.2006", CloudNotFound),
    (400, "EndPoint.0002", CloudRefused),
    (400, "EndPoint.0005", CloudNotFound),
    (404, "EndPoint.2003", CloudNotFound),
    (403, "EndPoint.0004", CloudForbidden),
    (400, "EndPoint.0014", CloudRefused),
    (500, "EndPoint.0001", CloudUnavailable),
]


@pytest.mark.parametrize(("status", "code", "kind"), REAL_ERRORS)
def test_any_other_answer_to_verify_is_an_error(
    cloud: SimulatedCloud, consumer: Party, status: int, code: str, kind: type[CloudError]
) -> None:
    spoil(cloud, "/describe$", "status", status=status, code=code)
    with pytest.raises(CloudError) as caught:
        consumer.endpoints.find_service(NAME)
    assert type(caught.value) is kind
