"""The recorded streams of both servers that write an artifact, through reader and session, against what the server's state had of it."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from canvas_tui.core import inputs as i
from canvas_tui.core.artifact import Artifact, Draft, DraftStanding
from canvas_tui.core.model import Json, NoticeKind, RunInfo, RunStatus, ThreadState
from canvas_tui.core.moves import painted
from canvas_tui.wire.artifact import read_artifact
from canvas_tui.wire.events import read_event
from tests.core.desk import HUMAN, Desk

from .recorded import read

LOCAL = ("custom", "cut", "generate_code", "generate_text", "port", "rewrite", "rewrite_code", "theme")
WHOLE = ["open-canvas/22_tuple_generate", "open-canvas/23_tuple_rewrite", *(f"langgraph-python/artifact_{name}" for name in LOCAL)]
CUT = ["open-canvas/22_tuple_generate", "langgraph-python/artifact_generate_code", "langgraph-python/artifact_rewrite"]


def truth(name: str) -> Artifact | None:
    """The newest artifact that a node's update told."""
    told: Json = None
    for sse in read(name):
        if sse.event == "updates":
            for update in json.loads(sse.data).values():
                told = (update or {}).get("artifact") or told if isinstance(update, dict) else told
    return read_artifact(told)


def before(name: str) -> Artifact | None:
    """What the thread had when the run began: all but the newest version."""
    found = truth(name)
    older = found.versions[:-1] if found is not None else ()
    return Artifact(older[-1].index, older) if older else None


def played(name: str, *, cut: int | None = None) -> tuple[Desk, list[Draft]]:
    """The stream event by event; ``cut``: lost after so many events, and joined again."""
    desk, seen = Desk(), list[Draft]()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(artifact=before(name))), i.Submitted("hello", "m1", "s1"), i.RunCreated("s1", "r1"))
    desk.do(i.Connected(desk.conn))
    events = read(name)
    for place, sse in enumerate(events):
        desk.event(read_event(sse.event, sse.data), sse.id or None)
        if place == cut:
            desk.do(i.Disconnected(desk.conn), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
            desk.until_due()
            desk.do(i.Connected(desk.conn))
            for again in events[: place + 1]:
                desk.event(read_event(again.event, again.data), again.id or None)
        if desk.session.draft is not None and (not seen or seen[-1] != desk.session.draft):
            seen.append(desk.session.draft)
    return desk, seen


@pytest.mark.parametrize("name", WHOLE)
def test_the_draft_becomes_what_the_state_has(name: str) -> None:
    desk, seen = played(name)
    artifact = truth(name)
    assert artifact is not None and desk.session.draft is not None
    assert desk.session.draft.version.text.rstrip() == artifact.version.text.rstrip()
    assert len(seen) > 5
    for one, other in pairwise(seen):
        assert other.version.text.startswith(one.version.text[: one.grown])
    assert desk.session.draft.version.index == artifact.current
    assert desk.session.run is not None and desk.session.run.tokens > 5
    desk.do(i.Disconnected(desk.conn), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)))
    desk.do(i.ThreadRead(ThreadState((HUMAN, *painted(desk.session.live)), artifact=artifact)))
    assert desk.session.draft is None
    assert {NoticeKind.CORRECTED, NoticeKind.EMPTY}.isdisjoint(desk.kinds())


@pytest.mark.parametrize(
    "name", ["open-canvas/22_tuple_generate", "langgraph-python/artifact_generate_code", "langgraph-python/artifact_rewrite"]
)
def test_a_cut_anywhere_gives_the_same_draft(name: str) -> None:
    whole = played(name)[0].session.draft
    for cut in range(0, len(read(name)), 13):
        assert played(name, cut=cut)[0].session.draft == whole


def test_a_rewriting_that_fails_midway_leaves_what_it_wrote() -> None:
    desk, _ = played("langgraph-python/artifact_error_midway")
    desk.do(i.Disconnected(desk.conn), i.RunRead(RunInfo("r1", RunStatus.ERROR)))
    desk.do(i.ThreadRead(ThreadState((HUMAN,))))
    assert desk.session.draft is not None
    assert desk.session.draft.standing is DraftStanding.FAILED
    assert len(desk.session.draft.version.text) > 100
