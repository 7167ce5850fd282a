"""Makes the screenshots: the real program in a pty, on the local agent and its scripted model, as it stands on the terminal.

``python -m screenshots.make [NAME …]`` writes ``screenshots/NAME.svg``, and ``.png`` where cairosvg and its library are there.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.program import Home, command, program
from tests.support.agent import running_agent
from tests.support.pty import Terminal
from tests.support.relay import Relay

from .picture import DARK, LIGHT, svg

FOLDER = Path(__file__).parent
WAIT = 90.0
DONE = re.compile(r"done in \d+ s")


SEEDS = ("Plan a week in Lisbon", "Why is my run pending?", "A table of HTTP status codes", "Explain checkpoints to me")


Play = Callable[[Terminal, Relay], None]


def ask(terminal: Terminal, text: str) -> None:
    terminal.wait_for("You talk to", WAIT)
    terminal.send(text)
    terminal.wait_for(text[:20])
    terminal.press("enter")


def chat(prompt: str) -> Play:
    def play(terminal: Terminal, relay: Relay) -> None:
        ask(terminal, prompt)
        terminal.wait_for(DONE, WAIT)

    return play


def reconnect(terminal: Terminal, relay: Relay) -> None:
    ask(terminal, "What happens when the connection is cut? /length 300")
    terminal.wait_for(re.compile(r"tokens +2\d\d"), WAIT)
    relay.close()
    terminal.wait_for(re.compile("trying again in [3-8] s"), WAIT)


def question(terminal: Terminal, relay: Relay) -> None:
    ask(terminal, "Write me an essay /ask")
    terminal.wait_for("Press 1 to", WAIT)


def canvas(terminal: Terminal, relay: Relay) -> None:
    ask(terminal, "Write an essay about green tea /speed 25")
    terminal.wait_for(DONE, WAIT)
    terminal.send("/translate spanish")
    terminal.press("enter")
    terminal.wait_for(re.compile(r"version 2 of 2 · [89]\d words · writing"), WAIT)


def compared(terminal: Terminal, relay: Relay) -> None:
    ask(terminal, "Write a python program for fibonacci numbers")
    terminal.wait_for(DONE, WAIT)
    terminal.send("/comments")
    terminal.press("enter")
    terminal.wait_for("version 2 of 2", WAIT)
    terminal.wait_for("Two neighbours", WAIT)
    terminal.wait_for(DONE, WAIT)
    terminal.send("\x1bd\x1bd")
    terminal.wait_for(re.compile(r"print.*print"), WAIT)  # both columns stand
    terminal.wait_for("Alt+D read", WAIT)


@dataclass(frozen=True, slots=True)
class Shot:
    name: str
    title: str
    play: Play
    columns: int = 120
    rows: int = 40
    light: bool = False

    def take(self, home: Home, relay: Relay) -> None:
        theme = ("--theme", "canvas-light") if self.light else ()
        with program(home, *theme, columns=self.columns, rows=self.rows, light=self.light) as terminal:
            self.play(terminal, relay)
            colours = LIGHT if self.light else DARK
            (FOLDER / f"{self.name}.svg").write_text(svg(terminal.screen(), self.title, colours), encoding="utf-8")
            made = to_png(svg(terminal.screen(), self.title, colours, exact=True), FOLDER / f"{self.name}.png")
            print(f"{self.name}: {'svg and png' if made else 'svg'}", flush=True)


SHOTS = (
    Shot("chat", "canvas-tui", chat("How does a stream of tokens stay exact? /tool /think")),
    Shot("chat-80x24", "canvas-tui, 80×24", chat("What does a table look like? /table"), 80, 24),
    Shot("chat-light", "canvas-tui, the light theme", chat("Show me code in several languages /code"), light=True),
    Shot("canvas", "canvas-tui: a document beside the conversation", canvas, 160),
    Shot("compared", "canvas-tui: two versions compared", compared, 180),
    Shot("question", "canvas-tui: the agent asks", question),
    Shot("reconnect", "canvas-tui: the connection is cut", reconnect),
)


async def seed(home: Home) -> None:
    """Some threads for the list."""
    for text in SEEDS:
        await command(home, "send", f"{text} /length 40 /speed 400")


def to_png(source: str, target: Path) -> bool:
    try:
        import cairosvg
    except (ImportError, OSError):
        return False
    cairosvg.svg2png(bytestring=source.encode(), write_to=str(target), scale=1.5)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m screenshots.make", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(shot.name for shot in SHOTS)}; all of them unless named")
    names = parser.parse_args().names
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        agent = stack.enter_context(running_agent(folder))
        relay = stack.enter_context(Relay(agent.url))
        home = Home(folder / "home")
        home.configure(f'server = "example"\n[servers.example]\nurl = "{relay.url}"\n')
        asyncio.run(seed(home))
        for shot in [shot for shot in SHOTS if not names or shot.name in names]:
            shot.take(home, relay)
    return 0


if __name__ == "__main__":
    sys.exit(main())
