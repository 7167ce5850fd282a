"""What the program's own connections tell doctor."""

from __future__ import annotations

from dataclasses import replace

from canvas_tui.core import inputs as i
from canvas_tui.core.model import RunInfo, RunStatus, Session
from canvas_tui.core.wirelog import Cut, WireLog
from canvas_tui.net.doctor import watched
from tests.core.desk import started


def _cut_cleanly(times: int, quiet: float) -> Session:
    """A run whose stream has ended between two events so often, each time after so long a silence."""
    desk = started()
    for _ in range(times):
        desk.now += quiet
        desk.do(i.Disconnected(desk.conn), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
        desk.until_due()
        desk.do(i.Connected(desk.conn), i.Received(desk.conn, 10))
    return desk.session


def test_clean_ends_count_while_the_run_goes_on() -> None:
    session = _cut_cleanly(2, 60.0)
    seen = watched(session, WireLog(), now=session.link.opened_at + 1.0)
    assert seen is not None and [round(cut.since_byte) for cut in seen.cuts] == [60, 60]
    assert seen.survived < 1.0


def test_cuts_of_the_thread_s_earlier_runs_count() -> None:
    wire = WireLog()
    wire.cuts = (Cut(64.0, 60.0), Cut(70.0, 60.0))
    seen = watched(_cut_cleanly(1, 60.0), wire, now=300.0)
    assert seen is not None and seen.cuts == wire.cuts


def test_without_a_run_that_is_followed_nothing_was_watched() -> None:
    over = _cut_cleanly(1, 60.0)
    assert watched(replace(over, run=None), WireLog(), now=300.0) is None
