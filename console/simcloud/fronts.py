"""Which cloud a request is for: one port serves Huawei Cloud's paths and Alibaba Cloud's RPC requests."""

from typing import Protocol

from console.simcloud.alibaba import front as alibaba
from console.simcloud.errors import Refusal
from console.simcloud.huawei import front as huawei
from console.simcloud.wire import Answer, Request
from console.simcloud.world import World


class Front(Protocol):
    """Where the requests of one vendor come in."""

    def new_request_id(self) -> str:
        """An id in the vendor's form, for answer and ledger."""

    def action_of(self, request: Request, /) -> str:
        """The action that a request asks for; "" where the path says it all."""

    def usual_code(self, request: Request, status: int, /) -> str:
        """The error code that goes with an HTTP status when a fault names none."""

    def answer(self, world: World, request: Request) -> Answer:
        """Carry out a request."""

    def spell(self, world: World, request: Request, refusal: Refusal) -> Answer:
        """A refusal in the vendor's words."""


def front_of(request: Request) -> Front:
    """The front that a request is for; Huawei's unless it speaks Alibaba's protocol."""
    return alibaba if alibaba.recognises(request) else huawei
