"""The console as it runs in production, over a simulated cloud that the test holds in its hands."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from console.running.server import THREADS
from console.simcloud import SimulatedCloud
from console.simcloud.records import Endpoint
from console.simcloud.world import World
from tests.running.prepared import PASSWORD as PASSWORD
from tests.running.prepared import copy_prepared
from tests.running.processes import Running, Visitor, free_port, until

#: A canary as well.
SECRET_KEY = "canary-secret-key-" + "k3y" * 20


class Served:
    """`manage.py serve` in a process of its own, with its own data folder, database and demo people.

    `clouds` is a file of clouds, in which `{url}` stands for the simulated cloud; without it that one is named `demo`.
    """

    def __init__(self, folder: Path, clouds: str = "", threads: int = THREADS, **settings: str) -> None:
        self.folder = folder
        self.cloud = SimulatedCloud().start()
        port = free_port()
        if clouds:
            (folder / "clouds.toml").write_text(clouds.replace("{url}", self.cloud.base_url))
            settings["CONSOLE_CLOUDS_FILE"] = str(folder / "clouds.toml")
        self.url = f"http://127.0.0.1:{port}"
        self._states: dict[str, Any] = {}
        self._worlds = 0
        environment = {
            "CONSOLE_DATA_DIR": str(folder),
            "SECRET_KEY": SECRET_KEY,
            "CONSOLE_PLAIN_HTTP": "yes",
            "CONSOLE_SIMULATED_URL": self.cloud.base_url,
            "CONSOLE_SIMULATED_ALIBABA": "yes",
            "CONSOLE_DEMO_PASSWORD": PASSWORD,
            "CONSOLE_READ_TIMEOUT": "2",
            "CONSOLE_SETTLE_SECONDS": "1",
            "CONSOLE_STATUS_INTERVAL_SECONDS": "0",  # every look is a fresh one
            "CONSOLE_READS_A_MINUTE": "1000000",  # all journeys are of a few people
            **settings,
        }
        copy_prepared(folder)
        self.process = Running("serve", "--port", str(port), "--workers", "1", "--threads", str(threads), **environment)
        running = self.process.process
        until(lambda: Visitor(self.url).gets("/healthz") or running.poll() is not None)
        assert running.poll() is None, self.process.printed

    def new_world(self, **wishes: Any) -> "Stand":
        """A cloud that nobody has acted on: other ids each time, so that no test meets the acts of another."""
        self._worlds += 1
        self.cloud.reset()
        self.cloud.world = World.seeded(seed=1000 + self._worlds, **wishes)
        return Stand(self)

    def signed_in(self, browser: Any, person: str) -> Any:
        """Cookies of a demo person, who signs in once."""
        if person not in self._states:
            context = browser.new_context(base_url=self.url)
            page = context.new_page()
            page.goto("/sign-in/")
            page.get_by_label("Username").fill(person)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/gateways/")
            self._states[person] = context.storage_state()
            context.close()
        return self._states[person]

    def stop(self) -> None:
        """End the console and the cloud."""
        self.process.stop()
        self.process.__exit__()
        self.cloud.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.stop()


@dataclass(frozen=True)
class Stand:
    """One fresh world behind the console."""

    served: Served

    @property
    def cloud(self) -> SimulatedCloud:
        return self.served.cloud

    @property
    def world(self) -> World:
        return self.cloud.world

    def gateway_id(self, role: str = "main") -> str:
        return self.world.gateway_named(role).id

    def tab(self, role: str = "main") -> str:
        """Path of a gateway's tab."""
        return f"/demo/gateways/{self.gateway_id(role)}/vpc-endpoints/"

    def connections(self, status: str, role: str = "main") -> list[Endpoint]:
        """The gateway's connections in that status now, newest first."""
        return [each for each in self.world.connections_of(role) if each.status == status]

    def effects(self) -> list[tuple[str, str]]:
        """What was done in the cloud: act and object, oldest first."""
        return [(row["action"], row["object"]) for row in self.cloud.ledger()]
