"""Addresses of this feature, below `/<cloud>/endpoints/`."""

from django.urls import path

from console.endpoints.views import acts, detail, lists, wizard

app_name = "endpoints"
urlpatterns = [
    path("", lists.endpoints, name="list"),
    path("export.csv", lists.export, name="export"),
    path("seen/", lists.seen, name="list_seen"),
    path("create/", wizard.create, name="create"),
    path("<str:endpoint_id>/", detail.summary, name="detail"),
    path("<str:endpoint_id>/access-control/", detail.access, name="access"),
    path("<str:endpoint_id>/access-control/edit/", acts.access_control, name="access_control"),
    path("<str:endpoint_id>/tags/", detail.tags, name="tags"),
    path("<str:endpoint_id>/tags/edit/", acts.tags_update, name="tags_update"),
    path("<str:endpoint_id>/delete/", acts.delete, name="delete"),
]
