"""The wire pane: what came as lines, silence on the timeline, filter, stop, and an event opened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from canvas_tui.core.model import Failure, FailureKind
from canvas_tui.core.ports import Change
from canvas_tui.core.serverlog import ServerLog
from canvas_tui.core.wirelog import WireLog
from canvas_tui.ui.app import CanvasApp
from canvas_tui.ui.screens.event import EventScreen, pretty
from canvas_tui.ui.widgets.composer import Composer
from canvas_tui.ui.widgets.wire_pane import WirePane

from .driving import LARGE, SMALL, Opened, make, opened
from .fake_backend import FakeBackend
from .states import NOW, RUN, STATES, THREAD

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")


def story() -> WireLog:
    """Forty seconds before now: tokens, a silence with heartbeats, a cut, a reconnect, tokens again."""
    log, at = WireLog(), NOW - 40
    log.opened(at)
    log.heard(at + 0.5, 109, 0)
    log.event(at + 0.5, "metadata", "1790000000500-0", '{"run_id": "r", "attempt": 1}')
    for number in range(60):
        log.heard(at + 1 + number / 10, 900 + number * 13 % 400, 0)
        log.event(
            at + 1 + number / 10, "messages", f"17900000{1000 + number * 100:05}-0", '[{"content": " tide"}, {"langgraph_node": "agent"}]'
        )
    for beat in (10, 15, 20):
        log.heard(at + beat, 15, 1)
    log.closed(at + 26, Failure(FailureKind.CUT))
    log.closed(at + 26.3, Failure(FailureKind.REFUSED, where="127.0.0.1:2024"))
    log.opened(at + 28)
    for number in range(50):
        log.heard(at + 29 + number / 5, 900, 0)
        log.event(at + 29 + number / 5, "messages" if number % 9 else "updates", f"17900000{29000 + number * 200:05}-0", "[1]")
    return log


def backend(log: WireLog | None = None) -> FakeBackend:
    made = STATES["streaming"]()
    made.wires[THREAD] = log if log is not None else story()
    return made


@asynccontextmanager
async def watching(size: tuple[int, int] = LARGE, log: WireLog | None = None) -> AsyncIterator[tuple[Opened, WirePane]]:
    async with opened(backend(log), size) as ui:
        await ui.press("alt+w")
        yield ui, ui.main.query_one(WirePane)


def _is_event(ui: Opened) -> bool:
    return isinstance(ui.app.screen, EventScreen)


def lines(pane: WirePane) -> list[str]:
    return [line.plain.rstrip() for line in pane.lines]


async def test_shows_the_newest_last_under_a_timeline() -> None:
    async with watching() as (ui, pane):
        plot, *rows = lines(pane)
        assert plot.endswith("now") and "✗" in plot and "·" in plot
        silence = plot[plot.index("·") : plot.index("✗")]
        assert silence.count(" ") > 8, "silence is empty"
        assert rows[-1].split()[-1].endswith("8800-0") and "messages" in rows[-1]
        assert str(pane.border_title).endswith("L log  1 cut"), "a total that has no room is left out whole"
        await ui.press("escape")
        assert str(pane.border_title) == "Wire  all  1 cut  111 events  3 heartbeats  110.6 kB"


async def test_cuts_and_reconnects_are_lines_in_words() -> None:
    async with watching() as (ui, pane):
        await ui.press("f", "f", "f")
        told = "\n".join(lines(pane))
        assert "the connection to the server was cut" in told
        assert "cannot reach 127.0.0.1:2024" in told
        assert told.count("connected") == 2 and "messages" not in told


async def test_an_event_opens_to_its_json_and_closes_again() -> None:
    async with watching() as (ui, pane):
        await ui.press("up", "up", "enter")
        assert _is_event(ui)
        await ui.press("c")
        assert ui.app.clipboard == "[1]"
        await ui.press("escape")
        assert not _is_event(ui) and pane.has_focus
        assert not ui.backend.called("stop")


def came(ui: Opened, log: WireLog, name: str) -> None:
    """An event that shows nothing beside the wire."""
    log.event(NOW, name, "9-0", "{}")
    ui.backend.clock += 1
    session = ui.main.session
    ui.backend.set_session(replace(session, link=replace(session.link, event_at=NOW)))


async def test_stands_still_while_more_comes_and_runs_on_again() -> None:
    log = story()
    async with watching(log=log) as (ui, pane):
        await ui.press("space")
        before = lines(pane)[1:]
        came(ui, log, "values")
        await ui.pilot.pause()
        assert lines(pane)[1:] == before
        await ui.press("end")
        assert "values" in lines(pane)[-1]


async def test_follows_what_comes() -> None:
    log = story()
    async with watching(log=log) as (ui, pane):
        came(ui, log, "custom")
        await ui.pilot.pause()
        assert "custom" in lines(pane)[-1]


async def test_is_hidden_until_asked_for_and_gives_the_keys_back() -> None:
    async with opened(backend()) as ui:
        pane = ui.main.query_one(WirePane)
        assert not pane.display and not pane.lines, "closed, it draws nothing"
        await ui.press("alt+w")
        assert pane.has_focus
        await ui.press("escape")
        assert pane.display and isinstance(ui.app.focused, Composer) and not ui.backend.called("stop")
        await ui.press("alt+w")
        assert not pane.display


async def test_hostile_names_and_data_do_nothing() -> None:
    log = WireLog()
    log.opened(NOW - 1)
    log.event(NOW, "\x1b[31m[red]name", "[link=x]1\x07", '"\\u001b]0;owned\\u0007 [bold]x[/bold]"')
    async with watching(log=log) as (ui, pane):
        assert "[red]name" in lines(pane)[-1] and "\x1b" not in "\n".join(lines(pane))
        await ui.press("up", "enter")
        assert "[bold]x[/bold]" in ui.screen_text() and "\x1b" not in ui.screen_text()


def test_what_is_no_json_is_shown_as_it_came() -> None:
    assert pretty("{broken") == "{broken" and pretty('{"a":1}') == '{\n  "a": 1\n}' and pretty("[" * 100_000)[:3] == "[[["


# -- the server's log beside it ----------------------------------------------------------------------------------------------


def server_log() -> ServerLog:
    """What the server of `story` wrote meanwhile: the run begins, the model fails once, another run goes by."""
    log, at = ServerLog(), NOW - 40
    log.add(at - 0.4, f"2026-11-22T13:48:37.860Z [info     ] Created run                    [langgraph_api.models.run] run_id={RUN}")
    log.add(at + 0.2, f"2026-11-22T13:48:38.555Z [info     ] Starting background run        [langgraph_api.worker] run_id={RUN}")
    log.add(at + 26.1, "2026-11-22T13:49:04.100Z [error    ] The model's endpoint hung up   [agent]")
    log.add(at + 26.1, "Traceback (most recent call last):")
    log.add(at + 26.1, '  File "agent/nodes.py", line 41, in call_model')
    log.add(at + 26.1, "httpx.RemoteProtocolError: peer closed connection without sending complete message body")
    log.add(at + 28.3, f"2026-11-22T13:49:06.300Z [info     ] GET /threads/{THREAD}/runs/{RUN}/stream 200 12ms")
    log.add(at + 38.7, "2026-11-22T13:49:16.700Z [info     ] Starting background run        [langgraph_api.worker] run_id=another")
    return log


@asynccontextmanager
async def beside(size: tuple[int, int] = LARGE, log: ServerLog | None = None) -> AsyncIterator[tuple[Opened, WirePane]]:
    async with watching(size) as (ui, pane):
        ui.backend.log = log if log is not None else server_log()
        await ui.press("l")
        yield ui, pane


async def test_the_log_is_watched_on_the_users_wish_only_and_let_go() -> None:
    async with opened(backend()) as ui:
        await ui.press("alt+w", "f", "up", "escape", "alt+w", "alt+w")
        assert ui.backend.called("watch_log") == [(False,)], "not to look at the wire"
        await ui.press("l", "l", "l", "alt+w")
        assert [on for (on,) in ui.backend.called("watch_log")] == [False, True, False, True, False]
        assert "l" not in ui.composer.text


async def test_the_key_stands_in_the_border() -> None:
    async with watching() as (ui, pane):
        assert "L log" in str(pane.border_title)
        ui.backend.log = server_log()
        await ui.press("l")
        assert "L log off" in str(pane.border_title)


async def test_lines_stand_among_the_events_by_their_time() -> None:
    async with beside() as (ui, pane):
        last = [line for line in lines(pane)[1:] if "Starting background run" in line or "8800-0" in line or "8600-0" in line]
        assert [("background" in line) for line in last] == [False, True, False], "between the events of 38.6 and 38.8 s"
        assert "│ [info] Starting background run" in last[1] and "0:38.70" in last[1], "without its own time and padding"
        await ui.press("f", "f", "pageup", "pageup", *["up"] * 4)
        told = [line for line in lines(pane)[1:] if "cut" in line or "│" in line or "cannot" in line]
        at = next(index for index, line in enumerate(told) if "was cut" in line)
        assert "endpoint hung up" in told[at + 1] and "cannot reach" in told[at + 5]


async def test_errors_and_lines_of_the_open_run_stand_out() -> None:
    async with beside() as (ui, pane):
        await ui.press("f", "f", "f", "f")
        styles = {line.plain[line.plain.index("│") + 2 :][:22]: str(line.spans[-1].style) for line in pane.lines[1:]}
        assert [
            styles[name]
            for name in ("[info] Created run [la", "[error] The model's en", "Traceback (most recent", "httpx.RemoteProtocolEr")
        ] == [
            "bold $text-secondary",
            "$text-error",
            "$text-error",
            "$text-error",
        ]
        assert [line.spans[-1].style for line in pane.lines if "another" in line.plain] == ["$text-secondary"]
        assert lines(pane)[1].startswith(" -0:00.40"), "before the wire began"


async def test_enter_on_a_line_shows_its_moment_and_then_the_line() -> None:
    async with beside() as (ui, pane):
        await ui.press("f", "f", "f", "f", "up", "up", "up")
        assert "Enter its moment" in str(pane.border_title)
        await ui.press("enter")
        shown = lines(pane)[1:]
        assert any("was cut" in line for line in shown) and any("RemoteProtocolError" in line for line in shown)
        assert any("heartbeat" in line for line in shown), "and what came before"
        await ui.press("enter")
        assert _is_event(ui) and "complete message body" in ui.screen_text()
        await ui.press("c", "escape")
        assert ui.app.clipboard.startswith("httpx.RemoteProtocolError") and not _is_event(ui)


async def test_a_click_chooses_a_line_and_the_next_one_shows_its_moment() -> None:
    async with beside() as (ui, pane):
        await ui.press("f", "f", "f", "f")
        row = next(at for at, line in enumerate(lines(pane)) if "RemoteProtocolError" in line)
        await ui.pilot.click(pane, offset=(20, row + 1))  # under the border
        assert "Enter its moment" in str(pane.border_title)
        await ui.pilot.click(pane, offset=(20, row + 1))
        await ui.pilot.pause()
        shown = lines(pane)[1:]
        assert any("was cut" in line for line in shown) and any("heartbeat" in line for line in shown)
        assert any("RemoteProtocolError" in line for line in shown)


async def test_the_filter_has_the_log_while_it_is_there() -> None:
    async with beside() as (ui, pane):
        await ui.press("f", "f", "f", "f")
        assert "F log" in str(pane.border_title) and all("│" in line for line in lines(pane)[1:])
        await ui.press("l")
        assert "F all" in str(pane.border_title) and "│" not in "".join(lines(pane))
        await ui.press("f", "f", "f", "f")
        assert "F all" in str(pane.border_title)


async def test_new_lines_come_by_themselves_and_wait_while_it_stands_still() -> None:
    async with beside() as (ui, pane):
        await ui.press("space")
        ui.backend.log.add(NOW, "one more")
        ui.backend.clock += 1
        ui.backend.tell(Change.LOG)
        await ui.pilot.pause()
        assert "one more" not in lines(pane)[-1]
        await ui.press("space")
        assert "one more" in lines(pane)[-1]
        ui.backend.log.add(NOW + 1, "and another")
        ui.backend.clock += 1
        ui.backend.tell(Change.LOG)
        await ui.pilot.pause()
        assert "and another" in lines(pane)[-1]


async def test_hostile_lines_do_nothing() -> None:
    log = ServerLog()
    log.add(NOW, "\x1b]0;owned\x07 [link=x]click[/link] \u202eabc \x1b[2J")
    async with beside(log=log) as (ui, pane):
        assert "[link=x]click[/link]" in lines(pane)[-1]
        await ui.press("up", "enter")
        assert _is_event(ui)
        assert not {"\x1b", "\x07", "\u202e"} & set(ui.screen_text() + lines(pane)[-1])


# -- pictures -----------------------------------------------------------------------------------------------------------------


def app(**options: Any) -> CanvasApp:
    return make(backend(), **options)


@SIZES
def test_looks(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    assert snap_compare(app(), press=("alt+w",), terminal_size=size)


@SIZES
def test_looks_at_a_stall_and_a_reconnect(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    assert snap_compare(app(), press=("alt+w", "f", "f", "f"), terminal_size=size)


@SIZES
def test_looks_open(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    async def open_one(pilot: Pilot[None]) -> None:
        await pilot.pause()  # the screen has begun
        await pilot.press("alt+w", "f", "up", "up", "enter")
        await pilot.pause()

    assert snap_compare(app(), run_before=open_one, terminal_size=size)


def test_looks_chosen_in_ascii(snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(app(ascii=True), press=("alt+w", "f", "f", "f", "up"), terminal_size=LARGE)


@SIZES
def test_looks_with_the_log(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    made = backend()
    made.log = server_log()
    assert snap_compare(make(made), press=("alt+w", "l", "f", "f"), terminal_size=size)


def test_looks_at_the_moment_of_a_line(snap_compare: Callable[..., bool]) -> None:
    made = backend()
    made.log = server_log()
    assert snap_compare(make(made, ascii=True), press=("alt+w", "l", "f", "f", "f", "f", "up", "up", "up", "enter"), terminal_size=LARGE)
