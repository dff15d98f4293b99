"""Idempotency tokens: the same intent sent again has its effect once (`Token` in API Gateway, else `ClientToken`)."""

from collections.abc import Callable
from typing import Any, Final

from console.patterns import Pattern
from console.simcloud.alibaba.call import Call
from console.simcloud.alibaba.records import UsedToken
from console.simcloud.alibaba.refusals import invalid, refuse
from console.simcloud.alibaba.signing import canonical_query

_TOKEN: Final = Pattern(r"[\x21-\x7e]+", 64)
#: Parameters of the protocol that differ between two attempts.
_OF_THE_ATTEMPT: Final = ("Signature", "SignatureNonce", "Timestamp", "Action", "Version", "Format")


def once(call: Call, name: str, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do this unless it was done under the token in parameter `name`; the same answer either way.

    Raises Refusal `Simulated.TokenUsedOtherwise` for a token that came with other parameters, and what `act` raises;
    a refused act does not use its token up."""
    token = call.parameters.text(name)
    if not token:
        return act()
    if not _TOKEN.fullmatch(token):
        raise invalid(name)
    key = f"{call.action}/{call.account.id}/{token}"
    fingerprint = canonical_query(
        [(name, value) for name, value in call.parameters.values.items() if name not in _OF_THE_ATTEMPT]
    )
    used = call.estate.used_tokens.get(key)
    if used is not None:
        if used.fingerprint != fingerprint:
            raise refuse("Simulated.TokenUsedOtherwise")
        return used.answer
    answer = act()
    now = call.world.clock.now()
    record = UsedToken(key, call.region, call.account.id, now, fingerprint=fingerprint, answer=answer)
    call.estate.place(record)
    call.world.commit(call.act, [], [record])
    return answer
