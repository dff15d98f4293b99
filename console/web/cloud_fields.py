"""Fields for what clouds know: each leaves the judgement to a rule of `clouds.limits`."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from django import forms

from console.clouds import limits
from console.clouds.services import PortMapping, Tag
from console.web.rows import Column, Row, RowsWidget

_TAG_COLUMNS: Final = (
    Column("key", "Key", limits.LONGEST_TAG_KEY),
    Column("value", "Value", limits.LONGEST_TAG_VALUE),
)
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


class _RowsField(forms.Field):
    """Rows of which each is read by itself, then all of them together. Blank rows do not count."""

    def clean(self, value: Sequence[Row] | None) -> list[Any]:
        """The values. Every wrong row is told by its number."""
        wrong: list[str] = []
        found: list[Any] = []
        for number, row in enumerate(value or (), start=1):
            if not any(text.strip() for text in row):
                continue
            try:
                found.append(self.read(*row))
            except ValueError as error:
                wrong.append(f"Row {number}: {error}")
        if wrong:
            raise forms.ValidationError(wrong)
        _judged(self.check, found)
        return found

    def read(self, *texts: str) -> Any:
        """One row. Raises ValueError, in words."""
        raise NotImplementedError

    def check(self, values: Sequence[Any]) -> None:
        """All rows together. Raises ValueError, in words."""
        raise NotImplementedError


class PortsField(_RowsField):
    """Port mappings of a service; TCP only (huawei-contract 11)."""

    def __init__(self, **kwargs: Any) -> None:
        widget = RowsWidget(_PORT_COLUMNS, most=limits.MOST_PORTS, noun="port mapping")
        super().__init__(widget=widget, required=True, **kwargs)

    def read(self, *texts: str) -> PortMapping:
        """Service port (the backend's) and terminal port (the VPC endpoint's)."""
        server, client = texts
        return PortMapping(client_port=_named("Terminal port", client), server_port=_named("Service port", server))

    def check(self, values: Sequence[PortMapping]) -> None:
        """1 to 50, each terminal port once."""
        limits.check_ports(values)


class TagsField(_RowsField):
    """Tags of a service or an endpoint. `reserved` is a key that the console gives itself."""

    def __init__(self, *, most: int = limits.MOST_TAGS, reserved: str = "", **kwargs: Any) -> None:
        super().__init__(widget=RowsWidget(_TAG_COLUMNS, most=most, noun="tag"), required=False, **kwargs)
        self.most = most
        self.reserved = reserved

    def read(self, *texts: str) -> Tag:
        """Key and value."""
        tag = limits.read_tag(*texts)
        if self.reserved and tag.key == self.reserved:
            raise ValueError(f"The key {self.reserved} is the console's own.")
        return tag

    def check(self, values: Sequence[Tag]) -> None:
        """At most so many, each key once."""
        limits.check_tags(values, self.most)


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
