"""Patterns that administrators type into the rules for reasons. They run in RE2, which is linear in the text.

Nothing else may run them: the `re` module would let one pattern hold a process for as long as its author likes.
"""

from typing import Final

import re2

#: In characters.
LONGEST_PATTERN: Final = 80
#: For what RE2 makes of one pattern, in bytes. A pattern that needs more is refused.
_MEMORY: Final = 1 << 20

_NO_LOOKAROUND: Final = "Lookarounds such as (?=…), (?!…), (?<=…) and (?<!…) are not supported."
_NO_BACKREFERENCE: Final = "Backreferences such as \\1 and (?P=name) are not supported."
_BACKREFERENCES: Final = tuple(f"invalid escape sequence: \\{digit}" for digit in range(1, 10))
#: How RE2 begins to say what is wrong, and the same in plain words.
_IN_WORDS: Final = (
    (("invalid perl operator: (?=", "invalid perl operator: (?!", "invalid perl operator: (?<"), _NO_LOOKAROUND),
    (_BACKREFERENCES, _NO_BACKREFERENCE),
    (("invalid perl operator",), "Groups that begin with (? are supported as (?:…), (?P<name>…) and (?i) only."),
    (("invalid escape sequence",), "Unknown escape: {}. A backslash makes the character after it a plain one."),
    (("missing ]",), "A class is not closed: it needs a ]."),
    (("missing )",), "A group is not closed: it needs a )."),
    (("unexpected )",), "There is a ) without its (. Write \\) for the character itself."),
    (("invalid repetition size",), "A repetition is too large or the wrong way round: {}. At most 1000."),
    (("bad repetition operator",), "Two repetitions stand side by side: {}. Possessive ones such as a++ don't exist."),
    (("no argument for repetition operator",), "There is nothing to repeat before {}."),
    (("invalid character class range",), "The range {} in a class is the wrong way round."),
    (("pattern too large",), "This pattern takes too much memory. Repeat less."),
)


def complaint_about(pattern: str) -> str:
    """Why a pattern cannot be used, in words; "" where it can."""
    if len(pattern) > LONGEST_PATTERN:
        return f"At most {LONGEST_PATTERN} characters."
    try:
        _compiled(pattern)
    except re2.error as error:
        return _in_words(pattern, error.args[0].decode(errors="replace"))
    return ""


def finds(pattern: str, text: str) -> bool:
    """Whether the text holds something that looks like the pattern. Raises re2.error where RE2 does not take it."""
    return _compiled(pattern).search(text) is not None


def _compiled(pattern: str) -> "re2._Regexp":
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _MEMORY
    return re2.compile(pattern, options)


def _in_words(pattern: str, message: str) -> str:
    if "(?P=" in pattern and message.startswith("invalid perl operator: (?P"):
        return _NO_BACKREFERENCE
    detail = message.partition(": ")[2]
    found = (words for beginnings, words in _IN_WORDS if message.startswith(beginnings))
    return next(found, "This pattern cannot be used: {}.").format(detail or message)
