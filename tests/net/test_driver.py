"""Sessions end to end against the scripted server: the answer is exact and sent once, whatever the network does."""

from __future__ import annotations

import asyncio

import pytest

from canvas_tui.core.inputs import ThreadRead, WhenBusy
from canvas_tui.core.model import NoticeKind, Phase, Role, RunStatus, Standing
from canvas_tui.net.api import Api
from tests.support.scripted import ScriptedServer, scripted_server
from tests.support.scripted_faults import BAD_GATEWAY, Fault, How, LastId, cut, lose_answer, never_taken, reply
from tests.support.scripted_steps import Ask, Breakpoint, CallTool, Fail, Gate, Raw, Script, StartOver, ToolResult, Whole, say

from .backends import at_rest, hub_at, texts, until

ANSWER = "One two three four five six seven eight nine ten."
KINDS = ["python", "js", "aegra"]


def runs_of(server: ScriptedServer) -> int:
    return len(server.runs)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_message_and_its_answer(kind: str) -> None:
    async with scripted_server([say(ANSWER)], kind=kind) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.open(thread)
        hub.submit(thread, "Hello")
        session = await at_rest(hub, thread)
        assert [m.text for m in session.history] == ["Hello", ANSWER] == server.texts(thread)
        assert session.run is not None
        assert (session.run.status, session.run.reconnects) == (RunStatus.SUCCESS, 0)
        assert session.notices == ()
        assert (server.count("create"), server.joins()) == (1, ["-1"])


@pytest.mark.parametrize("kind", KINDS)
async def test_tools_questions_and_breakpoints(kind: str) -> None:
    script: Script = [CallTool("lookup", {"q": "x"}), ToolResult("42"), Ask({"q": "ok?"}), say("Good."), Breakpoint(), say("More.")]
    async with scripted_server(script, kind=kind) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "Go")
        session = await at_rest(hub, thread)
        assert [x.value for x in session.interrupts] == [{"q": "ok?"}]
        assert [r.waiting for r in hub.threads().rows] == [True]
        hub.answer(thread, [(session.interrupts[0].id, "yes")])
        session = await at_rest(hub, thread)
        assert session.can_continue
        hub.proceed(thread)
        session = await at_rest(hub, thread)
        assert texts(session) == ["Good.", "More."]
        assert texts(session, Role.TOOL) == ["42"]
        assert not session.interrupts
        assert not session.can_continue
        assert runs_of(server) == 3


@pytest.mark.parametrize(
    "fault",
    [
        cut(events=3),
        cut(events=3, how=How.FIN),
        cut(events=3, how=How.CLEAN),
        cut(bytes=2000),
        cut(bytes=2000, how=How.CLEAN),
        reply(502, "<html>502</html>"),
        never_taken(),
        Fault(slice=7),
        Fault(cut_headers=20),
    ],
    ids=lambda fault: repr(fault)[:60],
)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_stream_that_breaks_is_taken_up_exactly(kind: str, fault: Fault) -> None:
    async with scripted_server([say(ANSWER)], kind=kind, siblings=2) as server, hub_at(server.url) as hub:
        server.plan("join", fault)
        thread = hub.new_thread()
        hub.submit(thread, "Hello")
        session = await at_rest(hub, thread)
        assert texts(session) == [ANSWER]
        assert NoticeKind.CORRECTED not in {n.kind for n in session.notices}
        assert server.count("create") == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_a_stream_cut_again_and_again(kind: str) -> None:
    async with scripted_server([say(ANSWER)], kind=kind) as server, hub_at(server.url) as hub:
        server.plan("join", *[cut(events=2, how=how) for how in (How.RST, How.FIN, How.CLEAN)])
        thread = hub.new_thread()
        hub.submit(thread, "Hello")
        assert texts(await at_rest(hub, thread)) == [ANSWER]


async def test_last_event_id_ignored_by_a_proxy() -> None:
    async with scripted_server([say(ANSWER)]) as server, hub_at(server.url) as hub:
        server.plan("join", cut(events=4), Fault(last_id=LastId.REPLAY))
        thread = hub.new_thread()
        hub.submit(thread, "Hello")
        session = await at_rest(hub, thread)
        assert texts(session) == [ANSWER]
        assert NoticeKind.CORRECTED not in {n.kind for n in session.notices}


# -- creating, once --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault", [lose_answer(), lose_answer(How.CLEAN), reply(502, "<html>502</html>", acts=True)], ids=["rst", "eof", "502"]
)
async def test_a_lost_answer_to_the_post_adopts_the_run_that_was_made(fault: Fault) -> None:
    async with scripted_server([say(ANSWER)]) as server, hub_at(server.url) as hub:
        server.plan("create", fault)
        thread = hub.new_thread()
        hub.submit(thread, "Hello")
        session = await at_rest(hub, thread)
        assert [m.text for m in session.history] == ["Hello", ANSWER]
        assert (server.count("create"), runs_of(server)) == (1, 1)


@pytest.mark.parametrize("fault", [BAD_GATEWAY, never_taken()], ids=["502", "rst"])
async def test_a_post_that_was_not_taken_is_sent_again(fault: Fault) -> None:
    async with scripted_server([say(ANSWER)]) as server, hub_at(server.url) as hub:
        server.plan("create", fault)
        thread = hub.new_thread()
        hub.submit(thread, "Hello")
        session = await at_rest(hub, thread)
        assert [m.text for m in session.history] == ["Hello", ANSWER]
        assert (server.count("create"), runs_of(server)) == (2, 1)


async def test_a_refused_message_stays_with_its_reason() -> None:
    async with scripted_server([say(ANSWER)]) as server, hub_at(server.url) as hub:
        server.plan("create", reply(422, {"detail": "no such model"}))
        thread = hub.new_thread()
        hub.submit(thread, "Hello")
        await until(hub, lambda: any(o.message.standing is Standing.UNSENT for o in hub.session(thread).queue))
        session = hub.session(thread)
        notice = next(n for n in session.notices if n.kind is NoticeKind.UNSENT)
        assert notice.failure is not None
        assert notice.failure.detail == "no such model"
        hub.retry(thread)
        assert [m.text for m in (await at_rest(hub, thread)).history] == ["Hello", ANSWER]


async def test_a_message_taken_back() -> None:
    async with scripted_server([Gate("on"), say(ANSWER)], [say("second")]) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "Hello")
        await server.reached("on")
        hub.submit(thread, "and this")
        [waiting] = hub.session(thread).queue
        assert hub.withdraw(thread, waiting.message.id) == "and this"
        server.open_gate("on")
        assert texts(await at_rest(hub, thread)) == [ANSWER]
        assert runs_of(server) == 1


async def test_messages_wait_their_turn() -> None:
    async with scripted_server([Gate("on"), say("first")], [say("second")]) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "one")
        await server.reached("on")
        hub.submit(thread, "two")
        assert server.count("create") == 1
        server.open_gate("on")
        session = await at_rest(hub, thread)
        assert [m.text for m in session.history] == ["one", "first", "two", "second"]


async def test_a_message_that_interrupts() -> None:
    async with scripted_server([say("first"), Gate("never")], [say("second")]) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "one")
        await until(hub, lambda: any(m.role is Role.AI for m in hub.session(thread).live))
        hub.submit(thread, "two", WhenBusy.INTERRUPT)
        session = await at_rest(hub, thread)
        assert texts(session)[-1] == "second"
        assert [r.status for r in server.runs.values()] == ["interrupted", "success"]


async def test_stopping() -> None:
    async with scripted_server([say("half a"), Gate("never")]) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "one")
        await until(hub, lambda: any(m.role is Role.AI for m in hub.session(thread).live))
        hub.stop(thread)
        session = await at_rest(hub, thread)
        assert [(m.text, m.standing) for m in session.history][-1] == ("half a", Standing.STOPPED)
        assert [r.status for r in server.runs.values()] == ["interrupted"]


# -- what the server does -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
async def test_a_run_that_fails_tells_why(kind: str) -> None:
    async with scripted_server([say("half"), Fail(message="the model is down")], kind=kind) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "one")
        session = await at_rest(hub, thread)
        [failed] = [n for n in session.notices if n.kind is NoticeKind.FAILED]
        assert "the model is down" in failed.detail
        assert session.run is not None
        assert session.run.status is RunStatus.ERROR


async def test_a_failure_whose_event_was_lost_is_read_from_the_thread() -> None:
    async with scripted_server([say("half"), Gate("on"), Fail(message="the model is down")]) as server, hub_at(server.url) as hub:
        server.plan("join", cut(events=2), reply(502, "<html>502</html>"))
        thread = hub.new_thread()
        hub.submit(thread, "one")
        await server.reached("on")
        server.open_gate("on")
        session = await at_rest(hub, thread)
        assert "the model is down" in next(n for n in session.notices if n.kind is NoticeKind.FAILED).detail


async def test_a_server_that_starts_over_voids_what_it_said() -> None:
    async with scripted_server([say("wrong start"), StartOver(), say(ANSWER)]) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "one")
        session = await at_rest(hub, thread)
        assert texts(session) == server.texts(thread)[1:]
        assert NoticeKind.RESTARTED in {n.kind for n in session.notices}


async def test_whole_messages_and_malformed_events() -> None:
    script: Script = [Raw("messages", "{oops"), Raw("hologram", "1"), Raw("custom", None), Whole("All at once.")]
    async with scripted_server(script) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "one")
        session = await at_rest(hub, thread)
        assert texts(session) == ["All at once."]
        assert NoticeKind.UNREADABLE in {n.kind for n in session.notices}


async def test_a_server_that_dies_and_comes_back_runs_again() -> None:
    async with scripted_server([say("half"), Gate("on"), say(" whole")]) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "one")
        await server.reached("on")
        await server.down()
        await until(hub, lambda: hub.session(thread).link.phase is Phase.WAITING)
        server.open_gate("on")
        await server.up()
        session = await at_rest(hub, thread)
        assert [m.text for m in session.history] == server.texts(thread)
        assert server.count("create") == 1


async def test_a_run_that_somebody_else_started_is_followed() -> None:
    async with scripted_server([say("early "), Gate("on"), say("late")]) as server, hub_at(server.url) as one, hub_at(server.url) as two:
        thread = one.new_thread()
        one.submit(thread, "one")
        await server.reached("on")
        two.open(thread)
        await until(two, lambda: any(m.text for m in two.session(thread).live if m.role is Role.AI))
        server.open_gate("on")
        assert texts(await at_rest(two, thread)) == texts(await at_rest(one, thread)) == ["early late"]
        assert server.count("create") == 1


async def test_several_threads_at_once() -> None:
    async with scripted_server([Gate("on"), say(ANSWER)]) as server, hub_at(server.url) as hub:
        threads = [hub.new_thread() for _ in range(5)]
        for thread in threads:
            hub.submit(thread, f"in {thread}")
        await until(hub, lambda: all(hub.session(t).link.phase is Phase.LIVE for t in threads))
        assert sum(row.running for row in hub.threads().rows) == 5
        server.open_gate("on")
        for thread in threads:
            assert texts(await at_rest(hub, thread)) == [ANSWER]
        await until(hub, lambda: not any(row.running for row in hub.threads().rows))


async def test_a_read_that_the_turn_has_overtaken_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread is opened again, and read slowly, just before a message: the old answer must not pass for a newer one."""
    real, late = Api.read_thread, [asyncio.Event()]

    async def slow(api: Api, thread_id: str) -> ThreadRead:
        gate = late.pop() if late else None
        answer = await real(api, thread_id)
        if gate is not None:
            await gate.wait()
        return answer

    async with scripted_server([say("one")], [say("two")]) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "first")
        await at_rest(hub, thread)
        [gate] = late
        monkeypatch.setattr(Api, "read_thread", slow)
        hub.open(thread)
        hub.submit(thread, "second")
        await until(hub, lambda: len(hub.session(thread).history) == 4)
        gate.set()
        await hub._drivers[thread].closed()
        session = hub.session(thread)
        assert [(m.text, m.standing) for m in session.history][-1] == ("two", Standing.DONE)
        assert len(session.state.messages) == 4


# -- the journal ----------------------------------------------------------------------------------------------------------------------


async def test_a_burst_leaves_room_for_others() -> None:
    async with scripted_server([say("word " * 5000)]) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "go")
        await until(hub, lambda: any(m.role is Role.AI for m in hub.session(thread).live))
        turns = 0
        while hub.session(thread).active:
            await asyncio.sleep(0)
            turns += 1
        session = await at_rest(hub, thread)
        assert texts(session) == ["word " * 5000]
        assert turns > 50
