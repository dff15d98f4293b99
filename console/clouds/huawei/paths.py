"""Ids as parts of paths. Nothing that could lead elsewhere ever gets into an address."""

from typing import Final

from console.clouds.errors import CloudNotFound
from console.patterns import Pattern

#: What may stand in a path. Stricter than percent-encoding, which leaves ".." as it is.
_ID: Final = Pattern(r"[A-Za-z0-9_-]+", 64)


def below(collection: str, identifier: str, kind: str) -> str:
    """The path of one object. Raises CloudNotFound for what cannot be the id of a `kind`, without asking the cloud."""
    if not _ID.fullmatch(identifier):
        raise CloudNotFound(f"this cannot be the id of a {kind}")
    return f"{collection}/{identifier}"
