"""After an answer has come: whatever goes wrong in reading it ends as one of the errors of `clouds.errors`."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from console.clouds.errors import CloudError, CloudOutcomeUnknown, CloudUnavailable
from console.clouds.reading import UnreadableAnswer
from console.clouds.transport import Reply

logger = logging.getLogger(__name__)


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
