"""Addresses of this feature."""

from django.urls import path

from console.gateways import views

app_name = "gateways"
urlpatterns = [
    path("gateways/", views.gateways, name="list"),
    path("<slug:cloud>/gateways/seen/", views.seen, name="seen"),
    path("<slug:cloud>/gateways/<str:gateway_id>/", views.information, name="information"),
]
