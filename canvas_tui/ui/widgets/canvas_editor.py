"""Editing a version in place."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.timer import Timer
from textual.widgets import TextArea

from canvas_tui.core.artifact import ArtifactKind, Version
from canvas_tui.core.safe_text import one_for_one
from canvas_tui.core.selection import Part, part_of

from ..render.code import bare
from ..render.look import Look
from ..render.sheet import CodeSheet
from ..textual_parts import draw_lines_anew, show_wrapped
from .canvas_document import ExactDocument, QuickWrapped
from .in_order import InOrder

KEEP_AFTER = 0.5
"""Seconds without a key after which an edit is kept."""
_SLICE = 0.005


class CanvasEditor(InOrder, TextArea):
    """``begun`` is the version that is edited, ``base`` the newest one that there was then."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("ctrl+shift+z,super+shift+z", "redo", show=False),
        Binding("ctrl+home", "edge(0)", show=False),
        Binding("ctrl+end", "edge(1)", show=False),
        Binding("ctrl+shift+home", "edge(0, True)", show=False),
        Binding("ctrl+shift+end", "edge(1, True)", show=False),
        Binding("shift+pageup", "page_select(-1)", show=False),
        Binding("shift+pagedown", "page_select(1)", show=False),
        Binding("ctrl+a", "select_all", show=False),
        Binding("ctrl+up", "roll(-1)", show=False),
        Binding("ctrl+down", "roll(1)", show=False),
    ]
    own_keys: ClassVar[frozenset[str]] = frozenset({"ctrl+home", "ctrl+end", "ctrl+up", "ctrl+down", "ctrl+a", "ctrl+y", "ctrl+z"})
    """What every editor does with them goes before what the rest of the program does with them."""
    DEFAULT_CSS = """
    CanvasEditor { border: none; padding: 0 1; height: 1fr; background: $background; }
    CanvasEditor:focus { border: none; }
    """

    @dataclass
    class Kept(Message):
        """The edit stands still: it is to be kept."""

        version: Version

    @dataclass
    class PartSelected(Message):
        """Another part is selected; None: nothing any more."""

        part: Part | None

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, CanvasEditor.PartSelected)

    class Left(Message):
        """Esc."""

    def __init__(self, room: Size, id: str | None = None) -> None:
        """``room``: of what it takes the place of."""
        self._room = room
        super().__init__(soft_wrap=True, tab_behavior="indent", id=id)
        self.cursor_blink = False
        self.begun = Version(1)
        self.base = 0
        self._sheet: CodeSheet | None = None
        self._selects = False  # something is selected
        self._keep: Timer | None = None
        self._painting: Timer | None = None

    def begin(self, begun: Version, text: str, base: int, look: Look) -> None:
        """``text``: what is edited, where it is not the version's own (an edit that goes on)."""
        self.begun, self.base = begun, base
        code = begun.kind is ArtifactKind.CODE
        self.show_line_numbers = code
        self._sheet = CodeSheet(begun.language if code else "markdown", look)
        self._sheet.set(text, complete=True)
        self.load_text(text)
        self._painting = self.set_timer(_SLICE, self._paint_on)

    @property
    def version(self) -> Version:
        """As it is now, to become the newest."""
        return Version(self.base, self.begun.kind, self.begun.title, self.text, self.begun.language)

    @property
    def changed(self) -> bool:
        return self.text != self.begun.text

    # -- selecting -----------------------------------------------------------------------------------------------------

    def on_text_area_selection_changed(self) -> None:
        """Told while something is selected, and once when it is not any more."""
        if self._selects or not self.selection.is_empty:
            self._selects = not self.selection.is_empty
            self.post_message(self.PartSelected(self.part()))

    def part(self) -> Part | None:
        """What is selected, in the text as it is now."""
        if self.selection.is_empty:
            return None
        part = part_of(self.version, *(self._offset(place) for place in self.selection))
        return part if part.text.strip() else None

    def _offset(self, place: tuple[int, int]) -> int:
        row, column = place
        lines = (self.document.get_line(index) for index in range(row))
        return sum(map(len, lines)) + row * len(self.document.newline) + column

    def let_go(self) -> None:
        """Nothing is selected any more."""
        self.move_cursor(self.cursor_location)

    def action_leave(self) -> None:
        self.post_message(self.Left())

    # -- the keys of an editor that textual's does not have ------------------------------------------------------------

    def action_edge(self, end: int, select: bool = False) -> None:
        """To the start (0) or the end (1) of the text."""
        self.move_cursor(self.document.end if end else (0, 0), select=select)

    def action_page_select(self, step: int) -> None:
        """A page up (-1) or down (1), which is selected."""
        height = self.content_size.height * step
        target = self.navigator.get_location_at_y_offset(self.cursor_location, height)
        self.scroll_relative(y=height, animate=False)
        self.move_cursor(target, select=True)

    def action_roll(self, step: int) -> None:
        """The view by a line; the cursor stays."""
        self.scroll_relative(y=step, animate=False)

    def _set_document(self, text: str, language: str | None) -> None:
        """With our own documents instead of textual's."""
        self.document = ExactDocument(text)
        show_wrapped(self, QuickWrapped(self.document, self.wrap_width, self.indent_width))

    @property
    def wrap_width(self) -> int:
        """Before it has its place, what it will be there: a long text is wrapped once."""
        width, height = self._room
        if self.size.width or not width:
            return super().wrap_width
        bar = self.styles.scrollbar_size_vertical if self.document.line_count > height else 0
        return max(0, width - self.gutter.width - bar - self.gutter_width - 1)

    # -- what stands still is kept -------------------------------------------------------------------------------------

    def on_text_area_changed(self) -> None:
        if self._sheet is not None:
            self._sheet.set(self.text, complete=False)
        if self._keep is not None:
            self._keep.stop()
        self._keep = self.set_timer(KEEP_AFTER, self.keep_now)

    def keep_now(self) -> None:
        if self._keep is not None:
            self._keep.stop()
            self._keep = None
            self.post_message(self.Kept(self.version))
            if self._sheet is not None and self._painting is None:
                self._sheet.set(self.text, complete=True)
                self._paint_on()

    def forget(self) -> None:
        """It is saved, or dropped: nothing is kept any more."""
        if self._keep is not None:
            self._keep.stop()
            self._keep = None

    # -- colours -------------------------------------------------------------------------------------------------------

    def _paint_on(self) -> None:
        """A slice of the colours of a long text."""
        self._painting = None
        until = time.perf_counter() + _SLICE
        if self._sheet is None or self._sheet.work(lambda: time.perf_counter() > until):
            draw_lines_anew(self)
            self.refresh()
        else:
            self._painting = self.set_timer(_SLICE, self._paint_on)

    def get_line(self, line_index: int) -> Text:
        """As it is drawn: coloured, and what could steer the terminal as a sign, one for one, so that columns hold."""
        line = self.document.get_line(line_index)
        shown = one_for_one(line)
        text = Text(shown, end="", no_wrap=True)
        rows = self._sheet.rows if self._sheet is not None else []
        if line_index < len(rows) and self._sheet is not None and self._sheet.lines[line_index] == line and shown == line:
            at = 0
            for part, style in rows[line_index]:
                text.stylize(bare(style), at, at + len(part))
                at += len(part)
        return text
