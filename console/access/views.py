"""Signing in and out, changing one's own password, staying signed in. allauth's views with our marks and answers."""

import json
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, ReauthenticateForm
from allauth.account.views import LoginView, LogoutView, PasswordChangeView, ReauthenticateView
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from console.access.browsers import remember
from console.access.guard import any_person, open_to_all
from console.access.models import Person
from console.access.request import ConsoleRequest
from console.access.sessions import seconds_left, touch
from console.access.sign_in import WAIT, page_of


class _InPlace:
    """A form that was not right comes back with 422, so that htmx and tests can tell; with 429 when one has to wait."""

    def form_invalid(self, form: Any) -> HttpResponseBase:
        """The page again, with its errors."""
        told = [error for found in form.errors.as_data().values() for error in found if error.code == WAIT]
        status = HTTPStatus.TOO_MANY_REQUESTS if told else HTTPStatus.UNPROCESSABLE_ENTITY
        response: HttpResponseBase = self.render_to_response(self.get_context_data(form=form), status=status)  # type: ignore[attr-defined]
        for error in told:
            response.headers["Retry-After"] = str(error.params["seconds"])
        return response


class _SignIn(_InPlace, LoginView):  # type: ignore[misc]
    """allauth's page; wrong name and wrong password get the same words."""


class _NamesPerson:
    """Shows whose password is asked for, which is also how password managers find the right one."""

    def __init__(self, *args: Any, user: Person, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)  # type: ignore[call-arg] # the form it is mixed into
        name = forms.TextInput(attrs={"autocomplete": "username", "readonly": True})
        shown = forms.CharField(label="Username", required=False, initial=user.get_username(), widget=name)
        self.fields = {"username": shown, **self.fields}  # type: ignore[has-type]


class _OwnPasswordForm(_NamesPerson, ChangePasswordForm):  # type: ignore[misc]
    """Asks for the current password first, which is guessed here no quicker than elsewhere, and for one that is new."""

    def clean_oldpassword(self) -> str:
        """As the page that asks for it once more."""
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password

    def clean(self) -> dict[str, Any]:
        """An initial password cannot be kept by typing it twice."""
        values: dict[str, Any] = super().clean()
        if values.get("password1") and values["password1"] == values.get("oldpassword"):
            self.add_error("password1", ValidationError("Choose a password that you do not have yet.", code="same"))
        return values


class _ChangePassword(_InPlace, PasswordChangeView):  # type: ignore[misc]
    form_class = _OwnPasswordForm


class _SameForm(_NamesPerson, ReauthenticateForm):  # type: ignore[misc]
    """The password of the person who is signed in."""


class _Reauthenticate(_InPlace, ReauthenticateView):  # type: ignore[misc]
    """Ask for the password once more before something that matters."""

    form_class = _SameForm


_sign_in = _SignIn.as_view()
_sign_out = LogoutView.as_view()
_change_password = _ChangePassword.as_view()
_reauthenticate = _Reauthenticate.as_view()


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all("somebody who has not signed in must be able to")
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The sign-in page. Says why somebody is back here when their session ended, and that what they sent was not."""
    if request.method == "GET" and not request.user.is_authenticated:
        _say_why(request)
    was_signed_in = request.user.is_authenticated
    response: HttpResponseBase = _sign_in(request)
    if not was_signed_in and isinstance(request.user, Person):
        remember(request, response, request.user)
    return response


def _say_why(request: HttpRequest) -> None:
    """Words for `ended` and `unsent` in the address, which `SignInRequiredMiddleware` writes."""
    if "unsent" in request.GET:
        messages.warning(request, "You were not signed in any more, so nothing was sent. Sign in to go on.")
    elif "ended" in request.GET:
        messages.info(request, "Your session has ended. Sign in to go on where you were.")


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all("somebody whose session just ended may still press the button")
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Asks on GET, ends the session on POST and has the browser forget what it kept of it."""
    response: HttpResponseBase = _sign_out(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@any_person("everybody's own password")
def change_password(request: ConsoleRequest) -> HttpResponseBase:
    """Asks for the current password; the person's other sessions end."""
    if request.method == "GET" and request.user.must_change_password:
        messages.info(request, "Your password is an initial one. Choose a password of your own to go on.")
    response: HttpResponseBase = _change_password(request)
    if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
        remember(request, response, request.user)  # the old mark ended with the old password
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@any_person("everybody's own password")
def reauthenticate(request: HttpRequest) -> HttpResponseBase:
    """Asks who is sitting there."""
    response: HttpResponseBase = _reauthenticate(request)
    return response


@require_POST
@any_person("everybody's own session")
def extend_session(request: HttpRequest) -> HttpResponse:
    """Counts as activity. The page's clock learns the new end; without script it comes back to where it was."""
    touch(request.session, at_once=True)
    seconds = seconds_left(request.session)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"session:extended": {"seconds": seconds}})})
    return HttpResponseRedirect(page_of(request) or reverse("home"), status=303)
