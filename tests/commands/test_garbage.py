"""What survived a long collection is not gone through again."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest

from canvas_tui.commands.garbage import LONG, STARTED, ShortCollections, keep_collections_short


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
        keep_collections_short(loop)
        assert not gc.isenabled()
        ((seconds, stands),) = later
        assert seconds == STARTED
        stands()
        assert gc.isenabled() and frozen == [False]
    finally:
        gc.enable()
