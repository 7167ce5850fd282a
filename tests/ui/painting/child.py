"""An app to be run in a pty: ``python -m tests.ui.painting.child own|textual FILE``. Keys change the screen.

After each key it writes to FILE how Textual itself would paint the screen, as JSON: [keys so far, rows as escape sequences].
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Static

from canvas_tui.core.model import Message, Role, Session, Standing
from canvas_tui.ui import suspending, textual_parts
from canvas_tui.ui.painting import OwnPainting, gauge
from canvas_tui.ui.widgets.transcript import Transcript

HOSTILE = "\x1b]52;c;UFdORUQ=\x1b\\ \x1b]0;title\x07 \x9b31m \x1b[8mhidden \u202eabc"
WORDS = ("stream", "cursor", "replay", "token", "checkpoint", "漢字", "👩‍👩‍👧", "event", "résumé", "heartbeat")


class Ask(ModalScreen[None]):
    def compose(self) -> ComposeResult:
        yield Static("a question over the rest", id="ask")


class Child(OwnPainting, App[None]):
    CSS = """
    #left { width: 18; } #right { width: 14; } Transcript { width: 1fr; }
    Ask { align: center middle; } #ask { width: 30; height: 3; background: $error; }
    """

    def __init__(self, out: Path) -> None:
        super().__init__()
        self.out = out
        self.keys = 0
        self.text = ""
        self.told = ""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("\n".join(f"thread {n} {WORDS[n % 5]}" for n in range(12)), id="left", markup=False)
            yield Transcript()
            yield Static("run\nidle", id="right", markup=False)

    def on_mount(self) -> None:
        self.show()
        self.set_interval(0.03, self.tell)

    def show(self) -> None:
        message = Message("a", Role.AI, self.text, standing=Standing.WRITING)
        session = replace(Session("t"), history=(Message("h", Role.HUMAN, "go on"),), live=(message,))
        self.screen_stack[0].query_one(Transcript).show(session, 0.0)

    def key_s(self) -> None:
        """A piece of the answer."""
        at = self.keys
        self.text += f"{' '.join(WORDS[(at * k) % len(WORDS)] for k in range(1, 8))}.\n\n"
        if at % 3 == 0:
            self.text += f"```python\nx = {at}  # {WORDS[at % 5]}\n```\n\n"
        self.screen_stack[0].query_one("#right", Static).update(f"run {at}\n{'.' * (at % 9)}")
        self.show()

    def key_u(self) -> None:
        self.query_one(Transcript).scroll_relative(y=-3, animate=False)

    def key_e(self) -> None:
        self.query_one(Transcript).to_end()

    def key_m(self) -> None:
        self.push_screen(Ask())

    def key_p(self) -> None:
        self.pop_screen()

    def key_x(self) -> None:
        """Another program has the terminal for a while."""
        with self.suspend():
            os.write(1, b"\x1b[2J\x1b[31mSOMETHING ELSE\r\n" * 5)
        self.refresh(layout=True)

    def key_z(self) -> None:
        """Ctrl+Z in the program."""
        with self.batch_update(), self.suspend():
            suspending.stop()
        self.repaint_anew()
        self.refresh(layout=True)

    def key_q(self) -> None:
        self.exit()

    def key_g(self) -> None:
        """Somebody else writes on our screen; Ctrl+L mends it."""
        os.write(1, b"\x1b[5;5HGARBAGE\x1b[1;1H")
        self.repaint_anew()

    def key_h(self) -> None:
        self.screen.query_one("#left", Static).update(HOSTILE)
        self.title = HOSTILE

    def key_i(self) -> None:
        self.run_worker(self._edit())

    async def _edit(self) -> None:
        """An editor has the terminal, as in the main screen, until what has been asked of the terminal is given up; an answer streams."""
        with self.batch_update(), self.suspend():
            os.write(1, b"\x1b[2J\x1b[31mAN EDITOR\r\n" * 5)
            for n in range(99):  # more than would have room in the queue of a thread that has ended
                textual_parts.write(self, f"\x1b]2;title {n}\x07")
            while self._gauge is not None and self._gauge.busy:
                self.key_s()
                await asyncio.sleep(0.01)
            self.key_s()
        self.repaint_anew()
        self.refresh(layout=True)

    def key_k(self) -> None:
        """From now on nothing that is asked is given up."""
        gauge._PATIENCE = 1e9

    def key_l(self) -> None:
        """Ctrl+L in the program."""
        os.write(1, b"\x1b[5;5HGARBAGE\x1b[1;1H")
        self.repaint_anew()

    def key_w(self) -> None:
        """Painting fails."""
        self._write_rows = self._broken  # type: ignore[method-assign]
        self.screen.refresh()

    def key_c(self) -> None:
        """Painting fails in what the loop calls when the last frame has left."""
        self._write_rows = self._broken  # type: ignore[method-assign]
        self._missed = {1}
        asyncio.get_running_loop().call_soon(self._frame_left)

    def _broken(self, pieces_of: object) -> None:
        raise ValueError("broken")

    def on_key(self) -> None:
        self.keys += 1

    def tell(self) -> None:
        """What is to be seen. Told again and again: a frame may come later than the key that asked for it."""
        rows = [Strip(list(strip)).render(self.console) for strip in self.screen._compositor.render_strips()]
        told = json.dumps([self.keys, list(self.size), rows])
        if told != self.told:
            self.told = told
            fresh = self.out.with_suffix(".new")
            fresh.write_text(told)
            fresh.rename(self.out)


if __name__ == "__main__":
    app = Child(Path(sys.argv[2]))
    app.own_painting = sys.argv[1] == "own"
    app.run()
    sys.exit(app.return_code or 0)
