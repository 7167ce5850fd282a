"""A turn for a pipe: every piece once, in order, and an end that says how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from canvas_tui.core.model import Json, NoticeKind
from canvas_tui.core.ports import KeyFailure, LocalAddress, LocalFailure, Secret, ServerTarget
from canvas_tui.net.hub import Hub
from canvas_tui.net.turn import Asked, Discard, Ended, RunNamed, Text, Told, TurnEvent, run_turn
from canvas_tui.net.turn_wish import Wish
from tests.support.scripted import scripted_server
from tests.support.scripted_faults import PASS, cut, reply
from tests.support.scripted_steps import Ask, CallTool, Fail, Gate, Say, Script, StartOver, ToolResult, Whole, say, think

from .backends import hub_at
from .memory import MemoryJournal, ReadyLocal

ANSWER = "One two three four five six seven."


async def told(hub: Hub, text: str | None = "Hello", *, thread: str | None = None, answer: Json = None) -> list[TurnEvent]:
    async with asyncio.timeout(30):
        return [event async for event in run_turn(hub, Wish(text, answer), thread_id=thread, reach=0.2, keep=5)]


def painted(events: list[TurnEvent]) -> str:
    """What a reader who heeds `Discard` has at the end."""
    held: dict[str, str] = {}
    for event in events:
        if isinstance(event, Text):
            held[event.message_id] = held.get(event.message_id, "") + event.text
        elif isinstance(event, Discard):
            held.pop(event.message_id)
    return "".join(held.values())


def end_of(events: list[TurnEvent]) -> Ended:
    last = events[-1]
    assert isinstance(last, Ended)
    assert not any(isinstance(event, Ended) for event in events[:-1])
    return last


@pytest.mark.parametrize("kind", ["python", "js", "aegra"])
async def test_a_turn(kind: str) -> None:
    async with scripted_server([think("hm"), Say(tuple(ANSWER), 2000)], kind=kind) as server, hub_at(server.url) as hub:
        events = await told(hub)
        end = end_of(events)
        assert isinstance(events[0], RunNamed)
        assert events[0].run_id == end.run_id == next(iter(server.runs))
        assert painted(events) == ANSWER
        assert not any(isinstance(event, Discard) for event in events)
        assert (end.status, [m["content"] for m in end.messages]) == ("success", ["Hello", ANSWER])


async def test_tools_and_several_messages() -> None:
    script: Script = [say("First. "), CallTool("lookup", {"q": 1}), ToolResult("x"), say("Second.")]
    async with scripted_server(script) as server, hub_at(server.url) as hub:
        events = await told(hub)
        assert painted(events) == "First. Second."
        assert [m["content"] for m in end_of(events).messages if m["type"] == "tool"] == ["x"]


async def test_a_cut_is_told_and_nothing_comes_twice() -> None:
    async with scripted_server([say(ANSWER)]) as server, hub_at(server.url) as hub:
        server.plan("join", cut(events=4), reply(502, "x"))
        events = await told(hub)
        assert "".join(e.text for e in events if isinstance(e, Text)) == ANSWER
        notices = [e for e in events if isinstance(e, Told)]
        assert {n.notice.kind for n in notices} <= {NoticeKind.CUT, NoticeKind.UNREACHABLE}
        assert all(n.text for n in notices)


async def test_what_the_server_takes_back_is_discarded() -> None:
    async with scripted_server([say("wrong start"), Gate("on"), StartOver(), say(ANSWER)]) as server, hub_at(server.url) as hub:
        events: list[TurnEvent] = []
        async for event in run_turn(hub, Wish("Hello")):
            events.append(event)
            if isinstance(event, Text) and event.text.endswith("start"):
                server.open_gate("on")
        assert any(isinstance(event, Discard) for event in events)
        assert ANSWER in painted(events)


async def test_a_whole_message_is_told_at_the_end() -> None:
    async with scripted_server([Whole("All at once.")]) as server, hub_at(server.url) as hub:
        assert painted(await told(hub)) == "All at once."


async def test_marked_thinking_is_not_part_of_the_answer() -> None:
    async with scripted_server([Say(("<", "think", ">so", "</think>\n", "\nIt is.", " Yes."), 500)]) as server, hub_at(server.url) as hub:
        events = await told(hub)
        assert painted(events) == "It is. Yes."
        assert not any(isinstance(event, Discard) for event in events)


async def test_thinking_that_is_a_message_of_its_own_is_not_part_of_the_answer_and_hidden_ones_neither() -> None:
    """So Open Canvas's server tells what a model thought."""
    script: Script = [
        Whole("Let me see.", id="thinking-"),
        Whole("- a link", id="web-search-results-"),
        Whole("x", hidden=True),
        say("It is."),
    ]
    async with scripted_server(script) as server, hub_at(server.url) as hub:
        events = await told(hub)
        assert painted(events) == "It is." and not any(isinstance(event, Discard) for event in events)
        thought = next(m for m in end_of(events).messages if str(m["id"]).startswith("thinking-"))
        assert (thought["content"], thought["thinking"]) == ("", "Let me see.")


async def test_a_question_and_its_answer() -> None:
    async with scripted_server([say("Hm."), Ask({"q": "ok?"}), say("Good.")]) as server, hub_at(server.url) as hub:
        events = await told(hub)
        end = end_of(events)
        assert [e.value for e in events if isinstance(e, Asked)] == [{"q": "ok?"}]
        assert (end.status, painted(events)) == ("interrupted", "Hm.")
        again = await told(hub, None, thread=end.thread_id, answer={"yes": True})
        assert (end_of(again).status, painted(again)) == ("success", "Good.")
        nothing = await told(hub, None, thread=end.thread_id, answer="more")
        assert end_of(nothing).status == "refused"
        assert len(nothing) == 1


async def test_a_run_that_fails() -> None:
    async with scripted_server([say("half"), Fail(message="the model is down")]) as server, hub_at(server.url) as hub:
        events = await told(hub)
        assert (end_of(events).status, end_of(events).sentence) == ("error", "the model is down")
        assert painted(events) == "half"


async def test_a_refused_message() -> None:
    async with scripted_server() as server, hub_at(server.url) as hub:
        server.plan("create", reply(422, {"detail": "no such model"}))
        end = end_of(await told(hub))
        assert end.status == "error"
        assert "no such model" in end.sentence


async def test_no_such_thread() -> None:
    async with scripted_server() as server, hub_at(server.url) as hub:
        end = end_of(await told(hub, thread="00000000-0000-4000-8000-00000000000f"))
        assert (end.status, server.count("create")) == ("refused", 0)


async def test_a_thread_that_is_deleted_before_the_message_arrives_is_no_success() -> None:
    missing = reply(404, {"detail": "Thread not found"})
    async with scripted_server([say("x")]) as server, hub_at(server.url) as hub:
        thread = server.add_thread([("human", "hello"), ("ai", "hi")], title="There").id
        server.plan("runs", PASS, missing).plan("create", missing)
        end = end_of(await told(hub, thread=thread))
        assert (end.status, end.sentence) == (
            "error",
            "The server does not have this thread any more (deleted, or lost). What is shown was kept here. "
            "Your message was not sent, and is kept.",
        )


async def test_a_server_out_of_reach() -> None:
    async with hub_at("http://127.0.0.1:9") as hub:
        end = end_of(await told(hub))
        assert end.status == "unreachable"
        assert end.sentence == "Cannot reach 127.0.0.1:9 (connection refused)."


async def test_a_server_that_is_none() -> None:
    async with scripted_server() as server:
        server.plan("info", reply(200, "<html>hello</html>"))
        async with hub_at(server.url) as hub:
            events = await told(hub)
            end = end_of(events)
            assert end.status == "unreachable"
            assert "no LangGraph server" in end.sentence
            assert [e for e in events if isinstance(e, Told)] == []  # once is enough


async def test_an_assistant_that_is_not_there_is_a_mistake_of_the_call() -> None:
    async with scripted_server() as server, hub_at(server.url, assistant="poet") as hub:
        end = end_of(await told(hub))
        assert (end.status, end.sentence) == ("refused", 'The server has no assistant "poet". It has: agent.')


async def test_a_key_that_is_not_to_be_had_is_a_mistake_of_the_configuration() -> None:
    def no_key() -> Secret:
        raise KeyFailure("The command for the key (pass) failed with 3: locked.")

    async with scripted_server() as server:
        hub = Hub(ServerTarget("test", server.url, "", key=no_key, user_id="me"), MemoryJournal(), None)
        try:
            end = end_of(await told(hub))
        finally:
            await hub.close()
        assert end.status == "refused"
        assert end.sentence.startswith("The command for the key (pass) failed with 3: locked.")


class Unset(ReadyLocal):
    async def ensure(self, told: Callable[[str], None]) -> LocalAddress:
        raise LocalFailure("The local agent has no model.", settings=True)


async def test_a_local_agent_without_its_settings_is_a_mistake_of_the_configuration() -> None:
    async with hub_at("", local=Unset("")) as hub:
        end = end_of(await told(hub))
        assert (end.status, end.sentence) == ("refused", "The local agent has no model.")


async def test_an_id_that_the_server_refuses_is_a_mistake_of_the_call() -> None:
    async with scripted_server() as server, hub_at(server.url) as hub:
        server.plan("runs", reply(422, {"detail": "Invalid thread ID: must be a UUID"}))
        end = end_of(await told(hub, thread="nonsense"))
        assert end.status == "refused"
        assert end.sentence.endswith("must be a UUID."), "nobody is there to wait for"


async def test_a_second_turn_tells_only_itself() -> None:
    async with scripted_server([say("one")], [say("two")]) as server, hub_at(server.url) as hub:
        first = end_of(await told(hub))
        second = await told(hub, "more", thread=first.thread_id)
        assert painted(second) == "two"
        assert [m["content"] for m in end_of(second).messages] == ["Hello", "one", "more", "two"]
