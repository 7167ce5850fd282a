"""The program on the real JavaScript server, which Open Canvas runs on: ``make test-js``. Skipped with a word where npm is missing."""

from __future__ import annotations

import asyncio
import signal
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from canvas_tui.core.artifact import Artifact, ArtifactKind, Reflections, Turn, Version
from canvas_tui.core.canvas_port import Canvas
from canvas_tui.core.model import NoticeKind, Role, RunStatus, ServerKind, Session
from canvas_tui.core.ports import ServerTarget
from canvas_tui.core.selection import highlight
from canvas_tui.lab.proxy import Proxy
from canvas_tui.net.hub import Hub
from canvas_tui.net.probes_act import free
from tests.e2e.program import Finished, Home, command
from tests.net.backends import at_rest, hub_at, texts, until

from .server import JsServer, NoServer

CODE = 'const a = "🎉🎉 漢字";\n// wave 👋🏽 twice\nconsole.log(a, "é");\n'
NOTES = "# Notes 🤖\n\nFirst 🎉 block.\n\nSecond block, 漢字.\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JsServer]:
    made = JsServer(tmp_path_factory.mktemp("js"))
    try:
        made.install()
        made.start()
    except NoServer as reason:
        pytest.skip(f"no JavaScript server here: {reason}")
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


async def values(server: JsServer, thread: str) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
        found: dict[str, Any] = (await http.get(f"/threads/{thread}/state")).json()["values"]
    return found


async def lines(server: JsServer, home: Home, *words: str) -> list[dict[str, Any]]:
    done: Finished = await command(home, "send", "--server", server.url, "--json", *words)
    assert done.code == 0, done.err + done.out
    return done.json()


def canvas(hub: Hub) -> Canvas:
    return hub.canvas


async def saved(hub: Hub, thread: str) -> Artifact:
    """When a change by hand is in the thread."""
    await until(hub, lambda: hub.session(thread).saving is None and hub.session(thread).state.artifact is not None)
    artifact = (await at_rest(hub, thread)).state.artifact
    assert artifact is not None
    return artifact


async def turned(hub: Hub, thread: str) -> Session:
    return await at_rest(hub, thread)


async def laid(hub: Hub, version: Version) -> str:
    thread = hub.new_thread()
    hub.open(thread)
    await until(hub, lambda: hub.session(thread).loaded)
    canvas(hub).save(thread, version, 0)
    await saved(hub, thread)
    return thread


@asynccontextmanager
async def engine(server: JsServer, url: str = "") -> AsyncIterator[Hub]:
    async with hub_at(url or server.url) as hub:
        await until(hub, lambda: hub.server().kind is ServerKind.JS)
        yield hub


# -- send ----------------------------------------------------------------------------------------------------------------


async def test_a_message_an_action_and_a_file_through_send(server: JsServer, home: Home, tmp_path: Path) -> None:
    out = tmp_path / "out.md"
    told = await lines(server, home, "--artifact-out", str(out), "Write about robots")
    thread = told[0]["thread_id"]
    state = await values(server, thread)
    assert out.read_bytes().decode() == state["artifact"]["contents"][0]["fullMarkdown"]
    pieces = "".join(line["text"] for line in told if line["type"] == "artifact" and "at" in line)
    assert pieces == out.read_text() and not any(line.get("void") for line in told if line["type"] == "artifact")
    assert state["highlightedCode"] is None is state["language"], "explicit nulls"
    again = await lines(server, home, "--thread", thread, "--artifact-out", str(out), "Another one")
    pieces = "".join(line["text"] for line in again if line["type"] == "artifact" and "at" in line)
    assert pieces == out.read_text() and pieces.startswith("Again.\n\n"), "the call that writes, not the one that names it"
    french = await lines(server, home, "--thread", thread, "--action", "translate=french", "--artifact-out", str(out))
    assert out.read_text().startswith("[french] Again.") and [v["version"] for v in french if v.get("finished")] == [3]
    assert (await values(server, thread))["language"] is None


async def test_a_highlight_with_emoji_is_cut_where_javascript_cuts_it(server: JsServer, home: Home, tmp_path: Path) -> None:
    (tmp_path / "wave.js").write_text(CODE)
    (tmp_path / "notes.md").write_text(NOTES)
    for part in ("🎉 漢", "👋🏽 twice", '"é"', "const a"):
        told = await lines(server, home, "--artifact-in", str(tmp_path / "wave.js"), "--select", part, "Louder")
        code = (await values(server, told[0]["thread_id"]))["artifact"]["contents"][1]["code"]
        assert code == CODE.replace(part, f"«{part.upper()}»", 1)
    told = await lines(server, home, "--artifact-in", str(tmp_path / "notes.md"), "--select", "🎉 bl", "Louder")
    text = (await values(server, told[0]["thread_id"]))["artifact"]["contents"][1]["fullMarkdown"]
    assert text == NOTES.replace("First 🎉 block.", "«FIRST 🎉 BLOCK.»")


async def test_a_failure_in_the_middle_is_told_and_does_not_come_back(server: JsServer, home: Home, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text(NOTES)
    laid_there = await lines(server, home, "--artifact-in", str(tmp_path / "notes.md"))
    thread = laid_there[0]["thread_id"]
    failed = await command(home, "send", "--server", server.url, "--json", "--thread", thread, "fail at it")
    assert failed.code == 4 and "broke off" in failed.json()[-1]["sentence"]
    told = failed.json()
    assert any(line["type"] == "artifact" and "at" in line for line in told) and any(line.get("void") for line in told)
    assert len((await values(server, thread))["artifact"]["contents"]) == 1
    after = await lines(server, home, "--thread", thread, "reply please")
    assert "".join(line["text"] for line in after if line["type"] == "text") == "You said 🤖: reply please"


async def test_a_thread_that_is_not_there_is_said_not_to_be(server: JsServer, home: Home) -> None:
    done = await command(home, "send", "--server", server.url, "--thread", str(uuid.uuid4()), "hello")
    assert done.code == 2 and "does not know this thread" in done.err


async def test_helpers_threads_do_not_show(server: JsServer, home: Home) -> None:
    told = await lines(server, home, "reply once")
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
        hidden = []
        for graph in ("reflection", "thread_title"):
            thread = (await http.post("/threads", json={})).json()["thread_id"]
            (await http.post(f"/threads/{thread}/runs/wait", json={"assistant_id": graph, "input": {}})).raise_for_status()
            hidden.append(thread)
    listed = (await command(home, "threads", "list", "--server", server.url)).out
    assert told[0]["thread_id"] in listed and not any(thread in listed for thread in hidden)


# -- the engine ----------------------------------------------------------------------------------------------------------


async def test_edits_titles_and_branches(server: JsServer) -> None:
    async with engine(server) as hub:
        thread = await laid(hub, Version(1, ArtifactKind.CODE, "Wave", CODE, "javascript"))
        assert (await saved(hub, thread)).version.text == CODE
        start = CODE.index("漢")
        canvas(hub).act(thread, Turn(highlight(hub.session(thread).state.artifact.version, start, start + 2)), "Louder")  # type: ignore[union-attr]
        artifact = (await turned(hub, thread)).state.artifact
        assert artifact is not None and artifact.version.text == CODE.replace("漢字", "«漢字»")
        canvas(hub).save(thread, Version(0, ArtifactKind.CODE, "Wave", "by hand 🎉", "javascript"), 2)
        assert [v.text for v in (await saved(hub, thread)).versions][2:] == ["by hand 🎉"]
        canvas(hub).choose(thread, 1)
        assert (await saved(hub, thread)).current == 1
        hub.rename(thread, "Waves 👋")
        await until(hub, lambda: hub.threads().row(thread) is not None and hub.threads().row(thread).title == "Waves 👋")  # type: ignore[union-attr]

        hub.submit(thread, "reply one")
        await turned(hub, thread)
        hub.submit(thread, "reply two")
        session = await turned(hub, thread)
        canvas(hub).regenerate(thread)
        session = await turned(hub, thread)
        assert texts(session)[-1] == "You said 🤖: reply two" and [(b.at, b.count) for b in session.branches] == [(2, 2)]
        one = next(m for m in session.history if m.text == "reply one")
        canvas(hub).resend(thread, one.id, "reply uno")
        session = await turned(hub, thread)
        assert texts(session)[-1] == "You said 🤖: reply uno"
        (branch,) = session.branches
        canvas(hub).branch(thread, branch.message_id, -1)
        session = await turned(hub, thread)
        assert texts(session)[-1] == "You said 🤖: reply two" and len(session.branches) == 2
        hub.submit(thread, "reply three")
        session = await turned(hub, thread)
        assert [m.text for m in session.history if m.role is Role.HUMAN] == ["Louder", "reply one", "reply two", "reply three"]
        title = (await hub._link.api()).client
        row = (await title.get(f"/threads/{thread}")).value
        assert row["metadata"]["thread_title"] == "Waves 👋"
    async with engine(server) as hub:
        hub.open(thread)
        await until(hub, lambda: len(hub.session(thread).branches) == 2)


async def test_reflections_are_kept(server: JsServer) -> None:
    async with engine(server) as hub:
        await canvas(hub).save_reflections(Reflections(("brief",), ("tea 🍵",)))
        assert await canvas(hub).reflections() == Reflections(("brief",), ("tea 🍵",))
        await canvas(hub).save_reflections(Reflections())
        assert await canvas(hub).reflections() == Reflections()


@pytest.mark.parametrize(
    "script", ["pass 12; cut; pass 9; reset; pass 30; end", "pass 5; half; end; pass 40; cut", "pass 20000b; reset; pass 33333b; end"]
)
async def test_cuts_in_the_middle_of_an_artifact_lose_nothing(server: JsServer, script: str) -> None:
    async with Proxy(server.url) as lab, engine(server, lab.url) as hub:
        lab.apply(script)
        thread = hub.new_thread()
        hub.submit(thread, "slow and long: write about robots")
        grown: list[str] = []

        def watch(change: object, id: str) -> None:
            if (draft := hub.session(thread).draft) is not None:
                grown.append(draft.version.text)

        hub.listen(watch)
        await until(hub, lambda: bool(grown) and not hub.session(thread).active, patience=90)
        session = await turned(hub, thread)
        artifact = session.state.artifact
        assert artifact is not None and session.run is not None and session.run.status is RunStatus.SUCCESS
        assert session.run.reconnects > 0, "the script did cut"
        truth = artifact.version.text
        assert all(truth.startswith(text) for text in grown), "what was painted only ever grew into what is there"
        assert texts(session) == ["Here it is, version 1."]
        assert not {n.kind for n in session.notices} & {NoticeKind.CORRECTED, NoticeKind.RESTARTED, NoticeKind.NOT_RESUMABLE}


async def test_a_thread_that_stays_busy_after_a_restart_can_be_freed(server: JsServer) -> None:
    async with engine(server) as hub:
        thread = hub.new_thread()
        hub.submit(thread, "slow and long: write about robots")
        await until(hub, lambda: hub.session(thread).draft is not None)
        run = hub.session(thread).run
        assert run is not None
        await until(hub, lambda: server.keeps(run.id))
    await asyncio.to_thread(server.stop, signal.SIGKILL)
    await asyncio.to_thread(server.start)
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
        assert (await http.get(f"/threads/{thread}")).json()["status"] == "busy"
        body = {"assistant_id": "agent", "input": {}}
        assert (await http.post(f"/threads/{thread}/runs", json=body)).status_code == 422, "for ever, without help"
    told = await free(ServerTarget("", server.url, user_id="me"), thread, run.id)
    assert told == "the run could not be cancelled and was deleted"
    async with engine(server) as hub:
        hub.open(thread)
        await turned(hub, thread)
        hub.submit(thread, "reply again")
        assert texts(await turned(hub, thread))[-1] == "You said 🤖: reply again"
