"""What people can wish for in the simulated world, and what the cloud's ledger calls it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from console.audit.catalog import Action
from console.changes.kinds.kind import Kind, Realm
from console.changes.kinds.registry import KINDS
from console.simcloud import World

#: Accounts that come and go on whitelists: few, so that people meet.
ACCOUNTS: Final = tuple(f"{number:032x}" for number in range(0xA1, 0xA9))
#: Objects of each gateway that are acted on.
_MOST_CONNECTIONS: Final = 8
_MANY: Final = 14


@dataclass(frozen=True)
class Wish:
    """One act that somebody wants to confirm."""

    kind: Kind
    host: str
    realm: Realm
    targets: tuple[str, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        asked = "".join(f" {name}={value}" for name, value in self.parameters.items())
        return f"{self.kind.action.value}{asked} of {', '.join(self.targets[:4])}"


Chooser = Callable[[World, Random], Wish | None]


def chooser(world: World, kinds: Sequence[str]) -> Callable[[Random], Wish | None]:
    """What somebody wants next, of these kinds of act."""

    def choose(random: Random) -> Wish | None:
        with world.turn():
            return _CHOICES[random.choice(kinds)](world, random)

    return choose


def _gateways(world: World) -> list[Any]:
    return [one for one in world.gateways.values() if one.seeded_as in ("main", "many_connections")]


def _connections(action: Action, statuses: tuple[str, ...]) -> Chooser:
    def choose(world: World, random: Random) -> Wish | None:
        gateway = random.choice(_gateways(world))
        rows = world.connections[gateway.service_id]
        is_long = gateway.seeded_as == "many_connections" and random.random() < 0.1
        own = sorted(rows, key=lambda row: row.id)
        own = own[:_MOST_CONNECTIONS] if not is_long else own[_MOST_CONNECTIONS:]
        possible = [row.id for row in own if row.status in statuses]
        count = _MANY if is_long else 1 if random.random() < 0.8 else random.randint(2, 4)
        if len(possible) < count:
            return None
        return Wish(KINDS[action.value], gateway.id, Realm.GATEWAY, tuple(random.sample(possible, count)))

    return choose


def _accounts(action: Action, *, is_listed: bool) -> Chooser:
    def choose(world: World, random: Random) -> Wish | None:
        gateway = random.choice(_gateways(world))
        listed = world.permissions[gateway.service_id]
        possible = [account for account in ACCOUNTS if (account in listed) is is_listed]
        count = 1 if random.random() < 0.8 else 2
        if len(possible) < count:
            return None
        return Wish(KINDS[action.value], gateway.id, Realm.GATEWAY, tuple(random.sample(possible, count)))

    return choose


def _rename(world: World, random: Random) -> Wish | None:
    gateway = random.choice(_gateways(world))
    parameters = {"name": f"n{random.randrange(40)}"}
    return Wish(KINDS[Action.SERVICE_RENAME.value], gateway.id, Realm.GATEWAY, (gateway.id,), parameters)


_CHOICES: Final[Mapping[str, Chooser]] = {
    "connection.accept": _connections(Action.CONNECTION_ACCEPT, ("pendingAcceptance", "rejected")),
    "connection.reject": _connections(Action.CONNECTION_REJECT, ("pendingAcceptance", "accepted")),
    "permission.add": _accounts(Action.PERMISSION_ADD, is_listed=False),
    "permission.remove": _accounts(Action.PERMISSION_REMOVE, is_listed=True),
    "service.rename": _rename,
}
USUAL: Final = tuple(_CHOICES)


def object_of(effect: Any) -> str:
    """The object of an effect, as Changes name it: a gateway's service is renamed by the gateway's id."""
    return str(effect.gateway_id if effect.action == "service.rename" else effect.object)
