"""Times in few letters."""

from __future__ import annotations

import time

from canvas_tui.core.notices import seconds

MINUTE, HOUR, DAY = 60, 3600, 86400


def age(then: float, now: float) -> str:
    """How long ago, for a list: "now", "3 m", "2 h", "Tue", "4 Mar", "2025". Both in seconds since the epoch."""
    gone = max(0.0, now - then)
    if gone < DAY:
        return _of_today(gone, "now", "m")
    when = time.localtime(then)
    if gone < 6 * DAY:
        return time.strftime("%a", when)
    return _date(when) if when.tm_year == time.localtime(now).tm_year else str(when.tm_year)


def ago(then: float, now: float) -> str:
    """How long ago, in a sentence: "a moment ago", "3 min ago", "2 h ago", "on 4 Mar", "on 4 Mar 2025"."""
    gone = max(0.0, now - then)
    if gone < DAY:
        return f"{_of_today(gone, 'a moment', 'min')} ago"
    when = time.localtime(then)
    year = "" if when.tm_year == time.localtime(now).tm_year else f" {when.tm_year}"
    return f"on {_date(when)}{year}"


def _of_today(gone: float, now: str, minutes: str) -> str:
    if gone < MINUTE:
        return now
    return f"{int(gone // MINUTE)} {minutes}" if gone < HOUR else f"{int(gone // HOUR)} h"


def _date(when: time.struct_time) -> str:
    return f"{when.tm_mday} {time.strftime('%b', when)}"


def span(gone: float) -> str:
    """A length of time, short ones to a tenth: "0.4 s", "12 s", "3 min 5 s"."""
    return f"{max(0.0, gone):.1f} s" if gone < 10 else seconds(gone)


def size(count: int) -> str:
    """Bytes in words: "820 B", "12.3 kB", "10.0 MB"."""
    if count < 1000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1000:.1f} kB"
    return f"{count / 1_000_000:.1f} MB"
