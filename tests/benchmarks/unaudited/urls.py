"""The console's addresses, and those of the two acts that nobody writes down."""

from django.urls import path

from console.changes.kinds import registry
from console.urls import *  # noqa: F403
from console.urls import urlpatterns as _consoles
from tests.benchmarks.unaudited.views import act

_UNWRITTEN = "unwritten/<slug:cloud>/gateways/<str:gateway_id>/vpc-endpoints/connections"

urlpatterns = [
    path(f"{_UNWRITTEN}/accept/", act, {"kind": registry.ACCEPT}),
    path(f"{_UNWRITTEN}/reject/", act, {"kind": registry.REJECT}),
    *_consoles,
]
