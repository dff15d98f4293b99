"""The nonces that were used: each one counts once (alibaba-contract 1.7)."""

from typing import Final

#: Twice the window of a signature: later, its time alone refuses a replay.
KEPT_SECONDS: Final = 30 * 60.0


class Nonces:
    """Remembers nonces per access key, against real time, as signatures are."""

    def __init__(self) -> None:
        self._forget_at: dict[tuple[str, str], float] = {}

    def use(self, access_key_id: str, nonce: str, now: float) -> bool:
        """Note a nonce. False: it was used before."""
        while self._forget_at:
            oldest = next(iter(self._forget_at))
            if self._forget_at[oldest] > now:
                break
            del self._forget_at[oldest]
        if (access_key_id, nonce) in self._forget_at:
            return False
        self._forget_at[access_key_id, nonce] = now + KEPT_SECONDS
        return True
