"""What is known of the request being served, as context variables. Imports nothing of ours; everybody may read it."""

from contextvars import ContextVar

#: The id of the browser request being served, "" outside of one. Written by the web middleware only;
#: it crosses into the threads that call the clouds, so that one id ties page, log, audit and cloud call together.
request_id: ContextVar[str] = ContextVar("request_id", default="")

#: Whether this request has begun to send a change to a cloud: what goes wrong later must not say that nothing was sent.
has_sent: ContextVar[bool] = ContextVar("has_sent", default=False)
