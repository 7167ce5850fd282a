"""The command palette: every action of the table, every thread of the list, every theme, and what has no key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from canvas_tui.core.safe_text import safe_line

from .keymap import KEYS

if TYPE_CHECKING:
    from .screens.main import MainScreen

MOST = 200
"""Threads offered without a search."""


@dataclass(frozen=True, slots=True)
class Command:
    """``text`` may hold words from a server: it is shown as Content, never read as markup."""

    text: str
    run: Callable[[], object]
    key: str = ""
    offer: bool = True  # without a search


class Commands(Provider):
    """Matching and showing; subclasses list their commands."""

    @property
    def main(self) -> MainScreen:
        from .screens.main import MainScreen

        assert isinstance(self.screen, MainScreen)
        return self.screen

    def commands(self) -> Iterable[Command]:
        return ()

    async def discover(self) -> Hits:
        for command in self.commands():
            if command.offer:
                yield DiscoveryHit(_shown(Content(command.text), command), command.run, text=command.text)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self.commands():
            score, offsets = matcher.fuzzy_search.match(query, command.text)
            if score > 0:
                content = Content(command.text)
                for offset in offsets:
                    content = content.stylize(matcher.match_style, offset, offset + 1)
                yield Hit(score, _shown(content, command), command.run, text=command.text)


def _shown(content: Content, command: Command) -> Content:
    return Content.assemble(content, "  ", (command.key, "$foreground 60%")) if command.key else content


class ActionCommands(Commands):
    def commands(self) -> Iterable[Command]:
        keys = self.main.canvas.keys
        for key in KEYS:
            if key.palette:
                yield Command(key.label, partial(self.main.do, key.action), keys.words(key.action))


class OtherCommands(Commands):
    """What has no key of its own."""

    def commands(self) -> Iterable[Command]:
        main = self.main
        session, server = main.session, main.backend.server()
        yield Command("Stop the run", main.stop_run, main.canvas.keys.words("run.stop"))
        yield Command("Copy the thread's id", partial(main.canvas.copy, session.thread_id, "thread id"))
        if session.run is not None and session.run.id:
            yield Command("Copy the run's id", partial(main.canvas.copy, session.run.id, "run id"))
        if server.url:
            yield Command("Copy the server's address", partial(main.canvas.copy, server.url, "address"))
        if server.log_path:
            yield Command("Copy the path of the agent's log", partial(main.canvas.copy, server.log_path, "path"))
        yield Command("Try the server again", main.backend.retry_server)


class ThreadCommands(Commands):
    def commands(self) -> Iterable[Command]:
        for place, row in enumerate(self.main.backend.threads().rows):
            yield Command(
                f"Open thread: {safe_line(row.title).strip() or 'New thread'}", partial(self.main.open_thread, row.id), offer=place < MOST
            )


class ThemeCommands(Commands):
    def commands(self) -> Iterable[Command]:
        app = self.main.canvas
        for name in sorted(app.available_themes, key=lambda name: (not name.startswith("canvas-"), name)):
            yield Command(f"Theme: {name}", partial(setattr, app, "theme", name), "in use" if name == app.theme else "")


PROVIDERS: set[type[Provider] | Callable[[], type[Provider]]] = {ActionCommands, OtherCommands, ThreadCommands, ThemeCommands}
