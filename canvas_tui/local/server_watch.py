"""When the server stops by itself: nobody holds a lease, nothing runs, and the time of grace is over."""

from __future__ import annotations

from dataclasses import dataclass

from .files import Leases

LEAVE_GRACE = 1.0
"""Seconds after the last client has left cleanly."""
CRASH_GRACE = 30.0
"""Seconds after the last client has died: a lost connection is mostly followed by a new one."""
START_GRACE = 60.0
"""Seconds for the first client to appear; mostly it is there before the server."""
LONGEST_ALONE = 3600.0
"""Seconds that runs may go on with no client at all."""


@dataclass(slots=True)
class Watch:
    """Fed once in a while with what is; times are seconds of one monotonic clock."""

    since: float  # somebody was there, or something ran, until then
    alone_since: float | None = None
    grace: float = START_GRACE

    def should_stop(self, now: float, leases: Leases, active_runs: int) -> bool:
        if leases.held:
            self.since, self.alone_since, self.grace = now, None, LEAVE_GRACE
            return False
        if self.alone_since is None:
            self.alone_since = self.since
        if leases.dropped:
            self.grace = max(self.grace, CRASH_GRACE)
        if active_runs:
            self.since = now
            return now - self.alone_since >= LONGEST_ALONE
        return now - self.since >= self.grace
