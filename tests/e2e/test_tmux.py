"""The program in a real tmux, which is where remote work is done: whatever happens to the terminal, the screen is whole afterwards."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import run

import pytest

from tests.support.painting import WAY
from tests.support.pty import Terminal, seen
from tests.support.scripted import scripted_server
from tests.support.scripted_steps import Gate, say
from tests.support.vt import Vt

from .program import LIMIT, ROOT, Home

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

ANSWER = "# A heading\n\n" + "\n".join(f"{n}. line {n} of a **long** answer" for n in range(1, 60))
EDITOR = '#!/bin/sh\nclear; for n in 1 2 3 4 5 6 7 8 9; do echo "scribble scribble scribble"; done; echo "from the editor" > "$1"\n'


class Tmux:
    """A server of its own with one session; its pane is looked at as tmux knows it."""

    def __init__(self, socket: Path) -> None:
        self._tmux = ["tmux", "-u", "-S", str(socket), "-f", "/dev/null"]

    def does(self, *words: str) -> str:
        done = run(
            [*self._tmux, *words], capture_output=True, text=True, timeout=LIMIT, check=True, env={**os.environ, "TERM": "xterm-256color"}
        )
        return done.stdout

    def start(self, command: list[str], env: dict[str, str | None], columns: int, rows: int) -> None:
        given = [f"{name}={value}" for name, value in env.items() if value is not None]
        gone = [part for name, value in env.items() if value is None for part in ("-u", name)]
        self.does("new-session", "-d", "-s", "s", "-x", str(columns), "-y", str(rows), shlex.join(["env", *gone, *given, *command]))

    def client(self, columns: int, rows: int) -> Terminal:
        """Somebody who attaches; enter it."""
        return Terminal([*self._tmux, "attach", "-t", "s"], env={"TMUX": None}, columns=columns, rows=rows)

    def text(self) -> str:
        return self.does("capture-pane", "-p", "-t", "s")

    def keys(self, *keys: str) -> None:
        self.does("send-keys", "-t", "s", *keys)

    async def until(self, fits: Callable[[str], bool]) -> str:
        for _ in range(int(LIMIT / 0.05)):
            if fits(text := self.text()):
                return text
            await asyncio.sleep(0.05)
        raise AssertionError(f"not seen:\n{self.text()}")

    def cells(self) -> list[list[object]]:
        """As they look, colours included."""
        lines = self.does("capture-pane", "-p", "-e", "-N", "-t", "s").splitlines()
        screen = Vt(240, len(lines))
        for y, line in enumerate(lines):
            screen.feed(f"\x1b[{y + 1};1H\x1b[m{line}")
        return [[*row] for row in screen.rows()]

    async def at_rest(self) -> list[list[object]]:
        """Several looks at it are alike."""
        looks: list[list[list[object]]] = []
        for _ in range(int(LIMIT / 0.2)):
            looks = [*looks[-2:], self.cells()]
            if len(looks) == 3 and all(cells == looks[0] for cells in looks):
                return looks[0]
            await asyncio.sleep(0.2)
        raise AssertionError("it never rests")

    async def whole(self) -> None:
        """What stands there is what painting everything anew gives."""
        stood = await self.at_rest()
        self.keys("C-l")
        assert await self.at_rest() == stood


async def test_the_screen_is_whole_whatever_happens_to_the_terminal(home: Home, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    tmux = Tmux(tmp_path / "socket")
    async with scripted_server([say(ANSWER), Gate("half"), say("\n\nThe end.")]) as server:
        command = [sys.executable, "-m", "canvas_tui", "--server", server.url, *(["--no-own-painting"] if WAY == "textual" else [])]
        env = {**home.env, "EDITOR": str(editor), "VISUAL": None, "PYTHONPATH": str(ROOT)}
        tmux.start(command, env, 120, 40)
        try:
            await tmux.until(lambda text: "You talk to" in text)
            tmux.keys("-l", "Tell me")
            await tmux.until(lambda text: "Tell me" in text)
            tmux.keys("Enter")
            await tmux.until(lambda text: "line 59" in text)

            with tmux.client(90, 24) as client:  # another size, while it streams
                await seen(client, "line 59")
                server.open_gate("half")
                await seen(client, "The end.")
                await seen(client, "done in")
                await tmux.whole()
            with tmux.client(90, 24) as client:  # the same size
                await seen(client, "The end.")
                await tmux.whole()
                assert "The end." in client.text() and "line 58" in client.text()

            tmux.does("resize-window", "-t", "s", "-x", "100", "-y", "30")
            await tmux.whole()
            tmux.does("resize-window", "-t", "s", "-x", "50", "-y", "12", ";", "resize-window", "-t", "s", "-x", "100", "-y", "30")
            await tmux.whole()
            tmux.does("split-window", "-d", "-t", "s", "-l", "9", "sleep 600")
            await tmux.whole()
            tmux.does("kill-pane", "-t", "s.1")
            await tmux.whole()

            tmux.does("copy-mode", "-t", "s")
            tmux.does("send-keys", "-t", "s", "-X", "page-up")
            tmux.does("send-keys", "-t", "s", "-X", "cancel")
            await tmux.whole()

            Path(tmux.does("display-message", "-p", "-t", "s", "#{pane_tty}").strip()).write_text("\x1b[5;5Hsomebody wrote this\r\n\n\n\n")
            await tmux.until(lambda text: "somebody wrote this" in text)
            tmux.keys("C-l")
            await tmux.until(lambda text: "somebody" not in text)
            await tmux.whole()

            tmux.keys("C-g")
            await tmux.until(lambda text: "from the editor" in text and "scribble" not in text)
            await tmux.whole()
        finally:
            tmux.does("kill-server")
