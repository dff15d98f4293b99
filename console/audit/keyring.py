"""The private keys that this machine holds. They are never in the database, in a log, in an exception or on a page."""

import base64
import os
import uuid
from collections.abc import Collection
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from console.audit.statements import key_id, public_text
from console.patterns import Pattern

#: As long as a file of very many keys.
_BLOCK: Final = Pattern("-----BEGIN [A-Z0-9 ]+-----[^-]+-----END [A-Z0-9 ]+-----", 100_000)
_NAME: Final = "audit-signing-key.pem"
_NEXT: Final = "audit-signing-key.next.pem"


class KeyTrouble(Exception):
    """A signing key is missing, cannot be read or is not the one that signed before. Nothing was signed."""


def in_hand() -> dict[str, Ed25519PrivateKey]:
    """The keys by their id: those of the setting, else those of the data folder; empty before the first is made."""
    if settings.AUDIT_SECRET_KEY:
        found = _parse(settings.AUDIT_SECRET_KEY, "the setting CONSOLE_AUDIT_SECRET_KEY")
    else:
        found = [key for path in (_path(_NAME), _path(_NEXT)) for key in _read(path)]
    return {key_id(public_text(key)): key for key in found}


def first() -> Ed25519PrivateKey:
    """The key to begin with; made now when there is none. Several processes that begin at once get the same."""
    if not in_hand():
        _write(_path(_NAME), Ed25519PrivateKey.generate())
    return next(iter(in_hand().values()))


def successor(current: str) -> Ed25519PrivateKey:
    """The key to change to: the other one of the setting, or a new one in the data folder.

    Raises KeyTrouble when the setting holds no second key.
    """
    if not settings.AUDIT_SECRET_KEY and not _others(current):
        _write(_path(_NEXT), Ed25519PrivateKey.generate())
    others = _others(current)
    if len(others) != 1:
        raise KeyTrouble("put the new key beside the old one into CONSOLE_AUDIT_SECRET_KEY, and no third one")
    return others[0]


def unused(used: Collection[str]) -> Ed25519PrivateKey:
    """The key to go on with when the old one is lost: the one in hand, or a new one where the data folder holds none.

    `used` are the ids of the keys that signed already. Raises KeyTrouble when one of those is in hand, or several are.
    """
    if not in_hand():
        _write(_path(_NAME), Ed25519PrivateKey.generate())
    found = in_hand()
    where = "CONSOLE_AUDIT_SECRET_KEY" if settings.AUDIT_SECRET_KEY else "the data folder"
    if known := sorted(found.keys() & set(used)):
        raise KeyTrouble(f"{where} holds the key {known[0]}, which signed before; take it away, or put a new one there")
    if len(found) > 1:
        raise KeyTrouble(f"{where} holds several keys; leave the one that is to sign")
    return next(iter(found.values()))


def forget_all_but(current: str) -> None:
    """After a change of keys in the data folder: the new key takes the place of the old one, which is gone for good."""
    path = _path(_NEXT)
    if not settings.AUDIT_SECRET_KEY and any(key_id(public_text(key)) == current for key in _read(path)):
        path.replace(_path(_NAME))


def private_pem(key: Ed25519PrivateKey) -> bytes:
    """The key as the files and the setting hold it."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_pem(public: str) -> str:
    """A public key given in base64 as PEM, with its id in a line above."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public))
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    return f"# key {key_id(public)}\n{pem}"


def read_public(text: str) -> list[str]:
    """The public keys in a PEM text, in base64. Raises KeyTrouble when there is none, or one of another kind."""
    found = []
    for block in _BLOCK.findall(text):
        try:
            key = serialization.load_pem_public_key(block.encode())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise KeyTrouble("the file holds something that is no public key") from error
        if not isinstance(key, Ed25519PublicKey):
            raise KeyTrouble("the file holds a public key that is not Ed25519")
        found.append(public_text(key))
    if not found:
        raise KeyTrouble("the file holds no public key")
    return found


def _others(current: str) -> list[Ed25519PrivateKey]:
    return [key for name, key in in_hand().items() if name != current]


def _path(name: str) -> Path:
    return Path(settings.DATA_DIR) / name


def _read(path: Path) -> list[Ed25519PrivateKey]:
    try:
        if path.stat().st_mode & 0o077:
            raise KeyTrouble(f"{path.name} may be read by others; its mode must be 0600")
        return _parse(path.read_text(encoding="ascii"), path.name)
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise KeyTrouble(f"{path.name} in the data folder cannot be read") from error


def _parse(text: str, where: str) -> list[Ed25519PrivateKey]:
    found = []
    for block in _BLOCK.findall(text.replace("\\n", "\n")):
        try:
            key = serialization.load_pem_private_key(block.encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise KeyTrouble(f"{where} holds something that is no private key") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyTrouble(f"{where} holds a key that is not Ed25519")
        found.append(key)
    if not found:
        raise KeyTrouble(f"{where} holds no private key in PEM form")
    return found


def _write(path: Path, key: Ed25519PrivateKey) -> None:
    """Whole or not at all, for this user only, and never over a key that is there."""
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(private_pem(key))
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was quicker; its key counts
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise KeyTrouble("the signing key cannot be written to the data folder") from error
