"""The transcript in a tiny app: what it shows of messages, notices and hostile text."""

from __future__ import annotations

from dataclasses import replace

from textual.filter import NoColor

from canvas_tui.core.model import Link, Message, Notice, NoticeKind, Outgoing, Phase, Role, Standing, ToolCall

from .driving import words
from .host import ANSWER, CONVERSATION, NOTICES, STANDINGS, TOOLS, Host, agent, human, thread


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
