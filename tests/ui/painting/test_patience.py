"""How Textual's reader waits: by a clock for a moment after each input, then until something comes or it is to leave."""

from __future__ import annotations

import os
import selectors
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from canvas_tui.ui.painting.patience import Patience, PatientSelector

JOIN = 20.0


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """What the system was asked to wait; it never waits."""
    asked: list[float | None] = []
    real = selectors.SelectSelector.select

    def select(self: selectors.SelectSelector, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        asked.append(timeout)
        return real(self, 0)

    monkeypatch.setattr(selectors.SelectSelector, "select", select)
    return asked


def test_the_clock_stops_when_no_escape_can_be_open_any_more(pipe: tuple[int, int], waits: list[float | None]) -> None:
    """Three rounds of 0.1 s where it is unclear for 0.2 s; each input begins them anew."""
    selector = PatientSelector(unclear=0.2)
    selector.register(pipe[0], selectors.EVENT_READ)
    assert [selector.select(0.1) for _ in range(5)] == [[]] * 5
    assert waits == [0.1, 0.1, 0.1, None, None]
    os.write(pipe[1], b"\x1b")
    (((key, _),)) = selector.select(0.1)
    assert key.fd == pipe[0] and os.read(pipe[0], 9) == b"\x1b"
    waits.clear()
    assert [selector.select(0.1) for _ in range(4)] == [[]] * 4
    assert waits == [0.1, 0.1, 0.1, None]
    selector.close()


def test_one_that_is_to_hurry_waits_as_it_is_told_to(waits: list[float | None]) -> None:
    selector = PatientSelector(unclear=0.1)
    for _ in range(4):
        selector.select(0.1)
    selector.hurry()
    waits.clear()
    assert [selector.select(0.1) for _ in range(3)] == [[]] * 3
    assert waits == [0.1] * 3
    selector.close()
    selector.hurry()


def test_a_sleeper_is_woken() -> None:
    patience, asleep, woken = Patience(unclear=0.0), Event(), Event()
    patience.hurry()  # nobody reads yet

    def read() -> None:
        selector = patience.make()
        selector.select(0)
        asleep.set()
        selector.select(0)
        woken.set()
        selector.close()

    thread = Thread(target=read, daemon=True)
    thread.start()
    assert asleep.wait(JOIN)
    assert not woken.is_set()
    patience.hurry()
    thread.join(JOIN)
    assert woken.is_set()
