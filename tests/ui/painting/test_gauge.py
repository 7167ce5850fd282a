"""A frame that does not stand on the terminal yet keeps the next one back."""

from __future__ import annotations

import asyncio
import io
import threading

import pytest

from canvas_tui.ui.painting import gauge as module
from canvas_tui.ui.painting.gauge import ASK, Gauge

LONG = "x" * 200


class Bench:
    """A gauge whose clock is set by hand, with frames written as the driver's thread writes them."""

    def __init__(self) -> None:
        self.now = 10.0
        self.lefts = 0
        self.left = asyncio.Event()
        self.file = io.StringIO()
        self.gauge = Gauge(self.file, asyncio.get_running_loop(), self._left, lambda: self.now)

    def _left(self) -> None:
        self.lefts += 1
        self.left.set()

    async def send(self, text: str) -> None:
        self.gauge.write(self.gauge.frame(text, self.now))
        self.gauge.flush()
        await asyncio.sleep(0)

    async def answer(self, after: float) -> None:
        self.now += after
        self.gauge.answered()
        await asyncio.sleep(0)


async def test_busy_until_the_newest_frame_is_flushed() -> None:
    bench = Bench()
    gauge = bench.gauge
    frame = gauge.frame("frame", 0.0)
    assert gauge.busy and gauge.blocked
    gauge.write("something else")
    gauge.flush()
    await asyncio.sleep(0)
    assert gauge.busy and not bench.lefts
    gauge.write(frame)
    gauge.flush()
    await asyncio.sleep(0)
    assert not gauge.busy and bench.lefts == 1
    assert bench.file.getvalue() == "something elseframe"


async def test_what_is_small_asks_nothing_until_there_is_enough_of_it() -> None:
    bench = Bench()
    for _ in range(3):
        await bench.send("x" * 50)
    assert bench.file.getvalue() == "x" * 150 + ASK


async def test_a_terminal_that_never_answers_keeps_nothing_back() -> None:
    bench = Bench()
    await bench.send(LONG)
    assert not bench.gauge.busy
    bench.gauge.all_answered()  # does not wait


async def test_a_frame_that_waits_for_its_answer_keeps_the_next_one_back_and_its_way_is_measured() -> None:
    bench = Bench()
    await bench.send(LONG)
    await bench.answer(0.002)
    assert bench.gauge.seconds == 0  # the quickest way is none to wait for
    await bench.send(LONG)
    assert bench.gauge.busy and not bench.gauge.blocked
    before = bench.lefts
    await bench.answer(0.1)
    assert not bench.gauge.busy and bench.lefts == before + 1
    assert 0.025 < bench.gauge.seconds < 0.035


async def test_a_long_way_that_is_quick_takes_several_frames_at_once() -> None:
    bench = Bench()
    await bench.send(LONG)
    await bench.answer(0.12)
    for _ in range(2):
        await bench.send(LONG)
        assert not bench.gauge.busy
    await bench.send(LONG)
    assert bench.gauge.busy
    await bench.answer(0.12)
    assert not bench.gauge.busy
    assert bench.gauge.seconds < 0.001


async def test_an_answer_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.0)
    bench = Bench()
    await bench.send(LONG)
    await bench.answer(0.001)
    await bench.send(LONG)
    assert bench.gauge.busy
    bench.left.clear()
    await bench.left.wait()
    assert not bench.gauge.busy
    await bench.answer(2.0)  # too late: it is no answer to anything
    assert bench.gauge.seconds == 0


async def test_leaving_waits_for_the_answers() -> None:
    bench = Bench()
    await bench.send(LONG)
    await bench.answer(0.001)
    await bench.send(LONG)
    reader = threading.Thread(target=bench.gauge.answered)
    waiting = asyncio.create_task(asyncio.to_thread(bench.gauge.all_answered))
    reader.start()
    await waiting
    reader.join()
    assert not bench.gauge.busy
