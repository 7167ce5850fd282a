"""What the looks promise: grounds on few colours, values that keep off the edge, words for who is talked to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.color import Color, ColorSystem
from textual.command import CommandList

from canvas_tui.core.model import Message, Outgoing, Role, ServerKind, ServerPhase, Session, Standing, Usage
from canvas_tui.ui.glyphs import UNICODE
from canvas_tui.ui.screens.help import HelpScreen
from canvas_tui.ui.screens.main import MainScreen
from canvas_tui.ui.themes import FEWER, OWN
from canvas_tui.ui.widgets.status import elsewhere, waiting_line

from .driving import SMALL, Opened, opened
from .states import ROWS, STATES, THREAD


@pytest.mark.parametrize("theme", FEWER, ids=lambda theme: theme.name)
def test_grounds_on_256_colours_are_greys_that_differ(theme: object) -> None:
    names = ("background", "surface", "panel")
    numbers = [Color.parse(getattr(theme, name)).downgrade(ColorSystem.EIGHT_BIT).number for name in names]
    assert len(set(numbers)) == 3
    assert all(number is not None and (number >= 232 or number == 231) for number in numbers)


def test_the_looks_for_few_colours_are_the_same_otherwise() -> None:
    for theme, other in zip(OWN, FEWER, strict=True):
        assert (theme.name, theme.dark, theme.primary, theme.foreground) == (other.name, other.dark, other.primary, other.foreground)


async def test_few_colours_choose_the_looks_for_them() -> None:
    async with opened("empty", truecolor=False) as ui:
        assert ui.app.current_theme.background == FEWER[0].background


def rows(ui: Opened) -> list[str]:
    return ui.text("#run").splitlines()


async def test_values_of_the_run_keep_off_the_edge() -> None:
    backend = STATES["streaming"]()
    session = backend.sessions[THREAD]
    assert session.run is not None
    run = replace(session.run, node="replyToGeneralInput", usage=Usage(123_456, 10_717))
    backend.sessions[THREAD] = replace(session, run=run)
    backend.set_server(kind=ServerKind.PYTHON, version="0.16.7-with-a-long-tail")
    async with opened(backend) as ui:
        told = rows(ui)
        width = ui.main.query_one("#run").size.width
        assert [line.rstrip() for line in told if "running" in line or "reply" in line] == [" running in", " replyToGeneralInput"]
        assert any("123,456 / 10,717" in line for line in told)
        assert all(len(line.rstrip()) < width for line in told)
        assert "answering" in ui.text("#status")


async def test_who_is_talked_to() -> None:
    async with opened("empty") as ui:
        ui.backend.set_server(model="scripted model")
        await ui.pilot.pause()
        assert "You talk to the scripted model.\nIt thinks nothing up: write /help to it." in ui.text("#welcome")
        ui.backend.set_server(model="llama3.2 at 127.0.0.1:11434")
        await ui.pilot.pause()
        assert "You talk to llama3.2 at 127.0.0.1:11434." in ui.text("#welcome")


async def test_a_server_that_is_away_has_its_keys() -> None:
    async with opened("empty", SMALL) as ui:
        ui.backend.set_server(phase=ServerPhase.DOWN, sentence="Cannot reach it.")
        await ui.pilot.pause()
        assert ui.text("#server").split("\n")[-1] == "Ctrl+R tries now  F8 says why"


async def test_an_empty_composer_says_what_it_is_for() -> None:
    async with opened("done") as ui:
        assert ui.composer.placeholder == "Write a message"
    async with opened("question") as ui:
        assert ui.composer.placeholder == "Your answer"


async def test_commands_are_offered_over_help_and_no_other_dialogue() -> None:
    async with opened("done") as ui:
        await ui.press("f1")
        assert isinstance(ui.app.screen, HelpScreen)
        await ui.press("ctrl+p")
        assert isinstance(ui.app.screen_stack[-2], MainScreen)
        await ui.press("ctrl+p")
        assert len(ui.app.screen_stack) == 2


@pytest.mark.parametrize("size", [(60, 20), SMALL, (120, 40)])
async def test_help_cuts_no_words(size: tuple[int, int]) -> None:
    async with opened("done", size) as ui:
        await ui.press("f1")
        await ui.pilot.pause()
        shown = ui.app.screen.query_one("#help-keys")
        said = " ".join(" ".join(line.plain for line in shown.lines).split())  # type: ignore[attr-defined]
        assert "Send the selected (or last) message again in other words, as a branch" in said
        assert "/translate Translate: english, mandarin, hindi, spanish, french" in said
        assert all(line.cell_length <= shown.size.width for line in shown.lines)  # type: ignore[attr-defined]


async def test_what_there_is_to_say_of_no_threads_stands_where_they_would() -> None:
    async with opened("done") as ui:
        await ui.press("ctrl+t", *"zz")
        ui.backend.set_rows(query="zz")
        await ui.pilot.pause()
        search, note = ui.main.query_one("#threads-search").region, ui.main.query_one("#threads-note").region
        assert ui.text("#threads-note").strip() == "Nothing found. Esc clears"
        assert note.y - search.bottom <= 2
        ui.backend.set_rows(*ROWS)
        await ui.pilot.pause()
        assert ui.main.query_one("#threads-list").region.height > 10


@pytest.mark.parametrize(
    ("standings", "words"),
    [
        ((), ""),
        ((Standing.QUEUED,), "1 message waits"),
        ((Standing.QUEUED,) * 2, "2 messages wait"),
        ((Standing.UNSENT,), "1 message not sent"),
        ((Standing.UNSENT, Standing.QUEUED), "1 message waits, 1 message not sent"),
    ],
)
def test_messages_that_have_not_left(standings: tuple[Standing, ...], words: str) -> None:
    queue = tuple(Outgoing(Message("h", Role.HUMAN, "hi", standing=standing), "s") for standing in standings)
    assert waiting_line(Session("t", queue=queue)) == words


@pytest.mark.parametrize(("keys", "selector"), [((), "#composer"), (("ctrl+t",), "#threads-search"), (("ctrl+p",), "CommandInput")])
async def test_without_colour_one_sees_where_one_writes(keys: tuple[str, ...], selector: str) -> None:
    async with opened("done", color=False) as ui:
        await ui.press(*keys, *"ab")
        field = ui.app.screen.query_one(selector)
        segments = [segment for y in range(field.size.height) for segment in field.render_line(y)]
        assert any(segment.style is not None and segment.style.reverse for segment in segments)


async def test_without_colour_the_chosen_command_stands_out() -> None:
    async with opened("done", color=False) as ui:
        await ui.press("ctrl+p")
        await ui.pilot.pause()
        listed = ui.app.screen.query_one(CommandList)
        chosen = [y for y in range(6) if any(s.style is not None and s.style.reverse for s in listed.render_line(y) if s.text.strip())]
        assert chosen == [0, 1], "its name, and its key below"


def test_where_the_list_is_not_seen_a_line_counts_the_other_threads() -> None:
    more = (*ROWS, replace(ROWS[2], id="t10"), replace(ROWS[0], id="t11"))
    assert [line.plain for line in elsewhere(more, THREAD, UNICODE)] == ["◆1", "●1", "•2"]
    assert [line.plain for line in elsewhere(ROWS, "t2", UNICODE)] == ["●1", "•1"]
    assert elsewhere(ROWS[4:], THREAD, UNICODE) == []
