"""Networks of the own project, as far as placing a service or an endpoint needs them (huawei-contract 7)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vpc:
    """A virtual private cloud."""

    id: str
    name: str
    cidr: str


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet of a VPC."""

    id: str
    name: str
    vpc_id: str
    cidr: str
    gateway_address: str
    #: Addresses that are still free; None where the cloud does not say.
    free: int | None
    #: Zone, where subnets belong to one; "" elsewhere.
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Backend:
    """Something a service can stand in front of: the network port of a server or of a load balancer."""

    id: str
    name: str
    vpc_id: str
    subnet_id: str
    address: str
    #: VM or LB; "" where the cloud does not say.
    server_type: str


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A route table of a VPC."""

    id: str
    name: str
    vpc_id: str
    is_default: bool
