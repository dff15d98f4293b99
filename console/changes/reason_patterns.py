"""What a reason must look like, as an administrator typed it. Tried by RE2, whose time grows with the text and no
faster whatever the pattern is; it has no lookaround and no back references.
"""

from functools import lru_cache
from typing import Any, Final

import re2

LONGEST_PATTERN: Final = 80
LONGEST_REASON: Final = 200
#: Bytes that a pattern and its search may take.
_MEMORY: Final = 1 << 20


def complaint_about(pattern: str) -> str:
    """Why a pattern cannot be used, in words; "" where it can."""
    if len(pattern) > LONGEST_PATTERN:
        return f"At most {LONGEST_PATTERN} characters."
    try:
        _compiled(pattern)
    except re2.error as error:
        return _in_words(str(error))
    return ""


def holds(pattern: str, text: str) -> bool:
    """Whether a part of the text fits the pattern. Raises ValueError for a pattern that cannot be used."""
    try:
        return _compiled(pattern).search(text[:LONGEST_REASON]) is not None
    except re2.error as error:
        raise ValueError(str(error)) from error


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    return re2.compile(pattern, options)


def _in_words(error: str) -> str:
    if "perl operator" in error:
        return "Lookaheads, lookbehinds and other groups that begin with (? are not supported, except (?: and (?i)."
    if "escape sequence" in error:
        return "Back references such as \\1, and escapes other than \\d, \\w, \\s, \\b and signs, are not supported."
    if "too large" in error or "repetition size" in error:
        return "This pattern repeats too much."
    return f"This is no pattern: {error.removesuffix('.')}."
