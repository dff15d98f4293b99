"""The request id as a context variable. Imports nothing of ours; everybody may read it."""

from contextvars import ContextVar

#: The id of the browser request being served, "" outside of one. Written by the web middleware only;
#: it crosses into the threads that call the clouds, so that one id ties page, log, audit and cloud call together.
request_id: ContextVar[str] = ContextVar("request_id", default="")
