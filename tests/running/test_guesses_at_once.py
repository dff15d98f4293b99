"""What many send at the same moment to two processes of the console: no more is tried, and nothing is lost."""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from tests.at_once import at_once
from tests.running.prepared import PASSWORD, copy_prepared
from tests.running.processes import Running, Visitor, free_port, until


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    copy_prepared(tmp_path)
    port = free_port()
    settings = {"CONSOLE_DATA_DIR": str(tmp_path), "SECRET_KEY": "k3y" * 20, "CONSOLE_PLAIN_HTTP": "yes"}
    with Running("serve", "--port", str(port), "--workers", "2", **settings):
        address = f"http://127.0.0.1:{port}"
        assert until(lambda: Visitor(address).gets("/healthz"))
        yield address


def post(visitor: Visitor, path: str, **fields: str) -> tuple[int, str]:
    """A form of the console, filled in."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', visitor.open(path)[1])
    assert token
    status, text, _ = visitor.open(path, csrfmiddlewaretoken=token[1], **fields)
    return status, text


def sign_in(visitor: Visitor, password: str) -> int:
    status, text = post(visitor, "/sign-in/", login="admin", password=password)
    assert ("This one was not tried" in text) == (status == 429)
    return status


def counted(folder: Path) -> Counter[str]:
    """How often what was refused, in counts and, should a quarter of an hour just have ended, in rows."""
    with closing(sqlite3.connect(folder / "console.sqlite3")) as database:
        counts = database.execute("SELECT kind, count FROM audit_refusalcount").fetchall()
        rows = database.execute("SELECT action, after FROM audit_entry WHERE state = 'refused'").fetchall()
    total: Counter[str] = Counter()
    for kind, count in counts + [(action, json.loads(after)["count"]) for action, after in rows]:
        total[kind] += count
    return total


def test_twenty_guesses_at_once_get_no_further_than_five_and_the_person_is_let_through(
    url: str, tmp_path: Path
) -> None:
    mine = Visitor(url, CookieJar())
    assert sign_in(mine, PASSWORD) == 200
    assert post(mine, "/sign-out/", next="/")[0] == 200

    found = at_once([partial(sign_in, Visitor(url), "wrong-wrong-wrong") for _ in range(20)])

    assert set(found) <= {422, 429}
    # Some were told that the console is busy: they were not tried, and did not count.
    while sign_in(Visitor(url), "wrong-wrong-wrong") == 422:
        found.append(422)
    assert found.count(422) == 5
    assert sign_in(Visitor(url), PASSWORD) == 429
    assert sign_in(mine, PASSWORD) == 200
    assert "Sign out" in mine.open("/preferences/")[1]

    forged = at_once([partial(Visitor(url).open, "/sign-out/", id="Approved by security team") for _ in range(30)])
    assert [status for status, _, _ in forged] == [403] * 30
    told = counted(tmp_path)
    assert told["request.forged"] == 30
    assert 7 <= told["person.sign_in_failed"] <= len(found) + 2
