"""Addresses of the tab, below `/<cloud>/gateways/<gateway_id>/vpc-endpoints/` (house.md part 5)."""

from django.urls import path

from console.vpc_endpoints import views

app_name = "vpc_endpoints"
urlpatterns = [
    path("", views.tab, name="tab"),
    path("connections/accept/", views.accept, name="accept"),
    path("connections/reject/", views.reject, name="reject"),
    path("permissions/add/", views.add_account, name="add_account"),
    path("permissions/remove/", views.remove_account, name="remove_account"),
    path("service-name/", views.service_name, name="service_name"),
    path("seen/", views.seen, name="seen"),
    path("create/", views.create, name="create"),
]
