"""What survived a long collection is not gone through again; threads that wait get their turn soon."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from canvas_tui.commands.pauses import LONG, OFTEN, STARTED, TURN, ShortCollections, keep_pauses_short


def test_after_a_long_collection_what_is_there_stays() -> None:
    now, frozen = [0.0], [0]

    def freeze() -> None:
        frozen[0] += 1

    callback = ShortCollections(lambda: now[0], freeze)
    for seconds, times in ((LONG / 2, 0), (LONG * 2, 1), (LONG / 2, 1), (LONG * 3, 2)):
        callback("start", {"generation": 2})
        now[0] += seconds
        callback("stop", {"generation": 2})
        assert frozen[0] == times


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*thresholds)


def test_nothing_is_collected_before_the_program_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    later: list[tuple[float, Callable[[], None]]] = []

    class Loop:
        def call_later(self, seconds: float, call: Callable[[], None]) -> None:
            later.append((seconds, call))

    frozen: list[bool] = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(gc.isenabled()))
    monkeypatch.setattr(gc, "callbacks", [])
    loop: Any = Loop()
    try:
        keep_pauses_short(loop)
        assert sys.getswitchinterval() == pytest.approx(TURN)
        assert not gc.isenabled()
        ((seconds, stands),) = later
        assert seconds == STARTED
        stands()
        assert gc.isenabled() and frozen == [False]
        assert gc.get_threshold()[2] == OFTEN
    finally:
        gc.enable()
