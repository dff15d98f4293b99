"""Tags as people type them: one a line, `key=value` (huawei-contract 11)."""

from typing import Any, Final

from django import forms

from console.changes.kinds.tags import CHANGE_KEY
from console.clouds.limits import MOST_TAGS, check_tags, read_tag
from console.clouds.services import Tag

#: Far more than ten tags can be long, so that too many are counted and not cut.
_LONGEST: Final = 4_000


class TagsField(forms.CharField):
    """Any number of tags up to `most`; its value is a tuple of Tag."""

    def __init__(self, most: int = MOST_TAGS) -> None:
        super().__init__(
            label="Tags",
            required=False,
            max_length=_LONGEST,
            help_text=f"One a line, as key=value. You can add {most} more.",
            widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        )
        self.most = most

    def clean(self, value: Any) -> tuple[Tag, ...]:
        """The tags in the order they were typed. Each wrong line is named."""
        lines = [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]
        tags: list[Tag] = []
        wrong: list[str] = []
        for line in lines:
            key, _, text = line.partition("=")
            try:
                tags.append(_read(key, text))
            except ValueError as error:
                wrong.append(f"{line[:80]}: {error}")
        if wrong:
            raise forms.ValidationError(wrong[:5])
        try:
            check_tags(tags, self.most)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return tuple(tags)


def _read(key: str, value: str) -> Tag:
    tag = read_tag(key, value)
    if tag.key == CHANGE_KEY:
        raise ValueError(f"The key {CHANGE_KEY} is the console's own.")
    return tag


class TagsForm(forms.Form):
    """Tags to add to something that has room for `left` more."""

    def __init__(self, *args: Any, left: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tags"] = TagsField(left)
        self.fields["tags"].required = True
