"""Rows of inputs that people add and take away, with plain buttons of a GET form: nothing of it needs a script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from django import forms
from django.http import QueryDict

Row = tuple[str, ...]
#: More rows than any form offers are not read.
_SANE: Final = 250


@dataclass(frozen=True, slots=True)
class Column:
    """One input of each row. `longest` is a courtesy of the browser; the field itself checks."""

    name: str
    label: str
    longest: int
    placeholder: str = ""
    numeric: bool = False


class RowsWidget(forms.Widget):
    """A table of inputs. The buttons `add_NAME` and `remove_NAME` (its value is the row's number) change the rows.

    A form that was sent by one of them is to be shown again, not judged: see `is_edited`.
    """

    template_name = "components/_rows.html"
    use_fieldset = True

    def __init__(self, columns: Sequence[Column], *, most: int, noun: str) -> None:
        super().__init__()
        self.columns = columns
        self.most = most
        self.noun = noun

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Row]:
        """The rows as typed, blank ones too, after what the buttons asked for."""
        if not isinstance(data, QueryDict):
            return []
        lists = [data.getlist(f"{name}_{column.name}") for column in self.columns]
        rows: list[Row] = list(zip_longest(*lists, fillvalue=""))[:_SANE]
        asked = data.get(f"remove_{name}", "")
        if asked.isascii() and asked.isdigit() and 1 <= int(asked) <= len(rows):
            del rows[int(asked) - 1]
        if f"add_{name}" in data and len(rows) < self.most:
            rows.append(("",) * len(self.columns))
        return rows

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether the form held no such rows at all."""
        return not any(f"{name}_{column.name}" in data for column in self.columns)

    def is_edited(self, data: Mapping[str, Any], name: str) -> bool:
        """Whether a row was added or taken away."""
        return f"add_{name}" in data or f"remove_{name}" in data

    def id_for_label(self, id_: str) -> str:
        """A group has no input of its own."""
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """For the template: the rows with the id of each input, and how many may still be added."""
        rows: Sequence[Sequence[str]] = value or [("",) * len(self.columns)]
        context = super().get_context(name, value, attrs)
        context["rows"] = [
            {
                "number": number,
                "cells": [
                    {"column": column, "value": text, "id": f"id_{name}_{column.name}_{number}"}
                    for column, text in zip(self.columns, row, strict=True)
                ],
            }
            for number, row in enumerate(rows, start=1)
        ]
        context |= {"columns": self.columns, "noun": self.noun, "left": max(0, self.most - len(rows))}
        return context


def is_edited(form: forms.Form) -> bool:
    """Whether this form was sent to add a row or to take one away."""
    return any(
        field.widget.is_edited(form.data, name)
        for name, field in form.fields.items()
        if isinstance(field.widget, RowsWidget)
    )
