"""Addresses of this room. The names of the first four are allauth's: it links to them."""

from django.urls import path

from console.access import preferences, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("account/password/", views.change_password, name="account_change_password"),
    path("account/reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("account/extend/", views.extend_session, name="account_extend"),
    path("preferences/", preferences.preferences, name="preferences"),
]
