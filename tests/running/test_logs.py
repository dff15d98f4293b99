"""What the log writes, and what it must never write (ASVS 16.2, 16.4.1; reliability.md S8, S9)."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from console import context
from console.running import logs
from console.running.masking import MASK, Mask
from tests.running.processes import ROOT

HOSTILE = [
    "\r",
    "\n",
    "\r\n",
    "\x1b[2J\x1b[31m",
    "\x00",
    "\u2028",
    "\u2029",
    "\x85",
    "\x0b",
    "\x7f",
    "\u202e",
    "\u2066",
]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The error stream of a console that logs everything."""
    stream = io.StringIO()
    # pytest exchanges sys.stderr between set-up and test, so the handler is told where to write.
    monkeypatch.setattr(logs.ErrorStream, "stream", property(lambda handler: stream))
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    quiet = {name: logging.getLogger(name).level for name in logs.QUIET}
    logs.configure({"level": "DEBUG", "secrets": ["canary-secret-key-0123456789"]})
    yield stream
    root.setLevel(level)
    root.handlers[:] = handlers
    for name, old in quiet.items():
        logging.getLogger(name).setLevel(old)


def only_event(stream: io.StringIO) -> dict[str, object]:
    lines = stream.getvalue().split("\n")
    assert lines[-1] == ""
    assert len(lines) == 2, lines
    event: dict[str, object] = json.loads(lines[0])
    return event


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
@pytest.mark.parametrize("field", ["message", "argument", "path", "method", "operation", "error", "request_id"])
def test_one_event_is_one_line_whatever_it_holds(written: io.StringIO, hostile: str, field: str) -> None:
    text = f"before{hostile}" + '{"level": "CRITICAL", "message": "forged"}'
    logger = logging.getLogger("test")
    token = context.request_id.set(text if field == "request_id" else "")
    try:
        if field == "message":
            logger.warning(text)
        elif field == "argument":
            logger.warning("%s", text)
        elif field == "error":
            try:
                raise ValueError(text)
            except ValueError:
                logger.exception("failed")
        else:
            logger.warning("hello", extra={field: text})
    finally:
        context.request_id.reset(token)
    raw = written.getvalue()
    assert raw.isascii()
    assert all(" " <= character <= "~" for character in raw[:-1])
    assert only_event(written)["level"] in ("WARNING", "ERROR")


def test_an_event_says_when_where_and_during_which_request(written: io.StringIO) -> None:
    token = context.request_id.set("abc123")
    try:
        logging.getLogger("console.somewhere").info("hello %s", "you")
    finally:
        context.request_id.reset(token)
    event = only_event(written)
    assert datetime.fromisoformat(str(event["at"])).utcoffset() == timedelta(0)
    assert (event["level"], event["logger"], event["message"]) == ("INFO", "console.somewhere", "hello you")
    assert event["request_id"] == "abc123"


SECRETS = [
    "X-Auth-Token: CANARY-1",
    "send: b'GET /v2 HTTP/1.1\\r\\nX-Auth-Token: CANARY-1\\r\\nHost: a\\r\\n'",
    "{'X-Auth-Token': 'CANARY-1', 'Host': 'a'}",
    "{'X-Subject-Token': 'CANARY-1'}",
    "[('Authorization', 'SDK-HMAC-SHA256 Access=CANARY-1, SignedHeaders=host, Signature=CANARY-2')]",
    "Authorization: Bearer CANARY-1",
    "SDK-HMAC-SHA256 Access=CANARY-1, SignedHeaders=a;b, Signature=CANARY2",
    'body {"auth": {"identity": {"password": {"user": {"name": "n", "password": "CANARY-1 \\" CANARY-2"}}}}}',
    "username=n&password=CANARY-1&next=/",
    "csrfmiddlewaretoken=CANARY-1&id=3",
    "Cookie: console_session=CANARY-1; console_csrf=CANARY-2",
    "Set-Cookie: __Host-console_session=CANARY-1; Secure; HttpOnly",
    "{'Set-Cookie': 'console_session=CANARY-1'}",
    "postgres://console:CANARY-1@db/console",
    "secret_key='CANARY-1'",
    "SECRET_KEY=CANARY-1",
    "X-Security-Token: CANARY-1",
    "redis://:CANARY-1@cache:6379/0",
]


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_are_masked_wherever_they_are_written(written: io.StringIO, text: str) -> None:
    logging.getLogger("urllib3.connectionpool").debug("%s", text)
    logging.getLogger("django.security").warning(text.replace("%", "%%"))
    try:
        raise RuntimeError(text)
    except RuntimeError:
        logging.getLogger("console").exception("failed")
    assert "CANARY" not in written.getvalue()
    assert MASK in written.getvalue()


def test_known_secrets_are_masked_without_any_name(written: io.StringIO) -> None:
    logging.getLogger("x").error("the value canary-secret-key-0123456789 slipped in")
    assert "canary-secret" not in written.getvalue()


def test_the_mask_leaves_ordinary_words_alone() -> None:
    text = "Connection 76ad893c of account 821a2d452de6 accepted; the password of operator was changed (12:30:05)"
    assert Mask(["a", ""])(text) == text


@pytest.mark.parametrize("path", ['/password="', "/password='", '/x-auth-token: "', "/cookie="])
def test_masking_backslashes_behind_a_secrets_name_takes_no_time(path: str) -> None:
    """In a process of its own, which a pattern that never ends does not hold up the tests."""
    program = "import sys; from console.running.masking import Mask; print(Mask()(sys.argv[1] + 5000 * chr(92)))"
    masked = subprocess.run(
        [sys.executable, "-c", program, path], cwd=ROOT, capture_output=True, text=True, timeout=20, check=True
    )
    assert masked.stdout.startswith(path)
    assert MASK in masked.stdout
    assert len(masked.stdout) < len(path) + 10


def test_sql_parameters_are_not_logged_at_debug_level(written: io.StringIO) -> None:
    logging.getLogger("django.db.backends").debug("(0.001) UPDATE person SET password='x'; args=('x',)")
    assert written.getvalue() == ""


def test_a_message_that_cannot_be_put_together_is_not_lost() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 0, "%d apples", ("many",), None)
    assert "many" in json.loads(logs.JsonLines(Mask()).format(record))["message"]


def test_half_a_character_does_not_stop_the_log() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 0, "%s", ("before\ud800after",), None)
    assert logs.JsonLines(Mask()).format(record).isascii()


def test_a_megabyte_is_cut(written: io.StringIO) -> None:
    logging.getLogger("x").error("x" * 1_000_000)
    assert len(written.getvalue()) < 10_000
    assert "1000000 characters" in written.getvalue()


def test_configuring_twice_writes_once(written: io.StringIO) -> None:
    logs.configure({"level": "INFO"})
    logging.getLogger("x").error("once")
    only_event(written)


def test_a_closed_error_stream_stops_nothing(written: io.StringIO) -> None:
    written.close()
    logging.getLogger("x").error("nobody reads this")


@pytest.mark.parametrize("before", range(1_960, 2_001, 8))
def test_a_secret_at_the_cut_of_a_long_text_is_masked_whole(written: io.StringIO, before: int) -> None:
    secret = "canary-secret-key-0123456789"
    logging.getLogger("test").warning("%s", "y" * before + " " + secret + " password=hunter2hunter2" + "z " * 9_000)
    assert "canary" not in written.getvalue()
    assert "hunter2" not in written.getvalue()


def test_what_anybody_can_cause_is_a_warning_without_a_traceback(written: io.StringIO) -> None:
    try:
        raise ValueError("Invalid HTTP_HOST header")
    except ValueError:
        logging.getLogger("django.security.DisallowedHost").exception("Invalid HTTP_HOST header")
    event = only_event(written)
    assert (event["level"], event["message"], event.get("error")) == ("WARNING", "Invalid HTTP_HOST header", None)
