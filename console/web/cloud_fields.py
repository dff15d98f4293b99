"""Fields for what clouds know: each leaves the judgement to a rule of `clouds.limits`."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from django import forms

from console.clouds import limits
from console.clouds.services import PortMapping
from console.web.rows import Column, Row, RowsWidget

_PORT_COLUMNS: Final = (
    Column("server", "Service port", 5, "8089", numeric=True),
    Column("client", "Terminal port", 5, "80", numeric=True),
)


class RuleField(forms.CharField):
    """A text that `read` turns into a value, or complains about."""

    def __init__(self, *, read: Callable[[str], Any], longest: int | None = None, **kwargs: Any) -> None:
        # No max_length of its own: the rule's words are better than Django's.
        super().__init__(**kwargs)
        self.read = read
        self.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"} | (
            {"maxlength": longest} if longest else {}
        )

    def clean(self, value: Any) -> Any:
        """What the rule gives."""
        text = super().clean(value)
        if not text and not self.required:
            return ""
        return _judged(self.read, text)


class DescriptionField(RuleField):
    """Words about an object, at most 128 characters (huawei-contract 11)."""

    def __init__(self, *, label: str = "Description", **kwargs: Any) -> None:
        hint = f"At most {limits.LONGEST_DESCRIPTION} characters, without < and >."
        widget = forms.Textarea(attrs={"rows": 2})
        super().__init__(
            read=limits.read_description,
            longest=limits.LONGEST_DESCRIPTION,
            label=label,
            required=False,
            help_text=kwargs.pop("help_text", hint.replace("<", "&lt;").replace(">", "&gt;")),
            widget=widget,
            **kwargs,
        )


class PortsField(forms.Field):
    """Port mappings of a service, row by row; TCP only (huawei-contract 11). Blank rows do not count."""

    def __init__(self, **kwargs: Any) -> None:
        widget = RowsWidget(_PORT_COLUMNS, most=limits.MOST_PORTS, noun="port mapping")
        super().__init__(widget=widget, required=True, **kwargs)

    def clean(self, value: Sequence[Row] | None) -> tuple[PortMapping, ...]:
        """The mappings in the order they were typed. Every wrong row is told by its number."""
        wrong: list[str] = []
        found: list[PortMapping] = []
        for number, row in enumerate(value or (), start=1):
            if not any(text.strip() for text in row):
                continue
            try:
                found.append(_mapping(*row))
            except ValueError as error:
                wrong.append(f"Row {number}: {error}")
        if wrong:
            raise forms.ValidationError(wrong)
        _judged(limits.check_ports, found)
        return tuple(found)


def _mapping(server: str, client: str) -> PortMapping:
    """Service port (the backend's) and terminal port (the VPC endpoint's)."""
    server_port = _named("Service port", server)
    return PortMapping(client_port=_named("Terminal port", client), server_port=server_port)


def _named(label: str, text: str) -> int:
    try:
        return limits.read_port(text)
    except ValueError as error:
        raise ValueError(f"{label}: {error}") from None


def _judged(rule: Callable[[Any], Any], value: Any) -> Any:
    try:
        return rule(value)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from None
