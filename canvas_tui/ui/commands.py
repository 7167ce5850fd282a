"""The command palette: every action of the table, every thread of the list, every theme, and what has no key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from canvas_tui.core.actions import actions_for
from canvas_tui.core.artifact import ArtifactKind
from canvas_tui.core.frozen import frozen
from canvas_tui.core.safe_text import safe_line

from .keymap import CANVAS, KEYS, PROGRAM, READ, RUN, TALK, THREADS
from .widgets.lines import cut

if TYPE_CHECKING:
    from .screens.main import MainScreen

WIDTH, AROUND = 76, 7
"""Cells of the palette, as app.tcss has it, and those beside a command: its padding and the scrollbar."""
MOST = 200
"""Threads offered without a search."""
PALETTE_ORDER = (THREADS, CANVAS, READ, RUN, TALK, PROGRAM)


@frozen
class Command:
    """``text`` may hold words from a server: it is shown as Content, never read as markup."""

    text: str
    run: Callable[[], object]
    key: str = ""
    offer: bool = True  # without a search


class CanvasCommands(Provider):
    """All of them, in one order."""

    @property
    def main(self) -> MainScreen:
        from .screens.main import MainScreen

        assert isinstance(self.screen, MainScreen)
        return self.screen

    def commands(self) -> Iterable[Command]:
        for source in (_actions, _canvas, _others, _threads, _themes):
            yield from source(self.main)

    async def discover(self) -> Hits:
        for command in self.commands():
            if command.offer:
                yield DiscoveryHit(self._shown(Content(command.text), command), command.run, text=command.text)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self.commands():
            score, offsets = matcher.fuzzy_search.match(query, command.text)
            if score > 0:
                content = Content(command.text)
                for offset in offsets:
                    content = content.stylize(matcher.match_style, offset, offset + 1)
                yield Hit(score, self._shown(content, command), command.run, text=command.text)

    def _shown(self, content: Content, command: Command) -> Content:
        """In one line, the key at its right end."""
        width = min(WIDTH, self.app.size.width * 92 // 100) - AROUND
        key = f"  {command.key}" if command.key else ""
        return Content.assemble(cut(content, max(10, width - len(key)), self.main.canvas.signs.ellipsis), (key, "not bold $foreground 60%"))


def _actions(main: MainScreen) -> Iterable[Command]:
    for key in sorted(KEYS, key=lambda key: PALETTE_ORDER.index(key.group)):
        if key.palette:
            yield Command(key.label, partial(main.do, key.action), main.canvas.keys.words(key.action))


def _others(main: MainScreen) -> Iterable[Command]:
    """What has no key of its own."""
    session, server, copy = main.session, main.backend.server(), main.canvas.copy
    yield Command("Stop the run", main.stop_run, main.canvas.keys.words("run.stop"))
    yield Command("Try the server again", main.backend.retry_server)
    copies = (
        ("thread's id", session.thread_id),
        ("run's id", session.run.id if session.run is not None else ""),
        ("server's address", server.url),
        ("path of the agent's log", server.log_path),
    )
    for what, text in copies:
        if text:
            yield Command(f"Copy the {what}", partial(copy, text, what))


def _canvas(main: MainScreen) -> Iterable[Command]:
    """What is done with the document, and what the server keeps beside it."""
    if main.port is None:
        return
    kind = main.canvasing.newest.kind if main.canvasing.artifact is not None else None
    for action in actions_for(kind) if kind is not None else ():
        for value, _ in action.values or (("", ""),):
            yield Command(
                action.turn(value).words, partial(main.take, f"/{action.name} {value}".rstrip()), f"/{action.name} {value}".rstrip()
            )
    yield Command("Rename the document", main.rename_canvas)
    yield Command("Save every version to a folder", main.save_all_versions)
    yield Command("Save the thread as Markdown", partial(main.save_thread, False))
    yield Command("Save the thread as JSON", partial(main.save_thread, True))
    yield Command("Start a document from a file", main.start_from_file)
    yield Command("Start a blank document", partial(main.start_blank, ArtifactKind.TEXT))
    yield Command("Start blank code", partial(main.start_blank, ArtifactKind.CODE))
    yield Command("Your own actions", main.manage_customs)
    yield Command("What the agent remembers of you", main.show_reflections)
    yield Command("Context documents", main.show_documents)


def _threads(main: MainScreen) -> Iterable[Command]:
    for place, row in enumerate(main.backend.threads().rows):
        title = safe_line(row.title).strip() or "New thread"
        yield Command(f"Open thread: {title}", partial(main.open_thread, row.id), offer=place < MOST)


def _themes(main: MainScreen) -> Iterable[Command]:
    app = main.canvas
    for name in sorted(app.available_themes, key=lambda name: (not name.startswith("canvas-"), name)):
        yield Command(f"Theme: {name}", partial(setattr, app, "theme", name), "in use" if name == app.theme else "")
