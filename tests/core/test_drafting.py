"""What a run writes into the artifact: shown while it comes, exact after every cut, and what is left of it at the end."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core import inputs as i
from canvas_tui.core.artifact import Artifact, ArtifactKind, Draft, DraftStanding, Turn, Version
from canvas_tui.core.model import (
    Failure,
    FailureKind,
    Message,
    NoticeKind,
    Phase,
    Role,
    RunInfo,
    RunStatus,
    SendMessage,
    ThreadState,
    ToolCall,
)
from canvas_tui.core.writing import REWRITE_CALL
from tests.core.desk import HUMAN, Desk
from tests.core.simulation import RESET, Leg, Log, Simulation

TEXT = '# Tea 🍵\n\n"Quoted" and \\ back\\slashed.\n\n- ünï\tcode\n'
CALL = json.dumps({"type": "text", "language": "other", "isValidReact": False, "artifact": TEXT, "title": "Tea"})
FIRST = Version(1, title="Tea", text="# Old\n")
CODE = Version(1, ArtifactKind.CODE, "Hi", "print('🚀')\nprint('b')\n", "python")


def generating(pieces: list[str], ids: list[str] | None = None) -> Log:
    """The call of the tool that makes an artifact, streamed in these pieces, then the words about it."""
    bodies: list[i.Body] = [i.RunStarted("r1")]
    calls = [ToolCall("c" * (n == 0), "", piece) for n, piece in enumerate(pieces)]
    bodies += [i.Chunk("g1", tool_calls=((0, call),), node="generateArtifact") for call in calls]
    bodies.append(i.Chunk("a1", "Here it is.", node="generateFollowup"))
    return list(zip(ids or [str(n) for n in range(len(bodies))], bodies, strict=True))


@dataclass
class Writing(Simulation):
    """A turn that writes the first artifact of a thread."""

    whole: str = TEXT
    drafts: list[str] = field(default_factory=list)

    def answer(self) -> str:
        return "Here it is."

    def state(self) -> ThreadState:
        artifact = Artifact(1, (Version(1, title="Tea", text=self.whole),)) if self.over else None
        return replace(super().state(), artifact=artifact)

    def _paint(self) -> None:
        super()._paint()
        draft = self.session.draft
        if draft is not None:
            assert draft.grown == len(draft.version.text)
            if not self.drafts or self.drafts[-1] != draft.version.text:
                self.drafts.append(draft.version.text)


def check(turn: Writing) -> None:
    """What was painted only grew and was never taken back; at the end the state has it."""
    turn.play()
    session = turn.session
    assert session.draft is None and session.writing is None
    assert session.state.artifact is not None and session.state.artifact.version.text == turn.whole
    assert turn.posts == 1
    assert not {n.kind for n in session.notices} & {NoticeKind.CORRECTED, NoticeKind.EMPTY, NoticeKind.RECOVERED}
    for before, after in zip(turn.drafts, [*turn.drafts[1:], turn.whole], strict=True):
        assert after.startswith(before)


texts = st.text(st.sampled_from('ab \n"\\/{}[]:,`é漢😀\t'), min_size=1, max_size=25).filter(str.strip)
legs = st.builds(Leg, st.integers(0, 9), st.sampled_from([0, 0, 1, 2]), st.sampled_from([None, RESET]), st.sampled_from(["exact", "all"]))


@given(st.data(), texts, st.booleans(), st.lists(legs, max_size=5))
def test_any_cuts_in_the_middle_of_the_call_give_the_same_artifact(data: st.DataObject, text: str, ascii: bool, cuts: list[Leg]) -> None:
    members = [("type", '"text"'), ("language", '"other"'), ("isValidReact", "false"), ("title", '"Tea"')]
    members.append(("artifact", json.dumps(text, ensure_ascii=ascii)))
    members = data.draw(st.permutations(members))
    call = "{" + ",".join(f'"{key}": {value}' for key, value in members) + "}"
    at = sorted(data.draw(st.lists(st.integers(0, len(call)), max_size=15)))
    pieces = [call[a:b] for a, b in zip([0, *at], [*at, len(call)], strict=True)]
    check(Writing(generating(pieces), cuts, whole=text))


def test_every_cut_at_every_event_of_the_call() -> None:
    pieces = [CALL[at : at + 5] for at in range(0, len(CALL), 5)]
    for failure in (None, RESET):
        for at in range(len(pieces) + 3):
            turn = Writing(generating(pieces), [Leg(at, 0, failure)])
            check(turn)
            assert len(turn.drafts) > 5, "it was seen while it came"


def test_pieces_of_one_millisecond_are_told_apart_by_their_count() -> None:
    pieces = [CALL[at : at + 5] for at in range(0, len(CALL), 5)]
    stamps = [f"{1000 + n // 3}-0" for n in range(len(pieces) + 2)]
    for at in range(len(pieces) + 3):
        check(Writing(generating(pieces, stamps), [Leg(at, 0, RESET)]))


# -- a rewriting, by hand ----------------------------------------------------------------------------------------------


def rewriting(artifact: Artifact | None, *keys: tuple[str, object], text: str = "Do it") -> Desk:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState((HUMAN,), artifact=artifact)))
    desk.do(i.Submitted(text, "m2", "s1", turn=Turn(keys, "words")), i.RunCreated("s1", "r1"), i.Connected(1))
    desk.event(i.RunStarted("r1"), "0")
    return desk


def stream(desk: Desk, node: str, *pieces: str, call: str = "", id: str = "v1") -> Draft | None:
    for piece in pieces:
        assert desk.session.run is not None
        desk.event(i.Chunk(id, piece, node=node, call=call), str(desk.session.run.events))
    return desk.session.draft


def end(desk: Desk, artifact: Artifact | None, status: RunStatus = RunStatus.SUCCESS, text: str = "Do it") -> None:
    assert desk.session.run is not None
    if status is RunStatus.ERROR:
        desk.event(i.RunErrored("E", "boom"), None)
    desk.do(i.Disconnected(desk.conn), i.RunRead(RunInfo("r1", status)))
    sent = (Message("m2", Role.HUMAN, text),) if text else ()
    desk.do(i.ThreadRead(ThreadState((HUMAN, *sent), artifact=artifact)))


def second(artifact: Artifact, text: str) -> Artifact:
    return Artifact(2, (*artifact.versions, replace(artifact.versions[0], index=2, text=text)))


TEA = Artifact(1, (FIRST,))
PROGRAM = Artifact(1, (CODE,))


def test_a_rewriting_shows_one_call_of_two_and_takes_title_and_kind_from_the_other() -> None:
    desk = rewriting(TEA)
    meta = '{"type": "code", "title": "Brew", "language": "python"}'
    assert stream(desk, "rewriteArtifact", meta[:20], meta[20:], id="v0", call="optionally_update_meta") is None
    draft = stream(desk, "rewriteArtifact", "import ", "tea", call=REWRITE_CALL)
    assert draft is not None
    assert draft.version == Version(2, ArtifactKind.CODE, "Brew", "import tea", "python")
    assert (draft.start, draft.grown, draft.chars, draft.node) == (0, 10, 10, "rewriteArtifact")


def test_without_names_of_calls_the_json_that_comes_first_is_no_text() -> None:
    desk = rewriting(TEA)
    assert stream(desk, "rewriteArtifact", ' {"ti', 'tle": "Brew"}', id="v0") is None
    draft = stream(desk, "rewriteArtifact", "{", "new}", id="v1")
    assert draft is not None and (draft.version.title, draft.version.text) == ("Brew", "{new}")
    desk = rewriting(TEA)
    draft = stream(desk, "rewriteArtifact", "# New", id="v1")
    assert draft is not None and draft.version.text == "# New", "there was no such call"


@pytest.mark.parametrize("text", ["", "Do it"])
def test_an_action_streams_the_whole_new_version(text: str) -> None:
    desk = rewriting(TEA, ("language", "french"), text=text)
    draft = stream(desk, "rewriteArtifactTheme", "# Thé", " vert")
    assert draft is not None
    assert draft.version == Version(2, ArtifactKind.TEXT, "Tea", "# Thé vert")
    assert desk.session.run is not None and desk.session.run.tokens == 2
    end(desk, second(TEA, "# Thé vert\n"), text=text)
    assert desk.session.draft is None
    assert desk.kinds() == []


def test_porting_tells_the_new_language() -> None:
    draft = stream(rewriting(PROGRAM, ("portLanguage", "java")), "rewriteCodeArtifactTheme", "class")
    assert draft is not None and draft.version.language == "java"


def test_a_highlighted_part_of_code_is_rewritten_in_place() -> None:
    """🚀 is two units on the wire."""
    desk = rewriting(PROGRAM, ("highlightedCode", {"startCharIndex": 7, "endCharIndex": 9}))
    draft = stream(desk, "updateArtifact", "by", "e")
    assert draft is not None
    assert draft.version.text == "print('bye')\nprint('b')\n"
    assert (draft.start, draft.grown) == (7, 10)
    end(desk, second(PROGRAM, draft.version.text))
    assert desk.kinds() == []


def test_a_highlighted_block_of_a_document_is_rewritten_in_place() -> None:
    whole = "# Tea\n\nold\n\nend\n"
    desk = rewriting(TEA, ("highlightedText", {"fullMarkdown": whole, "markdownBlock": "old\n", "selectedText": "old"}))
    draft = stream(desk, "updateHighlightedText", "new ", "words")
    assert draft is not None and draft.version.text == "# Tea\n\nnew words\nend\n"


def test_a_highlight_that_is_not_known_shows_what_comes() -> None:
    draft = stream(rewriting(None), "updateArtifact", "bye")
    assert draft is not None and draft.version.text == "bye"
    draft = stream(rewriting(TEA, ("highlightedText", {"markdownBlock": 7})), "updateHighlightedText", "new")
    assert draft is not None and draft.version.text == "new"


def test_thinking_is_no_part_of_the_version() -> None:
    desk = rewriting(TEA)
    for piece in ("\n<th", "ink>so", " so</thi", "nk>", "\n\n"):
        assert stream(desk, "customAction", piece) is None
    draft = stream(desk, "customAction", "# A", "\n<think>")
    assert draft is not None and draft.version.text == "# A\n<think>"


def test_a_fence_around_code_is_no_part_of_it() -> None:
    desk = rewriting(PROGRAM)
    assert stream(desk, "rewriteCodeArtifactTheme", "``", "`python") is None
    draft = stream(desk, "rewriteCodeArtifactTheme", "\nx = 1\n", "```\n")
    assert draft is not None and draft.version.text == "x = 1"
    end(desk, second(PROGRAM, "x = 1\n"))
    assert desk.kinds() == []


def test_nodes_that_decide_write_nothing() -> None:
    desk = rewriting(TEA)
    assert stream(desk, "generatePath", '{"route": "rewriteArtifact"}') is None
    assert desk.session.live[1:] == ()


def test_a_model_that_does_not_stream_shows_its_version_at_once() -> None:
    desk = rewriting(None)
    desk.event(i.Whole(Message("g1", Role.AI, tool_calls=(ToolCall("c", "generate_artifact", CALL),), node="generateArtifact")), "1")
    assert desk.session.draft is not None and desk.session.draft.version == Version(1, title="Tea", text=TEXT)
    assert desk.session.live[1:] == ()


# -- what goes wrong ---------------------------------------------------------------------------------------------------


def test_a_run_that_starts_over_voids_the_draft_visibly() -> None:
    desk = rewriting(TEA)
    stream(desk, "customAction", "half")
    desk.event(i.RunStarted("r1", 2), "2")
    assert desk.session.draft is None
    assert desk.kinds() == [NoticeKind.RESTARTED]
    desk.event(i.Chunk("v2", "whole", node="customAction"), "3")
    assert desk.session.draft is not None and desk.session.draft.version.text == "whole"


def test_a_state_that_differs_is_told() -> None:
    desk = rewriting(TEA)
    stream(desk, "customAction", "half")
    end(desk, second(TEA, "something else"))
    assert desk.session.draft is None
    assert desk.kinds() == [NoticeKind.CORRECTED]


def test_a_state_that_goes_on_from_what_was_painted_completes_it_without_a_word() -> None:
    desk = rewriting(TEA)
    stream(desk, "customAction", "half ")
    end(desk, second(TEA, "half and more"))
    assert desk.kinds() == []


@pytest.mark.parametrize(
    ("status", "stop", "standing"),
    [
        (RunStatus.ERROR, False, DraftStanding.FAILED),
        (RunStatus.INTERRUPTED, True, DraftStanding.STOPPED),
        (RunStatus.LOST, False, DraftStanding.FAILED),
    ],
)
def test_what_a_run_left_stays_until_the_user_decides(status: RunStatus, stop: bool, standing: DraftStanding) -> None:
    desk = rewriting(TEA)
    stream(desk, "customAction", "half")
    if stop:
        desk.do(i.Stopped())
    end(desk, TEA, status)
    assert desk.session.draft is not None
    assert (desk.session.draft.standing, desk.session.draft.version.text) == (standing, "half")
    desk.do(i.Submitted("more", "m3", "s2"), i.RunCreated("s2", "r2"), i.Connected(desk.conn))
    desk.event(i.RunStarted("r2"), "0")
    desk.event(i.Chunk("a9", "Hm.", node="replyToGeneralInput"), "1")
    assert desk.session.draft is not None and desk.session.draft.standing is standing, "another run leaves it alone"
    desk.do(i.PartialDropped())
    assert desk.session.draft is None


def test_a_run_that_fails_behind_the_version_leaves_nothing_partial() -> None:
    desk = rewriting(TEA)
    stream(desk, "customAction", "whole")
    end(desk, second(TEA, "whole\n"), RunStatus.ERROR)
    assert desk.session.draft is None
    assert desk.kinds() == [NoticeKind.FAILED]


def test_a_run_let_go_of_may_finish_it_all_the_same() -> None:
    desk = rewriting(TEA)
    stream(desk, "customAction", "half")
    desk.do(i.GaveUp())
    assert desk.session.draft is not None and desk.session.draft.standing is DraftStanding.STOPPED
    desk.do(i.Opened(), i.ThreadRead(ThreadState((HUMAN,), artifact=second(TEA, "half and half"))))
    assert desk.session.draft is None


def test_where_the_stream_does_not_get_through_the_saved_version_is_shown() -> None:
    desk = rewriting(TEA)
    desk.do(i.Disconnected(desk.conn, Failure(FailureKind.TOO_BIG)))
    assert desk.session.link.phase is Phase.POLLING
    on = RunInfo("r1", RunStatus.RUNNING)
    desk.do(i.ThreadRead(ThreadState((HUMAN,), artifact=second(TEA, "new")), on))
    assert desk.session.state.artifact == second(TEA, "new") and desk.session.active
    desk.do(i.ThreadRead(ThreadState((HUMAN,), artifact=second(TEA, "new"))))
    end_read = i.RunRead(RunInfo("r1", RunStatus.SUCCESS))
    desk.do(end_read, i.ThreadRead(ThreadState((HUMAN, Message("m2", Role.HUMAN, "Do it")), artifact=second(TEA, "new"))))
    assert NoticeKind.EMPTY not in desk.kinds(), "it wrote a version"


# -- turns without a message -------------------------------------------------------------------------------------------


def test_a_turn_without_a_message_is_told_in_a_line_of_ours() -> None:
    desk = rewriting(TEA, ("language", "french"), text="")
    line = desk.session.live[0]
    assert (line.role, line.text) == (Role.TURN, "words")
    assert desk.session.sending == SendMessage("m2", "", Turn((("language", "french"),), "words"), TEA)
    stream(desk, "rewriteArtifactTheme", "# Thé")
    end(desk, second(TEA, "# Thé"), text="")
    assert [m.text for m in desk.session.history] == ["hello", "words"]
    desk.do(i.Submitted("and?", "m3", "s2"))
    assert desk.session.sending is not None and isinstance(desk.session.sending, SendMessage)
    assert desk.session.sending.artifact == second(TEA, "# Thé"), "as it stands at the sending"


def test_it_waits_is_withdrawn_and_sent_again_like_a_message() -> None:
    desk = rewriting(TEA)
    desk.do(i.Submitted("", "m3", "s2", turn=Turn((("fixBugs", True),), "Fix bugs")))
    (waiting,) = desk.session.queue
    assert (waiting.message.text, waiting.turn.keys) == ("Fix bugs", (("fixBugs", True),))
    desk.do(i.Withdrawn("m3"))
    assert desk.session.queue == ()


def test_a_run_of_others_is_drafted_on_what_it_was_started_with() -> None:
    marked = Turn((("highlightedCode", {"startCharIndex": 7, "endCharIndex": 9}),))
    desk = Desk()
    active = RunInfo("r1", RunStatus.RUNNING, sent=SendMessage("", "", marked, PROGRAM))
    desk.do(i.Opened(), i.ThreadRead(ThreadState((HUMAN,), artifact=second(PROGRAM, "later")), active), i.Connected(1))
    desk.event(i.RunStarted("r1"), "0")
    draft = stream(desk, "updateArtifact", "bye")
    assert draft is not None and draft.version.text == "print('bye')\nprint('b')\n"


def test_a_turn_of_an_earlier_life_is_taken_up_with_its_keys() -> None:
    desk = Desk()
    turn = Turn((("highlightedCode", {"startCharIndex": 7, "endCharIndex": 9}),), "words")
    flight = i.Opened(RunInfo("r1", RunStatus.PENDING, "s1"), Message("m2", Role.TURN, "words"), turn)
    desk.do(flight, i.Connected(1))
    desk.event(i.RunStarted("r1"), "0")
    draft = stream(desk, "updateArtifact", "by")
    assert draft is not None and draft.version.text == "by", "the thread has not been read yet"
    desk.do(i.ThreadRead(ThreadState((HUMAN,), artifact=PROGRAM)))
    draft = stream(desk, "updateArtifact", "e")
    assert draft is not None and draft.version.text == "print('bye')\nprint('b')\n"
    assert [m.role for m in desk.session.live] == [Role.TURN]
