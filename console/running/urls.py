"""Addresses of this room. No namespace: everybody links to `home` and `help`."""

from django.urls import path

from console.running import health, pages
from console.running.status import views as status_views

urlpatterns = [
    path("", pages.home, name="home"),
    path("help/", pages.help_page, name="help"),
    path("status/", status_views.status, name="status"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
