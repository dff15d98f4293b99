"""What the cloud's codes mean and what to do about them (huawei-contract 2.4, 4 and 12.3), in our own words.

Codes are compared in lower case. A code that is not here gets the usual advice of its error.
"""

from dataclasses import replace
from typing import Final

from console.clouds.advice import OUTCOME_UNKNOWN, Advice, TryAgain
from console.clouds.errors import CloudBusy, CloudError, CloudOutcomeUnknown

_FIX: Final = TryAgain.AFTER_A_FIX
_LATER: Final = TryAgain.LATER

_RUNNER: Final = "Ask whoever runs the console to "
_SUPPORT: Final = "Try again later. If it lasts, give the cloud's request ID to the vendor's support."
_CREDENTIALS: Final = _RUNNER + "check the configured user or access key"
_RELOAD: Final = "Reload the page: it shows what is there now."

#: Codes that share their meaning, separated by blanks: meaning, next step, whether to try again.
_ROWS: Final[tuple[tuple[str, str, str, TryAgain], ...]] = (
    # Who calls: 401
    (
        "apigw.0307 apig.0307",
        "The cloud no longer takes the sign-in token, or the token belongs to another region.",
        _RUNNER + "check that region, project and base URLs of this cloud belong together.",
        _FIX,
    ),
    (
        "apigw.0301 apig.0301",
        "The cloud could not verify who is calling.",
        _CREDENTIALS + "; after several wrong signatures the cloud locks a key for five minutes.",
        _FIX,
    ),
    (
        "apigw.0303 apig.0303",
        "The signature of the call is wrong, or the clock of this machine is off by more than 15 minutes.",
        _RUNNER + "check the machine's clock and the secret key.",
        _FIX,
    ),
    (
        "apic.7100 apic.7101 apic.7102 apig.1000 apig.1001 apig.1002 "
        "endpoint.0003 vpc.0008 iam.0001 iam.0066 iam.0067 401",
        "The cloud does not accept the console's sign-in.",
        _CREDENTIALS + ": the user may be disabled, or its password or permissions have changed.",
        _FIX,
    ),
    (
        "apic.7103 apig.1003",
        "The sign-in belongs to no project.",
        _RUNNER + "check the configured project ID.",
        _FIX,
    ),
    (
        "apic.7105 apic.7107",
        "The console's user is unknown to the gateway service, or has no role.",
        _CREDENTIALS + ".",
        _FIX,
    ),
    (
        "iam.0061",
        "The console's user is locked, as happens after wrong passwords.",
        _CREDENTIALS + " at the cloud.",
        _FIX,
    ),
    ("iam.0062", "The console's user name or password is wrong.", _CREDENTIALS + ".", _FIX),
    (
        "iam.0081 iam.0082",
        "The console's user is disabled, or may only sign in to the vendor's own pages.",
        _RUNNER + "give that user programmatic access at the cloud.",
        _FIX,
    ),
    # What the caller may do: 403
    (
        "apic.7106 apic.7300 apig.1005 apig.1020 apigw.0302 endpoint.0004 vpc.0010 iam.0002 iam.0003",
        "The console's user lacks the permission for this act at the cloud.",
        _RUNNER + "grant it; for Accept and Reject it is apig:instance:acceptOrRejectVpcEndpointConnection.",
        _FIX,
    ),
    (
        "apic.7109",
        "The cloud account is suspended, often because of an unpaid bill.",
        "Ask the owner of the cloud account to settle that with the vendor.",
        _FIX,
    ),
    ("apic.7110", "The cloud account may only read.", "Ask the owner of the cloud account why it is restricted.", _FIX),
    ("apic.7111", "The gateway belongs to another account.", _CREDENTIALS + " and the project ID.", _FIX),
    (
        "apic.7130 apigw.0310",
        "The sign-in and the address name different or unavailable projects.",
        _RUNNER + "check the project ID.",
        _FIX,
    ),
    (
        "apic.7134",
        "The gateway is in an enterprise project that the console's user may not enter.",
        _CREDENTIALS + ".",
        _FIX,
    ),
    ("apigw.0306 apigw.0802", "The console's user may not use this service in this region.", _CREDENTIALS + ".", _FIX),
    # Too many calls, under whichever status
    (
        "apigw.0308 apig.0308 iam.0012 endpoint.0022 apig.9008",
        "The cloud is limiting how many calls it takes.",
        "Wait a minute, then try again.",
        _LATER,
    ),
    # The gateway and its service
    (
        "apic.7211 apig.2012 endpoint.0002 endpoint.0007 endpoint.1004",
        "The cloud does not accept one of the values.",
        "Read the cloud's own words for the name of the value, and change it.",
        _FIX,
    ),
    ("apic.7302 apig.3030", "The gateway does not exist in this project.", "Go back to the list of gateways.", _FIX),
    ("apic.7314", "This gateway has no VPC endpoint service.", "Give the service a name first: that enables it.", _FIX),
    (
        "apic.7701",
        "The gateway is busy with another operation, or is not running.",
        "Wait until the gateway is Running, then try again.",
        _LATER,
    ),
    ("apic.9000 apic.9999 apig.9999 endpoint.0001", "Something inside the cloud failed.", _SUPPORT, _LATER),
    (
        "apic.9007",
        "The VPC endpoint service behind the gateway refused or failed; an act that the status forbids ends so too.",
        _RELOAD + " If the act is still offered, try again once; then give the request ID to the vendor's support.",
        _LATER,
    ),
    # VPC endpoints and their services
    ("endpoint.0005 endpoint.2006 endpoint.2007 endpoint.2008", "It does not exist any more.", _RELOAD, _FIX),
    ("endpoint.0011 endpoint.0012", "The call reached the cloud without its body or headers.", _SUPPORT, _FIX),
    ("endpoint.0013", "A part of the cloud did not answer in time.", _SUPPORT, _LATER),
    ("endpoint.0014", "The project ID is not one of this account.", _RUNNER + "check the project ID.", _FIX),
    ("endpoint.0016", "Too many objects in one call.", "Choose fewer at a time.", _FIX),
    (
        "endpoint.1018 endpoint.2015",
        "A quota of the cloud account is used up.",
        "Delete what is not needed, or ask the vendor for a larger quota.",
        _FIX,
    ),
    ("endpoint.2003 endpoint.2004", "The endpoint service does not exist or cannot be used now.", _RELOAD, _FIX),
    (
        "endpoint.2012",
        "This account may not connect to the endpoint service.",
        "Ask the owner of the service to put the account on its whitelist.",
        _FIX,
    ),
    ("endpoint.2013", "The VPC endpoint does not belong to this service.", _RELOAD, _FIX),
    ("endpoint.2014 endpoint.2031", "It is connected already.", _RELOAD, _FIX),
    ("endpoint.2017", "That is not the ID of a VPC endpoint.", "Check the ID.", _FIX),
    ("endpoint.2018", "The VPC endpoint is being deleted.", _RELOAD, _FIX),
    ("endpoint.2019", "The VPC endpoint is being created.", "Wait some seconds, then try again.", _LATER),
    (
        "endpoint.2022 endpoint.2047",
        "The VPC endpoint has failed and cannot be changed.",
        "Its owner must delete it and create a new one.",
        _FIX,
    ),
    ("endpoint.2050 endpoint.2051", "The VPC endpoint is disabled or being moved.", "Try again later.", _LATER),
    ("endpoint.3002 endpoint.3036", "The whitelist entry is not a valid account.", "Check the account ID.", _FIX),
    ("endpoint.3006", "The service still has VPC endpoints.", "Reject or delete its connections first.", _FIX),
    (
        "endpoint.3045",
        "The service cannot be changed in the state it is in.",
        "Wait until it is available, then try again.",
        _LATER,
    ),
    ("endpoint.3049", "The whitelist is full.", "Remove accounts that no longer need access.", _FIX),
)
_TABLE: Final = {
    code: Advice(meaning, next_step, again) for codes, meaning, next_step, again in _ROWS for code in codes.split()
}


def advice_for(error: CloudError) -> Advice:
    """What the error's code means. Of a write whose end is unknown, the next step is always to look at the cloud."""
    found = _TABLE.get(error.vendor_code.lower())
    if found is None:
        return error.usual_advice
    if isinstance(error, CloudOutcomeUnknown):
        return replace(OUTCOME_UNKNOWN, meaning=f"{found.meaning} Whether the act was done is not known.")
    return replace(found, try_again=_LATER) if isinstance(error, CloudBusy) else found
