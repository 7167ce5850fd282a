"""Opening the program on a thread with a document, and waiting until the canvas shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from canvas_tui.ui.widgets.canvas_head import CanvasHead
from canvas_tui.ui.widgets.canvas_view import CanvasView
from canvas_tui.ui.widgets.lines_view import LinesView

from . import canvas_states as states
from .driving import Opened, opened
from .fake_backend import FakeBackend
from .fake_canvas import FakeCanvas
from .states import THREAD

WIDE, MIDDLE, SMALL = (180, 50), (120, 40), (80, 24)


async def settled(ui: Opened) -> None:
    """The canvas, where there is one, has its place and shows what it is to show."""
    for _ in range(200):
        await ui.pilot.pause()
        pane = ui.main.pane
        if pane is None or not pane.display or (pane.ready and pane.size.width and pane.view.shown and pane.view.ready):
            await ui.pilot.pause()
            return
    raise AssertionError("the canvas does not come to rest")


@asynccontextmanager
async def canvas_opened(
    state: str | FakeBackend, size: tuple[int, int] = WIDE, canvas: FakeCanvas | None = None, **options: Any
) -> AsyncIterator[Opened]:
    backend = states.CANVAS[state]() if isinstance(state, str) else state
    async with opened(backend, size, canvas=canvas or FakeCanvas(), **options) as ui:
        await settled(ui)
        yield ui


async def press(ui: Opened, *keys: str) -> None:
    await ui.press(*keys)
    await settled(ui)


def head(ui: Opened) -> str:
    return "\n".join(line.plain for line in ui.main.query_one(CanvasHead).lines)


def shown(ui: Opened, view: type[LinesView[Any]] = CanvasView) -> str:
    """What is in view of the canvas."""
    return "\n".join(line.text if line is not None else "" for _, line in ui.main.query_one(view).in_view)


async def change(ui: Opened, **changes: object) -> None:
    """The thread's session becomes another one."""
    ui.backend.set_session(replace(ui.backend.sessions[THREAD], **changes))  # type: ignore[arg-type]
    await settled(ui)
