"""The cloud of a storm: a simulated one in a process of its own, its control door, its faults, and an outsider.

The outsider is another client of the same cloud that acts on the same objects behind the console's back. It calls from
an address of its own on loopback, so that the cloud's list of calls tells whose each call was.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final, Self

import requests
from requests.adapters import HTTPAdapter

from console.simcloud.identity import DEMO
from tests.running.processes import ROOT, clean_environment

#: Where the outsider calls from; everything else is the console, from 127.0.0.1.
OUTSIDER: Final = "127.0.0.2"
#: An account that was added is left alone by the outsider for so long: then the console has seen it. Seconds.
UNTOUCHED: Final = 45
#: How long `creating`, `deleting` and a new name take to show. Seconds.
TRANSIENTS: Final = 1.0
#: Everything but the control door and the sign-in, whose refusal would calm the storm for a minute.
_CALLS: Final = "^/(?!_sim|v3/auth)"
_WRITES: Final = "POST|PUT|DELETE"
#: So many objects that nobody runs out of something to act on.
_ROOM: Final = {"service_quota": 500, "services_per_backend": 500, "endpoint_quota": 500}


@dataclass(frozen=True)
class Profile:
    """What goes wrong: the share of the calls that each fault strikes; of a `seed` the same each time."""

    name: str
    seed: int
    #: Pairs of a share and a rule of the control door.
    faults: Sequence[tuple[float, Mapping[str, Any]]]

    def rules(self, seed: int) -> list[dict[str, Any]]:
        """For the control door. The first rule that strikes is the last that is asked, which the shares allow for."""
        rules = []
        left = {_WRITES: 1.0, "GET": 1.0}
        for number, (share, rule) in enumerate(self.faults):
            method = str(rule["match"]["method"])
            probability = share / left[method]
            if rule["fault"] != "delay":
                left[method] -= share
            rules.append({**rule, "probability": probability, "seed": f"{seed}-{number}"})
        return rules


def _on(methods: str, fault: str, **more: Any) -> dict[str, Any]:
    return {"match": {"method": methods, "path": _CALLS}, "fault": fault, **more}


#: 22 % of the writes, and of the reads.
MIXED: Final = Profile(
    "mixed",
    7,
    (
        (0.02, _on(_WRITES, "delay", seconds=3.0)),  # longer than the console waits: the effect comes afterwards
        (0.05, _on(_WRITES, "reset_after")),
        (0.03, _on(_WRITES, "reset_before")),
        (0.02, _on(_WRITES, "truncate")),
        (0.02, _on(_WRITES, "duplicate")),
        (0.02, _on(_WRITES, "status", status=500, after=True)),
        (0.02, _on(_WRITES, "status", status=503)),
        (0.02, _on(_WRITES, "status", status=429, headers={"Retry-After": "1"})),
        (0.02, _on(_WRITES, "html", status=502)),
        (0.02, _on("GET", "delay", seconds=1.0)),
        (0.05, _on("GET", "status", status=500)),
        (0.04, _on("GET", "status", status=503, headers={"Retry-After": "0"})),
        (0.03, _on("GET", "status", status=429, headers={"Retry-After": "1"})),
        (0.04, _on("GET", "reset_before")),
        (0.02, _on("GET", "truncate")),
        (0.02, _on("GET", "html", status=502)),
    ),
)
#: 40 % of the writes lose their answers, before or after they were done, and 5 % are sent twice on the way.
LOST_ANSWERS: Final = Profile(
    "lost-answers",
    11,
    (
        (0.20, _on(_WRITES, "reset_after")),
        (0.12, _on(_WRITES, "reset_before")),
        (0.08, _on(_WRITES, "status", status=504, after=True)),
        (0.05, _on(_WRITES, "duplicate")),
        (0.05, _on("GET", "reset_before")),
    ),
)
PROFILES: Final = {profile.name: profile for profile in (MIXED, LOST_ANSWERS)}


class StormCloud:
    """`python -m console.simcloud` in a process of its own, and its control door."""

    def __init__(self, connections: int) -> None:
        size = ["--connections", str(connections), "--services", "8", "--endpoints", "12"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "console.simcloud", "--port", "0", "--delay", str(TRANSIENTS), *size],
            cwd=ROOT,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.base_url = str(json.loads(self._process.stdout.readline())["base_url"])
        self._door = requests.Session()
        self._tell("switches", _ROOM)

    def faults(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Put these in place of the ones before; none: the cloud is well."""
        self._tell("faults", list(rules))

    def ask(self, what: str) -> Any:
        """`ledger`, `calls` or `describe`."""
        return self._door.get(f"{self.base_url}/_sim/{what}", timeout=30).json()

    def gateway(self, seeded_as: str) -> str:
        """The id of a seeded gateway."""
        return str(next(one["id"] for one in self.ask("describe")["gateways"] if one["seeded_as"] == seeded_as))

    def _tell(self, what: str, body: object) -> None:
        self._door.post(f"{self.base_url}/_sim/{what}", json=body, timeout=30).raise_for_status()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._door.close()
        self._process.terminate()
        self._process.wait(30)
        if self._process.stdout:
            self._process.stdout.close()


class _From(HTTPAdapter):
    """Calls from this address of loopback."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, source_address=(self._address, 0), **options)


def _age(moment: str) -> float:
    return time.time() - datetime.fromisoformat(moment).timestamp()


class Outsider(threading.Thread):
    """Somebody at the vendor's own console, who decides about connections and whitelists of the same gateways.

    A connection bears the time of its last change. An account that was added and is taken off again elsewhere leaves
    nothing, so nobody could tell that it had been there if it was not seen meanwhile: new accounts are left alone.
    """

    def __init__(self, cloud: StormCloud, gateways: Sequence[str], seed: int, pause: float) -> None:
        """`pause`: seconds from the list that they see to their act."""
        super().__init__(name="outsider", daemon=True)
        self._cloud, self._gateways, self._pause = cloud, gateways, pause
        self._chance = Random(f"{seed}-outsider")
        self._session = requests.Session()
        self._session.mount("http://", _From(OUTSIDER))
        self._over = threading.Event()

    def run(self) -> None:
        self._sign_in()
        while not self._over.is_set():
            with suppress(requests.RequestException, ValueError, LookupError):  # the storm strikes them as well
                self._act(self._chance.choice(list(self._gateways)))

    def end(self) -> None:
        """After the act that they are at."""
        self._over.set()
        self.join(30)
        self._session.close()

    def _sign_in(self) -> None:
        user = {"name": DEMO.user_name, "password": DEMO.password, "domain": {"name": DEMO.domain_name}}
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": {"project": {"id": DEMO.project_id}}}}
        answer = self._session.post(f"{self._cloud.base_url}/v3/auth/tokens", json=body, timeout=30)
        self._session.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]

    def _act(self, gateway: str) -> None:
        """Read a list, think about it, act on one of its rows."""
        if self._chance.random() < 0.5:
            rows = self._ask(gateway, "connections?limit=100")["connections"]
            row = self._chance.choice([one for one in rows if one["status"] in ("accepted", "rejected")])
            word = "reject" if row["status"] == "accepted" else "receive"
            self._think()
            self._send(gateway, "connections/action", {"action": word, "endpoints": [row["id"]]})
        else:
            rows = self._ask(gateway, "permissions?limit=100")["permissions"]
            old = [one["permission"] for one in rows if _age(one["created_at"]) > UNTOUCHED]
            listed = [text.removeprefix("iam:domain::") for text in old]
            account = self._chance.choice([one for one in listed if one != DEMO.domain_id])
            self._think()
            self._send(gateway, "permissions/batch-delete", {"permissions": [f"iam:domain::{account}"]})

    def _think(self) -> None:
        self._over.wait(self._pause * self._chance.uniform(0.5, 1.5))

    def _ask(self, gateway: str, below: str) -> Any:
        return self._session.get(self._address(gateway, below), timeout=5).json()

    def _send(self, gateway: str, below: str, body: object) -> None:
        self._session.post(self._address(gateway, below), json=body, timeout=5)

    def _address(self, gateway: str, below: str) -> str:
        project = f"{self._cloud.base_url}/v2/{DEMO.project_id}/apigw"
        return f"{project}/instances/{gateway}/vpc-endpoint/{below}"
