"""Which places exist, as far as this console has seen: one that a client made up must not stand in the log."""

from collections.abc import Callable
from typing import Final

from console import wiring
from console.access.models import Grant
from console.audit.catalog import State
from console.audit.models import Entry

#: Says whether the cloud has told of something with this id.
Witness = Callable[[str, str], bool]
_witnesses: Final[list[Witness]] = []


def ask(witness: Witness) -> None:
    """From now on ask this one too. For rooms above, which know what clouds said; called while the apps are loaded."""
    _witnesses.append(witness)


def is_known(cloud: str, gateway_id: str = "") -> bool:
    """Whether the cloud is one of ours, and has something with this id. Asks no cloud."""
    try:
        if cloud not in wiring.clouds():
            return False
    except wiring.ConfigurationError:
        return False
    if not gateway_id or any(witness(cloud, gateway_id) for witness in _witnesses):
        return True
    place = {"cloud": cloud, "gateway_id": gateway_id}
    # An administrator gave a role there, or something was done there.
    return (
        Grant.objects.filter(**place).exists()
        or Entry.objects.filter(**place).exclude(state=State.REFUSED.value).exists()
    )
