"""Makes the screenshots: the real program in a pty, on the local agent and its scripted model, as it stands on the terminal.

``python -m screenshots.make [NAME …]`` writes ``screenshots/NAME.svg``, and ``.png`` where cairosvg and its library are there.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.program import Home, program
from tests.support.agent import running_agent
from tests.support.pty import Terminal
from tests.support.relay import Relay

from .picture import DARK, LIGHT, svg

FOLDER = Path(__file__).parent
WAIT = 90.0
DONE = re.compile(r"done in \d+ s")


def ask(terminal: Terminal, text: str) -> None:
    terminal.send(text)
    terminal.press("enter")


def chat(terminal: Terminal, relay: Relay) -> None:
    ask(terminal, "/tool /length 260 /speed 400 How do I keep a stream of tokens exact?")
    terminal.wait_for(DONE, WAIT)


def stall(terminal: Terminal, relay: Relay) -> None:
    ask(terminal, "/length 400 /speed 60 Tell me about checkpoints")
    terminal.wait_for(re.compile(r"tokens +1\d\d"), WAIT)
    relay.close()
    terminal.wait_for("trying again in", WAIT)


def question(terminal: Terminal, relay: Relay) -> None:
    ask(terminal, "/ask Clean up the old threads")
    terminal.wait_for("The agent asks", WAIT)


@dataclass(frozen=True, slots=True)
class Shot:
    name: str
    title: str
    play: Callable[[Terminal, Relay], None]
    columns: int = 120
    rows: int = 40
    light: bool = False

    def take(self, url: str) -> str:
        theme = ("--theme", "canvas-light") if self.light else ()
        with tempfile.TemporaryDirectory() as folder, Relay(url) as relay:
            home = Home(Path(folder))
            home.configure(f'server = "demo"\n[servers.demo]\nurl = "{relay.url}"\n')
            with program(home, *theme, columns=self.columns, rows=self.rows, light=self.light) as terminal:
                terminal.wait_for("What would you like to do?", WAIT)
                self.play(terminal, relay)
                terminal.quiet(0.3, timeout=2) if "trying" not in terminal.text() else None
                return svg(terminal.screen(), self.title, LIGHT if self.light else DARK)


SHOTS = (
    Shot("chat", "canvas-tui", chat),
    Shot("chat-80x24", "canvas-tui, 80×24", chat, 80, 24),
    Shot("chat-light", "canvas-tui", chat, light=True),
    Shot("reconnect", "canvas-tui: the connection is cut", stall),
    Shot("question", "canvas-tui: the agent asks", question),
)


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
    with tempfile.TemporaryDirectory() as folder, running_agent(Path(folder)) as agent:
        for shot in [shot for shot in SHOTS if not names or shot.name in names]:
            picture = shot.take(agent.url)
            (FOLDER / f"{shot.name}.svg").write_text(picture, encoding="utf-8")
            made = "svg and png" if to_png(picture, FOLDER / f"{shot.name}.png") else "svg"
            print(f"{shot.name}: {made}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
