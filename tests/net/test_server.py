"""Finding the server: what it is, what is wrong with it, and coming back."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable

import pytest

from canvas_tui.core.model import Failure, FailureKind, Json, NoticeKind, ServerKind, ServerPhase
from canvas_tui.core.ports import LocalAddress, LocalFailure, Secret, ServerTarget
from canvas_tui.net import server as server_module
from canvas_tui.net.hub import Hub
from canvas_tui.net.user import machine_user
from tests.support.scripted import ScriptedServer, scripted_server
from tests.support.scripted_faults import LOGIN_PAGE, UNAUTHORISED, reply
from tests.support.scripted_steps import Gate, say

from .backends import at_rest, hub_at, texts, until
from .memory import MemoryJournal, ReadyLocal


async def settled(hub: Hub) -> str:
    await until(hub, lambda: hub.server().phase in (ServerPhase.UP, ServerPhase.FAILED))
    return hub.server().sentence


@pytest.mark.parametrize(("kind", "shown"), [("python", ServerKind.PYTHON), ("js", ServerKind.JS), ("aegra", ServerKind.AEGRA)])
async def test_kinds_are_told_apart(kind: str, shown: ServerKind) -> None:
    async with scripted_server(kind=kind) as server, hub_at(server.url) as hub:
        assert hub.server().phase is ServerPhase.STARTING
        await settled(hub)
        state = hub.server()
        assert (state.phase, state.kind, state.assistant) == (ServerPhase.UP, shown, "agent")
        assert state.version


@pytest.mark.parametrize(
    ("route", "fault", "sentence"),
    [
        ("info", LOGIN_PAGE, "is no LangGraph server. Check the address. It says: <!doctype html><html><title>Sign in"),
        ("info", reply(404, "<html><title>Not here</title></html>"), "is no LangGraph server"),
        ("info", reply(200, {"hello": "world"}), "is no LangGraph server. Check the address. It says: {'hello': 'world'}"),
        ("info", UNAUTHORISED, "The server wants a key, or refuses this one (401). Set this server's key"),
        ("info", reply(302, "", location="https://login.example.test/x"), "https://login.example.test/x"),
        ("assistants", reply(403, {"detail": "no"}), "The server wants a key"),
        ("assistants", reply(200, []), "The server has no assistants"),
    ],
)
async def test_what_only_the_user_can_mend(route: str, fault: object, sentence: str) -> None:
    async with scripted_server([say("Hi")]) as server:
        server.plan(route, fault)  # type: ignore[arg-type]
        async with hub_at(server.url) as hub:
            thread = hub.new_thread()
            hub.submit(thread, "kept")
            assert sentence in await settled(hub)
            assert hub.server().phase is ServerPhase.FAILED
            await until(hub, lambda: any(n.kind is NoticeKind.THREAD for n in hub.session(thread).notices))
            assert [o.message.text for o in hub.session(thread).queue] == ["kept"]
            hub.retry_server()
            await settled(hub)
            assert hub.server().phase is ServerPhase.UP
            assert texts(await at_rest(hub, thread)) == ["Hi"]


async def test_no_such_assistant_names_those_it_has() -> None:
    async with scripted_server() as server, hub_at(server.url, assistant="poet") as hub:
        assert await settled(hub) == 'The server has no assistant "poet". It has: agent.'


async def test_the_key_is_sent() -> None:
    async with scripted_server([say("Hi")], key="k-1") as server:
        async with hub_at(server.url, key="k-1") as hub:
            thread = hub.new_thread()
            hub.submit(thread, "Hello")
            assert texts(await at_rest(hub, thread)) == ["Hi"]
        async with hub_at(server.url, key="k-2") as hub:
            assert "wants a key" in await settled(hub)


async def test_a_server_that_is_not_there_yet_is_waited_for() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with hub_at(f"http://127.0.0.1:{port}") as hub:
        thread = hub.new_thread()
        hub.submit(thread, "early")
        await until(hub, lambda: hub.server().phase is ServerPhase.DOWN)
        assert hub.server().sentence == f"Cannot reach 127.0.0.1:{port} (connection refused). Trying again …"
        assert [o.message.text for o in hub.session(thread).queue] == ["early"]
        async with scripted_server([say("Hi")], port=port):
            assert texts(await at_rest(hub, thread)) == ["Hi"]
            assert hub.server().phase is ServerPhase.UP


async def test_a_server_that_goes_away_is_told_and_comes_back() -> None:
    async with scripted_server([say("a"), Gate("on"), say("b")]) as server, hub_at(server.url) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "go")
        await server.reached("on")
        await server.down()
        await until(hub, lambda: hub.server().phase is ServerPhase.DOWN)
        server.open_gate("on")
        await server.up()
        await until(hub, lambda: hub.server().phase is ServerPhase.UP)
        assert [m.text for m in (await at_rest(hub, thread)).history] == server.texts(thread)


# -- the shape of the input -------------------------------------------------------------------------------------------------------


async def posted(hub: Hub, server: ScriptedServer) -> dict[str, Json]:
    thread = hub.new_thread()
    hub.submit(thread, "Hello")
    await until(hub, lambda: server.count("create") == 1)
    body: dict[str, Json] = json.loads(next(s for s in server.seen if s.name == "create").request.body)
    return body


async def test_a_refused_connection_beside_one_that_works_is_no_reason_to_hurry() -> None:
    """Else each refusal would find the server there and try again at once, many times a second."""
    found: asyncio.Queue[bool] = asyncio.Queue()
    async with scripted_server() as server:
        target = ServerTarget("test", server.url, key=lambda: Secret(""))
        link = server_module.ServerLink(target, "me", None, changed=lambda: None, up=found.put_nowait)
        try:
            link.start()
            assert await found.get()
            link.suspect(Failure(FailureKind.REFUSED))
            assert not await found.get()
            server.plan("info", reply(503, ""))
            link.suspect(Failure(FailureKind.REFUSED))
            assert await found.get()
        finally:
            await link.close()


async def test_open_canvas_is_told_by_its_schema() -> None:
    schemas: Json = {"state_schema": {"properties": {"messages": {}, "_messages": {}, "artifact": {}}}}
    async with scripted_server([say("Hi")]) as server:
        server.plan("schemas", reply(200, schemas))
        async with hub_at(server.url, model_config={"customModelName": "m-1"}) as hub:
            body = await posted(hub, server)
        assert body["input"]["highlightedText"] is None
        assert body["config"]["configurable"] == {"customModelName": "m-1", "supabase_user_id": "me"}
        [made] = server.threads.values()
        assert made.metadata["supabase_user_id"] == "me"


async def test_open_canvas_is_told_by_its_helpers_on_a_js_server() -> None:
    graphs = [{"assistant_id": f"id-{g}", "graph_id": g, "name": g} for g in ("agent", "reflection", "thread_title")]
    async with scripted_server([say("Hi")], kind="js") as server:
        server.plan("assistants", reply(200, graphs))
        async with hub_at(server.url) as hub:
            body = await posted(hub, server)
        assert body["assistant_id"] == "id-agent"
        assert "_messages" in body["input"]
        assert server.count("schemas") == 0


async def test_other_graphs_get_only_messages() -> None:
    async with scripted_server([say("Hi")]) as server:
        server.plan("schemas", reply(500, "no"))
        async with hub_at(server.url) as hub:
            assert [*(await posted(hub, server))["input"]] == ["messages"]


# -- the local agent ---------------------------------------------------------------------------------------------------------------


class BrokenLocal(ReadyLocal):
    async def ensure(self, told: Callable[[str], None]) -> LocalAddress:
        self.asked += 1
        if self.asked == 1:
            raise LocalFailure("The local agent could not start: no such model.", ["line 1", "line 2"], "/x/agent.log")
        return self.address


async def test_a_local_agent_that_cannot_start_says_why_and_is_tried_again() -> None:
    async with scripted_server([say("Hi")]) as server, hub_at("", local=BrokenLocal(server.url)) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "Hello")
        assert await settled(hub) == "The local agent could not start: no such model."
        assert (hub.server().log, hub.server().log_path) == (("line 1", "line 2"), "/x/agent.log")
        hub.retry_server()
        assert texts(await at_rest(hub, thread)) == ["Hi"]
        assert (hub.server().name, hub.server().local, hub.server().log) == ("local agent", True, ())


class MovingLocal(ReadyLocal):
    """Started again on another port."""

    def __init__(self, *urls: str) -> None:
        super().__init__(urls[0])
        self._urls = [*urls]

    async def ensure(self, told: Callable[[str], None]) -> LocalAddress:
        await super().ensure(told)
        return LocalAddress(self._urls.pop(0) if len(self._urls) > 1 else self._urls[0], "", "scripted model")


async def test_a_local_agent_that_died_is_started_again_and_its_threads_are_there() -> None:
    journal = MemoryJournal()
    async with (
        scripted_server([say("one")]) as first,
        scripted_server([say("two")], seed=2) as second,
        hub_at("", journal, local=MovingLocal(first.url, second.url)) as hub,
    ):
        thread = hub.new_thread()
        hub.submit(thread, "Hello")
        await at_rest(hub, thread)
        await first.down()
        hub.submit(thread, "again")
        await until(hub, lambda: hub.server().url == second.url)
        session = await at_rest(hub, thread)
        assert texts(session)[-1] == "two"
        assert thread in second.threads


async def test_a_failure_of_one_request_is_no_failure_of_the_server() -> None:
    async with scripted_server([say("Hi")]) as server, hub_at(server.url) as hub:
        await settled(hub)
        server.plan("create", reply(500, "no"), reply(500, "no"))
        thread = hub.new_thread()
        hub.submit(thread, "Hello")
        assert texts(await at_rest(hub, thread)) == ["Hi"]
        assert hub.server().phase is ServerPhase.UP


def test_a_machines_user_is_stable_and_tells_nothing() -> None:
    assert machine_user() == machine_user()
    assert len(machine_user()) == 36


def test_every_failure_has_a_place() -> None:
    assert not server_module.HOPELESS & server_module.GONE
