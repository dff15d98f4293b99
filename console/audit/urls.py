"""Addresses of the audit log."""

from django.urls import path

from console.audit import key_views, proof_views, views
from console.audit.exports import FORMATS

app_name = "audit"
urlpatterns = [
    path("", views.entries, name="list"),
    path("<int:seq>/", views.entry, name="detail"),
    *(path(chosen.address, views.export, {"file_format": chosen}, name=chosen.name) for chosen in FORMATS),
    path("proof/", proof_views.proof, name="proof"),
    path("proof/keys/", key_views.acknowledge, name="acknowledge_keys"),
    path("verify/", proof_views.verify, name="verify"),
    path("checkpoint/", proof_views.checkpoint, name="checkpoint"),
    path("checkpoints.jsonl", proof_views.checkpoint_lines, name="checkpoint_lines"),
    path("public-keys.pem", proof_views.public_keys, name="public_keys"),
]
