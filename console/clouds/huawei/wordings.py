"""Next steps that many codes share, and the shape of a row in the tables of advice."""

from typing import Final

from console.clouds.advice import TryAgain

#: Codes that share their meaning, in lower case and separated by blanks; meaning, next step, whether to try again.
Row = tuple[str, str, str, TryAgain]

FIX: Final = TryAgain.AFTER_A_FIX
LATER: Final = TryAgain.LATER

RUNNER: Final = "Ask whoever runs the console to "
SUPPORT: Final = "Try again later. If it lasts, give the cloud's request ID to the vendor's support."
CREDENTIALS: Final = RUNNER + "check the configured user or access key"
RELOAD: Final = "Reload the page: it shows what is there now."
