"""What can go wrong at the border of a cloud. Features catch `CloudError` and nothing broader.

CloudError
├── CloudRefused          a certain no: 400, 409 and other 4xx
│   ├── CloudForbidden    401 after one fresh token, 403: the console's credentials may not do this
│   ├── CloudNotFound     404: it is gone, or never was
│   ├── NotOffered        the cloud is known not to do this; it was not asked
│   └── CloudBusy         429 and its disguises: not now; nothing was done
│       └── CheckExpired  the check before a write was too old when the write could be sent; nothing was sent
├── Withheld              the check right before a write said no: nothing was sent
├── CloudUnavailable      a read without a usable answer, or a call that certainly never left this machine
└── CloudOutcomeUnknown   a WRITE whose answer was lost, unreadable or 5xx: it may or may not have happened
"""

from typing import ClassVar, Final

from console.clouds import advice
from console.clouds.advice import Advice
from console.clouds.exchange import Exchange

#: Longest text of a cloud that is kept; error pages of proxies can be megabytes.
LONGEST_REASON: Final = 500


class CloudError(Exception):
    """A call to a cloud did not give the answer it should have.

    `code` is ours and stable (`refused`, `forbidden`, ...). `vendor_code` and `reason` are the cloud's own words:
    show them, never branch on `reason`. `request_id` is the cloud's. Never carries a credential.
    """

    code: str = "error"
    #: What it means where the adapter knows nothing better.
    usual_advice: ClassVar[Advice] = advice.FAILED

    def __init__(
        self,
        reason: str,
        *,
        status: int | None = None,
        vendor_code: str = "",
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason[:LONGEST_REASON])
        self.reason = reason[:LONGEST_REASON]
        self.status = status
        self.vendor_code = vendor_code
        self.request_id = request_id
        self.retry_after = retry_after
        #: What it means and what to do, by the adapter's table of codes.
        self.advice = self.usual_advice
        #: Our name of the input that was refused; "" where it is about none, or not known. For services and endpoints:
        #: vpc, subnet, service, address, whitelist, dns, route_tables, tags, backend, ports, server_type, name or
        #: account.
        self.field = ""
        #: Whether a throttled call speaks for the whole account, and not for calls of its kind only.
        self.whole_account = False
        #: Every attempt of a write, secrets masked. For the Change alone: never in a log.
        self.exchange: tuple[Exchange, ...] = ()

    def __str__(self) -> str:
        return " ".join(part for part in (self.vendor_code, self.reason) if part) or self.code


class CloudRefused(CloudError):
    """The cloud said no, for certain: nothing was done."""

    code = "refused"
    usual_advice = advice.REFUSED


class CloudForbidden(CloudRefused):
    """The console's own credentials may not do this (401 after one fresh token, or 403)."""

    code = "forbidden"
    usual_advice = advice.FORBIDDEN


class CloudNotFound(CloudRefused):
    """The object is gone, or never was."""

    code = "not_found"
    usual_advice = advice.NOT_FOUND


class NotOffered(CloudRefused):
    """The cloud is known not to do this, so it was not asked: nothing was sent."""

    usual_advice = advice.NOT_OFFERED


class CloudBusy(CloudRefused):
    """Throttled: nothing was done. `retry_after` is in seconds, where the cloud said so."""

    code = "busy"
    usual_advice = advice.BUSY


class CheckExpired(CloudBusy):
    """A write was not sent, because too much time had passed since the check before it. Check again, then send."""


class Withheld(CloudError):
    """A write was not sent, because the check right before it said no (`types.IntentId`)."""

    code = "withheld"


class CloudUnavailable(CloudError):
    """No usable answer to a read, or a call that certainly never left this machine: nothing was done."""

    code = "unavailable"
    usual_advice = advice.UNAVAILABLE


class CloudOutcomeUnknown(CloudError):
    """A write whose end is not known. Read the cloud again; never send it again."""

    code = "outcome_unknown"
    usual_advice = advice.OUTCOME_UNKNOWN
