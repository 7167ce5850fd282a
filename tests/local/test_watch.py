"""When the server stops by itself."""

from __future__ import annotations

from canvas_tui.local.files import Leases
from canvas_tui.local.server_watch import CRASH_GRACE, LEAVE_GRACE, LONGEST_ALONE, START_GRACE, Watch

NOBODY, SOMEBODY, A_DEAD_ONE = Leases(0, 0), Leases(1, 0), Leases(0, 1)


def test_it_waits_for_the_first_client() -> None:
    watch = Watch(0.0)
    assert not watch.should_stop(START_GRACE - 1, NOBODY, 0)
    assert watch.should_stop(START_GRACE, NOBODY, 0)


def test_it_stays_while_somebody_is_there() -> None:
    watch = Watch(0.0)
    assert not watch.should_stop(LONGEST_ALONE * 10, SOMEBODY, 0)


def test_it_stops_soon_after_the_last_has_left() -> None:
    watch = Watch(0.0)
    watch.should_stop(100.0, SOMEBODY, 0)
    assert not watch.should_stop(100.0 + LEAVE_GRACE / 2, NOBODY, 0)
    assert watch.should_stop(100.0 + LEAVE_GRACE, NOBODY, 0)


def test_it_gives_a_client_that_died_time_to_come_back() -> None:
    watch = Watch(0.0)
    watch.should_stop(100.0, SOMEBODY, 0)
    assert not watch.should_stop(100.0 + CRASH_GRACE - 1, A_DEAD_ONE, 0)
    assert watch.should_stop(100.0 + CRASH_GRACE, A_DEAD_ONE, 0)


def test_a_run_is_finished_first() -> None:
    watch = Watch(0.0)
    watch.should_stop(100.0, SOMEBODY, 1)
    assert not watch.should_stop(600.0, NOBODY, 2)
    assert not watch.should_stop(600.0 + LEAVE_GRACE / 2, NOBODY, 0)
    assert watch.should_stop(600.0 + LEAVE_GRACE, NOBODY, 0)


def test_no_run_goes_on_for_ever_alone() -> None:
    watch = Watch(0.0)
    watch.should_stop(100.0, SOMEBODY, 1)
    assert not watch.should_stop(100.0 + LONGEST_ALONE - 1, NOBODY, 1)
    assert watch.should_stop(100.0 + LONGEST_ALONE, NOBODY, 1)


def test_whoever_comes_back_starts_the_clock_again() -> None:
    watch = Watch(0.0)
    watch.should_stop(100.0, SOMEBODY, 1)
    watch.should_stop(3000.0, NOBODY, 1)
    watch.should_stop(3500.0, SOMEBODY, 1)
    assert not watch.should_stop(100.0 + LONGEST_ALONE, NOBODY, 1)
