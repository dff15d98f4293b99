"""The request bodies that the vendor prints, byte for byte: sources 001 and 002."""

import json

import pytest

from console.simcloud import SimulatedCloud, World
from tests.simcloud.caller import Caller

SERVICE_OF_001 = b"""{
  "port_id": "4189d3c2-8882-4871-a3c2-d380272eed88",
  "vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed80",
  "approval_enabled":false,
  "service_type":"interface",
  "server_type":"VM",
  "ports":
           [
             {
               "client_port":8080,
               "server_port":80,
               "protocol":"TCP"
             },
             {
               "client_port":8081,
               "server_port":80,
               "protocol":"TCP"
             }
            ]
}"""

ENDPOINT_OF_001 = b"""{
  "subnet_id": "4189d3c2-8882-4871-a3c2-d380272eed81",
  "vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed82",
  "endpoint_service_id":"4189d3c2-8882-4871-a3c2-d380272eed83",
  "enable_dns":true
}"""

ENDPOINT_OF_002 = b"""{
"subnet_id": "68bfbcc1-dff2-47e4-a9d4-332b9bc1b8de",
"vpc_id": "84758cf5-9c62-43ae-a778-3dbd8370c0a4",
"tags":[
            {
                "key":"test1",
                "value":"test1"
            }
       ],
"endpoint_service_id":"e0c748b7-d982-47df-ba06-b9c8c7650c1a",
"enable_dns":true
}"""

#: The fields of source 002's table of response parameters that an interface endpoint has before it is connected.
DOCUMENTED = {
    *("id", "service_type", "status", "active_status", "endpoint_service_name", "marker_id", "endpoint_service_id"),
    *("enable_dns", "subnet_id", "vpc_id", "created_at", "updated_at", "project_id", "tags", "whitelist"),
    *("enable_whitelist", "routetables", "enable_status"),
}


def test_the_printed_service_is_created(caller: Caller) -> None:
    reply = caller.vpcep("POST", "/vpc-endpoint-services", SERVICE_OF_001)
    assert reply.status == 200
    sent = json.loads(SERVICE_OF_001)
    assert {name: reply.body[name] for name in sent} == sent
    shown = caller.vpcep("GET", f"/vpc-endpoint-services/{reply.body['id']}").body
    assert (shown["status"], shown["ports"]) == ("available", sent["ports"])


@pytest.mark.parametrize("body", [ENDPOINT_OF_001, ENDPOINT_OF_002], ids=["001", "002"])
def test_the_printed_endpoint_is_created(caller: Caller, body: bytes) -> None:
    reply = caller.vpcep("POST", "/vpc-endpoints", body)
    assert reply.status == 200
    assert set(reply.body) >= DOCUMENTED
    sent = json.loads(body)
    assert {name: reply.body[name] for name in sent if name != "enable_dns"} == {
        name: value for name, value in sent.items() if name != "enable_dns"
    }


def test_the_printed_endpoint_gets_its_domain_name_when_it_is_accepted(caller: Caller, consumer: Caller) -> None:
    created = caller.vpcep("POST", "/vpc-endpoints", ENDPOINT_OF_002).body
    service = f"/vpc-endpoint-services/{created['endpoint_service_id']}"
    consumer.vpcep("POST", f"{service}/connections/action", {"action": "receive", "endpoints": [created["id"]]})
    shown = caller.vpcep("GET", f"/vpc-endpoints/{created['id']}").body
    assert (shown["status"], shown["enable_dns"], len(shown["dns_names"])) == ("accepted", True, 1)


def test_printed_ids_exist_whatever_the_seed() -> None:
    with SimulatedCloud(World.seeded(seed=7)) as cloud:
        caller = Caller(cloud)
        for path, body in (("/vpc-endpoint-services", SERVICE_OF_001), ("/vpc-endpoints", ENDPOINT_OF_001)):
            assert caller.vpcep("POST", path, body).status == 200
