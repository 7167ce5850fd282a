"""Open Canvas's own server, scripted: its helpers' threads, its way of saying that a thread is not there, nulls in every input."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from canvas_tui.commands import threads
from canvas_tui.core.actions import ACTIONS, SEARCH
from canvas_tui.core.artifact import ArtifactKind, Turn, Version
from canvas_tui.core.model import FailureKind, NoticeKind, ServerKind, Standing
from canvas_tui.core.open_canvas import TURN_KEYS
from canvas_tui.core.selection import highlight
from canvas_tui.net.hub import Hub
from tests.support.scripted import ScriptedServer, scripted_server
from tests.support.scripted_steps import SetState, say

from .backends import at_rest, hub_at, texts, until

HELPERS = ("reflection", "thread_title", "summarizer", "web_search")
CODE = Version(1, ArtifactKind.CODE, "Wave", "a = '🎉'\nb = 1\n", "python")
ARTIFACT = {"currentIndex": 1, "contents": [{"index": 1, "type": "code", "title": "Wave", "language": "python", "code": CODE.text}]}


@asynccontextmanager
async def open_canvas() -> AsyncIterator[tuple[ScriptedServer, Hub]]:
    async with scripted_server([SetState({"artifact": ARTIFACT}), say("Here it is.")], kind="js") as server:
        server.companions = HELPERS
        async with hub_at(server.url) as hub:
            await until(hub, lambda: hub.server().kind is ServerKind.JS)
            yield server, hub


def leave_helpers(server: ScriptedServer, title: str) -> list[str]:
    """What every turn of the real one leaves behind."""
    return [server.new_thread("", {"graph_id": graph, "thread_title": title}).id for graph in HELPERS]


async def test_helpers_threads_show_nowhere() -> None:
    async with open_canvas() as (server, hub):
        mine = hub.new_thread()
        hub.submit(mine, "Wave at robots")
        await at_rest(hub, mine)
        hidden = leave_helpers(server, "Wave at robots")
        hub.refresh_threads()
        await until(hub, lambda: [row.id for row in hub.threads().rows] == [mine] and not hub.threads().loading)
        hub.search("robots")
        await until(hub, lambda: not hub.threads().loading)
        assert [row.id for row in hub.threads().rows] == [mine]
        hub.search("")
        assert [row.id for row in (await threads.newest(hub, 50))[0]] == [mine]
        hub.open(mine)
        await at_rest(hub, mine)
        hub.refresh_threads()
        await until(hub, lambda: not hub.threads().loading)
        assert hub.threads().opened is not None and not {row.id for row in hub.threads().rows} & set(hidden)


async def test_pages_full_of_helpers_threads_hide_none_of_the_users() -> None:
    async with open_canvas() as (server, hub):
        mine = [server.new_thread("", {"graph_id": "agent", "supabase_user_id": "me", "thread_title": "first"}).id]
        for _ in range(60):
            leave_helpers(server, "noise")
        mine.append(server.new_thread("", {"graph_id": "agent", "supabase_user_id": "me", "thread_title": "last"}).id)
        server.new_thread("", {"graph_id": "agent", "supabase_user_id": "somebody else", "thread_title": "theirs"})
        hub.refresh_threads()
        await until(hub, lambda: {row.id for row in hub.threads().rows} == set(mine))


async def test_a_thread_that_was_deleted_elsewhere_is_told_to_be_gone_not_busy() -> None:
    async with open_canvas() as (server, hub):
        thread = hub.new_thread()
        hub.submit(thread, "one")
        await at_rest(hub, thread)
        del server.threads[thread]
        hub.submit(thread, "two")
        await until(hub, lambda: any(o.message.standing is Standing.UNSENT for o in hub.session(thread).queue))
        session = hub.session(thread)
        assert session.queue[0].message.text == "two" and session.notices[-1].failure is not None
        assert session.notices[-1].failure.kind is FailureKind.MISSING


async def test_of_a_graph_without_artifacts_too_it_is_looked_at_before_it_is_believed() -> None:
    """The server calls a thread busy that is not there (measured): a look tells, and on the user's word it is made again."""
    async with scripted_server([say("Here.")], kind="js") as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "one")
        await at_rest(hub, thread)
        del server.threads[thread]
        hub.submit(thread, "two")
        await until(hub, lambda: [notice.kind for notice in hub.session(thread).notices] == [NoticeKind.GONE])
        hub.retry(thread)
        session = await at_rest(hub, thread)
        assert texts(session)[-1] == "Here." and server.texts(thread) == ["two", "Here."]


TURNS = [Turn(), SEARCH, Turn((("customQuickActionId", "x"),), "Mine"), Turn(highlight(CODE, 0, 7))]
TURNS += [action.turn(value) for action in ACTIONS for value, _ in action.values[:1] or (("", ""),)]


@pytest.mark.parametrize("turn", TURNS, ids=lambda turn: turn.words or "message")
async def test_every_input_says_of_every_key_that_it_is_not_meant(turn: Turn) -> None:
    async with open_canvas() as (server, hub):
        thread = hub.new_thread()
        hub.submit(thread, "begin")
        await at_rest(hub, thread)
        words = "words" if turn == SEARCH or "highlightedCode" in dict(turn.keys) or not turn.keys else ""
        hub.canvas.act(thread, turn, words)
        await at_rest(hub, thread)
        given = list(server.runs.values())[-1].kwargs["input"]
        meant = dict(turn.keys)
        assert {key: given[key] for key in TURN_KEYS if key not in meant and given[key] not in (None, False)} == {}
        assert set(TURN_KEYS) <= set(given) and {key: given[key] for key in meant} == meant
        assert ("messages" in given) is bool(words)
        assert given.get("artifact") == (None if turn == SEARCH else ARTIFACT)
