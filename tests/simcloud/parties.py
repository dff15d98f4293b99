"""Two parties of VPCEP: who publishes an endpoint service, and who connects to one. Shared by the tests here."""

from typing import Any

from console.simcloud import SimulatedCloud
from console.simcloud.identity import CONSUMER
from tests.simcloud.caller import Caller, Reply

NOTHING = "00000000-0000-4000-8000-000000000000"


class Provider:
    """The demo account, with a server to publish."""

    def __init__(self, caller: Caller, vpc_name: str = "vpc-shop") -> None:
        self.caller = caller
        self.vpc: dict[str, Any] = _vpc(caller, vpc_name)

    def body(self, **changes: object) -> dict[str, object]:
        return {
            "vpc_id": self.vpc["id"],
            "port_id": self.vpc["ports"][0]["id"],
            "server_type": "VM",
            "ports": [{"client_port": 8080, "server_port": 80, "protocol": "TCP"}],
            **changes,
        }

    def create(self, **changes: object) -> Reply:
        return self.caller.vpcep("POST", "/vpc-endpoint-services", self.body(**changes))

    def created(self, **changes: object) -> str:
        """The id of a new service."""
        return str(self.create(**changes).body["id"])

    def ask(self, method: str, service_id: str, below: str = "", body: object = None, **query: object) -> Reply:
        return self.caller.vpcep(method, f"/vpc-endpoint-services/{service_id}{below}", body, **query)

    def show(self, service_id: str) -> Any:
        return self.ask("GET", service_id).body

    def update(self, service_id: str, **fields: object) -> Reply:
        return self.ask("PUT", service_id, "", fields)

    def admit(self, service_id: str, *accounts: str) -> Reply:
        entries = [account if account == "*" else f"iam:domain::{account}" for account in accounts]
        return self.ask("POST", service_id, "/permissions/action", {"action": "add", "permissions": entries})

    def decide(self, service_id: str, action: str, *ids: str) -> Reply:
        return self.ask("POST", service_id, "/connections/action", {"action": action, "endpoints": list(ids)})

    def connection(self, service_id: str, endpoint_id: str) -> Any:
        """The connection as the owner's list shows it; None when it is not there."""
        rows = self.ask("GET", service_id, "/connections", id=endpoint_id).body["connections"]
        return rows[0] if rows else None

    def list(self, **query: object) -> Any:
        return self.caller.vpcep("GET", "/vpc-endpoint-services", **query).body


class Customer:
    """An account that connects; the consumer unless told otherwise."""

    def __init__(self, caller: Caller, vpc_name: str = "vpc-billing") -> None:
        self.caller = caller
        self.vpc: dict[str, Any] = _vpc(caller, vpc_name)

    def create(self, service_id: object, **changes: object) -> Reply:
        body = {
            "endpoint_service_id": service_id,
            "vpc_id": self.vpc["id"],
            "subnet_id": self.vpc["subnets"][0]["id"],
            **changes,
        }
        return self.caller.vpcep("POST", "/vpc-endpoints", body)

    def created(self, service_id: str, **changes: object) -> str:
        """The id of a new endpoint."""
        return str(self.create(service_id, **changes).body["id"])

    def ask(self, method: str, endpoint_id: str, below: str = "", body: object = None) -> Reply:
        return self.caller.vpcep(method, f"/vpc-endpoints/{endpoint_id}{below}", body)

    def show(self, endpoint_id: str) -> Any:
        return self.ask("GET", endpoint_id).body

    def list(self, **query: object) -> Any:
        return self.caller.vpcep("GET", "/vpc-endpoints", **query).body


def _vpc(caller: Caller, name: str) -> dict[str, Any]:
    description = caller.cloud.describe()
    account = description["consumer"] if caller.account is CONSUMER else description
    return next(vpc for vpc in account["vpcs"] if vpc["name"] == name)


def public_service(cloud: SimulatedCloud, name: str) -> str:
    """The id of one of the cloud's own services."""
    return next(row.id for row in cloud.world.services.values() if row.is_public and row.name == name)
