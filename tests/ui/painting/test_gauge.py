"""A frame that does not stand on the terminal yet keeps the next one back."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from typing import Any, cast

from canvas_tui.ui.painting.gauge import ASK, ASK_WHERE, ROW, Gauge

LONG = "x" * 200
WHERE = re.compile(re.escape(ASK_WHERE.format(row=ROW, number=0)).replace("0H", "([0-9])H"))


class Bench:
    """A gauge whose clock and loop go by hand, with frames written as the driver's thread writes them, and a terminal at its other end.

    ``waiting``: the questions that the terminal has not answered yet, as numbers.
    """

    def __init__(self) -> None:
        self.now = 10.0
        self.lefts = 0
        self.file = io.StringIO()
        self.waiting: list[int] = []
        self._timers: list[tuple[float, Callable[..., None], tuple[Any, ...]]] = []
        self.gauge = Gauge(self.file, cast(Any, self), self._left, lambda: self.now)

    def _left(self) -> None:
        self.lefts += 1

    # -- as a loop

    def call_later(self, wait: float, does: Callable[..., None], *what: Any) -> None:
        self._timers.append((self.now + wait, does, what))

    def call_soon_threadsafe(self, does: Callable[..., None], *what: Any) -> None:
        does(*what)

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while due := [timer for timer in self._timers if timer[0] <= end]:
            timer = min(due, key=lambda timer: timer[0])
            self._timers.remove(timer)
            self.now = max(self.now, timer[0])
            timer[1](*timer[2])
        self.now = end

    # -- as the driver and the terminal

    def send(self, text: str) -> None:
        frame = self.gauge.frame(text, self.now)
        self.gauge.write(frame)
        self.gauge.flush()
        if ASK in frame:
            self.waiting.append(0)
        elif asked := WHERE.search(frame):
            self.waiting.append(int(asked[1]))

    def answer(self, after: float) -> None:
        """To the oldest question."""
        self.wait(after)
        self.gauge.answered(self.waiting.pop(0))


def test_busy_until_the_newest_frame_is_flushed() -> None:
    bench = Bench()
    gauge = bench.gauge
    frame = gauge.frame("frame", 0.0)
    assert gauge.busy and gauge.blocked
    gauge.write("something else")
    gauge.flush()
    assert gauge.busy and not bench.lefts
    gauge.write(frame)
    gauge.flush()
    assert not gauge.busy and bench.lefts == 1
    assert bench.file.getvalue() == "something elseframe"


def test_what_is_small_asks_nothing_until_there_is_enough_of_it() -> None:
    bench = Bench()
    for _ in range(3):
        bench.send("x" * 50)
    assert bench.file.getvalue() == "x" * 150 + ASK


def test_a_terminal_that_never_answers_keeps_nothing_back() -> None:
    bench = Bench()
    bench.send(LONG)
    assert not bench.gauge.busy
    bench.gauge.all_answered()  # does not wait


def test_a_frame_that_waits_for_its_answer_keeps_the_next_one_back_and_its_way_is_measured() -> None:
    bench = Bench()
    bench.send(LONG)
    bench.answer(0.002)
    assert bench.gauge.seconds == 0  # the quickest way is none to wait for
    bench.send(LONG)
    assert bench.gauge.busy and not bench.gauge.blocked
    before = bench.lefts
    bench.answer(0.1)
    assert not bench.gauge.busy and bench.lefts == before + 1
    assert 0.025 < bench.gauge.seconds < 0.035


def test_a_long_way_that_is_quick_takes_several_frames_at_once() -> None:
    bench = Bench()
    bench.send(LONG)
    bench.answer(0.12)
    for _ in range(2):
        bench.send(LONG)
        assert not bench.gauge.busy
    bench.send(LONG)
    assert bench.gauge.busy
    bench.answer(0.12)
    assert not bench.gauge.busy
    assert bench.gauge.seconds < 0.001


def answering() -> Bench:
    """A terminal that has answered a first question, after 20 ms."""
    bench = Bench()
    bench.send(LONG)
    bench.answer(0.02)
    return bench


def test_an_answer_that_does_not_come_is_given_up() -> None:
    bench = answering()
    bench.send(LONG)
    before = bench.lefts
    bench.wait(0.9)
    assert bench.gauge.busy and bench.lefts == before
    bench.wait(0.3)
    assert not bench.gauge.busy and bench.lefts == before + 1


def test_an_answer_that_comes_late_is_no_answer_to_what_was_asked_after_it() -> None:
    """Seen: it counted for the next question, a slow link was taken for a quick one, and was flooded."""
    bench = answering()
    bench.send(LONG)
    bench.wait(1.5)  # given up
    bench.send(LONG)
    bench.answer(0.5)
    assert bench.gauge.busy
    assert 0.5 < bench.gauge.seconds < 0.7  # 30 % of two seconds: fewer frames from now on
    bench.answer(0.02)
    assert not bench.gauge.busy and not bench.waiting
    assert bench.gauge.seconds > 0.4


def test_what_was_given_up_and_is_lost_holds_nothing_back() -> None:
    """The next answer is told apart from it, and from then on each one has its question again."""
    bench = answering()
    for _ in range(12):
        bench.send(LONG)
        bench.waiting.clear()
        bench.wait(1.5)
        bench.send(LONG)
        bench.answer(0.02)
        assert not bench.gauge.busy
        seconds = bench.gauge.seconds
        bench.send(LONG)
        bench.answer(0.02)
        assert not bench.gauge.busy and bench.gauge.seconds <= seconds


def test_many_bytes_have_more_time_on_a_link_that_is_known_to_be_slow() -> None:
    bench = answering()
    bench.send("x" * 4_000)
    bench.answer(1.0)  # 4 kB/s
    bench.send("x" * 20_000)
    bench.wait(5.5)
    assert bench.gauge.busy
    before = bench.gauge.seconds
    bench.answer(0.1)
    assert bench.gauge.seconds > before


def test_while_answers_come_nothing_is_given_up() -> None:
    bench = answering()
    bench.gauge._quickest = 0.2  # room for several
    for _ in range(5):
        bench.send(LONG)
    for _ in range(4):
        bench.answer(0.9)
    assert len(bench.waiting) == 1 and bench.gauge._waiting() == 1


def test_a_terminal_that_stops_answering_holds_nothing_back_until_it_answers_again() -> None:
    """Seen: one frame a second for ever."""
    bench = answering()
    for _ in range(2):
        bench.send(LONG)
        assert bench.gauge.busy
        bench.wait(1.5)
    for _ in range(200):
        bench.send(LONG)
        assert not bench.gauge.busy
        bench.wait(0.03)
    assert len(bench.waiting) > 100
    bench.send(LONG)
    bench.gauge.answered()  # another terminal has attached: it has not seen what was before
    assert not bench.gauge.busy
    bench.waiting.clear()
    for _ in range(20):
        bench.send(LONG)
        assert bench.gauge.busy
        bench.answer(0.02)
        assert not bench.gauge.busy


def test_the_reader_may_answer_while_the_loop_gives_up() -> None:
    """Seen: an IndexError in the loop. One of them is first, whole."""
    bench = answering()
    gauge = bench.gauge
    reader = threading.Thread(target=gauge.answered)

    def now() -> float:
        if not reader.ident:  # in the middle of giving up
            reader.start()
            if not cast(Any, gauge._heard)._is_owned():
                reader.join()
        return bench.now

    bench.send(LONG)
    gauge._clock = now
    bench.wait(1.5)
    reader.join()
    assert not gauge._asked and not gauge._silent


def test_after_somebody_else_had_the_terminal_nothing_is_awaited() -> None:
    bench = answering()
    bench.gauge.frame(LONG, bench.now)  # handed to a thread that has stopped
    assert bench.gauge.busy and bench.gauge.blocked
    bench.gauge.begin()
    assert not bench.gauge.busy
    bench.waiting.clear()
    bench.send(LONG)
    assert bench.waiting != [0] and not bench.gauge.answered()  # a late answer to what was asked before
    assert bench.gauge.busy
    bench.answer(0.02)
    assert not bench.gauge.busy


def test_what_is_forgotten_keeps_nothing_back() -> None:
    bench = answering()
    bench.send(LONG)
    assert bench.gauge.busy
    bench.gauge.forget()
    assert not bench.gauge.busy
    bench.gauge.frame("x", bench.now)
    bench.gauge.forget()
    assert bench.gauge.busy  # what has not been written is still to be


def test_leaving_waits_for_the_answers() -> None:
    bench = answering()
    bench.send(LONG)
    leaving = threading.Thread(target=bench.gauge.all_answered)
    leaving.start()
    bench.gauge.answered()
    leaving.join()
    assert not bench.gauge.busy
