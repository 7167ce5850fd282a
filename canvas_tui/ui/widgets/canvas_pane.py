"""The canvas beside the conversation: its heading, the version that is looked at, and what there is to decide about it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from canvas_tui.core.artifact import DraftStanding, Version

from ..canvas_words import Canvasing, Looked, Mode, compared, told
from ..focusing import focus
from ..glyphs import Glyphs
from ..keymap import Keymap
from ..render.look import Look
from ..render.warm import warm_up
from .canvas_diff import DiffView
from .canvas_editor import CanvasEditor
from .canvas_head import CanvasHead
from .canvas_sheets import Shown
from .canvas_view import CanvasView
from .lines_view import LinesView
from .offers import Offers, Told

LOW = 30
"""Rows of the terminal below which the heading is one line."""


class CanvasPane(Vertical):
    """Mounted when the first artifact appears."""

    DEFAULT_CSS = """
    CanvasPane { width: 1.2fr; height: 100%; border-left: vkey $border-blurred; padding: 1 0 0 0; }
    CanvasPane:focus-within { border-left: vkey $primary; }
    CanvasPane.-low { padding: 0; }
    CanvasPane #canvas-head { margin: 0 1 1 1; }
    CanvasPane.-low #canvas-head { margin: 0 1; }
    CanvasPane #canvas-view, CanvasPane #canvas-diff { height: 1fr; }
    CanvasPane #canvas-foot { margin: 0 1; }
    App.-ascii CanvasPane, App.-ascii CanvasPane:focus-within { border-left: ascii $border; }
    """

    class Ready(Message):
        """It has its place, and can show something."""

    def __init__(self, signs: Glyphs, keymap: Keymap) -> None:
        super().__init__(id="canvas")
        self._signs, self._keymap = signs, keymap
        self.ready = False
        self.came = asyncio.Event()
        """Set when it has its place."""
        self.looked = Looked("")

    def compose(self) -> ComposeResult:
        yield CanvasHead(self._signs)
        yield CanvasView(id="canvas-view")
        yield DiffView(id="canvas-diff")
        yield Offers(self._keymap, self._signs.ellipsis, id="canvas-foot")

    def on_mount(self) -> None:
        self.diff.display = False
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        warm_up("markdown")  # a document's, in the editor
        self.ready = True
        self.came.set()
        self.post_message(self.Ready())

    @property
    def read(self) -> LinesView[Any]:
        """What is to be scrolled and searched."""
        return self.diff if self.looked.mode.diff else self.view

    @property
    def view(self) -> CanvasView:
        return self.query_one(CanvasView)

    @property
    def diff(self) -> DiffView:
        return self.query_one(DiffView)

    @property
    def editor(self) -> CanvasEditor | None:
        found = self.query(CanvasEditor)
        return found.first() if found else None

    async def edit(self) -> CanvasEditor:
        """The editor, made when it is needed first."""
        if (editor := self.editor) is None:
            editor = CanvasEditor(self.view.size, id="canvas-editor")
            editor.display = False
            await self.mount(editor, after=self.diff)
        return editor

    @property
    def look(self) -> Look:
        """How code is coloured."""
        context = self.view.look()
        return context.look if context is not None else Look()

    def show(self, canvas: Canvasing, looked: Looked, kept: Version | None, editing: Sequence[Told] = ()) -> None:
        """``editing``: what is told while a version is edited."""
        fresh = looked.thread_id != self.looked.thread_id
        pair = canvas.pair(looked.at, looked.against) if looked.mode.diff else None
        if pair is None and looked.mode.diff:
            looked = replace(looked, mode=Mode.READ)
        self.looked = looked
        version = canvas.at(looked.at)
        low = self.app.size.height < LOW
        self.set_class(low, "-low")
        editor = self.editor if looked.mode is Mode.EDIT else None
        self._turn_to(editor or (self.diff if pair is not None else self.view))
        mode = ""
        if editor is not None:
            version, mode = editor.begun, "editing"
        if pair is not None:
            self.diff.show(*pair, split=looked.mode is Mode.BESIDE)
            mine = canvas.saving is not None and pair[1] is canvas.saving.mine
            mode = compared(pair, self.diff.changes, looked.mode, self._signs.ellipsis, mine=mine)
        elif editor is None:
            self._show_version(canvas, version, fresh)
        self.query_one(CanvasHead).show(canvas, version, low, mode)
        self.query_one("#canvas-foot", Offers).tell(editing or told(canvas, version, kept))

    def _turn_to(self, wanted: Widget) -> None:
        """Show it alone, with the focus where the other had it."""
        if wanted.display:
            return
        others = [widget for widget in (self.view, self.diff, self.editor) if widget is not None and widget is not wanted]
        focused = any(widget.has_focus for widget in others)
        wanted.display = True
        for widget in others:
            widget.display = False
        if focused:
            focus(wanted)

    def _show_version(self, canvas: Canvasing, version: Version, fresh: bool) -> None:
        draft = canvas.draft
        if draft is not None and version is draft.version and draft.standing is DraftStanding.WRITING:
            self.view.show(Shown(version, True, draft.start, draft.grown), fresh)
        else:
            self.view.show(Shown(version), fresh)
