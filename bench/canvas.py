"""What a long artifact costs: ``python -m bench.canvas`` opens, scrolls, edits and compares 200 kB and tells the longest pause of the loop.

Headless, 180×50: all but the writing to a terminal.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

from canvas_tui.core.artifact import Artifact, ArtifactKind, Version
from canvas_tui.ui.widgets.canvas_diff import DiffView
from canvas_tui.ui.widgets.canvas_view import CanvasView
from tests.ui import canvas_states as states
from tests.ui.canvas_driving import settled
from tests.ui.driving import Opened, opened
from tests.ui.fake_canvas import FakeCanvas

SIZE = 200_000
FRAME = 0.03
LIMIT = 0.05
"""Seconds of a pause that nobody should meet."""


def prose(chance: random.Random) -> str:
    words = ["".join(chance.choice("etaoinshrdlu") for _ in range(chance.randint(2, 9))) for _ in range(3_000)]
    parts: list[str] = []
    while sum(map(len, parts[-1:])) + len(parts) * 500 < SIZE:
        text = " ".join(chance.choice(words) for _ in range(chance.randint(40, 130)))
        parts.append(chance.choice(("", "## ", "- ", "> ")) + text[:900] + "\n\n")
    return "".join(parts)[:SIZE]


def code() -> str:
    return "".join(f"def function_{n}(value: int) -> int:\n    return value + {n % 13}  # the {n}th\n\n\n" for n in range(4_000))[:SIZE]


def changed(text: str) -> str:
    """Each fortieth line is another one."""
    return "\n".join(line if at % 40 else f"{line[: len(line) // 2]} changed here" for at, line in enumerate(text.split("\n")))


class Pulse:
    """The longest time in which the loop came to nothing else: of this thread's CPU, since a busy machine only ever adds."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.total = 0.0

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._beat())
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.total = time.perf_counter() - begun
            task.cancel()

    async def _beat(self) -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            self.longest, last = max(self.longest, now - last), now


async def measure(name: str, ui: Opened, what: Callable[[], Awaitable[None]]) -> None:
    await settled(ui)
    gc.collect()
    gc.freeze()  # as the program does with what has survived
    pulse = Pulse()
    async with pulse.beating():
        await what()
    mark = "" if pulse.longest <= LIMIT else "  too long"
    print(f"  {name:32} longest pause {pulse.longest * 1000:6.1f} ms   in all {pulse.total:5.2f} s{mark}", flush=True)


async def run(kind: ArtifactKind, text: str) -> None:
    old = Version(1, kind, "Long", text, "python" if kind is ArtifactKind.CODE else "")
    new = replace(old, index=2, text=changed(text))
    backend = states.backend(states.session())
    print(f"{kind.value}, {len(text):,} characters, {text.count(chr(10)):,} lines")
    async with opened(backend, (180, 50), canvas=FakeCanvas()) as ui:

        async def come() -> None:
            session = states.session(artifact=Artifact(2, (old, new)))
            backend.set_session(session)
            await settled(ui)

        async def scroll() -> None:
            view = ui.main.query_one(CanvasView)
            for _ in range(60):
                view.scroll_page_down(animate=False)
                await asyncio.sleep(FRAME)

        async def edit() -> None:
            ui.app.simulate_key("alt+e")
            for _ in range(100):
                await asyncio.sleep(FRAME)
                if ui.main.editor is not None and ui.main.editor.has_focus:
                    break

        async def write() -> None:
            editor = ui.main.editor
            assert editor is not None
            for place in ((0, 0), (editor.document.line_count // 2, 0), editor.document.end):
                editor.move_cursor(place)
                for key in ("a", "b", "enter", "c", "backspace", "ctrl+z", "down", "up"):
                    ui.app.simulate_key(key)
                    await asyncio.sleep(FRAME)

        async def compare() -> None:
            begun = time.perf_counter()
            ui.main.action_diff()
            for _ in range(1_000):
                await asyncio.sleep(0.005)
                if ui.main.query_one(DiffView).changes is not None:
                    break
            there = time.perf_counter() - begun
            for _ in range(1_000):
                await asyncio.sleep(0.005)
                if ui.main.query_one(DiffView).ready:
                    break
            print(f"  {'there after (then its colours):':32} {'':32} {there:5.2f} s", flush=True)

        backend.set_session(states.session(artifact=Artifact(1, (replace(old, text=text[:400]),))))  # the parser, the lexer
        await settled(ui)
        await measure("open", ui, come)
        await measure("scroll 60 pages", ui, scroll)
        await measure("compare two versions", ui, compare)
        await measure("compare side by side", ui, compare)
        await ui.press("escape")
        await measure("begin to edit", ui, edit)
        await measure("write at three places", ui, write)


def main() -> None:
    asyncio.run(run(ArtifactKind.TEXT, prose(random.Random(1))))
    asyncio.run(run(ArtifactKind.CODE, code()))


if __name__ == "__main__":
    main()
