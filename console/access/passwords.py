"""Passwords: words that are too close to this console, and the initial ones that an administrator hands over."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError

from console.patterns import Pattern

#: Words that anybody would try here first (ASVS 6.1.2, 6.2.11).
CONTEXT_WORDS: Final = frozenset(
    {
        "console",
        "huawei",
        "apig",
        "apigateway",
        "vpcep",
        "vpcendpoint",
        "gateway",
        "endpoint",
        "alibaba",
        "aliyun",
        "telekom",
        "opentelekomcloud",
        "privateaccess",
    }
)
#: What counts as the same letter to somebody who dresses up a word.
_DISGUISES: Final = str.maketrans("013457@$!", "oleastasi")
#: So many letters must be left once the known words are taken out.
_OWN_CHARACTERS: Final = 8

#: No characters that look alike on paper: the password is read out or copied by hand.
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 5
_NO_LETTERS: Final = Pattern(r"[^a-z]+", 300)

#: How long an initial password may wait for its first use.
INITIAL_PASSWORD_LIFE: Final = timedelta(days=7)


class ContextWordValidator:
    """Refuses a password that is little more than words of this console, its clouds, its hosts or the person."""

    def validate(self, password: str, user: object = None) -> None:
        """Take the known words out; what is left must still be long enough.

        Raises ValidationError with code "password_context_word".
        """
        known = sorted(CONTEXT_WORDS | _host_words() | _words_of(user), key=len, reverse=True)
        for spelling in (_plain(password), _plain(password.lower().translate(_DISGUISES))):
            left = spelling
            for word in known:
                left = left.replace(word, "")
            if left != spelling and len(left) < _OWN_CHARACTERS:
                raise ValidationError(
                    "This password is mostly made of words that belong to you or to this console.",
                    code="password_context_word",
                )

    def get_help_text(self) -> str:
        """One sentence for the form."""
        return "Your password cannot be mostly made of words that belong to you, this console or its clouds."


def initial_password() -> str:
    """A random password to hand over, about 98 bits: four groups of five, without characters that look alike."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def _host_words() -> frozenset[str]:
    return _long(part for host in settings.ALLOWED_HOSTS for part in _NO_LETTERS.split(host.lower()))


def _words_of(user: object) -> frozenset[str]:
    names = (str(getattr(user, "username", "")), *str(getattr(user, "display_name", "")).split())
    return _long(_plain(name) for name in names)


def _long(words: Iterable[str]) -> frozenset[str]:
    """Shorter ones are part of too many innocent words."""
    return frozenset(word for word in words if len(word) > 3)
