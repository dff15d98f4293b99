"""Addresses of this feature, below `/<cloud>/vpc-access/`. The group that an act is about is in the query (`?id=`)."""

from django.urls import path

from console.vpc_access.views import acts, binding, moving, naming, pages

app_name = "vpc_access"
urlpatterns = [
    path("", pages.overview, name="list"),
    path("seen/", pages.seen, name="list_seen"),
    path("<str:instance_id>/", pages.instance, name="instance"),
    path("<str:instance_id>/bind/", binding.bind, name="bind"),
    path("<str:instance_id>/unbind/", acts.unbind, name="unbind"),
    path("<str:instance_id>/groups/enable/", acts.enable, name="enable"),
    path("<str:instance_id>/groups/disable/", acts.disable, name="disable"),
    path("<str:instance_id>/groups/move/", moving.move, name="move"),
    path("<str:instance_id>/groups/bind-domain/", naming.bind_domain, name="bind_domain"),
    path("<str:instance_id>/groups/<str:api_group_id>/", pages.group, name="group"),
]
