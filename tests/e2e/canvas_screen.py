"""The program's own screen, composed as ``canvas-tui`` composes it, on a real server, driven by keys and mouse.

The local agent that would be started is one that runs already; everything else (journal, preferences, hub, doctor) is the program's.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from textual.events import Key, MouseMove
from textual.keys import _character_to_key
from textual.pilot import Pilot

from canvas_tui.cli import parser
from canvas_tui.commands.compose import compose
from canvas_tui.commands.settings import screen_options, screen_settings
from canvas_tui.core.model import ServerPhase, Session
from canvas_tui.net.doctor import ProgramDoctor
from canvas_tui.net.hub import Hub
from canvas_tui.ui.app import CanvasApp
from canvas_tui.ui.screens.ask import AskLine, Picks, PickScreen
from canvas_tui.ui.screens.main import MainScreen
from canvas_tui.ui.widgets.canvas_head import CanvasHead
from canvas_tui.ui.widgets.canvas_view import CanvasView
from canvas_tui.ui.widgets.lines import Lines
from canvas_tui.ui.widgets.transcript import Transcript
from tests.net.memory import ReadyLocal
from tests.support.agent import RunningAgent

PATIENCE = 40.0
"""Seconds for one thing to come; generous, since the machine may be busy."""
HOPS = 3
"""From the terminal's driver to the app, its screen, and the widget in it."""
WIDE = (180, 50)
FAST = "/speed 9999 "
"""What a turn's pace is asked for with; the quick actions after it take the same."""


@dataclass
class Person:
    """Somebody at the screen, who also can read the server's state behind it."""

    app: CanvasApp
    pilot: Pilot[int]
    hub: Hub
    http: httpx.AsyncClient
    user: str

    # -- what they see

    @property
    def main(self) -> MainScreen:
        return self.app.main

    @property
    def thread(self) -> str:
        return self.main.thread_id

    @property
    def session(self) -> Session:
        return self.hub.session(self.thread)

    @property
    def view(self) -> CanvasView:
        return self.main.query_one(CanvasView)

    def screen(self) -> str:
        """Everything that stands on it."""
        return "\n".join("".join(segment.text for segment in strip) for strip in self.app.screen._compositor.render_strips())

    def head(self) -> str:
        """The canvas's title and facts; empty where there is none (yet)."""
        return "\n".join(line.plain for head in self.main.query(CanvasHead) for line in head.lines)

    def lines(self, selector: str) -> str:
        return "\n".join(line.plain for line in self.main.query_one(selector, Lines).lines)

    def canvas(self) -> str:
        """What is in view of the canvas."""
        return "\n".join(line.text if line is not None else "" for view in self.main.query(CanvasView) for _, line in view.in_view)

    def conversation(self) -> str:
        """What is in view of it."""
        return "\n".join(line.text if line is not None else "" for _, line in self.main.query_one(Transcript).in_view)

    def dialogue(self) -> str:
        """The rows of the list that is asked."""
        return "\n".join(row.text for picks in self.app.screen.query(Picks) for row in picks._rows)

    def toasts(self) -> str:
        return "\n".join(notification.message for notification in self.app._notifications)

    async def until(self, holds: Callable[[], object], what: Callable[[], object] | None = None) -> None:
        """Returns when ``holds``; fails with the screen (or ``what``)."""
        end = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > end or self.app._exception is not None:
                raise AssertionError(f"it does not come:\n{what() if what is not None else self.screen()}\n{self.toasts()}")
            await asyncio.sleep(0.01)
        await self._done()

    async def sees(self, text: str) -> None:
        await self.until(lambda: text in self.screen())

    async def told(self, text: str) -> None:
        await self.until(lambda: text in self.toasts(), self.toasts)

    async def at(self, screen: type) -> None:
        """That screen is asked."""
        await self.until(lambda: isinstance(self.app.screen, screen) and self.app.screen.is_mounted)

    # -- what they do

    async def press(self, *keys: str) -> None:
        """One after the other, as a terminal sends them. What comes of it is waited for by ``until`` (`Pilot.press` waits until the
        process is idle, which it is not while others are at their screens)."""
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 else key
            event = Key(name, key if len(key) == 1 else _character_of(name))
            event.set_sender(self.app)
            driver.send_message(event)
            await self._done()

    async def _done(self) -> None:
        """Everything that is in a queue now has been seen to."""
        for _ in range(HOPS):
            await self.pilot._wait_for_screen()

    async def say(self, text: str, *send: str) -> None:
        """Typed (all but its first letter at once), and sent."""
        await self.press(text[0])
        await self.until(lambda: self.main.composer.text == text[0])
        self.main.composer.insert(text[1:])
        await self.press(*(send or ("enter",)))

    async def give(self, text: str) -> None:
        """The line that is asked for."""
        await self.until(lambda: self.app.screen.query(AskLine))
        self.app.screen.query_one(AskLine).value = text
        await self.press("enter")

    async def command(self, text: str) -> None:
        """Through the palette."""
        await self.press("ctrl+p")
        await self.until(lambda: self.app.screen is not self.main)
        palette: Any = self.app.screen
        palette.query_one("Input").value = text
        await self.until(lambda: palette.query_one("OptionList").option_count and palette.query_one("OptionList").highlighted is not None)
        shown = palette.query_one("OptionList")
        await self.until(lambda: text in str(shown.get_option_at_index(0).prompt))
        await self.press("enter")

    async def pick(self, text: str) -> None:
        """The row of a list that is asked, by its first letter and Enter."""
        await self.at(PickScreen)
        picks = self.app.screen.query_one(Picks)
        for _ in picks._rows:
            if picks.row is not None and picks.row.text.strip() == text:
                break
            await self.press(text[0].lower())
        assert picks.row is not None and picks.row.text.strip() == text, [row.text for row in picks._rows]
        await self.press("enter")

    async def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """The mouse, held down, from a cell of the canvas to another (columns and rows of the view)."""
        await self.until(lambda: self._laid_out)
        await self.pilot.mouse_down(self.view, offset=start)
        for at in (start, ((start[0] + end[0]) // 2, end[1]), end):
            await self.pilot._post_mouse_events([MouseMove], self.view, offset=at, button=1)
        await self.pilot.mouse_up(self.view, offset=end)
        await self._done()

    @property
    def _laid_out(self) -> bool:
        """The canvas stands where it will stay: a heading that has just got its lines moves it down."""
        head = self.main.query_one(CanvasHead)
        return head.size.height == len(head.lines) and not self.main._layout_required

    # -- waiting for the agent

    @property
    def rests(self) -> bool:
        session = self.session
        saving = session.saving is not None and session.saving.pending
        return session.loaded and not (session.active or session.reading or session.queue or saving)

    async def rest(self) -> None:
        """Nothing goes on by itself any more."""
        await self.until(lambda: self.rests)

    async def answered(self, humans: int) -> None:
        """So many messages of the user's have their answer."""
        await self.until(lambda: self.rests and sum(message.role.ours for message in self.session.history) == humans)

    async def version(self, count: int) -> dict[str, Any]:
        """The canvas shows version ``count`` of as many, and so has the server it: the version there."""
        await self.until(lambda: self.rests and f"version {count} of {count}" in self.head(), lambda: f"{self.head()}\n{self.screen()}")
        artifact = await self.artifact()
        assert [each["index"] for each in artifact["contents"]] == list(range(1, count + 1))
        newest: dict[str, Any] = artifact["contents"][-1]
        # The screen's newest frame may still be of the version as it was written.
        await self.until(lambda: self.view.ready and self.view.shown is not None and self.view.shown.version.text == text_of(newest))
        return newest

    # -- what the server has

    async def state(self, thread: str = "") -> dict[str, Any]:
        answer = await self.http.get(f"/threads/{thread or self.thread}/state")
        values: dict[str, Any] = answer.raise_for_status().json()["values"]
        return values

    async def artifact(self, thread: str = "") -> dict[str, Any]:
        found: dict[str, Any] = (await self.state(thread))["artifact"]
        return found

    async def said(self, thread: str = "") -> list[str]:
        """The conversation's texts."""
        return [str(message["content"]) for message in (await self.state(thread))["messages"]]

    async def inputs(self) -> list[dict[str, Any]]:
        """What the runs of the thread were given, oldest first."""
        runs = (await self.http.get(f"/threads/{self.thread}/runs")).raise_for_status().json()
        return [run["kwargs"]["input"] for run in sorted(runs, key=lambda run: str(run["created_at"]))]

    async def assistant(self) -> str:
        """The id of the graph's own one."""
        (found,) = (await self.http.post("/assistants/search", json={"graph_id": "agent"})).raise_for_status().json()
        return str(found["assistant_id"])

    async def kept(self, place: tuple[str, str], holds: Callable[[Any], object] = lambda value: True) -> Any:
        """A value of the store (None where there is none), as soon as it is as wanted."""
        path = f"/store/items?namespace={place[0]}&key={place[1]}"
        return ((await self.served(path, lambda item: holds((item or {}).get("value")))) or {}).get("value")

    async def served(self, path: str, holds: Callable[[Any], object]) -> Any:
        """What the server answers, as soon as it is as wanted."""
        end = time.monotonic() + PATIENCE
        while True:
            answer = await self.http.get(path)
            told = answer.json() if answer.status_code == 200 else None
            if holds(told):
                return told
            assert time.monotonic() < end, told
            await asyncio.sleep(0.02)


async def laid(me: Person, folder: Path, name: str, text: str) -> None:
    """A document out of a file, from the palette."""
    (folder / name).write_text(text)
    await me.command("Start a document from a file")
    await me.give(str(folder / name))
    await me.version(1)


def _character_of(key: str) -> str | None:
    return {"enter": "\r", "tab": "\t", "space": " "}.get(key)


def text_of(version: Mapping[str, Any]) -> str:
    return str(version["fullMarkdown"] if version["type"] == "text" else version["code"])


@asynccontextmanager
async def at_screen(agent: RunningAgent, *options: str, size: tuple[int, int] = WIDE) -> AsyncIterator[Person]:
    """The program, open and connected."""
    args = parser([]).parse_args([*options])
    settings = screen_settings()
    parts = compose(args, settings)
    if parts.target.local:
        parts = replace(parts, local=ReadyLocal(agent.url, agent.assistant))  # type: ignore[arg-type]
    hub = parts.backend()
    shown = replace(screen_options(settings, args), animate=False, fps=100_000)
    doctor = ProgramDoctor(parts.target, hub)
    app = CanvasApp(hub, shown, parts.preferences, doctor=doctor, recordings=parts.recorder, canvas=hub.canvas)
    try:
        async with (
            httpx.AsyncClient(base_url=agent.url, trust_env=False) as http,
            app.run_test(size=size, notifications=True) as pilot,
        ):
            person = Person(app, pilot, hub, http, parts.target.user_id)
            await person.until(lambda: hub.server().phase is ServerPhase.UP)
            yield person
    finally:
        await hub.close()
        parts.close()
