"""Artifacts through the whole driver, on the servers' framings: drafts over cuts, and turns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from canvas_tui.core.artifact import Artifact, DraftStanding, Turn, Version
from canvas_tui.core.inputs import WhenBusy
from canvas_tui.core.model import Json, NoticeKind, Phase, Role
from canvas_tui.core.open_canvas import TURN_KEYS
from canvas_tui.net.hub import Hub
from canvas_tui.wire.artifact import artifact_json, read_artifact
from tests.support.scripted import ScriptedServer, scripted_server
from tests.support.scripted_faults import Fault, How, cut, lose_answer, reply
from tests.support.scripted_steps import Fail, Gate, Node, Script, StartOver, Step, Write, say

from .backends import hub_at, settled, until
from .memory import MemoryJournal

TEXT = '# Tea 🍵\n\n"Green" \\ leaves, 漢字 and ünï.\n\n- one\n- two\n'
WRITES: Sequence[Step] = [Write(TEXT, "generateArtifact", title="Tea"), Node("generateFollowup"), say("Here it is.")]
FRENCH = Turn((("language", "french"),), "Translate to French")
ONE = Artifact(1, (Version(1, title="Tea", text="one"),))


@asynccontextmanager
async def canvas_at(
    *scripts: Script, kind: str = "python", journal: MemoryJournal | None = None, artifact: Artifact | None = None
) -> AsyncIterator[tuple[ScriptedServer, Hub, str]]:
    """A server of Open Canvas's shape, a hub, and an open thread, which has this artifact."""
    async with scripted_server(*scripts, kind=kind) as server:
        server.companions = ("reflection", "thread_title")
        async with hub_at(server.url, journal) as hub:
            thread = hub.new_thread() if artifact is None else seeded(server, artifact)
            hub.open(thread)
            await until(hub, lambda: hub.session(thread).loaded)
            yield server, hub, thread


def seeded(server: ScriptedServer, artifact: Artifact) -> str:
    thread = server.add_thread([("human", "Write."), ("ai", "Done.")])
    thread.values["artifact"] = artifact_json(artifact)
    return thread.id


def kept(server: ScriptedServer, thread: str) -> list[str]:
    """The versions as the server has them."""
    artifact = read_artifact(server.threads[thread].values.get("artifact"))
    return [version.text for version in artifact.versions] if artifact is not None else []


def inputs(server: ScriptedServer) -> list[dict[str, Json]]:
    """Of the runs, without nulls."""
    sent = [seen.request.json()["input"] for seen in server.seen if seen.name == "create"]
    assert all(set(TURN_KEYS) <= set(each) for each in sent)
    return [{key: value for key, value in each.items() if value is not None} for each in sent]


# -- drafts ------------------------------------------------------------------------------------------------------------

CUTS = [
    [],
    [cut(events=3)],
    [cut(events=12, how=How.CLEAN)],
    [cut(bytes=2_000)],
    [cut(bytes=7_001, how=How.FIN), cut(events=1), cut(events=9)],
    [Fault(slice=7), cut(events=2)],
]


@pytest.mark.parametrize("faults", CUTS, ids=range(len(CUTS)))
@pytest.mark.parametrize("kind", ["python", "js", "aegra"])
async def test_a_cut_in_the_middle_of_the_call_loses_and_repeats_nothing(kind: str, faults: list[Fault]) -> None:
    async with canvas_at(WRITES, kind=kind) as (server, hub, thread):
        seen: list[str] = []

        def look(change: object, id: str) -> None:
            draft = hub.session(thread).draft
            if draft is not None and (not seen or seen[-1] != draft.version.text):
                seen.append(draft.version.text)

        hub.listen(look)
        server.plan("join", *faults)
        hub.submit(thread, "Write about tea")
        session = await settled(hub, thread)
        assert session.state.artifact == Artifact(1, (Version(1, title="Tea", text=TEXT),))
        assert session.draft is None
        assert seen or faults, "it was seen while it came"
        for before, after in pairwise([*seen, TEXT]):
            assert after.startswith(before)
        wrong = {NoticeKind.CORRECTED, NoticeKind.EMPTY, NoticeKind.RESTARTED}
        assert wrong.isdisjoint(n.kind for n in session.notices)
        assert [m.text for m in session.history] == ["Write about tea", "Here it is."]


async def test_a_run_that_starts_over_voids_the_draft() -> None:
    script: list[Step] = [
        Write("half", "customAction", whole=None),
        Gate("half"),
        StartOver(),
        Gate("over"),
        Write("whole", "customAction"),
    ]
    async with canvas_at(script, artifact=ONE) as (server, hub, thread):
        hub.canvas.act(thread, Turn((("customQuickActionId", "a1"),), "As a poem"))
        await until(hub, lambda: bool((draft := hub.session(thread).draft) and draft.version.text == "half"))
        server.open_gate("half")
        await until(hub, lambda: hub.session(thread).draft is None)
        server.open_gate("over")
        session = await settled(hub, thread)
        assert [n.kind for n in session.notices] == [NoticeKind.RESTARTED]
        assert kept(server, thread) == ["one", "whole"]


@pytest.mark.parametrize("keep", [True, False])
async def test_what_a_failed_run_left_is_kept_or_dropped(keep: bool) -> None:
    async with canvas_at([Write("half", whole=None), Fail()], artifact=ONE) as (server, hub, thread):
        hub.canvas.act(thread, FRENCH)
        session = await settled(hub, thread)
        assert session.draft is not None
        assert (session.draft.standing, session.draft.version.text) == (DraftStanding.FAILED, "half")
        (hub.canvas.keep_partial if keep else hub.canvas.drop_partial)(thread)
        session = await settled(hub, thread)
        assert session.draft is None
        assert kept(server, thread) == (["one", "half"] if keep else ["one"])


async def test_a_run_of_another_client_is_drafted_on_what_it_was_started_with() -> None:
    whole = "# Tea\n\nold\n\nend\n"
    marked = {"fullMarkdown": whole, "markdownBlock": "old\n", "selectedText": "old"}
    script: list[Step] = [Gate("on"), Write("new\n", "updateHighlightedText", whole=whole.replace("old", "new")), Gate("written")]
    async with canvas_at(script, artifact=ONE) as (server, hub, thread), hub_at(server.url) as other:
        other.open(thread)
        other.canvas.act(thread, Turn((("highlightedText", marked),)), "Make it new")
        await server.reached("on")
        hub.open(thread)
        await until(hub, lambda: hub.session(thread).link.phase is Phase.LIVE)
        server.open_gate("on")
        await until(hub, lambda: bool((draft := hub.session(thread).draft) and draft.version.text == whole.replace("old", "new")))
        server.open_gate("written")
        session = await settled(hub, thread)
        assert session.draft is None
        assert not {n.kind for n in session.notices} & {NoticeKind.CORRECTED}


# -- turns -------------------------------------------------------------------------------------------------------------


async def test_a_turn_without_a_message_is_sent_as_one_key_and_stands_in_a_line_of_ours() -> None:
    async with canvas_at([Write("un"), Node("generateFollowup"), say("Done.")], artifact=ONE) as (server, hub, thread):
        hub.canvas.act(thread, FRENCH)
        session = await settled(hub, thread)
        assert inputs(server) == [{"artifact": artifact_json(ONE), "language": "french"}]
        assert [(m.role, m.text) for m in session.history[-2:]] == [(Role.TURN, "Translate to French"), (Role.AI, "Done.")]
        assert kept(server, thread) == ["one", "un"]


async def test_a_version_from_elsewhere_is_not_lost_to_a_turn() -> None:
    """The artifact in a turn's input takes the place of the thread's."""
    async with canvas_at([Write("un")], artifact=ONE) as (server, hub, thread):
        theirs = Artifact(2, (*ONE.versions, Version(2, title="Tea", text="theirs")))
        server.threads[thread].values["artifact"] = artifact_json(theirs)
        hub.canvas.act(thread, FRENCH)
        await settled(hub, thread)
        assert kept(server, thread) == ["one", "theirs", "un"]
        assert inputs(server)[0]["artifact"]["currentIndex"] == 1, "the turn is about the version that was seen"


async def test_a_turn_survives_the_program_and_is_sent_once() -> None:
    journal = MemoryJournal()
    async with scripted_server([Gate("on"), say("First.")], [Write("un"), say("Second.")]) as server:
        server.companions = ("reflection", "thread_title")
        thread = seeded(server, ONE)
        async with hub_at(server.url, journal) as hub:
            hub.open(thread)
            hub.submit(thread, "Hello")
            await server.reached("on")
            hub.canvas.act(thread, FRENCH)
            await until(hub, lambda: len(journal.inflight) == 2)
        async with hub_at(server.url, journal) as hub:
            await until(hub, lambda: [o.turn for o in hub.session(thread).queue] == [FRENCH])
            server.open_gate("on")
            session = await settled(hub, thread)
            assert [each.get("language") for each in inputs(server)] == [None, "french"]
            assert "messages" not in inputs(server)[1]
            assert [m.text for m in session.history if m.role is Role.TURN] == ["Translate to French"]
        assert journal.inflight == {}


@pytest.mark.parametrize("fault", [lose_answer(), reply(502, "bad", acts=True)], ids=["answer lost", "502 after all"])
async def test_a_turn_whose_answer_is_lost_runs_once(fault: Fault) -> None:
    async with canvas_at([Write("un")], artifact=ONE) as (server, hub, thread):
        server.plan("create", fault)
        hub.canvas.act(thread, FRENCH)
        await settled(hub, thread)
        assert (len(server.runs), kept(server, thread)) == (1, ["one", "un"])


async def test_a_turn_that_pushes_a_run_out_goes_on_from_what_that_one_has_made() -> None:
    async with canvas_at([Write("un"), Gate("on")], [Write("deux")], artifact=ONE) as (server, hub, thread):
        hub.canvas.act(thread, FRENCH)
        await server.reached("on")
        assert kept(server, thread) == ["one", "un"]
        await until(hub, lambda: hub.session(thread).link.phase is Phase.LIVE)
        hub.canvas.act(thread, FRENCH, how=WhenBusy.INTERRUPT)
        await until(hub, lambda: len(server.runs) == 2)
        assert inputs(server)[1]["artifact"]["currentIndex"] == 2
        server.open_gate("on")
        await settled(hub, thread)
        assert kept(server, thread) == ["one", "un", "deux"]
