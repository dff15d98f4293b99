"""Error pages say what happened whatever else is broken: the manifest, the database, the session, the clouds file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.template.engine import Engine
from django.test import Client, override_settings
from django.urls import path

from console import navigation, urls, wiring
from console.access.guard import open_to_all
from console.web import errors
from tests.web.test_headers import assert_strict

SignedIn = Callable[[str], Client]

handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)


def _answer(status: int) -> Callable[[HttpRequest], HttpResponse]:
    raised: dict[int, Exception] = {
        400: SuspiciousOperation("canary"),
        403: PermissionDenied("canary"),
        404: Http404("canary"),
        500: RuntimeError("canary"),
    }

    def view(request: HttpRequest) -> HttpResponse:
        if status in raised:
            raise raised[status]
        return errors.page(request, status)

    return open_to_all("for this test")(view)


#: Every status that has a page of its own.
STATUSES = sorted(int(file.stem) for file in (Path("templates") / "errors").glob("[0-9][0-9][0-9].html"))
urlpatterns = [*urls.urlpatterns, *(path(f"answer/{status}", _answer(status)) for status in STATUSES)]


@contextmanager
def _without_manifest(_: pytest.MonkeyPatch) -> Iterator[None]:
    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    with override_settings(STORAGES={"staticfiles": storage}):
        yield


@contextmanager
def _without_database(_: pytest.MonkeyPatch) -> Iterator[None]:
    def gone(*_: Any) -> None:
        raise OperationalError("connection to db-17.internal refused for user canary")

    with connection.execute_wrapper(gone):
        yield


@contextmanager
def _without_session(patch: pytest.MonkeyPatch) -> Iterator[None]:
    def gone(_: Any) -> None:
        raise OSError("canary")

    patch.setattr("console.access.session_store.SessionStore.load", gone)
    patch.setattr("django.contrib.sessions.backends.base.SessionBase._get_session", gone)
    yield


@contextmanager
def _without_clouds(patch: pytest.MonkeyPatch) -> Iterator[None]:
    def broken() -> None:
        raise wiring.ConfigurationError(["canary"])

    patch.setattr(wiring, "clouds", broken)
    yield


@contextmanager
def _without_frame(patch: pytest.MonkeyPatch) -> Iterator[None]:
    def broken(_: HttpRequest) -> None:
        raise ZeroDivisionError("canary")

    patch.setattr(navigation, "frame", broken)
    # The template engine keeps the functions that it found at its start.
    for engine in (Engine.get_default(),):
        engine.__dict__.pop("template_context_processors", None)
    yield
    for engine in (Engine.get_default(),):
        engine.__dict__.pop("template_context_processors", None)


@contextmanager
def _without_templates(patch: pytest.MonkeyPatch) -> Iterator[None]:
    def gone(*_: Any, **__: Any) -> None:
        raise OSError("canary")

    patch.setattr(Engine, "get_template", gone)
    yield


BREAKAGES = {
    "manifest": _without_manifest,
    "database": _without_database,
    "session": _without_session,
    "clouds": _without_clouds,
    "frame": _without_frame,
    "templates": _without_templates,
}


@pytest.fixture(params=list(BREAKAGES))
def broken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    return lambda: BREAKAGES[request.param](monkeypatch)


@pytest.mark.django_db
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("who", ["nobody", "viewer"])
def test_an_error_page_is_shown_whatever_is_broken(
    status: int, who: str, broken: Callable[[], Any], signed_in: SignedIn, world: object
) -> None:
    client = Client() if who == "nobody" else signed_in(who)
    client.raise_request_exception = False
    with override_settings(ROOT_URLCONF=__name__), broken():
        response = client.get(f"/answer/{status}")

    # Without its session or database a request fails before any view, and a refusal that cannot be recorded is a 503.
    assert response.status_code in {status, 500, 503}
    text = response.content.decode()
    assert "canary" not in text
    assert response.headers["X-Request-Id"] in text
    assert "Private Access Console" in text
    assert_strict(response)


@pytest.mark.django_db
@pytest.mark.parametrize("status", STATUSES)
def test_the_status_survives_what_only_the_page_needs(status: int, signed_in: SignedIn, world: object) -> None:
    client = signed_in("viewer")
    client.raise_request_exception = False
    for name in ("manifest", "clouds", "frame", "templates"):
        with pytest.MonkeyPatch.context() as patch, override_settings(ROOT_URLCONF=__name__), BREAKAGES[name](patch):
            response = client.get(f"/answer/{status}")
        assert response.status_code == status, name


@pytest.mark.django_db
def test_a_broken_page_is_logged_and_says_how_to_ask_for_help(
    client: Client, world: object, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _without_manifest(monkeypatch):
        response = client.get("/no/such/page/")
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert "Missing staticfiles manifest entry" in caplog.text
    text = response.content.decode()
    assert response.headers["X-Request-Id"] in text
    assert "/static/css/console.css" in text


REFUSALS = [status for status in STATUSES if status < HTTPStatus.INTERNAL_SERVER_ERROR]


@pytest.mark.django_db
@pytest.mark.parametrize("status", REFUSALS)
@pytest.mark.parametrize(("asked_from", "told_at"), [("dialog-body", "#dialog-refusal"), ("connections", "#messages")])
def test_htmx_is_refused_in_a_part_of_a_page_that_swaps_nothing_away(
    status: int, asked_from: str, told_at: str, signed_in: SignedIn, world: object
) -> None:
    client = signed_in("viewer")
    headers = {"HX-Request": "true", "HX-Target": asked_from}
    with override_settings(ROOT_URLCONF=__name__):
        response = client.get(f"/answer/{status}", headers=headers)
        page = client.get(f"/answer/{status}")
    assert response.status_code == page.status_code == status
    assert response.headers["HX-Retarget"] == told_at
    text, whole = response.content.decode(), page.content.decode()
    assert "<html" not in text
    assert 'role="alert"' in text
    assert response.headers["X-Request-Id"] in text
    assert "HX-Retarget" not in page.headers
    assert "<html" in whole
    heading = whole.partition("<h1>")[2].partition("</h1>")[0]
    assert f"<strong>{heading}</strong>" in text
