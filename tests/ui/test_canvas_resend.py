"""A message that is sent again in other words, while a part of the document is selected or an action is asked for."""

from __future__ import annotations

from canvas_tui.core.actions import SEARCH
from canvas_tui.core.artifact import Turn
from canvas_tui.ui.screens.ask import PickScreen

from .canvas_driving import canvas_opened, press
from .test_canvas_act import fake, select


async def test_what_is_selected_does_not_go_with_a_message_that_is_sent_again() -> None:
    """The document was another one before that message: the offsets would point elsewhere."""
    async with canvas_opened("code") as ui:
        await press(ui, "f6", "shift+down", "shift+down", "alt+m")
        assert "What is selected does not go with it" in ui.text("#chips") and "Selected" not in ui.text("#chips")
        await press(ui, "enter")
        ((_, _, _, turn),) = fake(ui).called("resend")
        assert turn == Turn() and ui.main.part is None and ui.text("#chips") == ""


async def test_selecting_while_a_message_is_sent_again_changes_nothing_of_it_and_counts_when_it_is_left() -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+m")
        await select(ui, "when", "high")
        assert "What is selected does not go with it" in ui.text("#chips") and "Selected" not in ui.text("#chips")
        await press(ui, "escape")
        assert "Selected, 5 words" in ui.text("#chips") and ui.main.part is not None and not ui.main.again
        await press(ui, "escape")
        assert ui.main.part is None and ui.text("#chips") == ""


async def test_an_action_does_not_go_with_a_message_that_is_sent_again_and_a_search_does() -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+m")
        ui.composer.put("/emojis")
        await press(ui, "enter", "alt+a")
        assert not fake(ui).calls and not isinstance(ui.app.screen, PickScreen) and ui.composer.text == "/emojis"
        assert any("does not go with a message that is sent again" in toast for toast in ui.toasts())
        ui.composer.put("/search tides")
        await press(ui, "enter")
        ((_, _, text, turn),) = fake(ui).called("resend")
        assert (text, turn) == ("tides", SEARCH)
