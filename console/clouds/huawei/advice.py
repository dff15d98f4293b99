"""What the cloud's codes mean and what to do about them (huawei-contract 2.4, 4 and 7), in our own words.

Codes are compared in lower case. A code that is not here gets the usual advice of its error.
"""

from dataclasses import replace
from typing import Final

from console.clouds.advice import OUTCOME_UNKNOWN, Advice
from console.clouds.errors import CloudBusy, CloudError, CloudOutcomeUnknown
from console.clouds.huawei import vpcep_advice
from console.clouds.huawei.wordings import CREDENTIALS, FIX, LATER, RELOAD, RUNNER, SUPPORT, Row

_ROWS: Final[tuple[Row, ...]] = (
    # Who calls: 401
    (
        "apigw.0307 apig.0307",
        "The cloud no longer takes the sign-in token, or the token belongs to another region.",
        RUNNER + "check that region, project and base URLs of this cloud belong together.",
        FIX,
    ),
    (
        "apigw.0301 apig.0301",
        "The cloud could not verify who calls: a wrong key, a clock over 15 minutes off, or a frozen account.",
        RUNNER + "check access key, machine's clock and the account. Wrong signatures lock a key for five minutes.",
        FIX,
    ),
    (
        "apigw.0303 apig.0303",
        "The signature of the call is wrong, or the clock of this machine is off by more than 15 minutes.",
        RUNNER + "check the machine's clock and the secret key.",
        FIX,
    ),
    (
        "apic.7100 apic.7101 apic.7102 apig.1000 apig.1001 apig.1002 "
        "endpoint.0003 vpc.0005 vpc.0008 iam.0001 iam.0066 iam.0067 401",
        "The cloud does not accept the console's sign-in.",
        CREDENTIALS + ": the user may be disabled, or its password or permissions have changed.",
        FIX,
    ),
    (
        "apic.7103 apig.1003",
        "The sign-in belongs to no project.",
        RUNNER + "check the configured project ID.",
        FIX,
    ),
    (
        "apic.7105 apic.7107",
        "The console's user is unknown to the gateway service, or has no role.",
        CREDENTIALS + ".",
        FIX,
    ),
    (
        "iam.0061",
        "The console's user is locked, as happens after wrong passwords.",
        CREDENTIALS + " at the cloud.",
        FIX,
    ),
    ("iam.0062", "The console's user name or password is wrong.", CREDENTIALS + ".", FIX),
    (
        "iam.0081 iam.0082",
        "The console's user is disabled, or may only sign in to the vendor's own pages.",
        RUNNER + "give that user programmatic access at the cloud.",
        FIX,
    ),
    # What the caller may do: 403
    (
        "apic.7106 apic.7300 apig.1005 apig.1020 apigw.0302 vpc.0010 vpc.2201 vpc.2701 iam.0002 iam.0003",
        "The console's user lacks the permission for this act at the cloud.",
        RUNNER + "grant it; for Accept and Reject it is apig:instance:acceptOrRejectVpcEndpointConnection.",
        FIX,
    ),
    (
        "apic.7109",
        "The cloud account is suspended, often because of an unpaid bill.",
        "Ask the owner of the cloud account to settle that with the vendor.",
        FIX,
    ),
    ("apic.7110", "The cloud account may only read.", "Ask the owner of the cloud account why it is restricted.", FIX),
    ("apic.7111", "The gateway belongs to another account.", CREDENTIALS + " and the project ID.", FIX),
    (
        "apic.7130 apigw.0310 vpc.0007",
        "The sign-in and the address name different or unavailable projects.",
        RUNNER + "check the project ID.",
        FIX,
    ),
    (
        "apic.7134",
        "The gateway is in an enterprise project that the console's user may not enter.",
        CREDENTIALS + ".",
        FIX,
    ),
    ("apigw.0306 apigw.0802", "The console's user may not use this service in this region.", CREDENTIALS + ".", FIX),
    # Too many calls, under whichever status
    (
        "apigw.0308 apig.0308 iam.0012 endpoint.0022 apig.9008",
        "The cloud is limiting how many calls it takes.",
        "Wait a minute, then try again.",
        LATER,
    ),
    # The gateway and its service
    (
        "apic.7211 apig.2012 endpoint.0002 endpoint.0007 endpoint.1004 vpc.0002 vpc.0101 vpc.0201",
        "The cloud does not accept one of the values.",
        "Read the cloud's own words for the name of the value, and change it.",
        FIX,
    ),
    ("apic.7302 apig.3030", "The gateway does not exist in this project.", "Go back to the list of gateways.", FIX),
    ("apic.7314", "This gateway has no VPC endpoint service.", "Give the service a name first: that enables it.", FIX),
    (
        "apic.7701",
        "The gateway is busy with another operation, or is not running.",
        "Wait until the gateway is Running, then try again.",
        LATER,
    ),
    (
        "apic.9000 apic.9999 apig.9999 endpoint.0001 vpc.0105 vpc.0106 vpc.0202",
        "Something inside the cloud failed.",
        SUPPORT,
        LATER,
    ),
    (
        "apic.9007",
        "The VPC endpoint service behind the gateway refused or failed; an act that the status forbids ends so too.",
        RELOAD + " If the act is still offered, try again once; then give the request ID to the vendor's support.",
        LATER,
    ),
    # Networks
    ("vpc.0003", "It does not exist any more.", RELOAD, FIX),
    # VPC endpoints and their services
    *vpcep_advice.ROWS,
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
    return replace(found, try_again=LATER) if isinstance(error, CloudBusy) else found
