"""``canvas-tui demo`` in a terminal: a fault by key, the reaction on the screen, and the same again from what Alt+S saved."""

from __future__ import annotations

import asyncio
import re

from tests.support.pty import seen

from .program import Home, program

F12 = "\x1b[24~"


async def test_a_fault_by_key_and_what_the_program_does_about_it(home: Home) -> None:
    with program(home, "demo") as terminal:
        await seen(terminal, "DEMONSTRATION")
        terminal.send("Show me /length 200 /speed 40")
        await seen(terminal, "Show me")
        terminal.press("enter")
        await seen(terminal, re.compile(r"tokens +[2-9]\d"))
        terminal.send(F12)
        await seen(terminal, "Faults: they act at once")
        terminal.press("down")
        terminal.press("enter")
        await seen(terminal, "Cut: the connection is closed")
        await seen(terminal, re.compile(r"nothing\s+lost"))
        await seen(terminal, re.compile(r"done in"))
        assert "DEMONSTRATION" in terminal.text()
        terminal.send("\x1bs")
        await seen(terminal, re.compile(r"Saved the last\s+\d+\s+s"))
        terminal.press("ctrl+q")
        assert await asyncio.to_thread(terminal.exit_code) == 0
    [saved] = home.path.glob("state/canvas-tui/recordings/*.jsonl")
    with program(home, "replay", str(saved), "--speed", "100") as terminal:
        await seen(terminal, re.compile(r"nothing\s+lost"))
