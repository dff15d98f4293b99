"""The guard in front of every view. A view without one of these marks fails the house's tests, and answers 403.

    @require_safe
    @requires_at_gateway(Permission.SEE, act="page.open")
    def tab(request, cloud, gateway_id): ...

404 hides what a person may not know of; 403 refuses what they may not do. The raised errors carry what was tried, so
that the audit log can say so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from console.access.reach import Reach
from console.access.roles import Permission

View = Callable[..., HttpResponseBase]


_MARK = "access_policy"


class Kind(StrEnum):
    """Who may pass."""

    OPEN = "open to all"
    PERSON = "any signed-in person"
    ANYWHERE = "holders of a permission"
    EVERYWHERE = "holders of a permission on everything"
    AT_GATEWAY = "holders of a permission at the gateway"
    IN_CLOUD = "holders of a permission in the whole cloud"


@dataclass(frozen=True, slots=True)
class Policy:
    """The mark on a view. `reason` is written for open views; `permission` and `act` for the others."""

    kind: Kind
    reason: str = ""
    permission: Permission | None = None
    act: str = ""


class _NotAllowed(Exception):
    """What was tried and where: `act` is an action of the audit's catalog, "" for the place where there is none."""

    def __init__(self, act: str, permission: Permission, cloud: str = "", gateway_id: str = "") -> None:
        super().__init__(f"{act} needs {permission}")
        self.act = act
        self.permission = permission
        self.cloud = cloud
        self.gateway_id = gateway_id


class Hidden(_NotAllowed, Http404):
    """The person may not know of this object: it does not exist for them."""


class Refused(_NotAllowed, PermissionDenied):
    """The person knows of the object but may not do this to it."""


def open_to_all(reason: str) -> Callable[[View], View]:
    """Let everybody in without signing in. The reason is read at review."""

    def guard(view: View) -> View:
        @wraps(view)
        def open_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs)

        # Django's LoginRequiredMiddleware reads this attribute.
        open_view.login_required = False  # type: ignore[attr-defined]
        return _marked(open_view, Policy(Kind.OPEN, reason=reason))

    return guard


def any_person(reason: str) -> Callable[[View], View]:
    """Let every signed-in person in, whatever their role; the view itself shows only what they may see."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return _marked(guarded, Policy(Kind.PERSON, reason=reason))

    return guard


def requires(permission: Permission, *, act: str) -> Callable[[View], View]:
    """Let those in who hold the permission at one place at least; the view narrows down to where.

    The guarded view raises Refused for everybody else.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not _reach(request).may_anywhere(permission):
                raise Refused(act, permission)
            return view(request, *args, **kwargs)

        return _marked(guarded, Policy(Kind.ANYWHERE, permission=permission, act=act))

    return guard


def requires_everywhere(permission: Permission, *, act: str) -> Callable[[View], View]:
    """Let those in who hold the permission on everything: the page or act is about the whole console.

    The guarded view raises Refused for everybody else.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not _reach(request).may_everywhere(permission):
                raise Refused(act, permission)
            return view(request, *args, **kwargs)

        return _marked(guarded, Policy(Kind.EVERYWHERE, permission=permission, act=act))

    return guard


def requires_at_gateway(permission: Permission, *, act: str) -> Callable[[View], View]:
    """Let those in who hold the permission at the gateway that the address names (`cloud`, `gateway_id`).

    The guarded view raises Hidden for those who may not know of the gateway, and Refused for those who see it but lack
    the permission.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, cloud: str, gateway_id: str, **kwargs: Any) -> HttpResponseBase:
            _admit(request, permission, act, cloud, gateway_id)
            return view(request, cloud=cloud, gateway_id=gateway_id, **kwargs)

        return _marked(guarded, Policy(Kind.AT_GATEWAY, permission=permission, act=act))

    return guard


def requires_at_host(permission: Permission, *, act: str, host: str) -> Callable[[View], View]:
    """As `requires_at_gateway`, for a page whose address names its host by another word, such as `service_id`."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, cloud: str, **kwargs: Any) -> HttpResponseBase:
            _admit(request, permission, act, cloud, kwargs[host])
            return view(request, cloud=cloud, **kwargs)

        return _marked(guarded, Policy(Kind.AT_GATEWAY, permission=permission, act=act))

    return guard


def requires_in_cloud(permission: Permission, *, act: str) -> Callable[[View], View]:
    """Let those in who hold the permission in the whole cloud that the address names.

    Raises Hidden for those who may not know of the cloud, and Refused for those who see it but lack the permission.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, cloud: str, **kwargs: Any) -> HttpResponseBase:
            reach = _reach(request)
            if not reach.sees_cloud(cloud):
                raise Hidden(act, permission, cloud)
            if not reach.may(permission, cloud, ""):
                raise Refused(act, permission, cloud)
            return view(request, cloud=cloud, **kwargs)

        return _marked(guarded, Policy(Kind.IN_CLOUD, permission=permission, act=act))

    return guard


def sees_cloud(*, act: str) -> Callable[[View], View]:
    """Let those in who may know of the cloud that the address names, if only of one thing in it; the view itself shows
    only what they may see. Raises Hidden for everybody else.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, cloud: str, **kwargs: Any) -> HttpResponseBase:
            if not _reach(request).sees_cloud(cloud):
                raise Hidden(act, Permission.SEE, cloud)
            return view(request, cloud=cloud, **kwargs)

        return _marked(guarded, Policy(Kind.IN_CLOUD, permission=Permission.SEE, act=act))

    return guard


def _admit(request: HttpRequest, permission: Permission, act: str, cloud: str, host: str) -> None:
    reach = _reach(request)
    if not reach.sees_gateway(cloud, host):
        raise Hidden(act, permission, cloud, host)
    if not reach.may(permission, cloud, host):
        raise Refused(act, permission, cloud, host)


def policy_of(view: object) -> Policy | None:
    """The mark of a view, None for a forgotten one. Decorators outside keep it when they use functools.wraps."""
    policy = getattr(view, _MARK, None)
    return policy if isinstance(policy, Policy) else None


def _marked(view: View, policy: Policy) -> View:
    setattr(view, _MARK, policy)
    return view


def _reach(request: HttpRequest) -> Reach:
    """The middleware's reach. A request that never met it may do nothing."""
    reach: Reach = getattr(request, "reach", Reach())
    return reach
