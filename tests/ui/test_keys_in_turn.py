"""Keys that come in one burst behind a key that moves the focus go where it has gone, whichever way it went there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, TextArea

import canvas_tui.ui
from canvas_tui.core.artifact import ArtifactKind, CustomAction, Reflections
from canvas_tui.ui.keymap import KEYS, Where
from canvas_tui.ui.screens.help import HelpScreen

from .canvas_driving import WIDE, canvas_opened
from .driving import Opened, opened
from .fake_canvas import FakeCanvas
from .states import THREAD


def field(ui: Opened) -> tuple[str, str]:
    """The focused field's id, and what is in it."""
    focused = ui.app.focused
    assert isinstance(focused, Input | TextArea), focused
    return focused.id or "", focused.value if isinstance(focused, Input) else focused.text


@dataclass(frozen=True)
class Case:
    keys: Sequence[str]
    field: str
    text: str
    state: str = "done"
    submitted: tuple[str, ...] = ()
    canvas: bool = False

    def open(self) -> AbstractAsyncContextManager[Opened]:
        return canvas_opened(self.state, WIDE) if self.canvas else opened(self.state)

    def __str__(self) -> str:
        return "-".join(self.keys)


def canvas(keys: Sequence[str], where: str, text: str, **more: object) -> Case:
    return Case(keys, where, text, **{"state": "versions", "canvas": True, **more})  # type: ignore[arg-type]


CASES = [
    Case(["ctrl+f", *"rivers", "enter"], "find-line", "rivers"),
    Case(["ctrl+f", *"tea", "escape", *"hi"], "composer", "hi"),
    Case(["ctrl+f", *"tea", "ctrl+f", *"sea"], "find-line", "sea"),
    Case(["ctrl+t", *"abc"], "threads-search", "abc"),
    Case(["ctrl+t", *"tea", "ctrl+n", *"fresh", "enter", *"more"], "composer", "more", submitted=("fresh",)),
    Case(["ctrl+t", *"a", "escape", "escape", *"hi"], "composer", "hi"),
    Case(["ctrl+t", "down", "enter", *"hi"], "composer", "hi"),
    Case(["f2", "X"], "threads-rename", "X"),
    Case(["f2", "X", "enter", *"hi"], "composer", "hi"),
    Case(["f2", "X", "escape", *"hi"], "composer", "hi"),
    Case(["f3", *"hi"], "composer", "hi"),
    Case(["alt+w", "down", "escape", *"hi"], "composer", "hi"),
    Case(["alt+w", "alt+w", *"hi"], "composer", "hi"),
    Case([*"old", "ctrl+n", *"new"], "composer", "new"),
    Case(["ctrl+t", "ctrl+pagedown", "ctrl+t", "ctrl+pageup", *"hi"], "composer", "hi"),
    Case(["f9", *"hi"], "composer", "hi"),
    Case(["f7", *"hi"], "composer", "hi"),
    Case(["ctrl+p", *"rename"], "", "rename"),
    Case(["ctrl+p", *"x", "escape", *"hi"], "composer", "hi"),
    Case(["f1", "f1", *"hi"], "composer", "hi"),
    Case(["f1", "down", "escape", *"hi"], "composer", "hi"),
    Case(["f1", "ctrl+p", *"key"], "", "key"),
    Case(["2", *"hi"], "composer", "hi", state="question"),
    Case(["ctrl+t", *"a", "alt+z", *"hi"], "composer", "And at the Bay of Fundy?hi", state="queued"),
    canvas(["alt+e", *"zzz"], "canvas-editor", "zzz"),
    canvas(["alt+e", *"z", "ctrl+s", *"hi"], "composer", "hi"),
    canvas(["alt+e", *"z", "escape", "down", "enter", *"yy"], "canvas-editor", "zyy"),
    canvas(["alt+e", *"z", "escape", "escape", *"yy"], "canvas-editor", "zyy"),
    canvas(["alt+e", *"z", "alt+d", *"hi"], "composer", "hi"),
    canvas(["alt+e", "alt+i", *"shorter"], "composer", "shorter"),
    canvas(["f6", *"hi"], "composer", "hi"),
    canvas(["alt+v", "down", "escape", *"hi"], "composer", "hi"),
    canvas(["alt+v", "d", *"hi"], "composer", "hi"),
    canvas(["alt+a", "escape", *"hi"], "composer", "hi"),
    canvas(["ctrl+s", *"xyz"], "ask-line", "xyz"),
    canvas(["ctrl+s", *"xyz", "escape", *"hi"], "composer", "hi"),
    canvas(["alt+t", *"xyz"], "ask-line", "xyz"),
    canvas(["alt+t", *"xyz", "escape", *"hi"], "composer", "hi"),
    canvas(["ctrl+t", "alt+m", *"!"], "composer", "!"),
    canvas(["ctrl+f", *"tea", "enter", "escape", *"hi"], "composer", "hi"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_a_burst_goes_where_its_keys_lead(case: Case) -> None:
    async with case.open() as ui:
        await ui.burst(*case.keys)
        where, text = field(ui)
        assert where == case.field
        if where in ("canvas-editor", "ask-line") or "alt+m" in case.keys:
            assert case.text in text
        else:
            assert text == case.text
        assert tuple(call[1] for call in ui.backend.called("submit")) == case.submitted


def test_every_key_of_the_table_is_tried_or_leaves_the_focus_alone() -> None:
    """A new key is put into one of the two."""
    tried = {key for case in CASES for key in case.keys}
    stays = [
        "composer.send",
        "composer.newline",
        "composer.editor",
        "composer.previous",
        "composer.next",
        "composer.when_busy",
        "message.detach",
        "message.regenerate",
        "run.again",
        "run.doctor",
        "run.give_up",
        "conversation.page_up",
        "conversation.page_down",
        "conversation.up",
        "conversation.down",
        "conversation.top",
        "conversation.end",
        "conversation.previous",
        "conversation.next",
        "branch.previous",
        "branch.next",
        "conversation.fold",
        "conversation.copy",
        "conversation.copy_code",
        "canvas.previous",
        "canvas.next",
        "canvas.editor",
        "canvas.keep",
        "canvas.drop",
        "canvas.copy",
        "thread.refresh",
        "pane.run",
        "program.save",
        "program.copy",
        "program.repaint",
        "program.suspend",
        "program.quit",
    ]
    for key in KEYS:
        assert key.action in stays or tried & set(key.keys.split(",")), key.action
        assert key.where in Where


async def test_what_is_typed_before_another_thread_is_the_draft_of_the_one_it_was_typed_in() -> None:
    async with opened("done") as ui:
        await ui.burst(*"old", "ctrl+n", *"new")
        assert ui.backend.draft(THREAD) == "old"


async def test_tab_goes_from_field_to_field_in_its_turn() -> None:
    async with canvas_opened("versions", WIDE) as ui:
        ui.main.manage_customs()
        await ui.pilot.pause()
        await ui.burst("n", *"Short", "tab", *"One line.", "tab", "space", "ctrl+s", "escape", *"hi")
        (made,) = ui.main.port.customs  # type: ignore[union-attr]
        assert (made.title, made.prompt, made.include_reflections) == ("Short", "One line.", False)
        assert field(ui) == ("composer", "hi")


async def test_forms_are_filled_in_one_burst() -> None:
    async with canvas_opened("versions", WIDE, canvas=FakeCanvas(memory=Reflections())) as ui:
        ui.main.show_reflections()
        await ui.pilot.pause()
        await ui.burst(*"Plain words.", "tab", *"Lives by a river.", "ctrl+s", *"hi")
        saved = await ui.main.port.reflections()  # type: ignore[union-attr]
        assert (saved.style, saved.facts) == (("Plain words.",), ("Lives by a river.",))
        assert field(ui) == ("composer", "hi")


async def test_a_blank_program_is_begun_and_written_in_one_burst() -> None:
    async with canvas_opened("versions", WIDE) as ui:
        ui.main.start_blank(ArtifactKind.CODE)
        await ui.pilot.pause()
        await ui.burst("enter", *"x = 1")
        assert field(ui) == ("canvas-editor", "x = 1")


class SlowStore(FakeCanvas):
    def __init__(self) -> None:
        super().__init__()
        self.reached = asyncio.Event()

    async def custom_actions(self) -> Sequence[CustomAction]:
        await self.reached.wait()
        return await super().custom_actions()


@pytest.mark.parametrize("gives_up", [False, True])
async def test_keys_wait_for_a_menu_that_is_on_its_way_and_esc_gives_it_up(gives_up: bool) -> None:
    store = SlowStore()
    async with canvas_opened("versions", WIDE, canvas=store) as ui:
        for key in ("alt+a", "e"):
            ui.app.post_message(events.Key(key, key if len(key) == 1 else None))
        for _ in range(5):
            await ui.pilot.pause()
        assert ui.composer.text == ""
        if gives_up:
            assert ui.app._since is not None
            ui.app._since -= 60
            ui.app.post_message(events.Key("f", "f"))
            for _ in range(5):
                await ui.pilot.pause()
            assert ui.composer.text == "" and any("Esc gives that up" in toast for toast in ui.toasts())
            await ui.burst("escape", "h")
            assert ui.composer.text == "h"
        store.reached.set()
        if not gives_up:
            await ui.burst("escape", *"hi")
            assert ui.composer.text == "hi"


async def test_quitting_waits_for_nothing() -> None:
    async with canvas_opened("versions", WIDE, canvas=SlowStore()) as ui:
        for key in ("alt+a", "x", "ctrl+q"):
            ui.app.post_message(events.Key(key, key if len(key) == 1 else None))
        for _ in range(5):
            await ui.pilot.pause()
        assert ui.app._exit


async def test_a_dialog_has_the_focus_before_its_first_key() -> None:
    async with opened("done") as ui:
        await ui.burst("f1", "pagedown")
        assert isinstance(ui.app.screen, HelpScreen)
        assert ui.composer.text == ""


def test_nothing_moves_the_focus_later() -> None:
    """``Widget.focus`` does: `focusing.focus` is there for it."""
    for path in Path(canvas_tui.ui.__file__).parent.rglob("*.py"):
        assert ".focus()" not in path.read_text().replace("``Widget.focus``", ""), path
