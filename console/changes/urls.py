"""Addresses of this room."""

from django.urls import path

from console.changes import batch_views, orphan_views, reason_views, views

app_name = "changes"
urlpatterns = [
    path("reasons/", reason_views.rules, name="reasons"),
    path("reasons/<int:rule_id>/remove/", reason_views.remove, name="remove_reason"),
    path("removed-clouds/<slug:cloud>/", orphan_views.removed_cloud, name="removed_cloud"),
    path("acts/<uuid:batch_id>/", batch_views.batch, name="batch"),
    path("acts/<uuid:batch_id>/stop/", batch_views.stop, name="stop"),
    path("acts/<uuid:batch_id>/export.csv", batch_views.export, {"form": "csv"}, name="export_csv"),
    path("acts/<uuid:batch_id>/export.jsonl", batch_views.export, {"form": "jsonl"}, name="export_jsonl"),
    path("<uuid:change_id>/", views.detail, name="detail"),
    path("<uuid:change_id>/check/", views.check, name="check"),
]
