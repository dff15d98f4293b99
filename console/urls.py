"""All addresses. Part of the roof: only the roof knows every feature (house.md part 5 fixes the addresses)."""

from django.urls import include, path

urlpatterns = [
    path("", include("console.access.urls")),
    path("", include("console.running.urls")),
    path("audit/", include("console.audit.urls")),
    path("people/", include("console.people.urls")),
    path("changes/", include("console.changes.urls")),
    path("", include("console.gateways.urls")),
    path("<slug:cloud>/gateways/<str:gateway_id>/vpc-endpoints/", include("console.vpc_endpoints.urls")),
    path("<slug:cloud>/endpoint-services/", include("console.endpoint_services.urls")),
    path("<slug:cloud>/endpoints/", include("console.endpoints.urls")),
    path("<slug:cloud>/vpc-access/", include("console.vpc_access.urls")),
]

handler400 = "console.web.errors.bad_request"
handler403 = "console.audit.refusals.forbidden"
handler404 = "console.audit.refusals.not_found"
handler500 = "console.web.errors.server_error"
