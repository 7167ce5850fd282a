"""Where the transcript stands: at its end while it is followed, at its place while it is read."""

from __future__ import annotations

from dataclasses import replace

from textual.pilot import Pilot

from canvas_tui.core.model import Standing

from .driving import click, many, until, words, writing
from .host import Host, agent, human, thread


async def test_the_view_follows_until_the_reader_scrolls_up() -> None:
    app = Host()
    async with app.run_test(size=(60, 10)) as pilot:
        transcript = app.transcript
        text = "\n\n".join(f"paragraph {n}" for n in range(20))
        transcript.show(writing(text), 1.0)
        assert "paragraph 19" in words(app) and transcript.following
        await pilot.press("pageup")
        await pilot.pause()
        seen = words(app)
        assert "paragraph 19" not in seen and not transcript.following and not transcript.below
        transcript.show(writing(text + "\n\nparagraph 20"), 2.0)
        assert [row[:59].rstrip() for row in app.rows()] == [row[:59].rstrip() for row in seen.split("\n")]  # but for the scroll bar
        assert transcript.below
        transcript.to_end()
        assert "paragraph 20" in words(app) and transcript.following and not transcript.below


async def test_the_scroll_bar_is_right_also_where_it_was_not_drawn_again() -> None:
    """It reaches the bottom at the end: a layout takes its sizes anew, but not its position."""
    app = Host()
    async with app.run_test(size=(60, 17)) as pilot:
        for lines in range(40, 70):
            app.transcript.show(writing("\n\n".join(f"line {n}" for n in range(lines))), 1.0)
            await pilot.pause()
        app.refresh(layout=True)
        await pilot.pause()
        bar = app.transcript.vertical_scrollbar
        assert bar.position + bar.window_size == bar.window_virtual_size


async def test_what_comes_below_is_told_though_what_is_above_was_guessed_too_high() -> None:
    """Seen: scrolled up in an older answer, whose blank lines had been guessed as rows, nothing told for 200 tokens."""
    app = Host()
    before = agent("one" + "\n" * 200 + "two", "a0")
    text = "\n\n".join(f"paragraph {n}" for n in range(6))
    async with app.run_test(size=(60, 10)) as pilot:
        app.transcript.show(thread(before, live=(agent(text, "live", Standing.WRITING),)), 1.0)
        assert "paragraph 5" in words(app)
        await pilot.press("pageup", "pageup")
        await pilot.pause()
        assert "one" in words(app) and not app.transcript.below
        app.transcript.show(thread(before, live=(agent(text + " and more", "live", Standing.WRITING),)), 2.0)
        assert app.transcript.below


async def test_a_long_thread_is_rendered_where_it_is_seen_only() -> None:
    app = Host(many(2_000))
    async with app.run_test(size=(80, 24)) as pilot:
        entries = app.transcript.entries
        assert "answer 999" in words(app)
        assert sum(entry.lines is not None for entry in entries) < 20
        app.transcript.scroll_home(animate=False)
        await until(pilot, lambda: not app.transcript.rows.unmade)  # who is at the top stays there while older ones come
        await pilot.pause()
        assert app.rows()[0].endswith("question 0")
        for _ in range(60):
            app.transcript.scroll_page_down(animate=False)
            await pilot.pause()
        assert sum(entry.lines is not None for entry in entries) < 150


async def test_a_new_width_and_theme_keep_the_place() -> None:
    app = Host(many(40))
    async with app.run_test(size=(80, 20)) as pilot:
        app.transcript.scroll_to(y=30, animate=False)
        await pilot.pause()
        top = app.rows()[0]
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert app.rows()[0] == top
        before = app.transcript.render_lines(app.transcript.size.region)[0]
        app.theme = "canvas-light"
        await pilot.pause()
        await pilot.pause()
        after = app.transcript.render_lines(app.transcript.size.region)[0]
        assert app.rows()[0] == top and list(before) != list(after)


async def test_another_thread_begins_at_its_end() -> None:
    app = Host(many(40))
    async with app.run_test(size=(80, 20)) as pilot:
        app.transcript.scroll_home(animate=False)
        await pilot.pause()
        app.transcript.show(replace(many(60), thread_id="t2"), 1.0)
        assert "answer 29" in words(app) and app.transcript.following


async def test_a_message_of_a_megabyte_is_offered_in_parts() -> None:
    app = Host(thread(human("x" * 1_000_000), agent("word " * 200_000, "a1")))
    async with app.run_test(size=(80, 24)) as pilot:
        height = await _rested(app, pilot)
        assert "more characters" in words(app) and height < 2_000
        app.transcript.toggle_fold()
        opened = await _rested(app, pilot)
        app.transcript.to_end()
        await _rested(app, pilot)
        assert "more characters" in words(app) and opened > height
        await click(app, pilot, "more characters")
        assert await _rested(app, pilot) > opened


async def _rested(app: Host, pilot: Pilot[None]) -> int:
    """How high the conversation is when nothing of it is left to be made."""
    while app.transcript._later is not None:
        await pilot.pause(0.01)
    return app.transcript.virtual_size.height
