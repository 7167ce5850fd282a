"""A program that joins a run late: the version that the run writes may stand in the thread already."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from canvas_tui.core import inputs as i
from canvas_tui.core.artifact import Artifact, Turn, Version
from canvas_tui.core.effects import CreateRun
from canvas_tui.core.model import Message, NoticeKind, Role, RunInfo, RunStatus, SendMessage, Standing, ThreadState, ToolCall

from .desk import HUMAN, Desk
from .test_drafting import CALL, FIRST, TEA, TEXT, rewriting, second, stream


def test_a_first_version_that_the_thread_has_already_is_not_written_anew_before_ones_eyes() -> None:
    desk = Desk()
    flight = i.Opened(RunInfo("r1", RunStatus.PENDING, "s1"), Message("m2", Role.HUMAN, "Do it"))
    desk.do(flight, i.Connected(1))
    desk.event(i.RunStarted("r1"), "0")
    for at, piece in enumerate((CALL[:90], CALL[90:100], CALL[100:])):
        desk.event(i.Chunk("g1", tool_calls=((0, ToolCall("c" * (at == 0), "", piece)),), node="generateArtifact"), str(at + 1))
        if at == 0:
            assert desk.session.draft is not None, "the thread has not been read yet"
            desk.do(i.ThreadRead(ThreadState((HUMAN,), artifact=Artifact(1, (Version(1, title="Tea", text=TEXT),)))))
        else:
            assert desk.session.draft is None and desk.session.state.artifact is not None


@pytest.mark.parametrize("sent", [None, TEA], ids=["not known", "known"])
def test_a_rewriting_that_the_thread_has_already_is_not_one_version_too_many(sent: Artifact | None) -> None:
    desk = Desk()
    active = RunInfo("r1", RunStatus.RUNNING, sent=SendMessage("", "", Turn(), sent))
    desk.do(i.Opened(), i.ThreadRead(ThreadState((HUMAN,), artifact=second(TEA, "# Thé vert")), active), i.Connected(1))
    desk.event(i.RunStarted("r1"), "0")
    for piece in ("#", " Thé", " vert"):
        assert stream(desk, "rewriteArtifactTheme", piece) is None
    draft = stream(desk, "rewriteArtifactTheme", " et noir")
    assert draft is not None and draft.version.text == "# Thé vert et noir", "another one: the server has run it again"


def test_a_rewriting_painted_before_the_thread_was_read_is_in_it() -> None:
    for node, text, artifact in (
        ("rewriteArtifactTheme", "# Thé", second(TEA, "# Thé vert")),
        ("generateArtifact", "", Artifact(1, (FIRST,))),
    ):
        desk = Desk()
        desk.do(i.Opened(RunInfo("r1", RunStatus.PENDING, "s1"), Message("m2", Role.HUMAN, "Do it")), i.Connected(1))
        desk.event(i.RunStarted("r1"), "0")
        call = ((0, ToolCall("c", "", json.dumps({"artifact": "# Ol"}))),) if not text else ()
        desk.event(i.Chunk("v1", text, tool_calls=call, node=node), "1")
        assert desk.session.draft is not None
        desk.do(i.ThreadRead(ThreadState((HUMAN,), artifact=artifact)))
        assert desk.session.draft is None


def test_what_begins_as_the_version_that_is_rewritten_is_shown_where_that_is_known() -> None:
    draft = stream(rewriting(TEA), "rewriteArtifactTheme", TEA.version.text[:3])
    assert draft is not None and draft.version.index == 2


def test_a_message_that_had_arrived_is_not_taken_for_one_about_the_version_that_its_run_has_written() -> None:
    """Seen: killed while the answer was lost, the question after it refused (401); found by the key that tries again."""
    desk = Desk()
    desk.do(i.Opened(RunInfo("", RunStatus.CREATING, "s1"), Message("m2", Role.HUMAN, "Do it", standing=Standing.UNSENT)))
    desk.do(i.ThreadRead(ThreadState((HUMAN,), artifact=second(TEA, "# Thé vert"))), i.RetryNow())
    desk.do(i.RunFound("s1", RunInfo("r1", RunStatus.RUNNING)), i.Connected(1))
    desk.event(i.RunStarted("r1"), "0")
    assert stream(desk, "rewriteArtifactTheme", "# Thé") is None


def test_one_that_had_not_arrived_is_sent_with_the_artifact() -> None:
    desk = Desk()
    desk.do(i.Opened(RunInfo("", RunStatus.CREATING, "s1"), Message("m2", Role.HUMAN, "Do it", standing=Standing.UNSENT)))
    desk.do(i.ThreadRead(ThreadState((HUMAN,), artifact=TEA)), i.RetryNow())
    desk.do(i.RunFound("s1", None))
    desk.until_due()
    (create,) = desk.do(i.RunFound("s1", None))
    assert isinstance(create, CreateRun) and isinstance(create.payload, SendMessage) and create.payload.artifact == TEA


@pytest.mark.parametrize("again", [False, True], ids=["garbled", "asked again"])
def test_what_was_painted_and_did_not_stay_is_told_at_the_end(again: bool) -> None:
    """A replay's tail amid a call's JSON, or a model that is asked again: what is whole in the end was something else meanwhile."""
    desk = rewriting(None)
    garbled = ['{"artifact": "# Tea and', ', "isValidReact": ', 'false, "artifact":', ' "# Tea", "title": "Tea"}']
    if again:
        garbled = ['{"artifact": "# Milk', " and"]
    for at, piece in enumerate([*garbled, *([CALL] if again else [])]):
        id = "g2" if again and at == len(garbled) else "g1"
        desk.event(i.Chunk(id, tool_calls=((0, ToolCall("c" * (at == 0), "", piece)),), node="generateArtifact"), str(at + 1))
    draft = desk.session.draft
    assert draft is not None and draft.version.text == (TEXT if again else "# Tea")
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)))
    desk.do(i.ThreadRead(ThreadState((HUMAN,), artifact=Artifact(1, (replace(draft.version, title="Tea"),)))))
    assert desk.kinds() == [NoticeKind.CORRECTED]
