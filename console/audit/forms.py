"""The filters of the log. They live in the address, so that a view of the log can be sent to somebody."""

from functools import cache
from typing import Any

from django import forms
from django.http import QueryDict

from console.audit.catalog import Action, State
from console.audit.filters import Filters
from console.audit.models import LIMITS
from console.audit.time_bounds import TimeBoundField
from console.audit.widgets import PlainSelect
from console.audit.words import asked

PAGE_SIZES = (20, 50, 100)
DEFAULT_SIZE = 50
#: Largest row number a database can hold.
LAST_NUMBER = 2**63 - 1


def _text(label: str, limit: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=limit, **options)


def _choice(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", "Any"), *choices], widget=PlainSelect)


class FilterForm(forms.Form):
    """What to show. Everything is optional; what is given must all hold."""

    #: Filters that are always in view; the others are folded away until one of them is in use.
    FIRST = ("q", "actor", "action", "state")

    q = _text("Search", 200, widget=forms.TextInput(attrs={"type": "search", "data-search": True}))
    actor = _text("Actor", LIMITS["actor"])
    action = _choice("Action", [(action.value, action.label) for action in Action])
    state = _choice("State", [(state.value, state.label) for state in State])
    cloud = _text("Cloud", LIMITS["cloud"])
    gateway = _text("Gateway ID", LIMITS["gateway_id"])
    target = _text("Target", LIMITS["target"])
    since = TimeBoundField(label="From (your time zone)", required=False)
    until = TimeBoundField(label="Until (not including)", required=False, is_end=True)
    change = _text("Change", LIMITS["change_id"])
    batch = _text("Batch", LIMITS["batch_id"])
    request = _text("Request", LIMITS["request_id"])
    size = forms.ChoiceField(
        label="Rows per page",
        required=False,
        choices=[(str(size), str(size)) for size in PAGE_SIZES],
        widget=PlainSelect,
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=LAST_NUMBER, widget=forms.HiddenInput)
    after = forms.IntegerField(required=False, min_value=0, max_value=LAST_NUMBER, widget=forms.HiddenInput)

    def __init__(self, given: QueryDict) -> None:
        super().__init__({"size": str(DEFAULT_SIZE), **given.dict()})

    @property
    def first(self) -> list[forms.BoundField]:
        """The fields that are always in view."""
        return [self[name] for name in self.FIRST]

    @property
    def more(self) -> list[forms.BoundField]:
        """The other visible fields."""
        return [field for field in self.visible_fields() if field.name not in self.FIRST]

    def first_markup(self) -> list[str]:
        """The fields of `first`, ready for the page."""
        return [_markup(field) for field in self.first]

    def more_markup(self) -> list[str]:
        """The fields of `more`, ready for the page."""
        return [_markup(field) for field in self.more]

    @property
    def more_in_use(self) -> bool:
        """Whether one of the others filters something, or is wrong."""
        return any(field.errors or (field.name != "size" and field.data) for field in self.more)

    def clean_q(self) -> str:
        """A question must hold something to look for."""
        text: str = self.cleaned_data["q"]
        if text and not asked(text):
            raise forms.ValidationError("Type at least one letter or digit.", code="no_words")
        return text

    def clean_size(self) -> int:
        """The size asked for, else the usual one."""
        return int(self.cleaned_data["size"] or DEFAULT_SIZE)

    def clean(self) -> None:
        """Fields that do not fit each other. A valid bound of the period says how it was read."""
        for name, field in self.fields.items():
            if isinstance(field, TimeBoundField) and self.cleaned_data.get(name):
                self[name].help_text = field.in_words(str(self.data[name]))
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since >= until:
            self.add_error("until", forms.ValidationError("This must be later than From.", code="order"))
        if self.cleaned_data.get("before") is not None and self.cleaned_data.get("after") is not None:
            self.add_error("before", forms.ValidationError("A page begins before a row or after one.", code="both"))

    def filters(self) -> Filters:
        """The valid filters, without the place in the list."""
        given = self.cleaned_data
        return Filters(
            equal={column: given[field] for field, column in _COLUMNS.items() if given[field]},
            since=given["since"],
            until=given["until"],
            text=given["q"],
        )

    def address(self) -> dict[str, str]:
        """What of this form belongs into a link that keeps the filters, by field."""
        place = ("before", "after")
        return {name: str(self.data[name]) for name in self.fields if name not in place and self.data.get(name)}


_COLUMNS = {
    "actor": "actor",
    "action": "action",
    "state": "state",
    "cloud": "cloud",
    "gateway": "gateway_id",
    "target": "target",
    "change": "change_id",
    "batch": "batch_id",
    "request": "request_id",
}


def _markup(field: forms.BoundField) -> str:
    return field.as_field_group() if field.data or field.errors else _blank(field.name)


@cache
def _blank(name: str) -> str:
    """An unused filter looks the same on every page; making a dozen anew takes a quarter of the page's time."""
    return FilterForm(QueryDict())[name].as_field_group()
