"""What opens, is chosen, copied, found and selected in the transcript."""

from __future__ import annotations

from textual.geometry import Offset
from textual.selection import Selection

from canvas_tui.core.model import Notice, NoticeKind
from canvas_tui.core.notices import Act
from canvas_tui.ui.widgets.transcript import Transcript
from canvas_tui.wire.messages import read_message

from .driving import click, many, place, words, writing
from .host import CONVERSATION, TOOLS, Host, agent, human, thread


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


async def test_thinking_that_is_a_message_of_its_own_folds_too() -> None:
    """As Open Canvas's server tells it."""
    thought = read_message({"type": "ai", "id": "thinking-1", "content": "Which one?"}, "x")
    app = Host(thread(human("Tea?"), thought, agent("This one.")))
    async with app.run_test(size=(80, 30)):
        assert "Which one" not in words(app) and "thinking · 2 words" in words(app) and "This one." in words(app)


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
