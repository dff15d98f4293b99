"""Codes and messages of refusals (alibaba-contract 1.7, 2, 4.3). `Simulated.` begins what has no known code."""

from typing import Final

from console.simcloud.errors import Refusal

MESSAGES: Final = {
    "InvalidAction.NotFound": "Specified api is not found, please check your url and method.",
    "NoSuchVersion": "Specified parameter Version is not valid.",
    "MissingParameter": "The input parameter that is mandatory for processing this request is not supplied.",
    "InvalidParameter": "The specified parameter is not valid.",
    "UnsupportedHTTPMethod": "This http method is not supported.",
    "InvalidAccessKeyId.NotFound": "Specified access key is not found.",
    "IncompleteSignature": "The request signature does not conform to Aliyun standards.",
    "InvalidTimeStamp.Format": "Specified time stamp or date value is not well formatted.",
    "InvalidTimeStamp.Expired": "Specified time stamp or date value is expired.",
    "SignatureNonceUsed": "Specified signature nonce was used already.",
    "Throttling": "Request was denied due to request throttling.",
    "Throttling.User": "Request was denied due to user flow control.",
    "Forbidden.RAM": "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
    "ServiceUnavailable": "The request has failed due to a temporary failure of the server.",
    "InternalError": "The request processing has failed due to some unknown error, exception or failure.",
    "DomainAlreadyBind": "The domain name has been bound to another API group.",
    "ExceedLimitDomain": "The number of domain names of the group exceeds the limit.",
    "SingleDomainOwnershipCheckFail": "The ownership of the domain name cannot be verified.",
    "DryRunOperation": "Request validation has been passed with DryRun flag set.",
    "ConcurrentCallNotSupported": "The interface does not support concurrent calls.",
    "EndpointConnectionNotFound": "The specified endpoint connection does not exist.",
    "EndpointConnectionOperationDenied": "The operation is denied because the endpoint connection is being processed.",
    "EndpointNotFound": "The specified endpoint does not exist.",
    "EndpointOperationDenied": "The operation is not allowed in the current state of the endpoint.",
    "EndpointServiceConnectionDependence": "The endpoint service still has connections.",
    "EndpointServiceNotFound": "The specified endpoint service does not exist.",
    "EndpointZoneNotFound": "The specified zone does not exist.",
    "EndpointServiceOperationDenied": "The operation is not allowed in the current state of the endpoint service.",
    "MissingParam.UserArn": "The parameter UserId or UserARN is mandatory.",
    "Mismatch.UserIdAndUserArn": "The specified UserId and UserARN do not match.",
    "Simulated.GroupIsMoving": "The API group is being moved to another instance.",
    "Simulated.InstanceNotDedicated": "Only a dedicated instance can be bound to a VPC.",
    "Simulated.InstanceNotRunning": "The instance is not running.",
    "Simulated.InstanceVpcNotBound": "The instance is not bound to a VPC.",
    "Simulated.OwnDomainOnSharedInstance": "A shared instance supports no intranet domain of your own.",
    "Simulated.SameInstance": "The API group is on this instance already.",
    "Simulated.TargetInstanceVpcNotBound": "The target instance is not bound to a VPC.",
    "Simulated.TokenUsedOtherwise": "The token was used with other parameters.",
    "Simulated.UserExists": "The user is on the whitelist already.",
    "Simulated.UserNotFound": "The user is not on the whitelist.",
}


def refuse(code: str, message: str | None = None) -> Refusal:
    """A refusal of a service: HTTP 400, as nearly all of them are (alibaba-contract 2, 4.3)."""
    return Refusal(400, code, message)


def missing(name: str) -> Refusal:
    """A parameter that is not there."""
    return refuse(f"Missing{name}", f"The {name} is mandatory for this action.")


def invalid(name: str) -> Refusal:
    """A parameter with a bad value."""
    return refuse(f"Invalid{name}", f"The specified {name} is not valid.")


def not_found(kind: str, value: str) -> Refusal:
    """API Gateway's "not found" of a kind of resource: 400, not 404 (alibaba-contract 2)."""
    return refuse(f"NotFound{kind}", f"Cannot find resource according to your specified {value}.")
