"""The simulated cloud: a real HTTP server on loopback that behaves as the vendor's, standard library only.

`python -m console.simcloud` runs it alone (`manage.py demo` does); tests run it in their own process:

    with SimulatedCloud(World.seeded(connections=1000), latency=0.02) as cloud:
        cloud.base_url, cloud.describe()["gateways"]         where it is, what it holds (`seeded_as` names the roles)
        cloud.faults({"match": {"path": "action$"}, "fault": "reset_after", "times": 1})
        cloud.world.switch(profile="otc")                    Open Telekom Cloud's flavour, or another undocumented way
        cloud.world.advance(2), cloud.world.set_text(some_id, "name", "<b>")
        cloud.ledger(), cloud.calls()                        what really happened, what was asked

Who may call it stands in `identity`, which `console.wiring` reads for the cloud named `demo`. Nothing here imports
anything of the console, so that a mistake in the console's parsing cannot hide.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from console.simcloud.clock import Clock
    from console.simcloud.server import SimulatedCloud
    from console.simcloud.switches import Switches
    from console.simcloud.world import World

__all__ = ["Clock", "SimulatedCloud", "Switches", "World"]

_HOMES: Final = {"Clock": "clock", "SimulatedCloud": "server", "Switches": "switches", "World": "world"}


def __getattr__(name: str) -> Any:
    """Loaded when asked for: every process of a console reads `identity`, and hardly one holds a world."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
