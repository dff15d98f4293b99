"""Every code of VPCEP that a form can meet (huawei-contract 12.3), with its HTTP status, reached by its own mistake."""

from collections.abc import Callable

import pytest

from tests.simcloud.caller import Caller, Reply
from tests.simcloud.parties import NOTHING, Customer, Provider, public_service

#: Codes by form field, as in the contract's table; and those that belong to no field.
FIELDS = {
    "vpc_id": ("0020", "2001", "2011"),
    "subnet_id": ("0023", "2010", "2037", "4004"),
    "service": ("2003", "2004", "2012", "2029", "3062", "1003"),
    "port_ip": ("2041", "2042", "2043"),
    "whitelist": ("2044", "2045"),
    "enable_dns": ("2033",),
    "routetables": ("1019", "2039", "2040", "4026", "4027"),
    "tags": ("3066", "3067", "3068", "3069", "3071", "3072", "3073"),
    "port_id": ("3003", "3008", "3042", "3054", "3063"),
    "ports": ("3004", "3043", "3044", "3074", "3075"),
    "server_type": ("3021",),
    "service_name": ("1003", "3076"),
    "permissions": ("3002", "3035", "3036", "3049"),
    "none": ("1018", "2014", "2015", "2018", "2019", "2031", "2047", "2050", "2051", "3005", "3006", "3045", "3056"),
    "lists": ("0006", "0007", "0010", "0017", "0018", "0019", "0021", "0002", "0015", "0016", "0005", "2006", "2013"),
}
#: Not a mistake of anybody's: the cloud's own trouble, which only a fault rule brings about.
TROUBLE = {"2021": 400, "2022": 400, "2034": 400, "4028": 400, "4029": 400, "4030": 400, "0001": 500, "0022": 400}
NOT_400 = {"0005": 404, "2006": 404, "4004": 404}


class Mistakes:
    """One mistake for each code: the method `of_<code>` makes it and returns the answer."""

    def __init__(self, provider: Provider, customer: Customer) -> None:
        self.provider = provider
        self.customer = customer
        self.world = provider.caller.cloud.world
        self.service_id = provider.created()
        provider.admit(self.service_id, "*")
        self.endpoint_id = customer.created(self.service_id)
        customer.show(self.endpoint_id)

    def make(self, code: str) -> Reply:
        special: Callable[[], Reply] | None = getattr(self, f"of_{code}", None)
        if special is not None:
            return special()
        if code in _IN_ENDPOINTS:
            return self.customer.create(self.service_id, **_IN_ENDPOINTS[code])
        if code in _IN_SERVICES:
            return self.provider.create(**_IN_SERVICES[code])
        if code in _IN_LISTS:
            return self.provider.ask("GET", self.service_id, "/connections", **_IN_LISTS[code])
        if code in _IN_STATES:
            self.world.set_text(self.endpoint_id, *_IN_STATES[code])
            return self.provider.decide(self.service_id, "receive", self.endpoint_id)
        return self.provider.ask("POST", self.service_id, "/permissions/action", _IN_WHITELISTS[code])

    def of_2012(self) -> Reply:
        return self.customer.create(self.provider.created(ports=[{"client_port": 1, "server_port": 2}]))

    def of_2004(self) -> Reply:
        self.world.set_text(self.service_id, "status", "failed")
        return self.customer.create(self.service_id)

    def of_2003(self) -> Reply:
        return self.customer.create(NOTHING)

    def of_2029(self) -> Reply:
        return self.customer.create("")

    def of_3062(self) -> Reply:
        return self.customer.create("x")

    def of_2037(self) -> Reply:
        elsewhere = Customer(self.customer.caller, "vpc-analytics").vpc["subnets"][0]["id"]
        return self.customer.create(self.service_id, subnet_id=elsewhere)

    def of_2042(self) -> Reply:
        return self.customer.create(self.service_id, port_ip=self.customer.vpc["ports"][0]["ip"])

    def _gateway_endpoint(self, **changes: object) -> Reply:
        return self.customer.create(public_service(self.provider.caller.cloud, "obs"), **changes)

    def of_1019(self) -> Reply:
        return self._gateway_endpoint(routetables=["x"])

    def of_4026(self) -> Reply:
        return self._gateway_endpoint(routetables=[NOTHING])

    def of_4027(self) -> Reply:
        elsewhere = Customer(self.customer.caller, "vpc-analytics").vpc["route_tables"][0]["id"]
        return self._gateway_endpoint(routetables=[elsewhere])

    def of_2039(self) -> Reply:
        self._gateway_endpoint()
        return self._gateway_endpoint()

    def of_2040(self) -> Reply:
        endpoint_id = self._gateway_endpoint().body["id"]
        return self.customer.ask("PUT", endpoint_id, "/routetables", {"routetables": []})

    def of_3071(self) -> Reply:
        body = {"action": "filter", "tags": [{"key": "a", "values": ["b", "b"]}]}
        return self.provider.caller.vpcep("POST", "/endpoint/resource_instances/action", body)

    def of_3042(self) -> Reply:
        return self.provider.create(port_id=Provider(self.provider.caller, "vpc-orders").vpc["ports"][0]["id"])

    def of_3044(self) -> Reply:
        return self.provider.create()

    def of_3054(self) -> Reply:
        self.world.switch(gateway_service_in_vpcep="visible")
        of_gateway = self.world.gateway_named("main").service_id or ""
        return self.provider.update(of_gateway, port_id=self.provider.vpc["ports"][0]["id"])

    def of_3049(self) -> Reply:
        self.world.switch(permission_maximum=1)
        return self.provider.admit(self.service_id, "one", "two")

    def of_1018(self) -> Reply:
        self.world.switch(service_quota=0)
        return self.provider.create()

    def of_3056(self) -> Reply:
        self.world.switch(services_per_backend=1)
        return self.provider.create(ports=[{"client_port": 1, "server_port": 2}])

    def of_2031(self) -> Reply:
        return self.provider.decide(self.service_id, "receive", self.endpoint_id, self.endpoint_id)

    def of_2006(self) -> Reply:
        return self.provider.decide(self.service_id, "receive", NOTHING)

    def of_2013(self) -> Reply:
        return self.provider.decide(self.service_id, "receive", self.provider.caller.first("accepted"))

    def of_0007(self) -> Reply:
        return self.provider.decide(self.service_id, "accept", self.endpoint_id)

    def of_3005(self) -> Reply:
        self.world.set_text(self.service_id, "status", "deleting")
        return self.provider.ask("DELETE", self.service_id)

    def of_3006(self) -> Reply:
        self.provider.decide(self.service_id, "receive", self.endpoint_id)
        return self.provider.ask("DELETE", self.service_id)

    def of_3045(self) -> Reply:
        self.world.set_text(self.service_id, "status", "creating")
        return self.provider.update(self.service_id, description="x")

    def of_0005(self) -> Reply:
        return self.provider.ask("GET", NOTHING)

    def of_0016(self) -> Reply:
        body = {"connections": [{"id": self.endpoint_id, "description": ""}] * 51}
        return self.provider.ask("PUT", self.service_id, "/connections/description", body)


_IN_ENDPOINTS: dict[str, dict[str, object]] = {
    "0020": {"vpc_id": "x"},
    "2001": {"vpc_id": NOTHING},
    "2011": {"vpc_id": ""},
    "0023": {"subnet_id": "x"},
    "2010": {"subnet_id": ""},
    "4004": {"subnet_id": NOTHING},
    "2041": {"port_ip": "1.2.3"},
    "2043": {"port_ip": "10.0.0.9"},
    "2044": {"enable_whitelist": True, "whitelist": ["x"]},
    "2045": {"enable_whitelist": True, "whitelist": [f"10.0.0.{number}" for number in range(21)]},
    "2033": {"enable_dns": "true"},
    "3066": {"tags": [{"key": ""}]},
    "3067": {"tags": [{"key": "a"}, {"key": "a"}]},
    "3068": {"tags": [{"key": "a=b"}]},
    "3069": {"tags": [{"key": f"k{number}"} for number in range(11)]},
    "3072": {"tags": [{"key": "k" * 37}]},
    "3073": {"tags": [{"key": "k", "value": "v" * 44}]},
    "0002": {"description": "<"},
    "0015": {"specification_name": "profession"},
}
_IN_SERVICES: dict[str, dict[str, object]] = {
    "1003": {"service_name": "a b"},
    "3076": {"service_name": "a" * 17},
    "3003": {"port_id": "x"},
    "3008": {"port_id": NOTHING},
    "3063": {"port_id": ""},
    "3004": {"ports": [{"client_port": 0, "server_port": 1}]},
    "3043": {"ports": [{"client_port": 1, "server_port": 0}]},
    "3074": {"ports": [{"client_port": number, "server_port": 1} for number in range(1, 202)]},
    "3075": {"ports": [{"client_port": 1, "server_port": 1, "protocol": "UDP"}]},
    "3021": {"server_type": "TOASTER"},
}
_IN_LISTS: dict[str, dict[str, object]] = {
    "0006": {"limit": 0},
    "0010": {"offset": -1},
    "0017": {"sort_key": "x"},
    "0018": {"sort_dir": "x"},
    "0019": {"status": "x"},
    "0021": {"marker_id": "x"},
}
_IN_STATES = {
    "2014": ("status", "accepted"),
    "2015": ("active_status", "frozen"),
    "2018": ("status", "deleting"),
    "2019": ("status", "creating"),
    "2047": ("status", "failed"),
    "2050": ("enable_status", "disable"),
    "2051": ("enable_status", "switching"),
}
_IN_WHITELISTS: dict[str, dict[str, object]] = {
    "3002": {"action": "add", "permissions": ["x"]},
    "3035": {"action": "grant", "permissions": ["*"]},
    "3036": {"action": "add", "permissions": []},
}


@pytest.mark.parametrize("code", sorted({code for codes in FIELDS.values() for code in codes}))
@pytest.mark.parametrize("shape", ["E1", "E2"])
def test_each_code_is_reached_by_its_mistake(provider: Provider, customer: Customer, code: str, shape: str) -> None:
    mistakes = Mistakes(provider, customer)
    mistakes.world.switch(vpcep_error_shape=shape)
    reply = mistakes.make(code)
    assert reply.code.lower() == f"endpoint.{code}"
    assert reply.status == NOT_400.get(code, 400)
    assert ("error" in reply.body) == (shape == "E2")
    message = reply.body["error"]["message"] if shape == "E2" else reply.body["error_msg"]
    assert message not in ("", "System error")


@pytest.mark.parametrize("code", sorted(TROUBLE))
def test_the_clouds_own_trouble_is_played_by_a_fault(caller: Caller, customer: Customer, code: str) -> None:
    rule = {"match": {"path": "/vpc-endpoints$"}, "fault": "status", "status": TROUBLE[code], "times": 1}
    caller.cloud.faults({**rule, "code": f"EndPoint.{code}"})
    reply = customer.create(public_service(caller.cloud, "dns"))
    assert (reply.status, reply.code) == (TROUBLE[code], f"EndPoint.{code}")
    assert caller.effects() == []


def test_the_quotas_code_is_spelled_as_the_vendor_does(provider: Provider) -> None:
    provider.caller.cloud.world.switch(service_quota=0)
    assert provider.create().code == "Endpoint.1018"
