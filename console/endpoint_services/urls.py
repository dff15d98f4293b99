"""Addresses of this feature, below `/<cloud>/endpoint-services/` (house.md part 5)."""

from django.urls import path

from console.endpoint_services.views import changing, creating, deciding, listing, pages

app_name = "endpoint_services"
_ONE = "<str:service_id>/"
urlpatterns = [
    path("", listing.services, name="list"),
    path("export.csv", listing.export, name="export"),
    path("seen/", listing.seen, name="list_seen"),
    path("create/", creating.create, name="create"),
    path(_ONE, pages.detail, name="detail"),
    path(f"{_ONE}connections/", pages.connections, name="connections"),
    path(f"{_ONE}connections/accept/", deciding.accept, name="accept"),
    path(f"{_ONE}connections/reject/", deciding.reject, name="reject"),
    path(f"{_ONE}connections/describe/", deciding.describe, name="describe"),
    path(f"{_ONE}permissions/", pages.permissions, name="permissions"),
    path(f"{_ONE}permissions/add/", deciding.add_account, name="add_account"),
    path(f"{_ONE}permissions/remove/", deciding.remove_account, name="remove_account"),
    path(f"{_ONE}seen/", deciding.seen, name="seen"),
    path(f"{_ONE}ports/", pages.ports, name="ports"),
    path(f"{_ONE}ports/edit/", changing.ports_edit, name="ports_edit"),
    path(f"{_ONE}tags/", pages.tags, name="tags"),
    path(f"{_ONE}tags/edit/", changing.tags_update, name="tags_update"),
    path(f"{_ONE}name/", changing.name, name="name"),
    path(f"{_ONE}approval/", changing.approval, name="approval"),
    path(f"{_ONE}description/", changing.description, name="description"),
    path(f"{_ONE}delete/", changing.delete, name="delete"),
]
