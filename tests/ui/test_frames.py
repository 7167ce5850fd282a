"""When it is painted: at the rate of the screen, and of the link."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from canvas_tui.ui.frames import SLOWEST, Frames, Later


class Turns:
    """A loop whose time goes on by hand."""

    def __init__(self) -> None:
        self.now = 10.0
        self.waits: list[float] = []
        self.shown: list[float] = []
        self._due: list[tuple[float, Callable[[], None], Turns.Handle]] = []

    class Handle:
        cancelled = False

        def cancel(self) -> None:
            self.cancelled = True

    def later(self, wait: float, then: Callable[[], None]) -> Handle:
        handle = self.Handle()
        self.waits.append(round(wait, 3))
        self._due.append((self.now + wait, then, handle))
        return handle

    def pass_to(self, now: float) -> None:
        while due := sorted((each for each in self._due if each[0] <= now and not each[2].cancelled), key=lambda each: each[0]):
            self.now, then, handle = due[0]
            handle.cancel()
            then()
        self.now = now

    def show(self) -> None:
        self.shown.append(self.now)

    @property
    def left(self) -> int:
        return sum(not handle.cancelled for _, _, handle in self._due)


def waits(leaving: float) -> list[float]:
    """Of two frames that are asked for at once."""
    turns, painted = Turns(), []
    frames = Frames(30, lambda whole: painted.append(1), turns.show, cast(Later, turns.later), lambda: turns.now, leaving=lambda: leaving)
    frames.ask()
    frames.ask()
    turns.pass_to(turns.now)
    assert painted == [1]
    frames.ask()
    frames.ask()
    return turns.waits


def test_a_second_frame_waits_for_its_time() -> None:
    assert waits(0.001) == [0.0, round(1 / 30, 3)]


def test_a_slow_link_gets_fewer_frames_but_never_none() -> None:
    assert waits(0.1) == [0.0, 0.2]
    assert waits(9.0) == [0.0, SLOWEST]


def test_words_that_change_by_themselves_are_painted_then_and_at_rest_no_timer_is_left() -> None:
    turns, later = Turns(), [1.0, 2.0, None]
    times: list[float] = []

    def paint(whole: bool) -> float | None:
        times.append(turns.now)
        return later.pop(0)

    frames = Frames(30, paint, turns.show, cast(Later, turns.later), lambda: turns.now)
    frames.ask()
    turns.pass_to(60.0)
    assert times == [10.0, 11.0, 13.0] and frames.at_rest and not turns.left


def test_words_find_the_frames_rhythm_whatever_distance_they_fell_into() -> None:
    """They are gathered as often as there are frames: else each would wait for most of a frame, for ever."""
    turns, every = Turns(), 1 / 30
    painted: list[float] = []
    frames = Frames(30, lambda whole: painted.append(turns.now), turns.show, cast(Later, turns.later), lambda: turns.now)
    frames.ask()
    turns.pass_to(turns.now + 0.005)
    late = []
    for _ in range(12):
        came = turns.now
        frames.ask(words=True)
        turns.pass_to(came + every)
        late.append(painted[-1] - came)
    assert late[0] > 0.02 and late[-1] < 0.001


def test_numbers_alone_make_no_frame_shortly_before_the_next_words() -> None:
    turns, every = Turns(), 1 / 30
    painted: list[bool] = []

    def paint(whole: bool) -> float:
        painted.append(whole)
        return every / 2

    frames = Frames(30, paint, turns.show, cast(Later, turns.later), lambda: turns.now)
    for _ in range(4):
        frames.ask(words=True)
        turns.pass_to(turns.now + every + 0.001)
    assert painted == [False] * 4
    turns.pass_to(turns.now + 2 * every)
    assert painted[4:] == [True]


def test_what_is_asked_for_while_it_is_painted_gets_a_frame_of_its_own() -> None:
    turns, painted = Turns(), []

    def paint(whole: bool) -> float | None:
        painted.append(turns.now)
        if len(painted) == 1:
            frames.ask()
        return 5.0 if len(painted) == 1 else None

    frames = Frames(10, paint, turns.show, cast(Later, turns.later), lambda: turns.now)
    frames.ask()
    turns.pass_to(10.2)
    assert [round(at, 3) for at in painted] == [10.0, 10.1] and frames.at_rest


def test_a_frame_is_of_words_alone_where_nobody_has_asked_for_more() -> None:
    turns, whole = Turns(), list[bool]()
    frames = Frames(10, whole.append, turns.show, cast(Later, turns.later), lambda: turns.now)
    for asks in ([True], [True, False], [False, True], [True, True]):
        for words in asks:
            frames.ask(words=words)
        turns.pass_to(turns.now + 1)
    frames.paint_now()
    assert whole == [False, True, True, False, True]


def test_what_took_long_to_paint_is_shown_in_a_turn_of_its_own() -> None:
    turns = Turns()

    def paint(whole: bool) -> float | None:
        turns.now += 0.001 if whole else 0.02
        return None

    frames = Frames(10, paint, turns.show, cast(Later, turns.later), lambda: turns.now)
    frames.ask()
    turns.pass_to(turns.now)
    assert turns.waits == [0.0] and len(turns.shown) == 1
    frames.ask(words=True)
    turns.pass_to(turns.now + 1)
    assert turns.waits == [0.0, 0.09, 0.0] and len(turns.shown) == 2
