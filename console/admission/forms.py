"""What people type about a whitelist. A mistake is told next to its field and changes nothing."""

from typing import Any, Final

from django import forms

from console.clouds.ports import Admission
from console.clouds.types import AccountId
from console.patterns import Pattern

MOST_ACCOUNTS: Final = 50
_LONGEST: Final = 4_000
_SEPARATORS: Final = Pattern(r"[\s,;]+", _LONGEST)
#: Mails and documents bring these along unseen.
_INVISIBLE: Final = Pattern("[\u200b-\u200f\u2060\ufeff]", _LONGEST)
_NAMED: Final = 5


class AccountsForm(forms.Form):
    """Account IDs to put on the whitelist, however they were pasted (P-20, P-21)."""

    id = forms.CharField(
        label="Account ID",
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, port: Admission[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read_account = port.read_account
        everyone = " An asterisk (*) admits every account." if port.traits.everyone else ""
        self.fields["id"].help_text = (
            f"One or more, up to {MOST_ACCOUNTS}, separated by commas, blanks or new lines. "
            f"Each is {port.traits.account_hint}.{everyone}"
        )

    def clean_id(self) -> list[AccountId]:
        """The accounts, each once, in the order they were typed."""
        text = _INVISIBLE.sub("", self.cleaned_data["id"])
        accounts: dict[AccountId, None] = {}
        wrong: list[str] = []
        for word in filter(None, _SEPARATORS.split(text)):
            try:
                accounts[self.read_account(word)] = None
            except ValueError as error:
                wrong.append(f"{word[:80]}: {error}")
        if wrong:
            more = [f"and {len(wrong) - _NAMED} more"] if len(wrong) > _NAMED else []
            raise forms.ValidationError(wrong[:_NAMED] + more)
        if len(accounts) > MOST_ACCOUNTS:
            raise forms.ValidationError(f"At most {MOST_ACCOUNTS} accounts at a time; these are {len(accounts)}.")
        if not accounts:
            raise forms.ValidationError("Enter an account ID.")
        return list(accounts)
