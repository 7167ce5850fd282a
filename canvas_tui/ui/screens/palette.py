"""The palette of commands: Textual's, with a list of ours."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.command import CommandInput, CommandPalette
from textual.containers import Horizontal, Vertical
from textual.widgets import LoadingIndicator

from ..widgets.option_rows import CommandRows


class Palette(CommandPalette):
    def __init__(self) -> None:
        super().__init__(id="--command-palette")

    def compose(self) -> ComposeResult:
        with Vertical(id="--container"):
            with Horizontal(id="--input"):
                line = CommandInput(placeholder="Search for commands", select_on_focus=False)
                line.cursor_blink = False  # which would write to the terminal at rest
                yield line
            with Vertical(id="--results"):
                yield CommandRows()
                yield LoadingIndicator()
