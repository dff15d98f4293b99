"""Addresses of the two pages."""

from django.contrib import admin
from django.urls import path

from tests.benchmarks.bare import views

urlpatterns = [path("bare/", views.entries), path("admin/", admin.site.urls)]
