"""How much goes wrong: shares of calls, of statements and of moments. `--profile NAME` chooses one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: What can happen to a call, each with its share of all calls where the profile names it.
FATES: Final = (
    *("lost_before", "lost_after", "late", "slow_answer", "duplicate", "refused_connection"),
    *("throttled", "server_error_before", "server_error_after", "proxy_page", "signed_out"),
)


@dataclass(frozen=True)
class Profile:
    """Shares are of 1. Times are seconds."""

    #: Of writes, by the name of the fate.
    writes: Mapping[str, float]
    #: Of reads.
    reads: Mapping[str, float]
    #: Of writes that lists do not show for up to `longest_lag`.
    lag: float = 0.0
    longest_lag: float = 4.0
    #: Of statements, and of updates in a transaction.
    statement_fails: float = 0.0
    deadlock: float = 0.0
    #: Mean time between two of them.
    between_crashes: float = float("inf")
    between_freezes: float = float("inf")
    between_outages: float = float("inf")
    between_database_outages: float = float("inf")
    between_outsiders: float = float("inf")
    between_clock_jumps: float = float("inf")
    between_lost_rights: float = float("inf")
    #: Share of the moments in which one of these would do most harm, and then it comes.
    worst_moments: float = 0.0
    #: By how much clocks differ at most.
    clocks_apart: float = 0.0


_READS: Final = {"refused_connection": 0.01, "lost_after": 0.01, "server_error_before": 0.02, "throttled": 0.01}

MIXED: Final = Profile(
    writes={
        "lost_before": 0.03,
        "lost_after": 0.04,
        "late": 0.02,
        "slow_answer": 0.02,
        "duplicate": 0.02,
        "refused_connection": 0.02,
        "throttled": 0.03,
        "server_error_before": 0.02,
        "server_error_after": 0.02,
        "proxy_page": 0.01,
        "signed_out": 0.01,
    },
    reads=_READS,
    lag=0.05,
    statement_fails=0.0005,
    deadlock=0.005,
    between_crashes=120.0,
    between_freezes=80.0,
    between_outages=300.0,
    between_database_outages=600.0,
    between_outsiders=10.0,
    between_clock_jumps=200.0,
    worst_moments=0.4,
    between_lost_rights=40.0,
    clocks_apart=300.0,
)
LOST: Final = Profile(
    writes={"lost_before": 0.2, "lost_after": 0.2, "duplicate": 0.05},
    reads=_READS,
    between_crashes=200.0,
    clocks_apart=300.0,
)
QUIET: Final = Profile(writes={}, reads={})

PROFILES: Final[Mapping[str, Profile]] = {"mixed": MIXED, "lost": LOST, "quiet": QUIET}
