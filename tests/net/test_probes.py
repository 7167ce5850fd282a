"""Doctor's probes against scripted servers and sockets: what they find, that they end, that nothing secret or of the user's stays."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from canvas_tui.core import bundle
from canvas_tui.core.diagnosis import Action, Code, Standing, Step, Verdict
from canvas_tui.core.evidence import Ended, Evidence, Line
from canvas_tui.core.flow import made_at
from canvas_tui.core.verdicts import verdict
from canvas_tui.net import probes_act
from canvas_tui.net.client import Client
from canvas_tui.net.doctor import ProgramDoctor
from canvas_tui.net.probes import Examination, Wish, shown_url
from canvas_tui.net.probes_ask import find_way, kept_headers
from canvas_tui.net.probes_listen import a_beat, flowing, listen
from tests.support.diagnosing import target
from tests.support.scripted import ScriptedServer, scripted_server
from tests.support.scripted_faults import LOGIN_PAGE, UNAUTHORISED, Fault, How, cut, reply
from tests.support.scripted_steps import Ask, Breakpoint, Fail, Gate, say

from .backends import hub_at, until

SECRET = "sk-very-secret-4711"
SOON = 1.0


async def looked(url: str, wish: Wish | None = None, key: str = "") -> tuple[Evidence, Verdict, list[Step]]:
    steps: list[Step] = []
    evidence = await Examination(target(url, key), wish or Wish(listen=SOON), steps.append).run()
    return evidence, verdict(evidence), steps


async def ran(server: ScriptedServer, text: str = "my own words") -> str:
    """A thread with a run of this text, which has got as far as its script lets it; the thread's id."""
    async with hub_at(server.url) as hub:
        thread_id = hub.new_thread()
        hub.submit(thread_id, text)
        await until(hub, lambda: hub.session(thread_id).run is not None and bool(server.runs))
        run = next(iter(server.runs.values()))
        await until(hub, lambda: run.done or run.status == "running")
        return thread_id


# -- the way and the server -------------------------------------------------------------------------------------------------


async def test_a_healthy_server_that_has_no_silent_stream() -> None:
    async with scripted_server() as server:
        _, told, steps = await looked(server.url)
    assert told.code is Code.HEALTHY
    assert [step.standing for step in steps if step.name == "the server"] == [Standing.DOING, Standing.GOOD]
    assert [step.standing for step in steps if step.name == "a silent stream"][-1] is Standing.SKIPPED


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (LOGIN_PAGE, Code.WRONG_SERVER),
        (UNAUTHORISED, Code.AUTH),
        (reply(403, {"detail": "no"}), Code.AUTH),
        (reply(502, "<html>Bad Gateway</html>"), Code.GATEWAY),
        (reply(500, {"detail": "oh"}), Code.SERVER_ERROR),
        (reply(429, {"detail": "slow down"}, retry_after="7"), Code.LIMITED),
        (reply(302, "", location="http://elsewhere.invalid/login"), Code.REDIRECTED),
        (reply(404, {"detail": "Not Found"}), Code.WRONG_SERVER),
    ],
)
async def test_what_answers_instead_of_the_server(fault: Fault, code: Code) -> None:
    async with scripted_server() as server:
        server.plan("*", *[fault] * 20)
        _, told, _ = await looked(server.url)
    assert told.code is code, told


async def test_nothing_listens() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        _, told, steps = await looked(f"http://127.0.0.1:{bound.getsockname()[1]}")
    assert told.code is Code.REFUSED
    assert {step.name for step in steps} == {"the way there"}, "nothing else is tried"


async def test_https_where_http_is_spoken() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    plain = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with plain:
        _, told, _ = await looked(f"https://127.0.0.1:{plain.sockets[0].getsockname()[1]}")
    assert told.code is Code.TLS and "does not speak https" in told.sentence and "http://" in told.now[0]


@contextmanager
def _full() -> Iterator[int]:
    """A port whose queue of connections is full: new ones get no answer at all."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        yield port
        for each in waiting:
            each.close()


async def test_a_way_on_which_nobody_answers() -> None:
    with _full() as port:
        _, told, _ = await looked(f"http://127.0.0.1:{port}")
    assert told.code is Code.CONNECT_TIMEOUT


async def test_a_proxy_of_the_environment_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.delenv("no_proxy")
    _, told, _ = await looked("http://agents.invalid:2024")
    assert told.code is Code.ENV_PROXY and "127.0.0.1:9" in told.sentence
    assert any("NO_PROXY" in line for line in told.now)


async def test_a_loopback_address_never_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with scripted_server() as server:
        way = await find_way(server.url, lambda: 0.0)
    assert (way.proxy, way.failure, way.loopback) == ("", None, True)


# -- thread and run ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "code", "action"),
    [
        ((Ask({"question": "Proceed?"}),), Code.WAITING_FOR_YOU, Action.NOTHING),
        ((say("one"), Breakpoint()), Code.STATIC_BREAKPOINT, Action.CONTINUE),
        ((Fail("RuntimeError", "the model is away"),), Code.RUN_FAILED, Action.NOTHING),
        ((say("all of it"),), Code.ANSWERED, Action.FETCH),
    ],
)
async def test_names_what_became_of_a_run(script: tuple[object, ...], code: Code, action: Action) -> None:
    async with scripted_server(script) as server:  # type: ignore[arg-type]
        _, told, _ = await looked(server.url, Wish(await ran(server), listen=SOON))
    assert (told.code, told.action) == (code, action)


async def test_an_unknown_thread_and_an_unknown_run() -> None:
    async with scripted_server([say("hello")]) as server:
        thread_id = await ran(server)
        _, no_thread, _ = await looked(server.url, Wish("3f0e8b9e-0000-4000-8000-000000000000", listen=SOON))
        _, no_run, _ = await looked(server.url, Wish(thread_id, "3f0e8b9e-0000-4000-8000-000000000000", listen=SOON))
    assert (no_thread.code, no_run.code) == (Code.NO_THREAD, Code.RUN_LOST)


async def test_a_run_behind_another() -> None:
    async with scripted_server([Gate("held"), say("late")]) as server:
        thread_id = await ran(server)
        first = next(iter(server.runs))
        async with _client(server.url) as client:
            body = {"assistant_id": "agent", "input": {"messages": []}, "stream_resumable": True}
            second = (await client.post(f"/threads/{thread_id}/runs", body)).value["run_id"]
        _, told, _ = await looked(server.url, Wish(thread_id, second, listen=SOON))
    assert told.code in (Code.BEHIND_RUN, Code.ZOMBIE_RUN), "which of the two is a matter of the scripted clock"
    assert first[:8] in told.sentence


# -- what stays in a bundle -----------------------------------------------------------------------------------------------------


async def test_neither_the_key_nor_the_users_words_are_kept() -> None:
    async with scripted_server([Ask("what is your password?")], key=SECRET) as server:
        async with hub_at(server.url, key=SECRET) as hub:
            thread_id = hub.new_thread()
            hub.submit(thread_id, "my own words")
            await until(hub, lambda: bool(hub.session(thread_id).interrupts))
        evidence, told, _ = await looked(server.url, Wish(thread_id, listen=SOON), key=SECRET)
        shown, _, _ = await looked(server.url, Wish(thread_id, listen=SOON, with_text=True), key=SECRET)
    assert told.code is Code.WAITING_FOR_YOU
    text = bundle.write(evidence)
    assert SECRET not in text and "my own words" not in text and "password" not in text
    assert "password" in bundle.write(shown), "asked for, it is there"
    assert verdict(bundle.read(text)) == told


def test_only_headers_that_say_something_are_kept() -> None:
    given = {"Server": "nginx", "Set-Cookie": "session=abc", "X-Accel-Buffering": "no", "Authorization": "Bearer x", "X-User": "me"}
    assert kept_headers(given) == (("server", "nginx"), ("x-accel-buffering", "no"))


def test_addresses_are_shown_without_what_is_secret() -> None:
    assert shown_url("https://me:pw@host:8443/api/?key=1#x") == "https://host:8443/api"


# -- listening ---------------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _client(url: str) -> AsyncIterator[Client]:
    client = Client(target(url), url)
    try:
        yield client
    finally:
        await client.close()


class _Ticks:
    """A clock that goes on by a second each time it is looked at."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


async def _join(server: ScriptedServer, thread_id: str, seconds: float = 10.0) -> tuple[Ended, int, int]:
    run_id = next(iter(server.runs))
    async with _client(server.url) as client:
        heard = await listen(client, _Ticks(), Line.RUN, f"/threads/{thread_id}/runs/{run_id}/stream", seconds=seconds)
    assert heard.headers_at is not None and heard.ended_at > heard.headers_at
    assert [read.at for read in heard.reads] == sorted(read.at for read in heard.reads)
    return heard.ended, heard.event_count, heard.text


async def test_listens_to_the_end() -> None:
    async with scripted_server([say("one two three")]) as server:
        ended, events, text = await _join(server, await ran(server))
    assert (ended, text) == (Ended.EOF, len("one two three")) and events >= 4


@pytest.mark.parametrize("how", [How.RST, How.FIN])
async def test_a_cut_is_told_from_an_end(how: How) -> None:
    async with scripted_server([say("one two three")]) as server:
        thread_id = await ran(server)
        server.plan("join", cut(events=2, how=how))
        ended, _, _ = await _join(server, thread_id)
    assert ended is Ended.CUT


async def test_hangs_up_when_the_time_is_over() -> None:
    async with scripted_server([say("one"), Gate("held"), say("two")]) as server:
        ended, _, _ = await _join(server, await ran(server), seconds=0.2)
    assert ended is Ended.OPEN


async def test_is_content_with_a_heartbeat() -> None:
    async with scripted_server([Gate("held")], heartbeat=0.05) as server:
        thread_id = await ran(server)
        path = f"/threads/{thread_id}/runs/{next(iter(server.runs))}/stream"
        async with _client(server.url) as client, asyncio.timeout(20):
            beat = await listen(client, asyncio.get_running_loop().time, Line.QUIET, path, seconds=60, enough=a_beat)
            two = await listen(client, asyncio.get_running_loop().time, Line.RUN, path, seconds=60, enough=flowing)
    assert beat.ended is Ended.OPEN and two.beats == 2


def test_the_time_in_an_id() -> None:
    assert made_at("1795351541510-0") == 1795351541.510
    assert made_at("7") is None and made_at("x_event_1795351541510-0") is None


# -- the canary, and helping ---------------------------------------------------------------------------------------------------------


async def test_the_canary_leaves_nothing_behind() -> None:
    async with scripted_server([say("ok")]) as server:
        evidence, told, _ = await looked(server.url, Wish(canary=True, listen=SOON))
        assert not server.threads
    assert told.code is Code.HEALTHY
    assert evidence.canary is not None and evidence.canary.removed
    assert {line.line for line in evidence.lines} >= {Line.CANARY, Line.CANARY_JOIN}
    assert all(line.text == 2 for line in evidence.lines if line.line in (Line.CANARY, Line.CANARY_JOIN))


async def test_a_canary_that_fails_is_told() -> None:
    async with scripted_server([Fail("AuthenticationError", "Incorrect API key provided")]) as server:
        _, told, _ = await looked(server.url, Wish(canary=True, listen=SOON))
    assert told.code is Code.RUN_FAILED and "Incorrect API key provided" in told.sentence
    assert any("key" in line for line in told.now)


async def test_continues_fetches_and_frees() -> None:
    async with scripted_server([say("first half"), Breakpoint(), say("second half")]) as server:
        thread_id = await ran(server)
        assert await probes_act.fetch(target(server.url), thread_id) == "first half"
        run_id = await probes_act.proceed(target(server.url), thread_id)
        await server.until(lambda: server.runs[run_id].done)
        assert "second half" in await probes_act.fetch(target(server.url), thread_id)
    async with scripted_server([Gate("held")]) as server:
        thread_id = await ran(server)
        run_id = next(iter(server.runs))
        assert await probes_act.free(target(server.url), thread_id, run_id) == "the run was cancelled"
        assert server.runs[run_id].status == "interrupted"


async def test_what_cannot_be_done_is_a_clause() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(probes_act.NotDone), pytest.MonkeyPatch.context() as patch:
            patch.setattr(probes_act, "FIND", 0.2)
            await probes_act.fetch(target(url), "t")


# -- inside the program ------------------------------------------------------------------------------------------------------------------


async def test_looks_at_the_thread_on_the_screen_beside_its_connection() -> None:
    async with scripted_server([Ask({"question": "Proceed?"})]) as server, hub_at(server.url) as hub:
        thread_id = hub.new_thread()
        hub.submit(thread_id, "hello")
        await until(hub, lambda: bool(hub.session(thread_id).interrupts))
        steps: list[Step] = []
        told = await ProgramDoctor(target(server.url), hub).examine(thread_id, steps.append)
        assert told.code is Code.WAITING_FOR_YOU and "Proceed?" in json.dumps(told.evidence)
        assert steps
        assert len(server.runs) == 1, "nothing is started"
