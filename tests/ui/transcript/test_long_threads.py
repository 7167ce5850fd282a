"""Threads of very many messages: the newest stand at once, the others are made in slices, and in the end all is as if made in one go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import Selection

from canvas_tui.core.artifact import Branch
from canvas_tui.core.model import Message, Notice, NoticeKind, Role, Session, ToolCall
from canvas_tui.ui.widgets import lines_rows, transcript_column
from canvas_tui.ui.widgets.lines_select import number
from canvas_tui.ui.widgets.transcript_column import Column

from .host import Host, agent, human, thread

NEWEST = 8


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript_column, "NEWEST", NEWEST)
    monkeypatch.setattr(transcript_column, "_AT_ONCE", 3)


def talk(count: int, since: int = 0) -> Session:
    return thread(*(m for n in range(since, count) for m in (human(f"question {n}", f"h{n}"), agent(f"answer {n}", f"a{n}"))))


def at_once(session: Session) -> list[str]:
    """What stands in a column that makes everything in one go."""
    column = Column()
    column.take(session, 1.0, 60)
    column.work(lambda: False)
    return [f"{entry.key} {entry.source}" for entry in column.entries]


def shown(column: Column) -> list[str]:
    return [f"{entry.key} {entry.source}" for entry in column.entries]


def test_the_newest_first() -> None:
    column = Column()
    column.take(talk(20), 1.0, 60)
    assert [entry.source for entry in column.entries] == [text for n in range(16, 20) for text in (f"question {n}", f"answer {n}")]
    assert column.unmade
    slices = 0
    while not column.work(lambda: True):
        assert len(column.entries) == NEWEST
        slices += 1
    assert slices > 3 and not column.unmade
    assert shown(column) == at_once(talk(20)) and len(column.entries) == 40


def test_an_entry_keeps_its_number() -> None:
    column = Column()
    column.take(talk(20), 1.0, 60)
    before = {entry.key: column.origin + index for index, entry in enumerate(column.entries)}
    column.work(lambda: False)
    after = {entry.key: column.origin + index for index, entry in enumerate(column.entries)}
    assert before.items() <= after.items()
    assert column.origin > 0


def test_what_stood_stands_while_it_is_made_anew() -> None:
    column = Column()
    column.take(talk(20), 1.0, 60)
    column.work(lambda: False)
    stood = [*column.entries]
    grown = replace(talk(20), history=(*(replace(m) for m in talk(20).history), human("more", "h99")))
    column.take(grown, 2.0, 60)
    assert column.unmade
    assert column.entries[:40] == stood and [entry.source for entry in column.entries[40:]] == ["more"]
    column.work(lambda: False)
    assert all(a is b for a, b in zip(column.entries, stood, strict=False))


def test_what_is_gone_goes_when_all_is_made() -> None:
    column = Column()
    column.take(talk(20), 1.0, 60)
    column.work(lambda: False)
    column.take(talk(20, since=5), 2.0, 60)
    column.work(lambda: False)
    assert shown(column) == at_once(talk(20, since=5))


kinds = st.sampled_from(["human", "agent", "hidden", "call", "result", "system"])
ids = st.integers(0, 30)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    history: list[Message] = []
    for kind, id in draw(st.lists(st.tuples(kinds, ids), max_size=40)):
        role = {"human": Role.HUMAN, "result": Role.TOOL, "system": Role.SYSTEM}.get(kind, Role.AI)
        calls = (ToolCall(f"c{id}", "look"),) if kind == "call" else ()
        message = Message(f"m{id}{kind}", role, f"{kind} {id}", tool_calls=calls, hidden=kind == "hidden")
        if all(each.id != message.id for each in history):
            history.append(replace(message, tool_call_id=f"c{id}") if kind == "result" else message)
    named = [message.id for message in history] or [""]
    notices = [Notice(n, NoticeKind.STOPPED, 1.0, 1.0, draw(st.sampled_from(named))) for n in range(draw(st.integers(0, 3)))]
    branches = [Branch(name, 1, 2) for name in draw(st.lists(st.sampled_from(named), max_size=2, unique=True))]
    return thread(*history, notices=tuple(notices), branches=tuple(branches), live=(agent("now", "live"),))


@given(st.lists(st.tuples(sessions(), st.integers(0, 6)), min_size=1, max_size=4))
def test_whatever_came_before(steps: list[tuple[Session, int]]) -> None:
    """Any states, one after the other, each followed by some slices of work, end in what the last one gives by itself."""
    column = Column()
    for session, slices in steps:
        column.take(session, 1.0, 60)
        for _ in range(slices):
            column.work(lambda: True)
        assert column.height == sum(entry.height for entry in column.entries) + _gaps(column)
    column.work(lambda: False)
    assert shown(column) == at_once(steps[-1][0])


def _gaps(column: Column) -> int:
    pairs = zip(column.entries, column.entries[1:], strict=False)
    return sum(1 for above, below in pairs if below.height and not (above.close and below.close))


# -- on the screen ---------------------------------------------------------------------------------------------------


def text(rows: list[str]) -> list[str]:
    """Without the scroll bar, whose thumb is shorter in the end."""
    return [row[:58].rstrip() for row in rows[:8]]


async def made(app: Host, pilot: Pilot[None]) -> None:
    while app.transcript.rows.unmade:
        await pilot.pause()


def slowly(app: Host, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Nothing older is made before this is called."""
    held = app.transcript.rows.work
    monkeypatch.setattr(app.transcript.rows, "work", lambda enough: False)
    return lambda: monkeypatch.setattr(app.transcript.rows, "work", held)


async def test_its_end_is_seen_and_then_its_beginning() -> None:
    app = Host(talk(40))
    async with app.run_test(size=(60, 12)) as pilot:
        assert "answer 39" in "\n".join(app.rows())
        await made(app, pilot)
        assert "answer 39" in "\n".join(app.rows()) and app.transcript.following and not app.transcript.below
        app.transcript.scroll_home(animate=False)
        await pilot.pause()
        assert "question 0" in app.rows()[0]


async def test_what_is_looked_at_stays_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        app.transcript.show(talk(40), 1.0)
        go_on = slowly(app, monkeypatch)
        app.transcript.scroll_to(y=3, animate=False)
        await pilot.pause()
        rows = app.rows()
        app.transcript.screen.selections = {
            app.transcript: Selection(
                Offset(0, number(app.transcript.in_view[0][0], app.transcript.rows.origin)),
                Offset(60, number(app.transcript.in_view[6][0], app.transcript.rows.origin)),
            )
        }
        selected = app.screen.get_selected_text()
        go_on()
        await made(app, pilot)
        await pilot.pause()
        assert text(app.rows()) == text(rows) and len(app.transcript.entries) == 80
        assert selected and app.screen.get_selected_text() == selected


async def test_who_is_at_the_top_is_at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        app.transcript.show(talk(40), 1.0)
        go_on = slowly(app, monkeypatch)
        app.transcript.scroll_home(animate=False)
        await pilot.pause()
        assert "question 36" in app.rows()[0]
        go_on()
        await made(app, pilot)
        await pilot.pause()
        assert "question 0" in app.rows()[0]


async def test_a_search_finds_what_is_made_later(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Host()
    async with app.run_test(size=(60, 12)) as pilot:
        app.transcript.show(talk(40), 1.0)
        go_on = slowly(app, monkeypatch)
        app.transcript.find("answer")
        await pilot.pause()
        assert app.found[-1] == (4, True)
        go_on()
        await made(app, pilot)
        while app.found[-1] != (40, True):
            await pilot.pause()


async def test_another_width_keeps_what_is_read_in_view_and_reckons_the_rest_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_rows, "_AT_ONCE", 5)
    long = " ".join(["words that are wrapped"] * 12)
    app = Host(thread(*(m for n in range(100) for m in (human(f"question {n}", f"h{n}"), agent(f"{n}: {long}", f"a{n}")))))
    async with app.run_test(size=(100, 20)) as pilot:
        rows = app.transcript.rows
        await wait_made(app, pilot)
        app.transcript.scroll_to(y=rows.row(lines_rows.Place(100, 0)), animate=False)
        await pilot.pause()
        before = app.rows()[0]
        app.transcript.enough = lambda: True  # type: ignore[method-assign]
        await pilot.resize_terminal(50, 20)
        await pilot.pause()
        await wait_made(app, pilot)
        assert app.rows()[0] == before.rstrip() and "question 50" in before
        unseen = [entry for entry in rows.entries[:60] if entry.lines is None]
        assert len(unseen) > 50 and all(entry.height == entry.estimate(app.transcript.size.width) for entry in unseen)


async def wait_made(app: Host, pilot: Pilot[None]) -> None:
    while app.transcript.rows.unmade:
        await pilot.pause(0.001)


def test_while_an_answer_comes_the_list_of_entries_is_changed_at_its_end() -> None:
    """With ten thousand messages a new list costs more than the words that came."""
    column, session = Column(), talk(40)
    for words in ("An", "An answer"):
        column.take(replace(session, live=(agent(words, "new"),)), 1.0, 60)
        column.work(lambda: False)
    entries = column.entries
    column.take(replace(session, live=(agent("An answer that", "new"), agent("Another", "newer"))), 1.0, 60)
    assert column.entries is entries and [entry.source for entry in entries[-3:]] == ["answer 39", "An answer that", "Another"]
    column.take(replace(session, live=()), 1.0, 60)
    assert column.entries is entries and entries[-1].source == "answer 39"
