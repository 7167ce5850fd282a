"""When it is painted: at the rate of the screen, and of the link."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from textual.message_pump import MessagePump

from canvas_tui.ui.frames import SLOWEST, Frames


class Owner:
    """Runs what is called later at once, and remembers the timers that are set."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def call_later(self, callback: Callable[[], None]) -> None:
        callback()

    def set_timer(self, wait: float, then: Callable[[], None]) -> Owner:
        self.waits.append(wait)
        return self

    def stop(self) -> None: ...


def waits(leaving: float) -> list[float]:
    owner, painted = Owner(), []
    frames = Frames(cast(MessagePump, owner), 30, lambda: painted.append(1), clock=lambda: 10.0, leaving=lambda: leaving)
    frames.ask()
    frames.ask()
    assert painted == [1]
    return [round(wait, 3) for wait in owner.waits]


def test_a_second_frame_waits_for_its_time() -> None:
    assert waits(0.001) == [round(1 / 30, 3)]


def test_a_slow_link_gets_fewer_frames_but_never_none() -> None:
    assert waits(0.1) == [0.2]
    assert waits(9.0) == [SLOWEST]
