"""Tags for something that there is already."""

from typing import Any

from django import forms

from console.changes.kinds.tags import CHANGE_KEY
from console.web.cloud_fields import TagsField


class TagsForm(forms.Form):
    """Tags to add to something that has room for `left` more."""

    def __init__(self, *args: Any, left: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tags"] = TagsField(most=left, reserved=CHANGE_KEY, label="Tags")

    def clean(self) -> dict[str, Any]:
        """Nothing but blank rows is no wish."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "tags" in cleaned and not cleaned["tags"]:
            self.add_error("tags", "Enter a key.")
        return cleaned
