"""The pages of the log: the list, one row, and exports. All of them only within what the person may read."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from console.access.guard import requires
from console.access.reach import Reach, Scope
from console.access.roles import Permission
from console.audit import display, queries
from console.audit.catalog import Action
from console.audit.downloads import Download, respond
from console.audit.exports import FORMATS, Format
from console.audit.forms import FilterForm
from console.web.fragments import render

#: Open Changes shown above the list; the newest of them.
MOST_OPEN = 20
#: Rows of one Change shown with a row; a Change has two or three.
MOST_RELATED = 50


@require_safe
@requires(Permission.READ_AUDIT, act=Action.PAGE_OPEN)
def entries(request: HttpRequest) -> HttpResponse:
    """The list, newest first."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        return _list_page(request, form, {}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    given = form.cleaned_data
    scopes = _scopes(request)
    page = queries.page(scopes, form.filters(), size=given["size"], before=given["before"], after=given["after"])
    lines = [display.line(entry) for entry in page.entries]
    kept = form.address()
    context = {
        "lines": lines,
        "numbers": display.numbers(lines),
        "newer_url": _address(kept, after=lines[0].number) if page.newer and lines else "",
        "older_url": _address(kept, before=lines[-1].number) if page.older else "",
        "open_changes": [display.line(entry) for entry in queries.open_changes(scopes, MOST_OPEN)],
    }
    return _list_page(request, form, context)


@require_safe
@requires(Permission.READ_AUDIT, act=Action.PAGE_OPEN)
def entry(request: HttpRequest, seq: int) -> HttpResponse:
    """One row with everything it says. A row outside the person's scopes does not exist for them."""
    scopes = _scopes(request)
    found = queries.one(scopes, seq)
    if found is None:
        raise Http404
    list_url = reverse("audit:list")
    context = {
        "list_url": list_url,
        "line": display.line(found),
        "facts": display.facts(found, list_url),
        "proof": display.proof(found),
        "differences": display.differences(found.before, found.after),
        "change_id": found.change_id,
        "batch_id": found.batch_id,
        "same_change": [display.line(other) for other in queries.same_change(scopes, found, MOST_RELATED)],
    }
    return render(request, "audit/detail.html", context)


@require_GET
@requires(Permission.READ_AUDIT, act=Action.AUDIT_EXPORT)
def export(request: HttpRequest, file_format: Format) -> HttpResponseBase:
    """All rows that the filters leave, oldest first, as a file. The export itself is a row, written first."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        return _list_page(request, form, {}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    filters = {name: text for name, text in form.address().items() if name != "size"}
    rows = queries.oldest_first(_scopes(request), form.filters())
    name, content_type = file_format.file_name, file_format.content_type
    download = Download(Action.AUDIT_EXPORT, name, content_type, details={"filters": filters})
    return respond(request, download, file_format.write(rows))


def _list_page(request: HttpRequest, form: FilterForm, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    kept = urlencode({name: text for name, text in form.address().items() if name != "size"})
    common = {
        "form": form,
        "filtered": bool(kept),
        "list_url": reverse("audit:list"),
        "exports": [(chosen.title, f"{reverse(f'audit:{chosen.name}')}?{kept}") for chosen in FORMATS],
    }
    return render(request, "audit/list.html", common | context, fragment="audit/_entries.html", status=status)


def _scopes(request: HttpRequest) -> list[Scope]:
    """Where the person may read the log. A request without a reach may read nothing."""
    reach: Reach = getattr(request, "reach", Reach())
    return reach.scopes(Permission.READ_AUDIT)


def _address(kept: dict[str, str], **place: str) -> str:
    return f"?{urlencode(kept | place)}"
