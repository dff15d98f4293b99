"""An act as most consoles do it: look, call, look again, tell. Nothing is written down before or after."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from console import wiring
from console.access.guard import requires_at_gateway
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.changes.kinds.kind import Kind, Place
from console.clouds.types import GatewayId, IntentId


@require_POST
@requires_at_gateway(Permission.DECIDE_CONNECTIONS, act="connection.accept")
def act(request: ConsoleRequest, cloud: str, gateway_id: str, kind: Kind) -> HttpResponse:
    """The same reads and the same call of the cloud as the engine's, for the one connection that the form names."""
    place, target = Place(wiring.get_cloud(cloud), GatewayId(gateway_id)), request.POST["id"]
    sight = kind.look(place, [target])[target]
    assert kind.judge(place, target, sight, {}).will_do
    kind.call(place, target, {}, IntentId("nobody wrote it down"))
    kind.look(place, [target])
    messages.success(request, f"{target} is {kind.past}.")
    return HttpResponseRedirect(reverse("vpc_endpoints:tab", args=(cloud, gateway_id)), status=303)
