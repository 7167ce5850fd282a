"""What is long or many is done in slices, and nothing is done that nobody sees."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from textual.widget import Widget

from canvas_tui.ui.widgets import transcript_body
from canvas_tui.ui.widgets.transcript import Transcript

from .driving import many, paragraphs, until, words, writing
from .host import CONVERSATION, Host, agent, human, thread


@pytest.mark.parametrize("fill", [lambda n: "x" * n, lambda n: "[" * n, lambda n: "- a\n" * (n // 4), lambda n: "> " * n + "deep"])
async def test_hostile_shapes_come_to_an_end(fill: Callable[[int], str]) -> None:
    app = Host(thread(agent(fill(20_000))))
    async with app.run_test(size=(80, 20)) as pilot:
        while app.transcript._later is not None:
            await pilot.pause(0.01)
        assert app.transcript.entries[0].lines


def test_no_attribute_of_textual_is_hidden() -> None:
    own = set(vars(Transcript(id="x"))) - set(vars(Widget(id="x")))
    assert not {name for name in own if hasattr(Widget, name)}


async def test_a_place_that_is_not_shown_yet_is_opened_and_gone_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript_body, "CHUNK", 2_000)
    text = paragraphs(9_000)
    app = Host(thread(human("go"), agent(f"{text}\n\nneedle one\n\n{text}\n\nneedle two")))
    async with app.run_test(size=(80, 20)) as pilot:
        app.transcript.find("needle")
        await pilot.pause()
        assert app.found[-1] == (2, True) and "needle" not in words(app)
        app.transcript.find_next(-1)
        await until(pilot, lambda: "needle one" in words(app))
        app.transcript.find_next()
        await until(pilot, lambda: "needle two" in words(app))


async def test_the_newest_word_of_a_very_long_answer_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript_body, "CHUNK", 2_000)
    app = Host()
    text = paragraphs(30_000)
    async with app.run_test(size=(80, 20)) as pilot:
        app.transcript.show(writing(text), 1.0)
        app.transcript.show(writing(text + "\n\nthe newest"), 2.0)
        await until(pilot, lambda: "the newest" in words(app))
        app.transcript.show(thread(human("go"), agent(text + "\n\nthe newest", "live")), 3.0)
        await until(pilot, lambda: not app.transcript.entries[-1].partial)
        assert "the newest" in words(app) and "more characters" not in words(app)


async def test_work_is_done_in_slices() -> None:
    """With a clock on which every look is a second later, each slice does the least that there is."""
    ticks = count()
    app = Host()
    async with app.run_test(size=(80, 20)) as pilot:
        app.transcript._clock = lambda: float(next(ticks))
        app.transcript.show(thread(*many(40).history, agent(paragraphs(20_000), "big")), 1.0)
        big = app.transcript.entries[-1]
        assert big.partial
        await until(pilot, lambda: not big.partial)
        app.transcript.find("answer 1")
        await until(pilot, lambda: bool(app.found) and app.found[-1] == (11, True))
        assert len(app.found) > 5


async def test_what_is_asked_for_at_once_shares_a_slice() -> None:
    app, now = Host(), 100.0
    async with app.run_test(size=(80, 20)):
        view = app.transcript
        view._clock = lambda: now
        assert view.begin_slice() and not view.enough()
        now += 0.009
        assert not view.begin_slice() and view.enough()
        now += 0.004
        assert view.begin_slice() and not view.enough()


async def test_what_does_not_change_the_look_renders_nothing_anew() -> None:
    app = Host(CONVERSATION)
    async with app.run_test(size=(80, 60)) as pilot:
        lines = [entry.lines for entry in app.transcript.entries]
        app.transcript.focus()
        await pilot.pause()
        app.transcript.blur()
        await pilot.pause()
        assert all(old is entry.lines for old, entry in zip(lines, app.transcript.entries, strict=True))
        app.theme = "canvas-light"
        await pilot.pause()
        assert all(old is not entry.lines for old, entry in zip(lines, app.transcript.entries, strict=True))
