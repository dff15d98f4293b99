"""The two ends of a period, as people type them in their own time zone."""

from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from console.web.moments import local_text

_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
#: Django's code for a local time that occurs twice or not at all, because the clocks change.
_NOT_ONE_MOMENT: Final = "ambiguous_timezone"


class TimeBoundField(forms.DateTimeField):
    """A moment in the person's time zone, typed or picked; an address may also hold one with an offset of its own.

    A local time that occurs twice or not at all, because the clocks change, has two readings. The one that leaves no
    row out is taken: the earlier as the beginning of a period, the later as its end.
    """

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")

    def __init__(self, *, is_end: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._is_end = is_end

    def to_python(self, value: Any) -> datetime | None:
        """Raises ValidationError for what is no time, and for years that make no sense."""
        return self._read(value)[0]

    def in_words(self, value: str) -> str:
        """How a valid value is read, with its offset; "" for none."""
        moment, has_two_readings = self._read(value)
        if moment is None:
            return ""
        chosen = "later" if self._is_end else "earlier"
        why = f" The clocks change then: the {chosen} of two readings is taken." if has_two_readings else ""
        return f"Read as {local_text(moment)}.{why}"

    def prepare_value(self, value: Any) -> Any:
        """As the browser's picker writes it. It takes nothing else, so what is no time is not shown again."""
        if isinstance(value, str):
            try:
                value = self.to_python(value)
            except ValidationError:
                value = None
        return super().prepare_value(value)

    def _read(self, value: Any) -> tuple[datetime | None, bool]:
        """The moment, and whether it is one of two readings."""
        has_two_readings = False
        try:
            moment: datetime | None = super().to_python(value)
        except ValidationError as complaint:
            if complaint.code != _NOT_ONE_MOMENT or not complaint.params:
                raise
            moment, has_two_readings = self._safe_reading(complaint.params["datetime"]), True
        if moment is not None and not _EARLIEST <= moment <= _LATEST:
            raise ValidationError("Give a year between 2000 and 2199.", code="year")
        return moment, has_two_readings

    def _safe_reading(self, local: datetime) -> datetime:
        zone = timezone.get_current_timezone()
        # In UTC, since datetimes of one zone are compared by what their clocks show.
        readings = [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
        return max(readings) if self._is_end else min(readings)
