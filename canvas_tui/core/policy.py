"""Thresholds, backoff, and what is transient. Seconds, unless a name says otherwise.

The Python server sends a heartbeat every 5 s (measured), the others none; the clocks below follow from that.
"""

from __future__ import annotations

import zlib

from .model import Failure, FailureKind

QUIET_BYTES = 6.5
"""No byte for this long on an open stream: told. A heartbeat would have come."""
QUIET_EVENTS = 10.0
"""Bytes but no event that shows anything for this long: told."""
SILENCE = 15.0
"""No byte for three heartbeats, on a server that sends them: the path is dead, resume on a new connection."""
SILENCE_UNBEATEN = 45.0
"""The same on a server that has never sent one; in between the run is asked about."""
ASK_EVERY = 15.0
"""During silence on such a server: how often the run is asked about."""
QUEUE_CHECK = 3.0
"""Headers came, the run has not begun: ask whether it waits in a queue."""
QUEUE_EVERY = 5.0
"""How often a waiting run is asked about."""
UNHEARD = 10.0
"""Not one byte since the headers while the server says that the run is at work: something holds the stream back."""
REPLAYED = 0.3
"""A first event this soon after the headers was there before us: the connection began with a replay."""
OVERLAP = 0.5
"""For so long after a connection's first event the last event of a replay may come a second time."""
BURST = 3
"""Milliseconds between the ids of two events that were made in one go."""
ASK_BEATEN = 60.0
"""Heartbeats and no event: they may be somebody else's, or those of a server whose worker is dead. So often the run is asked about."""
CANCEL_AGAIN = 10.0
"""A run that was to be stopped and is not over after so long is told to stop again."""
POLL_EVERY = 2.0
"""A run that cannot be resumed, or whose stream does not get through: how often the thread is read."""
GUARD = 30.0
"""No answer to an effect at all (the driver's own time limits are shorter): taken as a lost request."""
GUARD_LONG = 600.0
"""The same for answers that may be long: the driver gives up where nothing of one comes, not where it comes slowly."""
SLEEP_JUMP = 5.0
"""Wall clock ahead of the monotonic clock by this much: the machine slept."""
KEEP_QUIET = 20.0
"""A silence that lasted this long leaves a line when it is over."""
BACKOFF = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
JITTER = 0.25
LOOKS_APART = 1.5
"""A request whose fate is not known may still be on its way: before anything is sent again, the runs list is looked through twice,
at least so far apart."""

HOPELESS = frozenset(
    {FailureKind.AUTH, FailureKind.STRANGE, FailureKind.REDIRECT, FailureKind.TLS, FailureKind.TOO_BIG, FailureKind.SETTINGS}
)
"""Failures of what is asked for while a run is on that only the user can mend: tried again on his word."""

_TRANSIENT = frozenset(
    {
        FailureKind.DNS,
        FailureKind.REFUSED,
        FailureKind.TIMEOUT,
        FailureKind.PROXY,
        FailureKind.CUT,
        FailureKind.NO_ANSWER,
        FailureKind.SILENT,
        FailureKind.LIMITED,
        FailureKind.SERVER,
    }
)


def transient(failure: Failure) -> bool:
    """Whether trying again by itself can help."""
    return failure.kind in _TRANSIENT


def ambiguous(failure: Failure) -> bool:
    """Whether a request that failed so may have been carried out all the same."""
    return failure.sent and failure.kind in (FailureKind.CUT, FailureKind.NO_ANSWER, FailureKind.SERVER, FailureKind.SILENT)


def backoff(attempt: int, key: str, failure: Failure | None = None) -> float:
    """Seconds until the next try: 0.25, 0.5, 1, 2, 4, 8, 8 … ±25 %, the jitter drawn from ``key`` so that it is data.

    A server may ask for more, never for less: its "at once" would be a storm.
    """
    base = BACKOFF[min(max(attempt, 0), len(BACKOFF) - 1)]
    drawn = zlib.crc32(f"{key}/{attempt}".encode("utf-8", "replace")) / 0xFFFFFFFF
    asked = min(failure.retry_after, 3600.0) if failure is not None and failure.retry_after is not None else 0.0
    return max(asked, base * (1 - JITTER + 2 * JITTER * drawn))
