"""The program's Textual app: looks, clipboard, keys, and what happens when something unexpected does."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar

from textual import work
from textual.app import App
from textual.binding import BindingType
from textual.command import Provider
from textual.css.query import NoMatches
from textual.filter import NoColor
from textual.scrollbar import ScrollBar, ScrollBarRender

from canvas_tui.core.canvas_port import Canvas
from canvas_tui.core.ports import Backend, Doctor, Preferences, Recordings, ScreenOptions

from . import crash, suspending, textual_parts
from .ages import size
from .clipboard import LIMIT, osc52
from .focusing import KeysInTurn
from .glyphs import glyphs
from .keymap import Keymap, Where, bindings
from .painting import OwnPainting
from .screens.main import MainScreen
from .terminal_keys import teach
from .themes import DARK, FEWER, OWN
from .toasts import Toasts
from .widgets.plain_bar import PlainBar
from .window import Window, heed_size

TOAST = 6.0
"""Seconds that a toast stands."""


class CanvasApp(Toasts, KeysInTurn, OwnPainting, App[None], inherit_bindings=False):
    """Chat with a LangGraph server.

    Args:
        backend: Everything that is seen and done.
        options: How the screen looks and acts.
        preferences: What is remembered between starts.
        wall: The clock of the day, in seconds since the epoch, for ages in the list of threads.
        doctor: Says why nothing comes.
        recordings: Saves the last minutes of a thread.
        canvas: Acts on artifacts, branches and the assistant's store.
    """

    TITLE = "canvas-tui"
    CSS_PATH: ClassVar = ["app.tcss", "screens/main.tcss"]  # a default screen's own is not read by Textual
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.APP)]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = set()
    NOTIFICATION_TIMEOUT = TOAST

    def __init__(
        self,
        backend: Backend,
        options: ScreenOptions,
        preferences: Preferences,
        wall: Callable[[], float] = time.time,
        doctor: Doctor | None = None,
        recordings: Recordings | None = None,
        canvas: Canvas | None = None,
    ) -> None:
        teach()
        heed_size()
        super().__init__()
        self.backend = backend
        self.options = options
        self.preferences = preferences
        self.wall = wall
        self.doctor = doctor
        self.recordings = recordings
        self.artifacts = canvas
        self.signs = glyphs(options.ascii)
        self.keys = Keymap(options.keys)
        self.own_painting = options.own_painting
        self.window = Window(self._tell_terminal, self.signs, titled=options.title, rings=options.bell)
        self._styled = False
        self._look()
        self.set_keymap(self.keys.own)

    def _look(self) -> None:
        for theme in OWN if self.options.truecolor else FEWER:
            self.register_theme(theme)
        wanted = (self.options.theme, self.preferences.recall("theme"), DARK.name)
        self.theme = next(name for name in wanted if name in self.available_themes)
        self.stylesheet.set_variables(self.get_css_variables())  # they are read with these the first time, and need not be read again
        self.set_class(self.options.ascii, "-ascii")
        ScrollBar.renderer = PlainBar if self.options.ascii else ScrollBarRender
        self.no_color = not self.options.color
        if self.no_color:
            textual_parts.set_filters(self, NoColor())
        if self.options.remote or not self.options.animate:
            self.animation_level = "none"

    def on_unmount(self) -> None:
        ScrollBar.renderer = ScrollBarRender  # it is everybody's

    def on_mount(self) -> None:
        self.theme_changed_signal.subscribe(self, lambda theme: self.preferences.remember("theme", theme.name))

    def refresh_css(self, animate: bool = True) -> None:
        """Textual asks for it once for the theme that was set before the start, with which the styles have been read."""
        if self._styled:
            super().refresh_css(animate)
        self._styled = True

    def get_default_screen(self) -> MainScreen:
        return MainScreen()

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """Keys of the program go before those of the focused field, but for those that belong to the field (``own_keys``)."""
        if priority and key in getattr(self.focused, "own_keys", ()):
            return False
        return await super()._check_bindings(key, priority)

    @property
    def _quits(self) -> frozenset[str]:
        return frozenset(self.keys.keys("program.quit").replace(" ", "").split(","))

    @property
    def main(self) -> MainScreen:
        screen = self.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    # -- sentences and copies --------------------------------------------------------------------------------------

    def _tell_terminal(self, sequence: str) -> None:
        textual_parts.write(self, sequence)

    def copy_to_clipboard(self, text: str) -> None:
        textual_parts.keep_clipboard(self, text)
        if len(text.encode("utf-8", "replace")) <= LIMIT:
            self._tell_terminal(osc52(text, tmux=bool(os.environ.get("TMUX"))))

    def copy(self, text: str, what: str) -> None:
        count = len(text.encode("utf-8", "replace"))
        self.copy_to_clipboard(text)
        if count > LIMIT:
            self.say(f"The {what} is {size(count)}; a terminal takes {size(LIMIT)}. It was not copied.", warning=True)
        else:
            self.say(f"Copied the {what} ({size(count)}).")

    # -- actions ---------------------------------------------------------------------------------------------------

    def action_palette(self) -> None:
        from .screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):  # which is where one reads of it
            self.pop_screen()
        if isinstance(self.screen, MainScreen):  # whose commands they are
            from .screens.palette import Palette

            self.push_screen(Palette())

    def action_help(self) -> None:
        from .screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.pop_screen()
        else:
            self.push_screen(HelpScreen(self.keys))

    def action_repaint(self) -> None:
        self.repaint_anew()
        self.refresh(layout=True)

    @contextmanager
    def lend_terminal(self) -> Iterator[None]:
        """To somebody else; the screen stands still meanwhile, and what has come is painted afterwards."""
        try:
            with self.batch_update(), self.suspend():
                yield
        finally:
            self.action_repaint()

    def action_suspend(self) -> None:
        driver = textual_parts.driver(self)
        if driver is not None and driver.can_suspend and suspending.is_a_job():
            self.main.keep_draft()
            with self.lend_terminal():
                suspending.stop()
        else:
            self.say("There is no shell here to go back to.")

    def action_copy_selection(self) -> None:
        """What is selected in the focused field or on the screen; with nothing selected, how to quit."""
        focused = getattr(self.focused, "selected_text", "")
        if text := focused or self.screen.get_selected_text():
            self.copy(text, "selection")
        else:
            self.say(f"Nothing is selected. {self.keys.words('program.quit')} quits; {self.keys.words('run.stop')} stops the run.")

    def keys_wait(self) -> None:
        self.say("What is typed waits for what was asked for. Esc gives that up.")

    @work(group="recording")
    async def action_save_stream(self) -> None:
        if self.recordings is None:
            self.say("Nothing is recorded here.")
        else:
            self.say(await self.recordings.save(self.main.thread_id))

    def action_quit_program(self) -> None:
        self.main.keep_draft()
        alive = sum(row.running for row in self.backend.threads().rows)
        words = {0: None, 1: "A run goes on at the server; the next start shows it."}
        self.exit(message=words.get(alive, f"{alive} runs go on at the server; the next start shows them."))

    # -- the unexpected --------------------------------------------------------------------------------------------

    def _fatal_error(self) -> None:
        """Instead of Textual's report, which prints the values of local variables, keys among them."""
        try:
            self.main.keep_draft()
        except (AssertionError, IndexError, NoMatches):
            pass
        self.panic(crash.report(textual_parts.failure(self), self.options.crash_log))
