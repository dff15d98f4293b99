"""Sign-ins, sign-outs and changed passwords become rows; failed sign-ins are counted."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from allauth.account.signals import password_changed
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from console.access.actor import SYSTEM, Actor, actor_of
from console.access.models import Person
from console.access.names import fit_to_keep
from console.access.reach import reach_of
from console.audit.catalog import Action, State
from console.audit.journal import record
from console.audit.refusal_counts import is_counted, note_of_nobody


def connect() -> None:
    """Listen. Called once, when the app is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="audit.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="audit.signed_out")
    user_login_failed.connect(_sign_in_failed, dispatch_uid="audit.sign_in_failed")
    password_changed.connect(_password_changed, dispatch_uid="audit.password_changed")


def _signed_in(request: HttpRequest | None, user: AbstractBaseUser, **_: Any) -> None:
    record(action=Action.PERSON_SIGN_IN, state=State.SUCCEEDED, actor=_actor(request, user), target=user.get_username())


def _signed_out(request: HttpRequest | None, user: AbstractBaseUser | None, **_: Any) -> None:
    if user is not None:
        actor, target = _actor(request, user), user.get_username()
        record(action=Action.PERSON_SIGN_OUT, state=State.SUCCEEDED, actor=actor, target=target)


def _sign_in_failed(credentials: Mapping[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Nobody has proven to be anybody, so the typed name is never the actor; and it may be a password."""
    name = fit_to_keep(credentials.get("username") or credentials.get("email") or "")
    actor = _actor(request)
    if request is not None and actor.person_id is None:
        note_of_nobody(Action.PERSON_SIGN_IN_FAILED, actor.ip, name)
    elif actor.person_id is None or not is_counted(Action.PERSON_SIGN_IN_FAILED, actor):
        record(action=Action.PERSON_SIGN_IN_FAILED, state=State.REFUSED, actor=actor, target=name)


def _password_changed(request: HttpRequest | None, user: AbstractBaseUser, **_: Any) -> None:
    actor, target = _actor(request, user), user.get_username()
    record(action=Action.PERSON_CHANGE_PASSWORD, state=State.SUCCEEDED, actor=actor, target=target)


def _actor(request: HttpRequest | None, person: AbstractBaseUser | None = None) -> Actor:
    """Who acted. The person is given where the signal knows them: while signing in, the request may not yet."""
    actor = SYSTEM if request is None else actor_of(request)
    if not isinstance(person, Person):
        return actor
    return replace(actor, person_id=person.pk, name=person.get_username(), role=reach_of(person).role_at(""))
