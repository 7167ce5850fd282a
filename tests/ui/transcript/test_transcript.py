"""The transcript in a tiny app: what it shows, what it keeps, what it tells."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest
from textual.filter import NoColor
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import Selection
from textual.widget import Widget

from canvas_tui.core.model import Link, Message, Notice, NoticeKind, Outgoing, Phase, Role, Session, Standing, ToolCall
from canvas_tui.core.notices import Act
from canvas_tui.ui.widgets import transcript_body
from canvas_tui.ui.widgets.lines_select import number
from canvas_tui.ui.widgets.transcript import Transcript

from .host import ANSWER, CONVERSATION, NOTICES, STANDINGS, TOOLS, Host, agent, human, thread


def many(count: int) -> Session:
    return thread(*[m for n in range(count // 2) for m in (human(f"question {n}", f"h{n}"), agent(f"answer {n}\n\nmore of it", f"a{n}"))])


def words(app: Host) -> str:
    return "\n".join(app.rows())


def writing(text: str, **more: object) -> Session:
    return thread(human("go"), live=(agent(text, "live", Standing.WRITING),), **more)


async def click(app: Host, pilot: Pilot[None], text: str) -> None:
    y = next(y for y, row in enumerate(app.rows()) if text in row)
    await pilot.click(Transcript, offset=(app.rows()[y].index(text) + 1, y))
    await pilot.pause()


# -- what is shown -----------------------------------------------------------------------------------------------------


async def test_a_stream_ends_as_the_whole_text_would_look() -> None:
    streamed, whole = Host(), Host(CONVERSATION)
    async with streamed.run_test(size=(80, 60)):
        human_message = CONVERSATION.history[0]
        for end in range(0, len(ANSWER), 7):
            streamed.transcript.show(thread(human_message, live=(agent(ANSWER[:end], standing=Standing.WRITING),)), 1.0)
        streamed.transcript.show(CONVERSATION, 2.0)
        rows = streamed.rows()
    async with whole.run_test(size=(80, 60)):
        assert rows == whole.rows()


async def test_what_did_not_change_is_not_made_again() -> None:
    app = Host(CONVERSATION)
    async with app.run_test(size=(80, 60)):
        lines = [entry.lines for entry in app.transcript.entries]
        again = replace(CONVERSATION, history=tuple(replace(m) for m in CONVERSATION.history), live=(agent("new", "a9", Standing.WRITING),))
        app.transcript.show(again, 2.0)
        assert [entry.lines for entry in app.transcript.entries[:2]] == lines
        assert all(a is b for a, b in zip(lines, [entry.lines for entry in app.transcript.entries], strict=False))


async def test_hidden_messages_are_not_shown_and_queued_ones_come_last() -> None:
    hidden = Message("x", Role.AI, "not for showing", hidden=True)
    app = Host(
        thread(
            human("seen"),
            hidden,
            queue=(Outgoing(human("waits", "q", Standing.QUEUED), "s"),),
            live=(agent("now", "l", Standing.WRITING),),
            link=Link(Phase.LIVE),
        )
    )
    async with app.run_test(size=(60, 20)):
        text = words(app)
    assert "not for showing" not in text
    assert text.index("seen") < text.index("now") < text.index("waits") < text.index("queued")


async def test_a_waiting_message_says_what_it_waits_for() -> None:
    queue = (Outgoing(human("waits", "q", Standing.QUEUED), "s"),)
    app = Host(thread(queue=queue))
    async with app.run_test(size=(60, 20)):
        assert "sent when the server answers" in words(app)
        app.transcript.show(thread(queue=queue, link=Link(Phase.LIVE)), 2.0)
        assert "sent when the run before it is over" in words(app)


async def test_a_notice_stands_after_its_message_and_counts_on() -> None:
    session = thread(
        human("a", "h1"), agent("one", "a1"), agent("two", "a2"), notices=(Notice(1, NoticeKind.UNREACHABLE, 95.0, None, "a1"),)
    )
    app = Host(session)
    async with app.run_test(size=(80, 20)):
        before = words(app)
        assert before.index("one") < before.index("for 5 s") < before.index("two")
        app.transcript.show(session, 103.0)
        assert "for 8 s" in words(app)


async def test_void_text_is_struck() -> None:
    app = Host(STANDINGS)
    async with app.run_test(size=(80, 40)):
        entry = next(entry for entry in app.transcript.entries if "void" in entry.source)
        assert entry.lines is not None
        segment = entry.lines[0].segments[-1]
        assert segment.style is not None and segment.style.strike


async def test_plain_terminals_get_plain_characters() -> None:
    for session in (CONVERSATION, TOOLS, STANDINGS, NOTICES):
        app = Host(session, ascii_only=True)
        async with app.run_test(size=(80, 60)):
            text = words(app).replace("漢字", "").replace("👩‍👩‍👧", "").replace("—", "")
            assert not {char for char in text if not char.isascii()} - {"\u00a0", "▁", "▂"}


async def test_without_color_nothing_is_coloured() -> None:
    app = Host(CONVERSATION)
    app._filters[:] = [NoColor()]  # as the program does
    async with app.run_test(size=(80, 40)):
        strips = app.transcript.render_lines(app.transcript.size.region)
    styles = {segment.style for strip in strips for segment in strip if segment.style}
    assert all(style.color is None or style.color.is_default for style in styles)
    assert all(style.bgcolor is None or style.bgcolor.is_default for style in styles)
    assert any(style.bold for style in styles)


HOSTILE = "\x1b]52;c;UFdORUQ=\x1b\\\x1b]0;t\x07\x9b31m\u202eabc"


async def test_hostile_text_is_made_visible_everywhere() -> None:
    session = thread(
        human(HOSTILE),
        agent(
            f"# {HOSTILE}\n\n- {HOSTILE}\n\n```{HOSTILE}\n{HOSTILE}\n```\n\n|{HOSTILE}|\n|-|\n|{HOSTILE}|\n\n[{HOSTILE}](http://x/{HOSTILE})"
        ),
        agent(HOSTILE, "a2", thinking=HOSTILE, tool_calls=(ToolCall("c", HOSTILE, HOSTILE),), node=HOSTILE, standing=Standing.ASIDE),
        Message("r", Role.TOOL, HOSTILE, tool_call_id="c", name=HOSTILE),
        Message("s", Role.SYSTEM, HOSTILE, name=HOSTILE),
        notices=(Notice(1, NoticeKind.FAILED, 1.0, 1.0, detail=HOSTILE),),
    )
    app = Host(session)
    async with app.run_test(size=(100, 80)) as pilot:
        app.transcript.move_message(-1)
        for entry in list(app.transcript.entries):
            app.transcript.opened.update(entry.folds)
            entry.stale()
        app.transcript.show(session, 2.0)
        await pilot.pause()
        text = words(app)
    assert text.count("␛") >= 10
    assert not set(text) & {"\x1b", "\x9b", "\x07", "\u202e"}


# -- scrolling ---------------------------------------------------------------------------------------------------------


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
        while app.transcript._later is not None:
            await pilot.pause(0.01)
        height = app.transcript.virtual_size.height
        assert "more characters" in words(app) and height < 2_000
        app.transcript.toggle_fold()
        await click(app, pilot, "more characters")
        while app.transcript._later is not None:
            await pilot.pause(0.01)
        assert app.transcript.virtual_size.height > height


# -- what is done with it ----------------------------------------------------------------------------------------------


async def test_a_tool_call_opens_by_click_and_closes_again() -> None:
    app = Host(TOOLS)
    async with app.run_test(size=(80, 30)) as pilot:
        before = app.rows()
        assert '▸ lookup(query="weather", city="Lisbon") → 18 degrees' in words(app)
        await click(app, pilot, "lookup")
        assert "▾ lookup" in words(app) and "from the west" in words(app)
        await click(app, pilot, "lookup")
        assert app.rows() == before


async def test_thinking_opens_by_key() -> None:
    app = Host(TOOLS)
    async with app.run_test(size=(80, 30)) as pilot:
        assert "I should call" not in words(app)
        app.transcript.move_message(-1)
        app.transcript.move_message(-1)
        app.transcript.focus()
        await pilot.press("enter")
        assert "I should call" in words(app)


async def test_thinking_between_tags_folds_while_it_streams_and_afterwards() -> None:
    app = Host(writing("<think>\nWhich one?"))
    async with app.run_test(size=(80, 30)) as pilot:
        assert "Which one" not in words(app) and "thinking" in words(app)
        app.transcript.show(writing("<think>\nWhich one?\n</think>\n\nThis one."), 100.0)
        await pilot.pause()
        assert "Which one" not in words(app) and "This one." in words(app) and "think>" not in words(app)


async def test_a_notice_s_action_by_click_and_by_key() -> None:
    notice = Notice(1, NoticeKind.UNREACHABLE, 95.0, None)
    app = Host(thread(human("a"), notices=(notice,)))
    async with app.run_test(size=(90, 12)) as pilot:
        await click(app, pilot, "try\u00a0again")
        assert app.transcript.act(Act.GIVE_UP)
        assert not app.transcript.act(Act.ANSWER)
        await pilot.pause()
    acted = [(message.act, message.notice) for message in app.told if isinstance(message, Transcript.Acted)]
    assert acted == [(Act.RETRY, notice), (Act.GIVE_UP, notice)]


async def test_only_web_addresses_can_be_chosen() -> None:
    app = Host(thread(agent("[docs](https://a.b/c) and [editor](vscode://x)")))
    async with app.run_test(size=(80, 10)) as pilot:
        await click(app, pilot, "docs")
        await click(app, pilot, "editor")
        await pilot.pause()
    assert [message.href for message in app.told if isinstance(message, Transcript.LinkChosen)] == ["https://a.b/c"]
    assert len(app.told) == 1


async def test_copying_a_message_and_its_code() -> None:
    text = "one\n\n```py\nfirst\n```\n\ntwo\n\n```\nsecond\n```\n"
    app = Host(thread(human("ask"), agent(text), notices=(Notice(1, NoticeKind.STOPPED, 1.0, 1.0),)))
    async with app.run_test(size=(80, 24)) as pilot:
        app.transcript.copy_message()
        for _ in range(3):
            app.transcript.copy_code()
        for _ in range(4):
            app.transcript.move_message(-1)
        app.transcript.copy_message()
        await pilot.pause()
    copied = [message.text for message in app.told if isinstance(message, Transcript.Copied)]
    assert copied == [text, "second\n", "first\n", "second\n", "ask"]


async def test_finding() -> None:
    app = Host(many(200))
    async with app.run_test(size=(80, 20)) as pilot:
        transcript = app.transcript
        transcript.find("ANSWER 7")
        await pilot.pause()
        assert app.found[-1] == (11, True)
        assert "answer 79" in words(app)
        transcript.find_next()  # round to the first
        await pilot.pause()
        assert "answer 7" in [row.strip() for row in app.rows()]
        transcript.find_next(-1)
        transcript.find_next(-1)
        await pilot.pause()
        assert "answer 78" in words(app)
        transcript.find("nowhere")
        await pilot.pause()
        assert app.found[-1] == (0, True)
        transcript.clear_find()


async def test_what_is_found_is_marked() -> None:
    app = Host(CONVERSATION)
    async with app.run_test(size=(80, 60)) as pilot:
        plain = [list(strip) for strip in app.transcript.render_lines(app.transcript.size.region)]
        app.transcript.find("stream")
        await pilot.pause()
        marked = [list(strip) for strip in app.transcript.render_lines(app.transcript.size.region)]
        differ = [y for y, (a, b) in enumerate(zip(plain, marked, strict=True)) if a != b]
        assert differ == [y for y, row in enumerate(app.rows()) if "stream" in row.lower()]


def place(app: Host, text: str) -> tuple[int, int]:
    """The row's number and column of a text that is in view."""
    for y, row in enumerate(app.rows()):
        if text in row:
            return number(app.transcript._shown[y][0]), row.index(text)
    raise AssertionError(text)


async def test_selecting_across_messages_joins_wrapped_lines() -> None:
    text = "a long line that is to be wrapped by the transcript since it is wider than the screen is"
    app = Host(thread(human("the question"), agent(text)))
    async with app.run_test(size=(40, 20)):
        (y1, x1), (y2, x2) = place(app, "question"), place(app, "wider")
        found = app.transcript.get_selection(Selection.from_offsets(Offset(x1, y1), Offset(x2 + 5, y2)))
    assert found == ("question\n\na long line that is to be wrapped by the transcript since it is wider", "\n")


async def test_dragging_the_mouse_selects() -> None:
    app = Host(thread(human("the question"), agent("the answer")))
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.mouse_down(Transcript, offset=(6, 0))
        await pilot.hover(Transcript, offset=(4, 2))
        await pilot.mouse_up(Transcript, offset=(4, 2))
        assert app.screen.get_selected_text() == "question\n\nthe"


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


# -- big things --------------------------------------------------------------------------------------------------------


def paragraphs(size: int) -> str:
    return "\n\n".join(f"paragraph {n} of many, each as long as this one" for n in range(size // 50))


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await pilot.pause()
        await asyncio.sleep(0)
    raise AssertionError("never")


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
