"""What is opened is seen, and the end is followed on; Ctrl+O opens all of the last turn."""

from __future__ import annotations

from dataclasses import replace

from canvas_tui.core.model import Message, Notice, NoticeKind, Role, ToolCall

from .driving import many, words
from .host import Host, agent, human, thread


def stopped_at_the_end() -> Host:
    """A notice is the last thing there is, and the view is full."""
    session = many(20)
    notice = Notice(1, NoticeKind.FAILED, 90.0, 95.0, session.history[-1].id, detail="\n".join(f"detail {n}" for n in range(6)))
    return Host(replace(session, notices=(notice,)))


async def test_details_that_open_below_the_view_are_brought_into_it_and_the_end_is_followed_on() -> None:
    app = stopped_at_the_end()
    async with app.run_test(size=(80, 20)) as pilot:
        assert app.transcript.following and words(app).count("detail 5") == 1  # in the sentence
        app.transcript.toggle_fold()
        await pilot.pause()
        assert words(app).count("detail 5") == 2
        assert app.transcript.following
        app.transcript.toggle_fold()
        await pilot.pause()
        assert words(app).count("detail 5") == 1 and app.transcript.following


def tools(name: str, call: str) -> list[Message]:
    used = Message(f"m{call}", Role.AI, tool_calls=(ToolCall(call, name, '{"q": "tea"}'),), thinking=f"thought {call}")
    return [used, Message(f"r{call}", Role.TOOL, f"result {call}\nsecond line {call}", tool_call_id=call)]


async def test_all_of_the_last_turn_opens_and_folds_together() -> None:
    turn = [*tools("search", "c1"), *tools("read", "c2"), agent("The answer.", "end")]
    app = Host(thread(human("before", "h0"), *tools("old", "c0"), human("go", "h1"), *turn))
    async with app.run_test(size=(80, 60)) as pilot:
        app.transcript.toggle_fold()
        await pilot.pause()
        for call in ("c1", "c2"):
            assert f"    second line {call}" in words(app) and f"thought {call}" in words(app)
        assert "thought c0" not in words(app)
        app.transcript.toggle_fold()
        await pilot.pause()
        assert "thought" not in words(app)


async def test_what_opens_above_the_view_is_gone_to() -> None:
    long = "\n\n".join(f"paragraph {n}" for n in range(40))
    app = Host(thread(human("go", "h1"), *tools("search", "c1"), agent(long, "end")))
    async with app.run_test(size=(80, 20)) as pilot:
        app.transcript.toggle_fold()
        await pilot.pause()
        assert "thought c1" in words(app) and not app.transcript.following
