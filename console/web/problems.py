"""A failed call to a cloud, as a card or a row shows it: what, why, the cloud's request id, and a way to try again."""

from dataclasses import dataclass

from console.clouds.advice import Advice
from console.clouds.errors import CloudError


@dataclass(frozen=True, slots=True)
class Problem:
    """What an error card shows. Texts of the cloud are shown as text, never branched on."""

    title: str
    text: str
    vendor_code: str
    request_id: str
    retry_url: str
    #: What it means and what to do; None where the words above say it all.
    advice: Advice | None = None


def problem_of(error: CloudError, title: str, retry_url: str) -> Problem:
    """The card for a failed call."""
    advice = error.advice if error.vendor_code else None
    return Problem(title, error.reason, error.vendor_code, error.request_id, retry_url, advice)
