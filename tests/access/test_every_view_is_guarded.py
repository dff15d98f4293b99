"""Nobody can forget the guard: every view carries its mark, and one without it answers nobody."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path
from django.views.decorators.http import require_safe

from console.access.guard import (
    Hidden,
    Kind,
    Refused,
    any_person,
    open_to_all,
    policy_of,
    requires,
    requires_at_gateway,
)
from console.access.reach import Reach, Scope
from console.access.roles import Permission, Role
from tests.access.addresses import all_patterns
from tests.factories import PersonFactory

#: Read at review: nothing else may be reached without signing in.
OPEN = {"sign-in/", "sign-out/", "healthz", "readyz"}


def test_every_view_carries_a_mark() -> None:
    bare = [route for route, pattern in all_patterns().items() if policy_of(pattern.callback) is None]
    assert bare == []


def test_only_these_views_are_open() -> None:
    kinds = {route: policy_of(pattern.callback).kind for route, pattern in all_patterns().items()}
    assert {route for route, kind in kinds.items() if kind is Kind.OPEN} == OPEN


def test_whoever_opens_a_view_says_why() -> None:
    for route, pattern in all_patterns().items():
        policy = policy_of(pattern.callback)
        if policy.kind in (Kind.OPEN, Kind.PERSON):
            assert len(policy.reason) > 10, route
        else:
            assert policy.permission, route
            assert policy.act, route


def test_views_below_a_gateway_are_guarded_at_the_gateway() -> None:
    for route, pattern in all_patterns().items():
        if "<str:gateway_id>" in route:
            assert policy_of(pattern.callback).kind is Kind.AT_GATEWAY, route


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("secret")


urlpatterns = [path("forgotten/", forgotten)]


@pytest.mark.django_db
def test_a_forgotten_view_answers_nobody(client, settings) -> None:
    from console import urls

    settings.ROOT_URLCONF = type(
        "urlconf", (), {"urlpatterns": urls.urlpatterns + urlpatterns, "handler403": urls.handler403}
    )
    client.force_login(PersonFactory(role=Role.ADMINISTRATOR), backend="django.contrib.auth.backends.ModelBackend")

    response = client.get("/forgotten/")

    assert response.status_code == 403
    assert b"secret" not in response.content


def request_with(*held: tuple[Role, Scope]) -> HttpRequest:
    request = RequestFactory().get("/")
    request.reach = Reach(held)
    return request


def answer(request: HttpRequest, **kwargs: str) -> HttpResponse:
    return HttpResponse("in")


def test_marks_survive_other_decorators() -> None:
    view = require_safe(requires(Permission.READ_AUDIT, act="page.open")(answer))
    assert policy_of(view).permission is Permission.READ_AUDIT


def test_a_gateway_one_may_not_know_of_does_not_exist() -> None:
    view = requires_at_gateway(Permission.DECIDE_CONNECTIONS, act="connection.reject")(answer)

    with pytest.raises(Http404) as caught:
        view(request_with((Role.OPERATOR, Scope("eu", "g1"))), cloud="eu", gateway_id="g2")

    hidden = caught.value
    assert isinstance(hidden, Hidden)
    assert (hidden.act, hidden.permission, hidden.cloud, hidden.gateway_id) == (
        "connection.reject",
        Permission.DECIDE_CONNECTIONS,
        "eu",
        "g2",
    )


def test_what_one_sees_but_may_not_do_is_refused() -> None:
    view = requires_at_gateway(Permission.DECIDE_CONNECTIONS, act="connection.reject")(answer)
    request = request_with((Role.VIEWER, Scope("eu")), (Role.OPERATOR, Scope("eu", "g1")))

    assert view(request, cloud="eu", gateway_id="g1").content == b"in"
    with pytest.raises(PermissionDenied) as caught:
        view(request, cloud="eu", gateway_id="g2")
    assert isinstance(caught.value, Refused)
    assert caught.value.gateway_id == "g2"


def test_a_permission_held_somewhere_opens_the_list() -> None:
    view = requires(Permission.READ_AUDIT, act="page.open")(answer)

    assert view(request_with((Role.AUDITOR, Scope("eu", "g1")))).content == b"in"
    with pytest.raises(Refused):
        view(request_with((Role.OPERATOR, Scope())))


def test_a_request_that_never_met_the_middleware_may_nothing() -> None:
    request = RequestFactory().get("/")
    with pytest.raises(Refused):
        requires(Permission.SEE, act="page.open")(answer)(request)
    with pytest.raises(Hidden):
        requires_at_gateway(Permission.SEE, act="page.open")(answer)(request, cloud="eu", gateway_id="g")


def test_strangers_pass_open_views_only() -> None:
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    assert open_to_all("for this test")(answer)(request).content == b"in"
    with pytest.raises(PermissionDenied):
        any_person("for this test")(answer)(request)
