"""User names as somebody typed them: text from a stranger, and now and then a password in the wrong field."""

import unicodedata
from typing import Final

from django.utils.crypto import salted_hmac

from console.access.models import Person
from console.patterns import Pattern

#: What stands before the keyed hash of a name that nobody has; no user name can begin like this.
UNKNOWN: Final = "unknown:"
#: More of a typed name is not looked at.
_LONGEST: Final = 200
_POSSIBLE: Final = Pattern(r"[A-Za-z0-9_.@+-]{1,60}", _LONGEST)


def normalised(typed: object) -> str:
    """The name without differences of case, spaces around it and other forms of the same letters."""
    # Upper case first: a database that compares names without case takes a dotless i for an i, as this does.
    return unicodedata.normalize("NFKC", str(typed)[:_LONGEST]).strip().upper().casefold()


def fit_to_keep(typed: object) -> str:
    """The user name when there is a person of that name, else a keyed hash that is the same for the same name.

    Both take one look into the database and one hash, so that neither is quicker. "" stays "".
    """
    name = normalised(typed)
    secret = salted_hmac("console.access.names", name.encode("utf-8", "surrogatepass"), algorithm="sha256").hexdigest()
    wanted = name if _POSSIBLE.fullmatch(name) else ""
    known = Person.objects.filter(username__iexact=wanted).values_list("username", flat=True).first()
    if known or not name:
        return known or ""
    return f"{UNKNOWN}{secret[:16]}"
