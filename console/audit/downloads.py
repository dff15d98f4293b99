"""Files that people take out of the console. Each is a row of the log, written before the first byte leaves."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.http import HttpRequest, StreamingHttpResponse

from console.access.actor import actor_of
from console.audit.catalog import Action, State
from console.audit.journal import record

CSV: Final = "text/csv; charset=utf-8"
JSON_LINES: Final = "application/x-ndjson"
#: Lines sent at a time.
_PORTION: Final = 200


@dataclass(frozen=True, slots=True)
class Download:
    """One file. `cloud` and `gateway_id` say what it is about, `details` which part of it, for the row."""

    action: Action
    file_name: str
    content_type: str
    cloud: str = ""
    gateway_id: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


def respond(request: HttpRequest, download: Download, lines: Iterable[str]) -> StreamingHttpResponse:
    """The file, which begins at once and needs the same memory however long it gets.

    Raises DatabaseError and LogBroken where the row cannot be written: then nothing is taken out.
    """
    record(
        action=download.action,
        state=State.SUCCEEDED,
        actor=actor_of(request, download.cloud, download.gateway_id),
        cloud=download.cloud,
        gateway_id=download.gateway_id,
        target=download.file_name,
        after=dict(download.details),
    )
    return StreamingHttpResponse(
        _portions(lines),
        content_type=download.content_type,
        headers={"Content-Disposition": f'attachment; filename="{download.file_name}"'},
    )


def _portions(lines: Iterable[str]) -> Iterator[str]:
    portion: list[str] = []
    for line in lines:
        portion.append(line)
        if len(portion) == _PORTION:
            yield "".join(portion)
            portion.clear()
    yield "".join(portion)
