"""What an error means for the person in front of it, in our own words: cause, next step, and whether to try again."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class TryAgain(StrEnum):
    """Whether it is safe to do the same once more. The values are shown."""

    YES = "Yes. Nothing was done."
    LATER = "Yes, after a while. Nothing was done."
    AFTER_A_FIX = "Safe, but useless until the cause is gone. Nothing was done."
    LOOK_FIRST = "No. It may have been done: look at the cloud first."


@dataclass(frozen=True, slots=True)
class Advice:
    """Sentences for people. Never built from a cloud's words."""

    meaning: str
    next_step: str
    try_again: TryAgain


FAILED: Final = Advice("The call to the cloud failed.", "Try again.", TryAgain.LATER)
REFUSED: Final = Advice(
    "The cloud refused the request.",
    "Read the cloud's own words; give its request ID to the vendor's support if they do not help.",
    TryAgain.AFTER_A_FIX,
)
NOT_OFFERED: Final = Advice(
    "This cloud does not do that, so the console did not ask it.",
    "Change what was typed, or use the cloud's own console.",
    TryAgain.AFTER_A_FIX,
)
FORBIDDEN: Final = Advice(
    "The credentials that the console uses may not do this.",
    "Ask whoever runs the console to check its credentials at the cloud and their permissions.",
    TryAgain.AFTER_A_FIX,
)
NOT_FOUND: Final = Advice(
    "The cloud has no such object: it is gone, or never was.",
    "Reload the page to see what is there now.",
    TryAgain.AFTER_A_FIX,
)
BUSY: Final = Advice("The cloud is limiting how many calls it takes.", "Wait a minute, then try again.", TryAgain.LATER)
UNAVAILABLE: Final = Advice(
    "The cloud could not be reached, or gave no usable answer.",
    "Try again. If it lasts, ask whoever runs the console to check the network and the cloud's address.",
    TryAgain.YES,
)
OUTCOME_UNKNOWN: Final = Advice(
    "The call was sent, but no answer came that says how it ended.",
    "Press Check again: the console reads the cloud and settles what can be proven.",
    TryAgain.LOOK_FIRST,
)
