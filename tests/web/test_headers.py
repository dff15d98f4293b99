"""Strict headers on every kind of answer (reliability.md 3.3, S2) and one request id through all of it."""

import re
from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from console.access.guard import open_to_all
from console.urls import handler400, handler403, handler404, handler500
from console.urls import urlpatterns as real
from console.web.headers import CONTENT_SECURITY_POLICY

pytestmark = pytest.mark.django_db

SignedIn = Callable[[str], Client]


@open_to_all("a test")
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("canary-in-an-exception")


urlpatterns = [path("broken/", broken), *real]
__all__ = ["handler400", "handler403", "handler404", "handler500"]

EXPECTED = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def assert_strict(response: HttpResponse, *, private: bool = True) -> None:
    for name, value in EXPECTED.items():
        assert response.headers.get(name) == value, name
    assert "Permissions-Policy" in response.headers
    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["X-Request-Id"])
    assert ("no-store" in response.headers["Cache-Control"]) == private
    assert "Server" not in response.headers
    assert "X-Powered-By" not in response.headers


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    parts = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))
    assert parts["default-src"] == parts["object-src"] == parts["base-uri"] == parts["frame-ancestors"] == "'none'"
    assert parts["script-src"] == parts["style-src"] == parts["connect-src"] == parts["form-action"] == "'self'"
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("address", ["/sign-in/", "/healthz", "/readyz"])
def test_open_pages_are_strict(client: Client, world: object, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert_strict(response)


def test_a_page_and_a_fragment_are_strict(signed_in: SignedIn, world: object) -> None:
    client = signed_in("viewer")
    assert_strict(client.get("/gateways/"))
    fragment = client.get("/gateways/", headers={"HX-Request": "true", "HX-Target": "gateways"})
    assert_strict(fragment)
    assert b"<html" not in fragment.content
    assert "HX-Request" in fragment.headers["Vary"]


def test_a_redirect_is_strict(client: Client, world: object) -> None:
    response = client.get("/gateways/")
    assert response.status_code == 302
    assert_strict(response)


def test_a_page_that_does_not_exist_is_strict(signed_in: SignedIn, client: Client, world: object) -> None:
    response = signed_in("viewer").get("/no/such/page/")
    assert response.status_code == 404
    assert_strict(response)


def test_a_refused_page_is_strict(signed_in: SignedIn, world: object) -> None:
    response = signed_in("viewer").get("/people/")
    assert response.status_code == 403
    assert_strict(response)


def test_a_forged_form_is_refused_and_strict(world: object) -> None:
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "a", "password": "b"})
    assert response.status_code == 403
    assert_strict(response)


def test_a_wrong_method_is_strict(signed_in: SignedIn, world: object) -> None:
    response = signed_in("viewer").post("/gateways/")
    assert response.status_code == 405
    assert_strict(response)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "OPTIONS", "PUT", "PATCH", "DELETE", "QQQQ"])
@pytest.mark.parametrize("address", ["/sign-in/", "/gateways/", "/healthz", "/static/css/console.css", "/nowhere/"])
def test_methods_that_no_page_has_are_refused(client: Client, method: str, address: str) -> None:
    response = client.generic(method, address)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, POST"
    assert_strict(response)


@override_settings(WHITENOISE_USE_FINDERS=True, WHITENOISE_AUTOREFRESH=True)
def test_a_static_file_is_strict(world: object) -> None:
    response = Client().get("/static/css/console.css")
    assert response.status_code == 200
    response.close()
    assert_strict(response, private=False)


@pytest.mark.parametrize("path", ["css/console.css", "js/console.js", "img/icons.svg", "django_htmx/htmx-2.min.js"])
def test_static_files_are_for_our_own_pages_and_say_how_their_text_is_written(world: object, path: str) -> None:
    response = Client().get(f"/static/{path}")
    response.close()
    assert "charset=" in response.headers["Content-Type"]
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/sign-in/", "/nowhere/", "/sign-out/"])
def test_every_text_says_how_it_is_written(client: Client, world: object, address: str) -> None:
    response = client.get(address)
    assert response.headers["Content-Type"] in ("text/plain; charset=utf-8", "text/html; charset=utf-8")


def test_an_unexpected_error_is_calm_strict_and_tells_nothing(world: object) -> None:
    with override_settings(ROOT_URLCONF=__name__):
        response = Client(raise_request_exception=False).get("/broken/")
    assert response.status_code == 500
    assert_strict(response)
    text = response.content.decode()
    assert "canary" not in text
    assert "Traceback" not in text
    assert response.headers["X-Request-Id"] in text


def test_a_host_that_is_not_ours_gets_nothing(client: Client) -> None:
    response = client.get("/sign-in/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert_strict(response)
    assert b"evil.example" not in response.content


def test_the_request_id_of_the_page_is_that_of_the_header(signed_in: SignedIn, world: object) -> None:
    response = signed_in("viewer").get("/no/such/page/")
    assert response.headers["X-Request-Id"] in response.content.decode()


def test_a_request_id_from_outside_is_not_believed(client: Client) -> None:
    response = client.get("/healthz", headers={"X-Request-Id": "0" * 32})
    assert response.headers["X-Request-Id"] not in ("0" * 32, "")


def test_each_request_has_its_own_id(client: Client) -> None:
    assert client.get("/healthz").headers["X-Request-Id"] != client.get("/healthz").headers["X-Request-Id"]


def test_cookies_over_tls_cannot_be_taken_over_by_a_neighbour() -> None:
    """The production names carry the __Host- prefix; the test settings run over plain HTTP."""
    from console import settings

    source = (settings.ROOT / "console" / "settings.py").read_text(encoding="utf-8")
    assert '"__Host-console_session"' in source
    assert '"__Host-console_csrf"' in source


def test_a_request_outside_of_the_middleware_has_no_id() -> None:
    from console.web.request_id import request_id_of

    assert request_id_of(RequestFactory().get("/")) == ""
