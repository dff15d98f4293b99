"""No path that a stranger makes up holds a worker, whatever is done with it for the log."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib import error, request

import pytest

from tests.at_once import at_once
from tests.running.prepared import copy_prepared
from tests.running.processes import Running, Visitor, free_port, until

#: The first froze a worker: a quote after the name of a secret, and backslashes.
PATHS = (
    "/password=%22" + "%5C" * 60,
    "/password=%22" + "%5C" * 5_000,
    "/" + "token=" * 3_000,
    "/" + "a%22:" * 4_000,
    "/://x:" + "y" * 20_000,
)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    copy_prepared(tmp_path)
    port = free_port()
    settings = {"CONSOLE_DATA_DIR": str(tmp_path), "SECRET_KEY": "k3y" * 20, "CONSOLE_PLAIN_HTTP": "yes"}
    with Running("serve", "--port", str(port), "--workers", "1", **settings):
        address = f"http://127.0.0.1:{port}"
        assert until(lambda: Visitor(address).gets("/healthz"))
        yield address


def seconds_of(url: str) -> float:
    """How long the answer takes, whatever it is. Raises TimeoutError after five seconds."""
    began = time.monotonic()
    try:
        request.urlopen(url, timeout=5).close()
    except error.HTTPError as refused:
        refused.close()
    return time.monotonic() - began


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:16])
def test_a_hostile_path_is_answered_at_once_and_stops_nobody(url: str, path: str) -> None:
    asked = [partial(seconds_of, url + path) for _ in range(4)] + [partial(seconds_of, f"{url}/healthz")] * 4
    assert max(at_once(asked)) < 3
