"""The bare keyset page: one query, one plain table, nothing else. Whoever wants less than this does without a page."""

from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import engines

from console.audit.models import Entry

SIZE = 100
_PAGE = """<!doctype html><title>Log</title><table>
<tr><th>Time<th>Actor<th>Action<th>Target<th>Cloud<th>Gateway<th>State<th>Reason</tr>
{% for row in rows %}<tr><td>{{ row.at|date:"c" }}<td>{{ row.actor }}<td>{{ row.action }}<td>{{ row.target }}
<td>{{ row.cloud }}<td>{{ row.gateway_id }}<td>{{ row.state }}<td>{{ row.reason }}</tr>
{% endfor %}</table>{% if older %}<a href="?before={{ older }}">Older</a>{% endif %}"""


@login_required
def entries(request: HttpRequest) -> HttpResponse:
    """Rows below a number, or those of one target."""
    rows = Entry.objects.order_by("-seq")
    if before := request.GET.get("before"):
        rows = rows.filter(seq__lt=int(before))
    if target := request.GET.get("target"):
        rows = rows.filter(target=target)
    found = list(rows[: SIZE + 1])
    older = found[SIZE - 1].seq if len(found) > SIZE else None
    return HttpResponse(_template().render({"rows": found[:SIZE], "older": older}, request))


@cache
def _template() -> Any:
    return engines["django"].from_string(_PAGE)
