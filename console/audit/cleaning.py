"""Makes any text fit to be stored and shown on one line, without losing what it said."""

import re

# Control characters, line and paragraph separators, marks that turn the writing direction, the byte order mark, and
# halves of surrogate pairs: they break lines, hide text or cannot be stored (reliability.md V16 16.4.1).
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def clean(text: object, limit: int) -> str:
    """The text with unfit characters as visible escapes (\\n, \\u202e), cut to `limit` characters with an ellipsis."""
    visible = _UNFIT.sub(_escape, str(text))
    return visible if len(visible) <= limit else visible[: limit - 1] + "…"


def _escape(match: re.Match[str]) -> str:
    return _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}"
