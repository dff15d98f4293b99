"""What can still be believed of checkpoints that do not hold together, so that one of them does not hide all others."""

from collections.abc import Collection, Iterable
from typing import Any

from console.audit import statements
from console.audit.statements import Followed, Untrue


def salvage(
    lines: Iterable[str], damage: Untrue, roots: Collection[str] = (), accepted: Collection[str] = ()
) -> Followed:
    """The checkpoints that hold each by itself: the signature is right, and its key is known or tied to a known one.

    `roots` and `accepted` as in `statements.follow`. Signatures are checked one by one, so this is for when that has
    found the `damage`.
    """
    sound = [fields for fields in map(_sound, lines) if fields is not None]
    keys = {fields["key"]["public_key"]: fields["key"] for fields in sound}
    believed = [public for public, key in keys.items() if {public, key["key_id"]} & {*accepted}]
    known = _tied(keys, [*roots, *believed]) if roots else set(keys)
    found = Followed(damage=damage, keys=[key for key in keys if key in known])
    for fields in sound:
        if fields["key"]["public_key"] in known:
            found.installation = fields["installation"]
            found.marks.append(statements.mark(fields, statements.digest(fields)))
    return found


def _sound(line: str) -> dict[str, Any] | None:
    try:
        fields = statements.read(line)
        statements.check_key(fields)
        statements.check_signature(fields)
    except Untrue:
        return None
    return fields


def _tied(keys: dict[str, dict[str, Any]], roots: Collection[str]) -> set[str]:
    """The keys that are roots, and those that endorsements tie to one: whoever trusts one can trust all."""
    known = {key for key in keys if key in roots}
    waiting = list(known)
    while waiting:
        one = keys[waiting.pop()]
        for name, other in keys.items():
            if name not in known and (statements.endorses(one, other) or statements.endorses(other, one)):
                known.add(name)
                waiting.append(name)
    return known
