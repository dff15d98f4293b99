"""API Gateway: an account's own domains on the wire (alibaba-contract 2.7)."""

from typing import Any, Final

from console.simcloud.alibaba import groups, own_domains
from console.simcloud.alibaba.call import Actions, Call
from console.simcloud.alibaba.own_domains import DomainRequest
from console.simcloud.alibaba.records import ApiGroup, OwnDomain

_KINDS: Final = ("INTERNET", "INTRANET")
_STAGES: Final = ("TEST", "PRE", "RELEASE", "")
#: Stands for the certificate's private key, which the real cloud shows in clear.
PRIVATE_KEY: Final = "simulated-private-key-that-opens-nothing"


def set_domain(call: Call) -> dict[str, Any]:
    """`SetDomain`: binds a domain to a group; `IsForce` takes it from another one."""
    parameters = call.parameters
    request = DomainRequest(
        name=parameters.required("DomainName").lower(),
        kind=parameters.choice("CustomDomainType", _KINDS, "INTERNET"),
        stage=parameters.given("BindStageName"),
        is_forced=parameters.flag("IsForce"),
        redirects_to_https=parameters.flag("IsHttpRedirectToHttps"),
    )
    parameters.choice("BindStageName", _STAGES, "")
    group = _wanted(call)
    return _status(group, own_domains.bind(call.world, call.act, group, request))


def _status(group: ApiGroup, domain: OwnDomain) -> dict[str, Any]:
    return {
        "GroupId": group.id,
        "DomainName": domain.id,
        "SubDomain": f"{group.stem}.alicloudapi.com",
        "DomainBindingStatus": "BINDING" if domain.is_resolved else "BOUND",
        "DomainLegalStatus": "NORMAL",
        "DomainRemark": "",
        "DomainWebSocketStatus": "CLOSE",
    }


def describe_domain(call: Call) -> dict[str, Any]:
    """`DescribeDomain`: with the private key of the certificate, as the real cloud does."""
    group = _wanted(call)
    domain = own_domains.find(call.world, group, call.parameters.required("DomainName"))
    row = _status(group, domain) | {"DomainCNAMEStatus": "RESOLVED" if domain.is_resolved else "UNRESOLVED"}
    if domain.has_certificate:
        row |= {"CertificateId": "10001", "CertificateName": domain.id, "CertificatePrivateKey": PRIVATE_KEY}
    return row


def delete_domain(call: Call) -> dict[str, Any]:
    """`DeleteDomain`: unbinds a domain."""
    own_domains.unbind(call.world, call.act, _wanted(call), call.parameters.required("DomainName"))
    return {}


def _wanted(call: Call) -> ApiGroup:
    return groups.find(call.world, call.account, call.region, call.parameters.required("GroupId"))


ACTIONS: Final[Actions] = {
    "SetDomain": set_domain,
    "DescribeDomain": describe_domain,
    "DeleteDomain": delete_domain,
}
