"""The scripted server is itself what other tests stand on: its dialects, its replay and its faults."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.support import content
from tests.support.scripted import ScriptedServer, scripted_server
from tests.support.scripted_faults import LOGIN_PAGE, Fault, How, LastId, cut, lose_answer, never_taken, reply, stall
from tests.support.scripted_steps import (
    Ask,
    Breakpoint,
    CallTool,
    Emit,
    Fail,
    Gate,
    Pause,
    Raw,
    Say,
    StartOver,
    Step,
    ToolResult,
    Turn,
    Whole,
    pieces,
    say,
    think,
)

MODES = ["messages-tuple", "updates", "custom"]
HELLO = [say("Hello there, you")]


class Client:
    """Just enough of a client."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server
        self.http = httpx.AsyncClient(base_url=server.url, timeout=5)

    async def thread(self) -> str:
        return str((await self.http.post("/threads", json={})).json()["thread_id"])

    async def create(self, thread: str, text: str | None = "hi", **more: Any) -> dict[str, Any]:
        given = None if text is None else {"messages": [{"role": "user", "content": text, "id": f"m-{text}"}]}
        body = {"assistant_id": "agent", "input": given, "stream_mode": MODES, "stream_resumable": True, **more}
        answer = await self.http.post(f"/threads/{thread}/runs", json=body)
        answer.raise_for_status()
        return dict(answer.json())

    async def join(self, run: dict[str, Any], last: str | None = "-1") -> list[tuple[str, str, str]]:
        """(event, data, id) of a whole stream."""
        headers = {} if last is None else {"last-event-id": last}
        answer = await self.http.get(f"/threads/{run['thread_id']}/runs/{run['run_id']}/stream", headers=headers)
        return parse(answer.text)

    async def run(self, run: dict[str, Any]) -> dict[str, Any]:
        return dict((await self.http.get(f"/threads/{run['thread_id']}/runs/{run['run_id']}")).json())


def parse(body: str) -> list[tuple[str, str, str]]:
    events = []
    for block in body.replace("\r\n", "\n").split("\n\n"):
        fields: dict[str, list[str]] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(": ")
            fields.setdefault(name, []).append(value)
        if "data" in fields:
            events.append(("".join(fields.get("event", [])), "\n".join(fields["data"]), "".join(fields.get("id", []))))
    return events


def text(events: list[tuple[str, str, str]]) -> str:
    out = ""
    for name, data, _ in events:
        if name == "messages" and (piece := json.loads(data)[0])["type"] != "tool":
            out += piece["content"]
    return out


@pytest.fixture
async def gated() -> AsyncIterator[tuple[ScriptedServer, Client]]:
    """A run that stands at the gate "mid" after four tokens."""
    script: list[Step] = [say("one two three four"), Gate("mid"), say(" five six")]
    async with scripted_server(script) as server:
        client = Client(server)
        yield server, client
        await client.http.aclose()


def test_pieces_join_to_their_text() -> None:
    for sample in ("", "a", " a  b\n\nc ", "\n", "one two"):
        assert "".join(pieces(sample)) == sample


def test_content_is_whole_and_marked() -> None:
    made = content.tokens(500)
    assert len(made) == 500
    assert made == content.tokens(500)
    joined = "".join(made)
    assert joined.count("```") % 2 == 0 and joined.endswith(content.END)
    assert len(content.MARK.findall(joined)) > 10
    assert len(content.conversation(7)) == 7


@pytest.mark.parametrize(
    ("kind", "newline", "ids", "names"),
    [
        ("python", "\r\n", "1795338766000-0", ["metadata", "messages", "updates"]),
        ("js", "\n", "0", ["metadata", "messages", "updates"]),
        ("aegra", "\n", "{run}_event_1", ["metadata", "messages", "updates", "end"]),
    ],
)
async def test_dialects(kind: str, newline: str, ids: str, names: list[str]) -> None:
    async with scripted_server(HELLO, kind=kind) as server:
        client = Client(server)
        run = await client.create(await client.thread())
        place = f"/threads/{run['thread_id']}/runs/{run['run_id']}"
        answer = await client.http.get(f"{place}/stream", headers={"last-event-id": "-1"})
        assert answer.headers["content-location"] == place
        events = parse(answer.text)
        assert list(dict.fromkeys(name for name, _, _ in events)) == names
        assert events[0][2] == ids.format(run=run["run_id"])
        assert f"{newline}{newline}" in answer.text
        assert text(events) == "Hello there, you"
        assert server.texts(run["thread_id"]) == ["hi", "Hello there, you"]
        assert (answer.text.count("data:") > 100) == (kind == "js")


async def test_replay_by_id_loses_siblings_on_the_python_kind_only() -> None:
    for kind, siblings, lost in (("python", 3, True), ("python", 1, False), ("js", 3, False), ("aegra", 3, False)):
        async with scripted_server(HELLO, kind=kind, siblings=siblings) as server:
            client = Client(server)
            run = await client.create(await client.thread())
            everything = await client.join(run)
            rest = await client.join(run, everything[1][2])
            assert (rest == everything[2:]) is not lost
            assert everything[-len(rest) :] == rest


async def test_joining_without_a_last_id_gives_only_what_is_to_come(gated: tuple[ScriptedServer, Client]) -> None:
    server, client = gated
    run = await client.create(await client.thread())
    await server.reached("mid")
    late = asyncio.create_task(client.join(run, None))
    await server.until(lambda: server.count("join") == 1)
    server.open_gate("mid")
    assert text(await late) == " five six"
    assert await client.join(run, None) == []
    assert text(await client.join(run)) == "one two three four five six"


async def test_overlap_doubles_the_end_of_a_live_replay() -> None:
    async with scripted_server([say("a b c"), Gate("mid"), say(" d")], overlap=2) as server:
        client = Client(server)
        run = await client.create(await client.thread())
        await server.reached("mid")
        joined = asyncio.create_task(client.join(run))
        await server.until(lambda: len(server.sent) == 5)  # a b c, b c
        server.open_gate("mid")
        assert text(await joined) == "a b c b c d"


async def test_a_run_that_is_not_resumable_replays_nothing() -> None:
    async with scripted_server(HELLO) as server:
        client = Client(server)
        run = await client.create(await client.thread(), stream_resumable=False)
        await asyncio.wait_for(client.server.runs[run["run_id"]].task or asyncio.sleep(0), 5)
        assert await client.join(run) == []


async def test_questions_breakpoints_tools_failures() -> None:
    script: list[Step] = [
        think("hm"),
        CallTool("lookup", {"query": "weather"}),
        ToolResult("rain"),
        Emit({"progress": 1}),
        Whole("Done."),
        Ask({"question": "Go on?"}),
        say("Going on."),
        Breakpoint(),
        say("partial"),
        Fail("ValueError", "no more"),
    ]
    async with scripted_server(script) as server:
        client = Client(server)
        thread = await client.thread()
        first = await client.join(await client.create(thread))
        arguments = "".join(c["args"] for n, d, _ in first if n == "messages" for c in json.loads(d)[0].get("tool_call_chunks", []))
        assert json.loads(arguments) == {"query": "weather"}
        assert ("custom", '{"progress":1}') in [(n, d) for n, d, _ in first]
        state = (await client.http.get(f"/threads/{thread}/state")).json()
        assert state["interrupts"][0]["value"] == {"question": "Go on?"} and state["next"] == ["agent"]
        assert (await client.http.get(f"/threads/{thread}")).json()["status"] == "interrupted"
        resumed = await client.create(thread, None, command={"resume": "yes"})
        assert text(await client.join(resumed)) == "Going on."
        failed = await client.create(thread, None)
        await client.join(failed)
        assert (await client.run(failed))["status"] == "error"
        assert server.texts(thread)[-1] == "Going on."
        assert (await client.http.get(f"/threads/{thread}")).json()["status"] == "error"


async def test_queue_reject_interrupt_and_cancel(gated: tuple[ScriptedServer, Client]) -> None:
    server, client = gated
    thread = await client.thread()
    first = await client.create(thread, "a")
    await server.reached("mid")
    second = await client.create(thread, "b")
    assert (await client.run(second))["status"] == "pending"
    with pytest.raises(httpx.HTTPStatusError, match="409"):
        await client.create(thread, "c", multitask_strategy="reject")
    await client.http.post(f"/threads/{thread}/runs/{second['run_id']}/cancel")
    assert await client.join(second) == []
    third = await client.create(thread, "d", multitask_strategy="interrupt")
    assert (await client.run(first))["status"] == "interrupted"
    server.open_gate("mid")
    await client.join(third)
    assert server.texts(thread) == ["a", "d", "one two three four five six"]


async def test_workers_limit_what_executes_at_once() -> None:
    async with scripted_server([Gate("mid"), say("x")], workers=1) as server:
        client = Client(server)
        await client.create(await client.thread())
        await server.reached("mid")
        waiting = await client.create(await client.thread())
        queue = (await client.http.get("/metrics", params={"format": "json"})).json()["queue"]
        assert queue == {"n_pending": 1, "n_running": 1}
        server.open_gate("mid")
        assert text(await client.join(waiting)) == "x"


@pytest.mark.parametrize(
    ("how", "raised"),
    [(How.RST, httpx.ReadError), (How.FIN, httpx.RemoteProtocolError), (How.CLEAN, None)],
)
async def test_cuts_at_an_event_and_at_a_byte(how: How, raised: type[Exception] | None) -> None:
    async with scripted_server(HELLO) as server:
        client = Client(server)
        run = await client.create(await client.thread())
        whole = (await client.http.get(f"/threads/{run['thread_id']}/runs/{run['run_id']}/stream", headers={"last-event-id": "-1"})).content
        server.plan("join", cut(events=2, how=how), cut(bytes=1234, how=how))
        for wanted in (len(whole.split(b"\r\n\r\n")[0] + whole.split(b"\r\n\r\n")[1]) + 8, 1234):
            got = b""
            try:
                async with client.http.stream(
                    "GET", f"/threads/{run['thread_id']}/runs/{run['run_id']}/stream", headers={"last-event-id": "-1"}
                ) as answer:
                    async for part in answer.aiter_raw():
                        got += part
                assert raised is None
            except httpx.HTTPError as error:
                assert raised is not None and isinstance(error, raised)
            assert got == whole[:wanted]


async def test_answers_lost_refused_and_replaced() -> None:
    async with scripted_server(HELLO, key="secret") as server:
        client = Client(server)
        assert (await client.http.post("/threads", json={})).status_code == 401
        client.http.headers["x-api-key"] = "secret"
        thread = await client.thread()
        server.plan(
            "create", lose_answer(), never_taken(How.FIN), reply(502, "bad", acts=True), reply(429, {}, retry_after="7"), LOGIN_PAGE
        )
        made = []
        for _ in range(2):
            with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
                await client.create(thread)
            made.append(len(server.runs))
        for status in (502, 429, 200):
            answer = await client.http.post(f"/threads/{thread}/runs", json={"assistant_id": "agent"})
            assert answer.status_code == status
            made.append(len(server.runs))
        assert made == [1, 1, 2, 2, 2]
        assert "text/html" in answer.headers["content-type"]
        missing = await client.http.post(f"/threads/{thread}/runs", json={"assistant_id": "nobody"})
        assert missing.status_code == 404 and "nobody" in missing.json()["detail"]


async def test_a_connection_serves_requests_after_a_stream() -> None:
    async with scripted_server(HELLO) as server:
        client = Client(server)
        run = await client.create(await client.thread())
        for _ in range(3):
            await client.join(run)
        assert server.accepted == 1


async def test_bytes_can_be_sliced_held_and_buffered_without_changing_them() -> None:
    async with scripted_server(HELLO, kind="js") as server:
        client = Client(server)
        run = await client.create(await client.thread())
        plain = await client.join(run)
        server.plan("join", Fault(slice=7), Fault(hold=0.01), Fault(buffer=True), Fault(last_id=LastId.REPLAY), Fault(last_id=LastId.STRIP))
        for _ in range(3):
            assert await client.join(run) == plain
        assert await client.join(run, "3") == plain
        assert await client.join(run, "3") == []


async def test_a_stall_silences_heartbeats_too() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0.001)

    async with scripted_server([say("a b"), Pause(60), say(" c")], heartbeat=5, sleep=sleep) as server:
        client = Client(server)
        server.plan("join", stall(2, 90))
        run = await client.create(await client.thread())
        assert text(await client.join(run)) == "a b c"
        assert 90 in slept and 60 in slept
        assert server.kind.beat() == b": heartbeat\r\n\r\n"


async def test_a_server_that_dies_runs_again_or_forgets() -> None:
    script: list[Step] = [say("one two"), Gate("mid"), say(" three")]
    async with scripted_server(script) as server:
        client = Client(server)
        thread = await client.thread()
        run = await client.create(thread)
        await server.reached("mid")
        newest = server.ids(run["run_id"], 2)
        await server.down()
        with pytest.raises(httpx.ConnectError):
            await client.run(run)
        await server.up()
        server.open_gate("mid")
        assert text(await client.join(run, newest)) == "one two three"
        assert server.texts(thread) == ["hi", "one two three"]
        assert server.runs[run["run_id"]].attempts == 2
        await server.down(How.CLEAN)
        await server.up(rerun=False)
        assert (await client.run(run))["status"] == "success"


async def test_starting_over_and_unreadable_events_stand_in_the_stream() -> None:
    async with scripted_server(
        [say("half"), StartOver(), Raw("messages", "{not json"), Raw(None, None), say("whole")], kind="aegra"
    ) as server:
        client = Client(server)
        thread = await client.thread()
        events = await client.join(await client.create(thread))
        assert [name for name, _, _ in events].count("metadata") == 2
        assert "{not json" in [data for _, data, _ in events]
        assert server.texts(thread) == ["hi", "whole"]


async def test_scripts_by_turn_and_times_of_tokens() -> None:
    def answer(turn: Turn) -> list[Step]:
        return [Say((f"{turn.number}:", turn.text))]

    async with scripted_server(answer) as server:
        client = Client(server)
        thread = await client.thread()
        for word in ("a", "b"):
            assert text(await client.join(await client.create(thread, word))) in ("1:a", "2:b")
        times = [piece.at for piece in server.sent]
        assert [piece.text for piece in server.sent] == ["1:", "a", "2:", "b"]
        assert times == sorted(times)


async def test_threads_are_found_renamed_and_deleted() -> None:
    async with scripted_server(HELLO) as server:
        client = Client(server)
        old = server.add_thread([("human", "q"), ("ai", "a")], title="Old")
        new = await client.thread()
        found = (await client.http.post("/threads/search", json={"limit": 5})).json()
        assert [t["thread_id"] for t in found] == [new, old.id]
        await client.http.patch(f"/threads/{old.id}", json={"metadata": {"title": "Older"}})
        found = (await client.http.post("/threads/search", json={"metadata": {"title": "Older"}})).json()
        assert [t["thread_id"] for t in found] == [old.id]
        assert (await client.http.delete(f"/threads/{old.id}")).status_code == 204
        assert (await client.http.get(f"/threads/{old.id}")).status_code == 404
        assert (await client.http.get("/nothing")).status_code == 404
