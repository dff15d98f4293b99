"""Makes any text fit to be stored and shown on one line, without losing what it said."""

from typing import Final

# Control characters, line and paragraph separators, marks that turn the writing direction, the byte order mark, and
# halves of surrogate pairs: they break lines, hide text or cannot be stored (reliability.md V16 16.4.1).
_UNFIT: Final = (
    *(range(0x20), range(0x7F, 0xA0), (0x061C, 0x200E, 0x200F), range(0x2028, 0x202F), range(0x2066, 0x206A)),
    *((0xFEFF,), range(0xD800, 0xE000)),
)
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPES: Final = {code: _SHORT.get(chr(code), f"\\u{code:04x}") for codes in _UNFIT for code in codes}


def clean(text: object, limit: int) -> str:
    """The text with unfit characters as visible escapes (\\n, \\u202e), cut to `limit` characters with an ellipsis."""
    whole = str(text)
    visible = whole if whole.isprintable() else whole.translate(_ESCAPES)
    return visible if len(visible) <= limit else visible[: limit - 1] + "…"
