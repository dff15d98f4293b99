"""What the cloud's codes mean and what to do about them (alibaba-contract 1.7, 2 and 4.3), in our own words.

Codes are compared in lower case. A code that is not here gets the usual advice of its error.
"""

from dataclasses import replace
from typing import Final

from console.clouds.advice import OUTCOME_UNKNOWN, Advice, TryAgain
from console.clouds.errors import CloudBusy, CloudError, CloudOutcomeUnknown

_FIX: Final = TryAgain.AFTER_A_FIX
_LATER: Final = TryAgain.LATER

_RUNNER: Final = "Ask whoever runs the console to "
_RELOAD: Final = "Reload the page: it shows what is there now."
_MOMENT: Final = "Wait some seconds, then try again."

#: Codes that share their meaning, separated by blanks: meaning, next step, whether to try again.
_ROWS: Final[tuple[tuple[str, str, str, TryAgain], ...]] = (
    # Who calls
    (
        "invalidaccesskeyid.notfound invalidaccesskeyid.inactive invalidaccesskeyid",
        "The cloud does not know the console's access key, or it was disabled.",
        _RUNNER + "check the configured access key.",
        _FIX,
    ),
    (
        "signaturedoesnotmatch incompletesignature",
        "The signature of the call is wrong: the secret key does not belong to the access key.",
        _RUNNER + "check the configured secret key.",
        _FIX,
    ),
    (
        "invalidtimestamp.expired invalidtimestamp.format illegaltimestamp",
        "The clock of the console's machine is off by more than 15 minutes.",
        _RUNNER + "set the machine's clock.",
        _FIX,
    ),
    (
        "forbidden.ram forbidden nopermission forbidden.nopermission",
        "The console's user lacks the permission for this act at the cloud.",
        _RUNNER + "grant it in RAM; the cloud's own words name the action.",
        _FIX,
    ),
    (
        "forbidden.riskcontrol forbidden.userverification insufficientbalance",
        "The cloud account is restricted or out of money.",
        "Ask the owner of the cloud account to settle that with the vendor.",
        _FIX,
    ),
    # How it is called
    (
        "invalidaction.notfound invalidapi.notfound invalidproduct.notfound nosuchversion invalidversion "
        "invalidprotocol.needssl unsupportedhttpmethod",
        "The address that the console calls is not the one of this service.",
        _RUNNER + "check region and base URLs of this cloud.",
        _FIX,
    ),
    # Not now
    (
        "throttling throttling.user throttling.api rejected.throttling",
        "The cloud is limiting how many calls it takes.",
        "Wait a minute, then try again.",
        _LATER,
    ),
    (
        "concurrentcallnotsupported concurrencylocktimeout repeatedcommit",
        "The cloud takes one such act at a time for the whole account, and another one is going on.",
        _MOMENT,
        _LATER,
    ),
    (
        "endpointconnectionoperationdenied",
        "The connection is being changed, or its status does not allow this.",
        "Wait some seconds, look at its status, then try again.",
        _LATER,
    ),
    ("endpointoperationdenied endpointlocked", "The VPC endpoint is being changed or is locked.", _MOMENT, _LATER),
    (
        "endpointservicelocked endpointserviceoperationdenied",
        "The endpoint service is being changed or is locked.",
        "Wait until it is active, then try again.",
        _LATER,
    ),
    ("serviceunavailable internalerror", "Something inside the cloud failed.", _MOMENT, _LATER),
    # What it is about
    ("endpointservicenotfound", "The endpoint service does not exist.", _RELOAD, _FIX),
    (
        "endpointconnectionnotfound endpointnotfound endpointzonenotfound",
        "The connection does not exist any more.",
        _RELOAD,
        _FIX,
    ),
    ("endpointserviceconnectiondependence", "The service still has connections.", "Reject them first.", _FIX),
    ("missingparam.userarn mismatch.useridanduserarn", "That is not a valid account.", "Check the account ID.", _FIX),
    ("notfoundapigroup invalidgroupid.notfound", "The API group does not exist.", _RELOAD, _FIX),
    ("notfoundvpc", "The VPC does not exist in this region.", "Choose another VPC.", _FIX),
    (
        "domainalreadybind",
        "Another API group has this domain name.",
        "Take it off that group first, or choose another name.",
        _FIX,
    ),
    (
        "singledomainownershipcheckfail",
        "The cloud could not see that the domain name is yours.",
        "Create the CNAME record that leads to the VPC domain, wait until it is known, then try again.",
        _FIX,
    ),
)
_TABLE: Final = {
    code: Advice(meaning, next_step, again) for codes, meaning, next_step, again in _ROWS for code in codes.split()
}

#: How codes begin that are about one input.
_ABOUT_AN_INPUT: Final = (
    *("missing", "invalid", "notfound", "repeated", "duplicate", "mismatch", "exceedlimit"),
    *("domain", "singledomain"),
)
#: What they hold then, and our name of the input; the first one counts.
_INPUTS: Final = (
    ("vswitch", "vswitch"),
    ("vpc", "vpc"),
    ("domain", "domain"),
    ("instance", "target"),
    ("user", "account"),
)


def advice_for(error: CloudError) -> Advice:
    """What the error's code means. Of a write whose end is unknown, the next step is always to look at the cloud."""
    found = _TABLE.get(error.vendor_code.lower())
    if found is None:
        return error.usual_advice
    if isinstance(error, CloudOutcomeUnknown):
        return replace(OUTCOME_UNKNOWN, meaning=f"{found.meaning} Whether the act was done is not known.")
    return replace(found, try_again=_LATER) if isinstance(error, CloudBusy) else found


def field_of(code: str) -> str:
    """Our name of the input that a code refuses: vpc, vswitch, domain, target or account; "" for none of them."""
    lowered = code.lower()
    if not lowered.startswith(_ABOUT_AN_INPUT):
        return ""
    return next((name for part, name in _INPUTS if part in lowered), "")
