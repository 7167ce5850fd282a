"""What tests of the transcript do with it, and the threads that they do it with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.pilot import Pilot

from canvas_tui.core.model import Session, Standing
from canvas_tui.ui.widgets.lines_select import number
from canvas_tui.ui.widgets.transcript import Transcript

from .host import Host, agent, human, thread


def many(count: int) -> Session:
    return thread(*[m for n in range(count // 2) for m in (human(f"question {n}", f"h{n}"), agent(f"answer {n}\n\nmore of it", f"a{n}"))])


def paragraphs(size: int) -> str:
    return "\n\n".join(f"paragraph {n} of many, each as long as this one" for n in range(size // 50))


def writing(text: str, **more: object) -> Session:
    return thread(human("go"), live=(agent(text, "live", Standing.WRITING),), **more)


def words(app: Host) -> str:
    return "\n".join(app.rows())


def place(app: Host, text: str) -> tuple[int, int]:
    """The row's number and column of a text that is in view."""
    for y, row in enumerate(app.rows()):
        if text in row:
            return number(app.transcript.in_view[y][0]), row.index(text)
    raise AssertionError(text)


async def click(app: Host, pilot: Pilot[None], text: str) -> None:
    y = next(y for y, row in enumerate(app.rows()) if text in row)
    await pilot.click(Transcript, offset=(app.rows()[y].index(text) + 1, y))
    await pilot.pause()


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await pilot.pause()
        await asyncio.sleep(0)
    raise AssertionError("never")
