"""After an answer has come: whatever goes wrong in reading it ends as one of the errors of `clouds.errors`."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from console.clouds.errors import CloudError, CloudOutcomeUnknown, CloudUnavailable
from console.clouds.reading import JsonObject, UnreadableAnswer, parse_object
from console.clouds.transport import Reply

logger = logging.getLogger(__name__)


#: Bytes of an answer that may be an error in spite of its status; a longer one is a list.
_LONGEST_FAULT: Final = 16_000


def short_object(body: bytes) -> JsonObject:
    """The JSON object of an answer that is short enough to be an error; empty for everything else."""
    if len(body) > _LONGEST_FAULT:
        return {}
    try:
        return parse_object(body)
    except UnreadableAnswer:
        return {}


def contradiction(reply: Reply, said: str, *, vendor_code: str, request_id: str, is_write: bool) -> CloudError:
    """The error of a reply with a 2xx status whose body says that it failed: nobody knows which is true. `said` are the
    cloud's words, masked.
    """
    kind = CloudOutcomeUnknown if is_write else CloudUnavailable
    return kind(
        f"the cloud answered with status {reply.status} and an error: {said or 'without words'}",
        status=reply.status,
        vendor_code=vendor_code,
        request_id=request_id,
    )


@contextmanager
def judging(reply: Reply, *, is_write: bool) -> Iterator[None]:
    """What happens inside reads the reply. Raises CloudOutcomeUnknown for a write and CloudUnavailable for a read where
    that fails: a write may have been done, whatever the answer looks like.
    """
    try:
        yield
        return
    except CloudError:
        raise
    except UnreadableAnswer as unreadable:
        reason = str(unreadable)
    except Exception:
        logger.exception("an answer could not be read (cloud request %s)", reply.request_id or "-")
        reason = "the answer could not be read"
    kind = CloudOutcomeUnknown if is_write else CloudUnavailable
    # Raised out here so that the answer's text is no part of its context.
    raise kind(reason, status=reply.status, request_id=reply.request_id)
