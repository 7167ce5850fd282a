"""The window's title and its bell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canvas_tui.core.model import Interrupt, Link, Phase, Session, ThreadList, ThreadRow
from canvas_tui.ui.glyphs import UNICODE
from canvas_tui.ui.window import GIVE_BACK, KEEP, Window

ROW = ThreadRow("t1", "Tides", 0.0)
AT_REST = Session("t1")
RUNNING = replace(AT_REST, link=Link(phase=Phase.LIVE))


@pytest.fixture
def written() -> list[str]:
    return []


def window(written: list[str], *, titled: bool = True, rings: bool = False) -> Window:
    return Window(written.append, UNICODE, titled=titled, rings=rings)


def threads(row: ThreadRow) -> ThreadList:
    return ThreadList((row,))


def test_the_title_tells_the_thread_and_its_state_and_is_written_at_changes_alone(written: list[str]) -> None:
    told = window(written)
    for session in (AT_REST, AT_REST, RUNNING, RUNNING, replace(AT_REST, interrupts=(Interrupt("i1", "?"),))):
        told.show(threads(ROW), session, seen=True)
    told.leave()
    told.leave()
    assert written == [
        f"{KEEP}\x1b]2;Tides · canvas-tui\x07",
        "\x1b]2;● Tides · canvas-tui\x07",
        "\x1b]2;◆ Tides · canvas-tui\x07",
        GIVE_BACK,
    ]


def test_a_thread_without_a_title_leaves_the_programs_name(written: list[str]) -> None:
    window(written).show(ThreadList(), AT_REST, seen=True)
    assert written == [f"{KEEP}\x1b]2;canvas-tui\x07"]


def test_a_title_cannot_steer_the_terminal(written: list[str]) -> None:
    window(written).show(threads(replace(ROW, title="a\x07\x1b]52;c;eA==\x07\x9c\u202eb" + "c" * 500)), AT_REST, seen=True)
    (told,) = written
    body = told.removeprefix(f"{KEEP}\x1b]2;").removesuffix("\x07")
    assert body.isprintable() and len(body) < 100


def test_nothing_is_written_where_no_title_is_wished(written: list[str]) -> None:
    told = window(written, titled=False)
    told.show(threads(ROW), RUNNING, seen=False)
    told.show(threads(ROW), AT_REST, seen=False)
    told.leave()
    assert written == []


@pytest.mark.parametrize(("rings", "seen", "rung"), [(True, False, 1), (True, True, 0), (False, False, 0)])
def test_it_rings_where_a_run_ends_that_nobody_looks_at(written: list[str], rings: bool, seen: bool, rung: int) -> None:
    told = window(written, titled=False, rings=rings)
    for running in (True, True, False, False):
        told.show(threads(replace(ROW, running=running)), AT_REST, seen=seen)
    assert written == ["\a"] * rung
