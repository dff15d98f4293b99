"""Signed checkpoints as text. With `canonical` and `chain` this page is enough to write a verifier in any language.

A checkpoint says how the log ended at one moment. It is one line, a JSON object with exactly these fields:

    log           "private-access-console/checkpoint/1"
    installation  the UUID that the genesis hash of the log is made from
    number        1, 2, 3 ... without holes
    previous      SHA-256 over the canonical JSON of the whole checkpoint before this one; "" for number 1
    at            when it was signed
    first         the number of the first row that the log keeps: 1 until rows are cut by retention
    seq, hash     number and hash of the last row
    key           the statement of the key that signs, see below
    signature     Ed25519 (RFC 8032) over the canonical JSON of the object without this field, in base64

A row with the number `seq` must have the hash `hash`. A log may begin with a row other than 1 only when a checkpoint
names that row as `first`; the row before it, which was cut, must be the `seq` of a checkpoint, whose hash the first
row carries as `previous_hash`. So what was cut stays proven by the checkpoint that covered it.

The statement of a key is an object with exactly these fields:

    log           "private-access-console/signing-key/1"
    installation  as above
    public_key    the 32 bytes of the Ed25519 key in base64
    key_id        the first 16 hexadecimal digits of the SHA-256 of these bytes
    at            when it was stated
    endorsed_by   the key_id of the key before, "" for the first
    possession    its own signature over the canonical JSON of the object without `possession` and `endorsement`
    endorsement   the signature of the key before over the same; "" for the first

Each statement is signed by both keys, and keys follow each other in one line, so whoever trusts one of them can trust
all. When the key of a checkpoint differs from the key of the one before, it must be endorsed by that.

One exception: where the key was lost, another one goes on that no key endorsed. Both `endorsed_by` and `endorsement` of
its statement are "", in a checkpoint whose number is not 1. Anybody who can write to the database could do the same
with a key of their own. So the checkpoints before prove their rows as ever, and a verifier believes what follows only
when told by name (`key_id` or `public_key`) to accept that key or one that came after it: each checkpoint names the
digest of the one before, so a key vouches for everything that was signed before it.
"""

import base64
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from console.audit import canonical

CHECKPOINT: Final = "private-access-console/checkpoint/1"
KEY: Final = "private-access-console/signing-key/1"
_CHECKPOINT_FIELDS: Final = frozenset(
    "log installation number previous at first seq hash key signature".split()  # noqa: SIM905 - as in the text above
)
_KEY_FIELDS: Final = frozenset(
    "log installation public_key key_id at endorsed_by possession endorsement".split()  # noqa: SIM905
)
_NUMBERS: Final = frozenset({"number", "first", "seq"})


class Untrue(Exception):
    """A checkpoint does not hold. `number` and `seq` say which, as far as it could be read."""

    def __init__(self, text: str, number: int = 0, seq: int = 0) -> None:
        super().__init__(text)
        self.number = number
        self.seq = seq


@dataclass(frozen=True, slots=True)
class Mark:
    """What a checkpoint says about the rows, and the digest of its whole text."""

    number: int
    seq: int
    hash: str
    first: int
    digest: str
    #: When it was signed, as canonical text.
    at: str


@dataclass(frozen=True, slots=True)
class Unendorsed:
    """A change of keys that the old key did not sign: it was lost, or somebody signs who should not."""

    #: The first checkpoint of the new key.
    number: int
    #: The last row that the keys before it cover.
    after: int
    old_key_id: str
    key_id: str
    #: Which of `Followed.keys` the new key is.
    place: int

    def __str__(self) -> str:
        return (
            f"rows up to {self.after} are signed by key {self.old_key_id}, "
            f"those after it by key {self.key_id}, which no key before it endorsed"
        )


@dataclass
class Followed:
    """A line of checkpoints that hold together."""

    installation: str = ""
    marks: list[Mark] = field(default_factory=list)
    #: Public keys in base64, oldest first.
    keys: list[str] = field(default_factory=list)
    #: Changes of keys that hold only because the new key, or a later one, was accepted by name.
    unendorsed: list[Unendorsed] = field(default_factory=list)
    #: The first that does not hold, when `marks` are only those that can be believed all the same (`salvage`).
    damage: Untrue | None = None


def public_text(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """The public key in base64."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return base64.b64encode(public.public_bytes_raw()).decode()


def key_id(public: str) -> str:
    """The short name of a public key given in base64."""
    return hashlib.sha256(base64.b64decode(public)).hexdigest()[:16]


def state_key(
    key: Ed25519PrivateKey, installation: str, at: str, endorser: Ed25519PrivateKey | None = None
) -> dict[str, Any]:
    """The statement of a key, signed by itself and by the key before it, if there is one."""
    public = public_text(key)
    fields = {"log": KEY, "installation": installation, "public_key": public, "key_id": key_id(public), "at": at}
    fields["endorsed_by"] = key_id(public_text(endorser)) if endorser else ""
    text = canonical.dumps(fields).encode()
    fields["possession"] = _signature(key, text)
    fields["endorsement"] = _signature(endorser, text) if endorser else ""
    return fields


def sign(key: Ed25519PrivateKey, facts: dict[str, Any]) -> str:
    """The line of a checkpoint. `facts` are its fields without `log` and `signature`."""
    fields = facts | {"log": CHECKPOINT}
    return canonical.dumps(fields | {"signature": _signature(key, canonical.dumps(fields).encode())})


def follow(lines: Iterable[str], roots: Collection[str] = (), accepted: Collection[str] = ()) -> Followed:
    """Read checkpoints in their order and check that they hold together.

    `roots` are public keys in base64 of which one at least must have signed; empty: the keys are not compared.
    `accepted` names keys, by id or in base64, that are believed although no key endorsed them. A line that repeats the
    one before is passed over: a receiver may be told twice. Raises Untrue.

    Each checkpoint carries the digest of the one before. So it is enough to check the last signature of each key.
    """
    found = Followed()
    last: dict[str, Any] | None = None
    for line in lines:
        fields = _read_next(line, found)
        told = digest(fields)
        if last is not None:
            if told == found.marks[-1].digest:
                continue
            _check_succession(last, found.marks[-1].digest, fields)
        _add(found, fields, told)
        last = fields
    if last is not None:
        check_signature(last)
        if roots and not set(roots) & set(found.keys):
            raise Untrue("it is signed by a key that is not known here", found.marks[0].number, found.marks[0].seq)
        _check_unendorsed(found, accepted)
    return found


def _check_unendorsed(found: Followed, accepted: Collection[str]) -> None:
    believed = [public in accepted or key_id(public) in accepted for public in found.keys]
    for one in found.unendorsed:
        if not any(believed[one.place :]):
            row = min(one.after + 1, next(mark.seq for mark in found.marks if mark.number == one.number))
            raise Untrue(f"{one}; they hold only for who accepts it (--accept-key {one.key_id})", one.number, row)


def read(line: str) -> dict[str, Any]:
    """The fields of a checkpoint, of the right types but otherwise unchecked. Raises Untrue."""
    try:
        fields = canonical.loads(line)
        _check_shape(fields, _CHECKPOINT_FIELDS)
        _check_shape(fields["key"], _KEY_FIELDS)
        if fields["log"] != CHECKPOINT or fields["key"]["log"] != KEY:
            raise ValueError("it is of another kind")
        canonical.dumps(fields).encode()
    except ValueError as error:
        raise Untrue(f"is no checkpoint ({error})") from error
    return dict(fields)


def digest(fields: dict[str, Any]) -> str:
    """What the next checkpoint names as `previous`."""
    return hashlib.sha256(canonical.dumps(fields).encode()).hexdigest()


def _read_next(line: str, found: Followed) -> dict[str, Any]:
    """A line that cannot be read is called by the number that it ought to have."""
    try:
        return read(line)
    except Untrue as untrue:
        number, seq = (found.marks[-1].number, found.marks[-1].seq) if found.marks else (0, 0)
        raise Untrue(str(untrue), number + 1, seq + 1) from untrue


def _add(found: Followed, fields: dict[str, Any], told: str) -> None:
    key = fields["key"]
    if not found.keys or found.keys[-1] != key["public_key"]:
        check_key(fields)
        if found.keys and not key["endorsed_by"]:
            after, old = found.marks[-1].seq, key_id(found.keys[-1])
            found.unendorsed.append(Unendorsed(fields["number"], after, old, key["key_id"], len(found.keys)))
        found.keys.append(key["public_key"])
    if {fields["installation"], key["installation"]} != {found.installation or fields["installation"]}:
        raise Untrue("it is of another installation", fields["number"], fields["seq"])
    found.installation = fields["installation"]
    if found.marks and fields["seq"] == found.marks[-1].seq and fields["hash"] != found.marks[-1].hash:
        raise Untrue("it gives a row another hash than the one before it", fields["number"], fields["seq"])
    found.marks.append(mark(fields, told))


def mark(fields: dict[str, Any], told: str) -> Mark:
    """What the fields of a checkpoint with this digest say."""
    return Mark(fields["number"], fields["seq"], fields["hash"], fields["first"], told, fields["at"])


def _check_succession(last: dict[str, Any], last_digest: str, fields: dict[str, Any]) -> None:
    """Whether the one checkpoint follows the other. Tells which of the two is to blame when not."""
    number, seq = fields["number"], fields["seq"]
    if fields["previous"] != last_digest:
        check_signature(last)
        check_signature(fields)
        if number == last["number"] + 1:
            raise Untrue("it does not follow the checkpoint before it: one of the two was replaced", number, seq)
        raise Untrue(f"it does not follow checkpoint {last['number']}: some between are missing", number, seq)
    if number != last["number"] + 1 or seq < last["seq"] or fields["first"] < last["first"]:
        raise Untrue("it goes back behind the one before it", number, seq)
    if fields["key"] != last["key"]:
        check_signature(last)
        key = fields["key"]
        if key["endorsed_by"] == key["endorsement"] == "" and key["public_key"] != last["key"]["public_key"]:
            return  # for `_check_unendorsed` to judge
        if key["endorsed_by"] != last["key"]["key_id"]:
            raise Untrue("its key is not endorsed by the key before it", number, seq)
        if not endorses(last["key"], key):
            raise Untrue("the endorsement of its key does not hold", number, seq)


def endorses(old: dict[str, Any], key: dict[str, Any]) -> bool:
    """Whether the one key has signed the statement of the other."""
    return key["endorsed_by"] == old["key_id"] and _holds(old["public_key"], key["endorsement"], _key_text(key))


def check_signature(fields: dict[str, Any]) -> None:
    """Raises Untrue when a checkpoint is not what its own key signed."""
    text = canonical.dumps({name: value for name, value in fields.items() if name != "signature"}).encode()
    if not _holds(fields["key"]["public_key"], fields["signature"], text):
        raise Untrue("its signature does not hold", fields["number"], fields["seq"])


def check_key(fields: dict[str, Any]) -> None:
    """Raises Untrue when the key of a checkpoint has not signed its own statement."""
    key = fields["key"]
    if not _holds(key["public_key"], key["possession"], _key_text(key)) or key["key_id"] != key_id(key["public_key"]):
        raise Untrue("the statement of its key does not hold", fields["number"], fields["seq"])


def _key_text(key: dict[str, Any]) -> bytes:
    return canonical.dumps({n: v for n, v in key.items() if n not in ("possession", "endorsement")}).encode()


def _check_shape(fields: Any, names: frozenset[str]) -> None:
    if not isinstance(fields, dict) or fields.keys() != names:
        raise ValueError("it does not have exactly the fields of one")
    for name, value in fields.items():
        wanted = int if name in _NUMBERS else dict if name == "key" else str
        if type(value) is not wanted:
            raise ValueError(f"the field {name} has the wrong type")


def _signature(key: Ed25519PrivateKey, text: bytes) -> str:
    return base64.b64encode(key.sign(text)).decode()


def _holds(public: str, signature: str, text: bytes) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), text)
    except (ValueError, InvalidSignature):
        return False
    return True
