"""The record of the wire: complete while it fits, bounded whatever comes."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core.model import Failure, FailureKind
from canvas_tui.core.wirelog import DATA, ENTRIES, ONE, WireKind, WireLog


def story() -> WireLog:
    """Opened, two events, a heartbeat, a cut after 3 s of silence, opened again."""
    log = WireLog()
    log.opened(10.0)
    log.heard(10.5, 60, 0)
    log.event(10.5, "metadata", "1-0", '{"run_id": "r"}')
    log.heard(10.7, 900, 0)
    log.event(10.7, "messages", "2-0", "[1]")
    log.heard(15.0, 15, 1)
    log.closed(18.0, Failure(FailureKind.CUT))
    log.opened(18.4)
    return log


def test_tells_what_came_with_its_gaps() -> None:
    log = story()
    told = [(entry.kind, entry.name, round(entry.gap, 1)) for entry in log.entries()]
    assert told == [
        (WireKind.OPENED, "", 0.4),
        (WireKind.CUT, "", 3.0),
        (WireKind.BEAT, "", 4.3),
        (WireKind.EVENT, "messages", 0.2),
        (WireKind.EVENT, "metadata", 0.5),
        (WireKind.OPENED, "", 0.0),
    ]
    assert (log.bytes, log.events, log.beats, log.connections) == (975, 2, 1, 2)
    assert log.data(2) == '{"run_id": "r"}' and log.data(1) is None


def test_a_cut_is_told_with_its_two_lengths() -> None:
    (cut,) = story().cuts
    assert (cut.since_start, cut.since_byte) == (8.0, 3.0)


def test_a_clean_end_is_no_cut() -> None:
    log = WireLog()
    log.opened(1.0)
    log.closed(2.0, None)
    assert not log.cuts and next(log.entries()).kind is WireKind.ENDED


def test_the_timeline_shows_silence_as_empty_seconds() -> None:
    seconds = story().timeline(19.9, 10)
    assert [second.second for second in seconds] == list(range(10, 20))
    assert [second.bytes for second in seconds] == [960, 0, 0, 0, 0, 15, 0, 0, 0, 0]
    assert seconds[8].cut and seconds[8].opened and seconds[5].beats == 1


def test_stands_still_at_an_entry() -> None:
    assert [entry.number for entry in story().entries(3)] == [3, 2, 1]


def test_memory_is_bounded() -> None:
    log = WireLog()
    tracemalloc.start()
    for number in range(20_000):
        log.heard(number / 100, 1000, number % 7 == 0)
        log.event(number / 100, "messages", f"{number}-0", f"{number:0>1000}")
    log.event(300.0, "values", "", "x" * 20_000_000)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < DATA * 2
    assert len(list(log.entries())) == ENTRIES and log.events == 20_001
    assert len(log.data(log.newest) or "") == ONE
    assert log.data(1) is None


@given(st.lists(st.tuples(st.floats(0, 100), st.sampled_from(["opened", "heard", "event", "closed"]))))
def test_any_order_of_things_can_be_told(what: list[tuple[float, str]]) -> None:
    log = WireLog()
    acts: dict[str, Callable[[float], None]] = {
        "opened": log.opened,
        "heard": lambda at: log.heard(at, 10, 1),
        "event": lambda at: log.event(at, "e", "", "d"),
        "closed": lambda at: log.closed(at, Failure(FailureKind.CUT)),
    }
    for at, act in what:
        acts[act](at)
    assert len(log.timeline(100.0, 50)) == 50
    assert [entry.number for entry in log.entries()] == list(range(log.newest, 0, -1))[:ENTRIES]
