"""One line for each request, with what is needed and nothing more (ASVS 16.2.1, 16.2.5)."""

import logging
from collections.abc import Callable

import pytest
from django.test import Client

from console.access.models import Person

SignedIn = Callable[[str], Client]


def lines(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "console.access_log"]


@pytest.mark.django_db
def test_a_request_is_one_line_with_method_path_status_and_duration(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/sign-in/?next=/secret-place/")
    (line,) = lines(caplog)
    assert (line.method, line.path, line.status) == ("GET", "/sign-in/", 200)  # type: ignore[attr-defined]
    assert 0 <= line.duration_ms < 60_000  # type: ignore[attr-defined]
    assert "secret-place" not in str(line.__dict__)


@pytest.mark.django_db
def test_the_person_is_a_number_and_not_a_name(
    signed_in: SignedIn, world: object, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in("viewer")
    person = Person.objects.get()
    with caplog.at_level(logging.INFO):
        client.get("/gateways/")
    (line,) = lines(caplog)
    assert line.person == str(person.pk)  # type: ignore[attr-defined]
    assert person.username not in str(line.__dict__)


def test_a_line_costs_no_query(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """Without the mark django_db a query for the person would be an error."""
    client.cookies["console_session"] = "somebody"
    with caplog.at_level(logging.INFO):
        client.get("/no-such-file-and-no-database", headers={"Host": "evil.example"})
    (line,) = lines(caplog)
    assert line.status == 400  # type: ignore[attr-defined]
    assert line.person is None  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_passwords_cookies_and_tokens_of_a_sign_in_are_in_no_line(
    client: Client, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        client.post("/sign-in/", {"login": "canary-name", "password": "canary-password-123"})
    written = " ".join(str(record.__dict__) for record in lines(caplog)) + capfd.readouterr().err
    assert "canary-password" not in written
    assert "canary-name" not in written


@pytest.mark.django_db
def test_a_path_longer_than_any_of_ours_is_cut(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/" + "a" * 3_000)
    (line,) = lines(caplog)
    assert len(line.path) < 600  # type: ignore[attr-defined]
    assert line.path.endswith("… (3001 characters)")  # type: ignore[attr-defined]
