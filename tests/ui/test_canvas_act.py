"""Asking the agent for changes: of a selection, by an action, by a command that is typed."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest
from textual.content import Content
from textual.geometry import Offset
from textual.selection import Selection

from canvas_tui.core.actions import SEARCH
from canvas_tui.core.artifact import Artifact, ArtifactKind, Turn, fingerprint
from canvas_tui.core.inputs import WhenBusy
from canvas_tui.ui.screens.ask import PickScreen
from canvas_tui.ui.slash import complete, hint
from canvas_tui.ui.widgets.canvas_view import CanvasView
from canvas_tui.ui.widgets.lines_rows import Place
from canvas_tui.ui.widgets.lines_select import number

from . import canvas_states as states
from .canvas_driving import SMALL, canvas_opened, head, press, settled, shown
from .driving import Opened
from .fake_canvas import FakeCanvas
from .states import STATES, THREAD

QUEUE = WhenBusy.QUEUE


def fake(ui: Opened) -> FakeCanvas:
    canvas = ui.app.artifacts
    assert isinstance(canvas, FakeCanvas)
    return canvas


async def select(ui: Opened, start: str, end: str) -> None:
    """As the mouse would: from where ``start`` begins on the screen to where ``end`` ends."""
    view = ui.main.query_one(CanvasView)
    ends = []
    for wanted, after in ((start, False), (end, True)):
        for place, line in view.in_view:
            whole = "".join(segment.text for segment in line.segments) if line is not None else ""
            if wanted in whole:
                ends.append(Offset(whole.index(wanted) + (len(wanted) if after else 0), number(Place(place.index, place.line))))
                break
    view.screen.selections = {view: Selection(*ends)}
    await settled(ui)


async def test_a_selection_in_a_document_is_rewritten_as_words_say() -> None:
    async with canvas_opened("versions") as ui:
        await select(ui, "when", "high")
        assert "Selected, 5 words: when the" in ui.text("#chips")
        await ui.write("Say it in French")
        await press(ui, "enter")
        ((thread, turn, text, how),) = fake(ui).called("act")
        assert (thread, text, how) == (THREAD, "Say it in French", QUEUE)
        block = "A tide table says **when** the water is high. This page says what to add."
        told = {"fullMarkdown": states.SHORTER, "markdownBlock": block, "selectedText": "when the water is high"}
        assert turn == Turn((("highlightedText", told),), of=fingerprint(states.SHORTER))
        assert ui.text("#chips") == "" and not ui.backend.called("submit")


async def test_an_item_of_a_list_is_a_block_of_its_own() -> None:
    async with canvas_opened("versions") as ui:
        await select(ui, "Read high", "water of")
        assert ui.main.part is not None and ui.main.part.source == "- Read high and low water of the day."


async def test_a_selection_in_code_is_exact_in_utf_16() -> None:
    odd = replace(states.FIRST_CODE, text='# \U0001f30a tide\n\tname = "\U0001f600 漢字"\n')
    backend = states.backend(states.session(artifact=Artifact(1, (odd,))))
    async with canvas_opened(backend) as ui:
        await select(ui, "name", "漢")
        assert ui.main.part is not None and ui.main.part.text == 'name = "\U0001f600 漢'
        await ui.write("Fix")
        await press(ui, "enter")
        ((_, turn, _, _),) = fake(ui).called("act")
        assert isinstance(turn, Turn)
        raw = odd.text.encode("utf-16-le")
        ((_, span),) = turn.keys
        assert raw[2 * span["startCharIndex"] : 2 * span["endCharIndex"]].decode("utf-16-le") == 'name = "\U0001f600 漢'


async def test_rows_are_selected_by_keys_and_stay_while_one_types() -> None:
    async with canvas_opened("code") as ui:
        await press(ui, "f6", "shift+down", "shift+down", "shift+right")
        assert ui.main.part is not None and ui.main.part.text.startswith('"""Tides') and ui.main.part.start == 0
        await press(ui, "s", "o")
        assert ui.composer.text == "so" and ui.main.part is not None
        assert ui.main.query_one(CanvasView).text_selection is not None
        await press(ui, "escape")
        assert ui.main.part is None and ui.composer.text == "so"


@pytest.mark.parametrize(
    ("keys", "lines"),
    [
        ("shift+down", (0, 1)),
        ("shift+up", (0, 1)),
        ("shift+down shift+down", (0, 2)),
        ("shift+down shift+down shift+down shift+up", (0, 2)),
        ("shift+down shift+down shift+up", (0, 1)),
        ("shift+down shift+pagedown", (0, 11)),
        ("shift+pagedown", (0, 10)),
        ("shift+pagedown shift+pageup", (0, 1)),
    ],
)
async def test_the_first_key_takes_one_row_alone_and_each_further_one_more(keys: str, lines: tuple[int, int]) -> None:
    rows = [f"row {number}" for number in range(60)]
    async with canvas_opened(
        states.backend(states.session(artifact=Artifact(1, (replace(states.FIRST_CODE, text="\n".join(rows)),))))
    ) as ui:
        await press(ui, "f6", *keys.split())
        assert ui.main.part is not None and ui.main.part.source == "\n".join(rows[slice(*lines)])


async def test_from_within_a_text_rows_are_taken_upwards_too() -> None:
    rows = [f"row {number}" for number in range(200)]
    async with canvas_opened(
        states.backend(states.session(artifact=Artifact(1, (replace(states.FIRST_CODE, text="\n".join(rows)),))))
    ) as ui:
        await press(ui, "f6", *["ctrl+down"] * 20, "shift+up")
        assert ui.main.part is not None and ui.main.part.source == "row 20"
        await press(ui, "shift+up", "shift+up")
        assert ui.main.part.source == "row 18\nrow 19\nrow 20"
        await press(ui, "shift+down", "shift+down", "shift+down")
        assert ui.main.part.source == "row 20\nrow 21"


CODER = "\U0001f469\U0001f3fe\u200d\U0001f4bb"


@pytest.mark.parametrize("cluster", ["\U0001f44b\U0001f3fd", CODER, "\U0001f1e9\U0001f1ea"], ids=["skin", "joined", "flag"])
async def test_a_character_of_several_code_points_is_never_split(cluster: str) -> None:
    text = f"{cluster}{cluster} = 1\nb = 2"
    async with canvas_opened(states.backend(states.session(artifact=Artifact(1, (replace(states.FIRST_CODE, text=text),))))) as ui:
        view = ui.main.query_one(CanvasView)
        gutter = view.entries[0].gutter  # type: ignore[attr-defined]
        for cut in range(1, len(cluster)):  # as a mouse would leave it, in the middle of the first or the second one
            ends = (0, gutter + cut), (gutter + len(cluster) + cut, gutter + len(text))
            for start, end in ends:
                view.screen.selections = {view: Selection(Offset(start, 1), Offset(end, 1))}
                await settled(ui)
                assert ui.main.part is not None
                ((_, span),) = ui.main.part.keys
                raw = text.encode("utf-16-le")[2 * span["startCharIndex"] : 2 * span["endCharIndex"]].decode("utf-16-le")
                assert raw == ui.main.part.text == ui.app.screen.get_selected_text() == (cluster if not start else f"{cluster} = 1")
        await press(ui, "escape", "f6", *["shift+right"] * gutter, "shift+right")
        assert ui.main.part is not None and ui.main.part.source == cluster, "one key, one character"
        await press(ui, "shift+right", "shift+left")
        assert ui.main.part.source == cluster
        await press(ui, "escape", "alt+e", "shift+right")
        assert ui.main.part is not None and ui.main.part.source == cluster, "in the editor"


async def test_of_a_document_the_selected_text_has_whole_characters() -> None:
    text = f"Hello {CODER} there"
    version = replace(states.FIRST_CODE, kind=ArtifactKind.TEXT, text=text, language="")
    async with canvas_opened(states.backend(states.session(artifact=Artifact(1, (version,))))) as ui:
        view = ui.main.query_one(CanvasView)
        rows = [(place, "".join(part.text for part in line.segments)) for place, line in view.in_view if line is not None]
        place, line = next((place, line) for place, line in rows if "ello" in line)
        row = number(place)
        view.screen.selections = {view: Selection(Offset(line.index("ello"), row), Offset(line.index(CODER) + 1, row))}
        await settled(ui)
        assert ui.main.part is not None and ui.main.part.text == f"ello {CODER}"


async def test_what_is_selected_stays_meant_when_the_composer_is_clicked() -> None:
    async with canvas_opened("versions") as ui:
        await select(ui, "when", "high")
        await ui.pilot.click("#composer")
        await settled(ui)
        assert ui.main.part is not None and ui.main.query_one(CanvasView).text_selection is not None
        await ui.pilot.click("#canvas-view", offset=(4, 20))
        await settled(ui)
        assert ui.main.part is None and ui.text("#chips") == ""


async def test_what_is_selected_stays_meant_while_one_types_with_the_mouse_where_it_was() -> None:
    async with canvas_opened("versions") as ui:
        await ui.pilot.hover("#canvas-view", offset=(8, 8))
        await select(ui, "when", "high")
        ui.backend.set_session(replace(ui.backend.sessions[THREAD], state=deepcopy(ui.backend.sessions[THREAD].state)))
        await press(ui, "s", "o")
        assert ui.composer.text == "so" and ui.main.part is not None, "the thread was read again, and the mouse lies over the canvas"
        await select(ui, "when", "water")
        assert ui.main.part is not None and ui.main.part.text == "when the water"


async def test_what_is_selected_and_let_go_at_once_by_typing_is_still_meant() -> None:
    async with canvas_opened("versions") as ui:
        view = ui.main.query_one(CanvasView)
        place = next(place for place, line in view.in_view if line is not None and "when" in line.text)
        view.selection_updated(Selection(Offset(0, number(place)), Offset(12, number(place))))
        view.selection_updated(None)  # both wait in one queue
        await settled(ui)
        assert ui.main.part is not None and "Selected" in ui.text("#chips")


async def test_what_is_selected_before_the_thread_has_the_version_counts_as_soon_as_it_has() -> None:
    async with canvas_opened("versions") as ui:
        session = ui.backend.sessions[THREAD]
        artifact = session.state.artifact
        assert artifact is not None
        older = replace(artifact, versions=tuple(replace(each, title="Before") for each in artifact.versions))
        view = ui.main.query_one(CanvasView)
        ui.backend.sessions[THREAD] = replace(session, state=replace(session.state, artifact=older))  # not painted yet
        await select(ui, "when", "high")
        assert ui.main.part is None and view.text_selection is not None
        ui.backend.set_session(session)
        ui.main.frames.ask()  # as it is five times a second
        await settled(ui)
        assert ui.main.part is not None and "Selected, 5 words: when the" in ui.text("#chips")


async def test_what_is_sent_beyond_the_selection_is_told_with_its_size() -> None:
    """Servers replace what they find first, so that the last of equal blocks goes with those before it."""
    text = "one two three\n\n" + "again\n\n" * 3 + "end"
    backend = states.backend(states.session(artifact=Artifact(1, (replace(states.ONE, text=text),))))
    async with canvas_opened(backend) as ui:
        view = ui.main.query_one(CanvasView)
        rows = [place for place, line in view.in_view if line is not None and "again" in line.text]
        for place, more in ((rows[0], ""), (rows[2], "Not the only one: 2 words before it are rewritten too")):
            start = view.in_view[0][1].text.index("one")  # type: ignore[union-attr]
            view.screen.selections = {view: Selection(Offset(start, number(place)), Offset(start + 5, number(place)))}
            await settled(ui)
            assert "Selected, 1 word: ag" in ui.text("#chips")
            assert more in ui.text("#chips") and ("Not the only one" in ui.text("#chips")) is bool(more)


async def test_an_action_on_the_selection_tells_it_in_words() -> None:
    async with canvas_opened("versions") as ui:
        await select(ui, "when", "high")
        await press(ui, "alt+a")
        assert isinstance(ui.app.screen, PickScreen)
        await press(ui, "m", "enter")
        ((_, turn, text, _),) = fake(ui).called("act")
        assert isinstance(turn, Turn) and [key for key, _ in turn.keys] == ["highlightedText"] and text == "Translate to Mandarin"


async def test_what_is_copied_from_code_is_exact() -> None:
    async with canvas_opened("code") as ui:
        await select(ui, "class Tide", "float")
        assert ui.app.screen.get_selected_text() == "class Tide:\n    low: float"


def dialog_title(ui: Opened) -> str:
    return Content.from_markup(str(ui.app.screen.query_one("#pick-box").border_title)).plain


async def test_a_menu_longer_than_the_screen_says_how_much_of_it_is_seen() -> None:
    async with canvas_opened("versions", SMALL) as ui:
        await press(ui, "alt+a")
        assert "1-14 of 21" in dialog_title(ui)
        await press(ui, "end")
        assert "8-21 of 21" in dialog_title(ui)
    async with canvas_opened("versions", SMALL) as ui:
        await press(ui, "alt+v")
        assert dialog_title(ui) == "2 versions"


async def test_an_action_from_the_menu() -> None:
    async with canvas_opened("code", SMALL) as ui:
        await press(ui, "alt+a", "f", "enter")
        assert fake(ui).called("act") == [(THREAD, Turn((("fixBugs", True),), "Fix bugs"), "", QUEUE)]


@pytest.mark.parametrize(
    ("state", "typed", "keys"),
    [
        ("versions", "/translate french", (("language", "french"),)),
        ("versions", "/length shorter", (("artifactLength", "short"),)),
        ("versions", "/level child", (("readingLevel", "child"),)),
        ("versions", "/emojis", (("regenerateWithEmojis", True),)),
        ("code", "/comments", (("addComments", True),)),
        ("code", "/logs", (("addLogs", True),)),
        ("code", "/fix", (("fixBugs", True),)),
        ("code", "/port c++", (("portLanguage", "cpp"),)),
    ],
)
async def test_every_action_can_be_typed(state: str, typed: str, keys: tuple[tuple[str, object], ...]) -> None:
    async with canvas_opened(state) as ui:
        await ui.write(typed)
        await press(ui, "enter")
        ((_, turn, text, _),) = fake(ui).called("act")
        assert isinstance(turn, Turn) and turn.keys == keys and text == ""
        assert ui.composer.text == "" and not ui.backend.called("submit")


async def test_a_command_that_is_none_is_explained_and_not_lost() -> None:
    async with canvas_opened("versions") as ui:
        ui.backend.set_server(model="gpt-4.1-mini at api.openai.com")
        for typed, said in (
            ("/port rust", "port is for code"),
            ("/length huge", "does not know huge"),
            ("/nonsense", "no command /nonsense"),
        ):
            await ui.write(typed)
            await press(ui, "enter")
            assert any(said in toast for toast in ui.toasts()) and ui.composer.text == typed
            ui.composer.put("")
        assert not fake(ui).calls and not ui.backend.called("submit")


@pytest.mark.parametrize("model", ["scripted model", ""])
async def test_directives_of_the_scripted_model_reach_it_before_it_is_up_too(model: str) -> None:
    async with canvas_opened("versions") as ui:
        ui.backend.server_state = replace(ui.backend.server_state, model=model)
        await ui.write("/help")
        assert "No such command" not in ui.screen_text()
        await press(ui, "enter")
        ((_, text, _),) = ui.backend.called("submit")
        assert text == "/help"


async def test_two_slashes_send_one() -> None:
    async with canvas_opened("versions") as ui:
        await ui.write("//usr/bin is full")
        await press(ui, "enter")
        ((_, text, _),) = ui.backend.called("submit")
        assert text == "/usr/bin is full"


async def test_searching_the_web() -> None:
    async with canvas_opened("versions") as ui:
        await ui.write("/search tides at Dover")
        await press(ui, "enter")
        assert fake(ui).called("act") == [(THREAD, SEARCH, "tides at Dover", QUEUE)]


async def test_nothing_is_asked_of_a_version_that_the_agent_does_not_work_on() -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+left")
        await ui.write("/emojis")
        await press(ui, "enter")
        assert not fake(ui).called("act")
        assert any("works on version 2 of 2" in toast for toast in ui.toasts())


async def test_hints_and_completion_while_typing() -> None:
    async with canvas_opened("versions") as ui:
        await ui.write("/tr")
        await settled(ui)
        assert "/translate english, mandarin, hindi" in ui.text("#chips")
        await press(ui, "tab")
        assert ui.composer.text == "/translate "
        await ui.write("fr")
        await press(ui, "tab")
        assert ui.composer.text == "/translate french"


def test_a_hint_says_what_there_is() -> None:
    assert "translate" in hint("/", states.ONE.kind) and "port" not in hint("/", states.ONE.kind)
    assert hint("/zzz", None).startswith("No such command")
    assert hint("/translate frenchzzz", ArtifactKind.TEXT).startswith("/translate takes english, ")
    assert hint("/emojis many", ArtifactKind.TEXT) == "/emojis takes nothing more"
    assert hint("plain", None) == "" and hint("//x", None) == ""
    assert complete("/em", states.ONE.kind) == "/emojis" and complete("/l", states.ONE.kind) == "/le"
    assert complete("/attach some/path", None) == ""


async def test_versions_are_listed_restored_and_compared() -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+v", "down", "r")
        assert fake(ui).called("save") == [(THREAD, states.ONE, 2)]
        await press(ui, "alt+v", "down", "c")
        assert fake(ui).called("choose") == [(THREAD, 1)]
        await press(ui, "alt+v", "down", "enter")
        assert "version 1 of 2" in head(ui) and "summer time" in shown(ui)
        await press(ui, "alt+v", "up", "d")
        assert "version 1 and 2" in head(ui)


async def test_keys_that_have_nothing_to_do_say_so() -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+i")
        assert any("Nothing is selected" in toast for toast in ui.toasts()) and ui.composer.has_focus
        await press(ui, "alt+k", "alt+x")
        assert ui.toasts()[-1] == "The canvas asks nothing just now."
    async with canvas_opened(STATES["done"]()) as ui:
        await press(ui, "alt+d")
        assert ui.toasts()[-1].startswith("There is no document in this thread yet.")


async def test_esc_leaves_a_comparison_from_the_composer_too() -> None:
    async with canvas_opened("versions") as ui:
        await press(ui, "alt+d")
        assert ui.composer.has_focus and ui.main.mode.diff
        await press(ui, "escape")
        assert not ui.main.mode.diff
