"""Branches on scripted servers of each kind, and what is read for them: nothing at rest."""

from __future__ import annotations

import pytest

from canvas_tui.core.fork import Fork, Head
from canvas_tui.core.model import Message, Role, SendNothing, Session, Standing
from canvas_tui.net import checkpoints
from canvas_tui.net.api import Api
from canvas_tui.net.failed import RequestFailed
from canvas_tui.net.hub import Hub
from tests.support.scripted import ScriptedServer, scripted_server
from tests.support.scripted_faults import never_taken
from tests.support.scripted_steps import Script, Step, Turn, say

from .backends import at_rest, hub_at, texts, until

READS = ("state-at", "history", "history-page")


def answers() -> Script:
    """Each run answers differently."""
    count = [0]

    def script(turn: Turn) -> list[Step]:
        count[0] += 1
        return [say(f"{turn.text} {count[0]}")]

    return script


async def talked(hub: Hub, *words: str) -> str:
    thread_id = hub.new_thread()
    for text in words:
        hub.submit(thread_id, text)
        await at_rest(hub, thread_id)
    return thread_id


async def shown(hub: Hub, thread_id: str) -> Session:
    await at_rest(hub, thread_id)
    return hub.session(thread_id)


def human(session: Session, at: int) -> Message:
    return [m for m in session.history if m.role is Role.HUMAN][at]


def reads(server: ScriptedServer) -> int:
    return sum(server.count(name) for name in READS)


@pytest.mark.parametrize("kind", ["python", "js", "aegra"])
@pytest.mark.parametrize("thin", [False, True])
async def test_a_thread_branches_and_every_branch_can_be_gone_on_from(kind: str, thin: bool) -> None:
    async with scripted_server(answers(), kind=kind) as server, hub_at(server.url) as hub:
        thread_id = await talked(hub, "one", "two", "three")
        assert reads(server) == 0, "a thread without branches costs nothing"
        if thin:
            server.threads[thread_id].history.thin()
        hub.canvas.regenerate(thread_id)
        session = await shown(hub, thread_id)
        assert texts(session) == ["one 1", "two 2", "three 4"]
        (branch,) = session.branches
        assert (branch.at, branch.count) == (2, 2)
        hub.canvas.branch(thread_id, branch.message_id, -1)
        session = await shown(hub, thread_id)
        assert texts(session) == ["one 1", "two 2", "three 3"] and session.tip
        hub.submit(thread_id, "four")
        session = await shown(hub, thread_id)
        assert texts(session) == ["one 1", "two 2", "three 3", "four 5"] and not session.tip
        hub.canvas.resend(thread_id, human(session, 1).id, "zwei")
        session = await shown(hub, thread_id)
        assert texts(session) == ["one 1", "zwei 6"]
        assert [(b.at, b.count) for b in session.branches] == [(2, 2)]
        assert server.texts(thread_id) == ["one", "one 1", "zwei", "zwei 6"]
        hub.canvas.resend(thread_id, human(session, 0).id, "eins")
        assert texts(await shown(hub, thread_id)) == ["eins 7"]


async def test_opened_again_the_branches_are_known_and_each_end_is_read_once() -> None:
    async with scripted_server(answers()) as server:
        async with hub_at(server.url) as hub:
            thread_id = await talked(hub, "one", "two")
            hub.canvas.regenerate(thread_id)
            await at_rest(hub, thread_id)
            hub.canvas.resend(thread_id, human(hub.session(thread_id), 0).id, "uno")
            await at_rest(hub, thread_id)
        before = reads(server)
        async with hub_at(server.url) as hub:
            hub.open(thread_id)
            await until(hub, lambda: bool(hub.session(thread_id).branches))
            assert texts(hub.session(thread_id)) == ["uno 4"]
            assert reads(server) == before + 2
            hub.open(thread_id)
            await at_rest(hub, thread_id)
            assert reads(server) == before + 2
            hub.canvas.branch(thread_id, hub.session(thread_id).branches[0].message_id, -1)
            session = await shown(hub, thread_id)
            assert texts(session) == ["one 1", "two 3"] and len(session.branches) == 2


async def test_a_branch_that_somebody_else_made_is_found_by_the_runs() -> None:
    async with scripted_server(answers()) as server:
        async with hub_at(server.url) as hub:
            thread_id = await talked(hub, "one", "two")
            api = await hub._link.api()
            start = server.threads[thread_id].history.rows[-2]
            body = {"assistant_id": "agent", "input": None, "checkpoint_id": start.id}
            await api.client.post(f"/threads/{thread_id}/runs", body)
            await server.until(lambda: all(run.done for run in server.runs.values()))
        async with hub_at(server.url) as hub:
            hub.open(thread_id)
            await until(hub, lambda: bool(hub.session(thread_id).branches))
            (branch,) = hub.session(thread_id).branches
            assert (branch.at, branch.count) == (2, 2)


async def test_a_change_by_hand_on_an_older_branch_hides_no_newer_one() -> None:
    async with scripted_server(answers()) as server:
        async with hub_at(server.url) as hub:
            thread_id = await talked(hub, "one")
            first = server.threads[thread_id].history.rows[-1]
            hub.canvas.regenerate(thread_id)
            await at_rest(hub, thread_id)
            api = await hub._link.api()
            await api.client.post(f"/threads/{thread_id}/state", {"values": {"note": 1}, "checkpoint_id": first.id})
        async with hub_at(server.url) as hub:
            hub.open(thread_id)
            await until(hub, lambda: bool(hub.session(thread_id).branches))
            assert texts(hub.session(thread_id)) == ["one 1"]
            hub.canvas.branch(thread_id, hub.session(thread_id).branches[0].message_id, 1)
            assert texts(await shown(hub, thread_id)) == ["one 2"]


async def test_a_message_that_was_to_be_a_branch_is_one_after_a_fault() -> None:
    async with scripted_server(answers()) as server, hub_at(server.url) as hub:
        thread_id = await talked(hub, "one", "two")
        server.plan("create", never_taken())
        hub.canvas.resend(thread_id, human(hub.session(thread_id), 1).id, "zwei")
        assert texts(await shown(hub, thread_id)) == ["one 1", "zwei 3"]


async def test_where_the_server_kept_nothing_that_is_said_and_the_text_stays() -> None:
    async with scripted_server(answers()) as server, hub_at(server.url) as hub:
        thread_id = await talked(hub, "one", "two")
        server.threads[thread_id].history.rows = server.threads[thread_id].history.rows[-1:]
        hub.canvas.resend(thread_id, human(hub.session(thread_id), 0).id, "uno")
        await until(hub, lambda: any(o.message.standing is Standing.UNSENT for o in hub.session(thread_id).queue))
        session = hub.session(thread_id)
        assert texts(session) == ["one 1", "two 2"] and session.queue[0].message.text == "uno"
        assert "kept no state" in (session.notices[-1].failure.detail if session.notices[-1].failure else "")


async def test_a_branch_that_is_gone_is_told() -> None:
    async with scripted_server(answers()) as server, hub_at(server.url) as hub:
        thread_id = await talked(hub, "one")
        hub.canvas.regenerate(thread_id)
        session = await shown(hub, thread_id)
        server.threads[thread_id].history.rows.pop(1)
        hub.canvas.branch(thread_id, session.branches[0].message_id, -1)
        session = await shown(hub, thread_id)
        assert texts(session) == ["one 2"] and session.notices[-1].failure is not None


async def test_two_hundred_checkpoints_are_looked_through_at_most() -> None:
    async with scripted_server() as server, hub_at(server.url) as hub:
        thread = server.add_thread([("human", "one"), ("ai", "1")])
        for _ in range(600):
            thread.history.add({"messages": []}, "loop", at="2026-11-22T09:00:00")
        hub.open(thread.id)
        await at_rest(hub, thread.id)
        api = await hub._link.api()
        fork = Fork(Head("zzz", ("h1", "a1")), before="a1")
        assert await refused(api, thread.id, fork)
        assert server.count("history-page") == checkpoints.MOST // checkpoints.PAGE
        assert server.count("history") == 1


async def refused(api: Api, thread_id: str, fork: Fork) -> bool:
    try:
        await checkpoints.checkpoint_of(api, thread_id, SendNothing(fork))
    except RequestFailed as failed:
        return failed.failure.detail == checkpoints.NOT_KEPT
    return False
