"""Tags and filters for times, icons and identifiers. Built into every template by the settings."""

from datetime import datetime

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console.web import moments

register = template.Library()

#: Identifiers longer than this are shortened in the middle of dense tables; the whole stays in reach.
_SHORT = 13


@register.filter
def moment(when: datetime | None) -> SafeString | str:
    """The time in the person's zone as a `<time>` element, UTC in its title."""
    if when is None:
        return moments.UNKNOWN
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moments.iso_text(when),
        moments.utc_text(when),
        moments.local_text(when),
    )


@register.filter
def ago(when: datetime | None) -> str:
    """How long ago, in words."""
    return moments.ago_text(when)


@register.filter
def short_id(identifier: str) -> str:
    """The first characters of a long identifier, with an ellipsis."""
    return identifier if len(identifier) <= _SHORT else f"{identifier[: _SHORT - 1]}…"


@register.simple_tag
def icon(name: str) -> SafeString:
    """A symbol of the one sprite. Decoration only: the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )
