"""Changes by hand on their way into the thread's state: never twice, never lost, never over a version that nobody has seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canvas_tui.core import inputs as i
from canvas_tui.core import notices
from canvas_tui.core.artifact import Artifact, Draft, DraftStanding, Keep, SaveStanding, Saving, Turn, Version, fingerprint
from canvas_tui.core.effects import CreateRun, LookBack, PostArtifact, ReadThread, SendMessage
from canvas_tui.core.model import Failure, FailureKind, Interrupt, NoticeKind, RunInfo, RunStatus, Standing, ThreadState
from canvas_tui.core.saving import TRIES
from canvas_tui.core.selection import part_of
from canvas_tui.core.session import next_deadline
from canvas_tui.core.turns import meant_for
from tests.core.desk import HUMAN, Desk

LOST = Failure(FailureKind.CUT, sent=True)
BUSY = Failure(FailureKind.BUSY, status=409)


def of(*texts: str, current: int = 0) -> Artifact:
    versions = tuple(Version(index, title="T", text=text) for index, text in enumerate(texts, 1))
    return Artifact(current or len(texts), versions)


def mine(text: str = "mine") -> Version:
    return Version(0, title="T", text=text)


def thread(artifact: Artifact | None, **changes: object) -> i.ThreadRead:
    return i.ThreadRead(replace(ThreadState((HUMAN,), artifact=artifact), **changes))  # type: ignore[arg-type]


def opened(*texts: str) -> Desk:
    desk = Desk()
    desk.do(i.Opened(), thread(of(*(texts or ("one",)))))
    return desk


def saving(desk: Desk) -> Saving:
    assert desk.session.saving is not None
    return desk.session.saving


def artifact_of(desk: Desk) -> Artifact | None:
    return desk.session.state.artifact


def test_it_is_read_appended_and_posted_as_the_work_of_the_last_node() -> None:
    desk = opened()
    assert desk.do(i.Edited(mine(), 1)) == (ReadThread(),)
    assert saving(desk).standing is SaveStanding.SAVING
    posted = of("one", "mine")
    assert desk.do(thread(of("one"))) == (PostArtifact(posted, "generateTitle"),)
    desk.do(i.ArtifactSaved(posted, "c2"))
    assert desk.session.saving is None
    assert (artifact_of(desk), desk.session.state.checkpoint_id) == (posted, "c2")


def test_the_first_version_of_a_fresh_thread() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Edited(mine(), 0))
    assert desk.do(i.ThreadRead(ThreadState(exists=False))) == (PostArtifact(of("mine"), "generateTitle"),)
    desk.do(i.ArtifactSaved(of("mine"), "c1"))
    assert desk.session.state.exists


def test_what_a_thread_would_go_on_with_is_not_touched() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1))
    assert desk.do(thread(of("one"), next=("rewriteArtifact",))) == (PostArtifact(of("one", "mine"), ""),)


def test_it_waits_for_the_run_and_the_next_message_waits_for_it() -> None:
    desk = opened()
    desk.do(i.Submitted("hi", "m2", "s1"), i.RunCreated("s1", "r1"), i.Connected(1))
    desk.event(i.RunStarted("r1"), "0")
    assert desk.do(i.Edited(mine(), 1)) == ()
    assert saving(desk).standing is SaveStanding.WAITING
    desk.do(i.Submitted("then", "m3", "s2"))
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)))
    assert desk.do(thread(of("one"))) == (PostArtifact(of("one", "mine"), "generateTitle"),), "the state was read just now"
    (created,) = desk.do(i.ArtifactSaved(of("one", "mine")))
    assert isinstance(created, CreateRun) and created.submit_id == "s2"
    assert getattr(created.payload, "artifact", None) == of("one", "mine"), "the turn works on what was saved"


def test_an_open_question_is_not_written_over() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1))
    assert desk.do(thread(of("one"), interrupts=(Interrupt("q1", "?"),))) == ()
    assert saving(desk).standing is SaveStanding.WAITING


def test_a_newer_version_from_elsewhere_is_a_conflict_and_neither_is_lost() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1))
    assert desk.do(thread(of("one", "theirs"))) == ()
    assert (saving(desk).standing, saving(desk).mine) == (SaveStanding.CONFLICT, mine())
    assert artifact_of(desk) == of("one", "theirs"), "both can be shown"
    assert desk.do(i.Resolved(Keep.MINE)) == (ReadThread(),)
    assert desk.do(thread(of("one", "theirs"))) == (PostArtifact(of("one", "theirs", "mine"), "generateTitle"),)


def test_theirs_drops_mine_and_lets_the_queue_go_on() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), i.Submitted("then", "m3", "s2"))
    assert isinstance(desk.do(thread(of("one", "theirs")))[0], CreateRun), "a conflict does not hold messages up"
    assert desk.session.saving is not None
    desk.do(i.Resolved(Keep.THEIRS))
    assert desk.session.saving is None


def part_of_mine() -> i.Submitted:
    return i.Submitted("louder", "m3", "s2", turn=part_of(mine(), 0, 2).turn())


def test_a_part_of_an_edit_is_asked_for_once_the_edit_is_the_current_version() -> None:
    desk = opened()
    assert desk.do(i.Edited(mine(), 1), part_of_mine()) == (ReadThread(),)
    assert desk.do(thread(of("one"))) == (PostArtifact(of("one", "mine"), "generateTitle"),)
    (created,) = desk.do(i.ArtifactSaved(of("one", "mine")))
    assert isinstance(created, CreateRun) and isinstance(created.payload, SendMessage)
    ((key, told),) = created.payload.turn.keys
    assert (key, told["fullMarkdown"]) == ("highlightedText", "mine") and created.payload.artifact == of("one", "mine")


@pytest.mark.parametrize("how", i.WhenBusy)
def test_a_part_of_a_text_that_is_not_the_current_one_is_kept_here_and_says_so(how: i.WhenBusy) -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), replace(part_of_mine(), how=how))
    assert desk.do(thread(of("one", "theirs"))) == ()
    assert saving(desk).standing is SaveStanding.CONFLICT
    (held,) = desk.session.queue
    assert held.message.standing is Standing.UNSENT
    told = notices.words(desk.session.notices[-1], desk.session, desk.now)
    assert "the document is another one by now" in told.text and notices.Act.RETRY in told.acts
    desk.do(i.Resolved(Keep.MINE), thread(of("one", "theirs")))
    desk.do(i.ArtifactSaved(of("one", "theirs", "mine")))
    (created,) = desk.do(i.RetryNow())
    assert isinstance(created, CreateRun) and created.submit_id == "s2"


FRENCH = Turn((("language", "french"),), "Translate to French")


def asked(desk: Desk, number: int, turn: Turn = FRENCH) -> i.Submitted:
    return i.Submitted("", f"m{number}", f"s{number}", turn=meant_for(desk.session, turn))


def test_an_action_on_the_whole_does_not_run_on_their_version_in_place_of_mine() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1))
    desk.do(asked(desk, 3))
    desk.do(asked(desk, 4, Turn((("regenerateWithEmojis", True),), "Add emojis")), i.Submitted("then", "m5", "s5"))
    (created,) = desk.do(thread(of("one", "theirs")))
    assert isinstance(created, CreateRun) and created.submit_id == "s5", "a plain message goes on"
    assert [each.message.standing for each in desk.session.queue] == [Standing.UNSENT, Standing.UNSENT]
    told = notices.words(next(n for n in desk.session.notices if n.kind is NoticeKind.UNSENT), desk.session, desk.now)
    assert "the document is another one by now; ask again" in told.text


def test_an_action_does_not_run_without_the_change_that_could_not_be_saved() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1))
    desk.do(asked(desk, 3))
    desk.do(thread(of("one")))
    assert desk.do(i.SaveFailed(Failure(FailureKind.AUTH, status=401))) == ()
    assert saving(desk).standing is SaveStanding.FAILED
    assert [each.message.standing for each in desk.session.queue] == [Standing.UNSENT]
    desk.do(i.Resolved(Keep.MINE), thread(of("one")), i.ArtifactSaved(of("one", "mine")))
    (created,) = desk.do(i.RetryNow())
    assert isinstance(created, CreateRun) and created.submit_id == "s3"


def test_what_an_action_is_meant_for() -> None:
    desk = opened("one", "two")
    assert asked(desk, 3).turn.of == fingerprint("two")
    assert not asked(desk, 3, Turn((("webSearchEnabled", True),))).turn.of, "that is about the message"
    desk.do(i.Chosen(1))
    assert asked(desk, 3).turn.of == fingerprint("one"), "the version that is chosen"
    desk.do(asked(desk, 3))
    assert not asked(desk, 4).turn.of, "what the one before it makes of it"
    busy = opened()
    busy.do(i.Submitted("write on", "m2", "s1"))
    assert not asked(busy, 3).turn.of, "what the run makes of it"


def test_what_waits_behind_an_outdated_part_goes_on() -> None:
    desk = opened()
    assert desk.do(part_of_mine()) == ()
    (created,) = desk.do(i.Submitted("then", "m4", "s3"))
    assert isinstance(created, CreateRun) and created.submit_id == "s3"


@pytest.mark.parametrize("there", [True, False])
def test_an_answer_that_was_lost_is_looked_for_before_anything_is_posted_again(there: bool) -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), thread(of("one")))
    assert desk.do(i.SaveFailed(LOST)) == ()
    assert (saving(desk).standing, saving(desk).failure) == (SaveStanding.SAVING, LOST)
    assert desk.until_due() == (ReadThread(),)
    effects = desk.do(thread(of("one", "mine") if there else of("one")))
    assert effects == ((LookBack(of("one", "mine"), "") if there else PostArtifact(of("one", "mine"), "generateTitle")),)
    desk.do(i.ArtifactSaved(of("one", "mine")))
    assert desk.session.saving is None


def test_a_run_that_somebody_else_started_is_waited_for() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), thread(of("one")))
    desk.do(i.SaveFailed(BUSY))
    assert saving(desk).standing is SaveStanding.WAITING
    assert desk.until_due() == (ReadThread(),)
    desk.do(i.ThreadRead(ThreadState((HUMAN,), artifact=of("one")), RunInfo("r9", RunStatus.RUNNING)))
    assert desk.session.active and saving(desk).standing is SaveStanding.WAITING
    desk.do(i.Connected(desk.conn), i.Disconnected(desk.conn), i.RunRead(RunInfo("r9", RunStatus.SUCCESS)))
    assert desk.do(thread(of("one"))) == (PostArtifact(of("one", "mine"), "generateTitle"),)


def test_a_server_that_does_not_take_it_is_not_asked_for_ever() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), thread(of("one")))
    for _ in range(TRIES + 2):
        desk.do(i.SaveFailed(BUSY))
        if saving(desk).standing is SaveStanding.FAILED:
            break
        desk.until_due()
        desk.do(thread(of("one")))
    assert (saving(desk).standing, saving(desk).failure) == (SaveStanding.FAILED, BUSY)
    assert next_deadline(desk.session) is None
    assert desk.do(i.RetryNow()) == (ReadThread(),)


def test_a_graph_without_such_a_node_gets_it_plainly() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), thread(of("one")))
    assert desk.do(i.SaveFailed(Failure(FailureKind.REJECTED, "no such node"))) == (ReadThread(),)
    assert desk.do(thread(of("one"))) == (PostArtifact(of("one", "mine"), ""),)
    desk.do(i.SaveFailed(Failure(FailureKind.REJECTED, "no")))
    assert saving(desk).standing is SaveStanding.FAILED


def test_a_thread_that_only_the_user_can_read_again_fails_the_change_too() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), i.ThreadFailed(Failure(FailureKind.AUTH)))
    assert saving(desk).standing is SaveStanding.FAILED and desk.kinds()
    desk.do(i.Resolved(Keep.MINE), thread(of("one")))
    assert saving(desk).posting and not desk.kinds(), "once it is read nothing of it stays"


def test_a_second_change_follows_the_first_without_a_conflict_with_itself() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), thread(of("one")), i.Edited(mine("again"), 1))
    assert desk.do(i.ArtifactSaved(of("one", "mine"))) == (ReadThread(),)
    assert desk.do(thread(of("one", "mine"))) == (PostArtifact(of("one", "mine", "again"), "generateTitle"),)


def test_what_still_waits_gives_way_to_the_newer_change() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), i.Edited(mine("again"), 1, mine()))
    assert desk.do(thread(of("one"))) == (PostArtifact(of("one", "again"), "generateTitle"),)


def test_what_could_not_be_saved_gives_way_to_what_goes_on_from_it() -> None:
    desk = refused()
    assert desk.do(i.Edited(mine("again"), 1, mine())) == (ReadThread(),)
    assert desk.do(thread(of("one"))) == (PostArtifact(of("one", "again"), "generateTitle"),)


def refused() -> Desk:
    desk = opened()
    desk.do(i.Edited(mine(), 1, of("one").version), i.ThreadFailed(Failure(FailureKind.AUTH, status=401)))
    assert saving(desk).standing is SaveStanding.FAILED
    return desk


@pytest.mark.parametrize("begun", [None, of("one").version], ids=["restored or from a file", "of another version"])
@pytest.mark.parametrize("first", ["waiting", "failed"])
def test_no_other_change_takes_the_place_of_one_that_is_not_saved_yet(first: str, begun: Version | None) -> None:
    desk = refused() if first == "failed" else opened()
    other = i.Edited(mine("other"), 1, begun)
    if first == "waiting":
        desk.do(i.Submitted("hi", "m2", "s1"), i.RunCreated("s1", "r1"), i.Connected(1), i.Edited(mine(), 1), other)
        desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)))
    else:
        assert desk.do(other) == (ReadThread(),), "whoever saves again wants both to be saved"
    assert desk.do(thread(of("one"))) == (PostArtifact(of("one", "mine"), "generateTitle"),)
    desk.do(i.ArtifactSaved(of("one", "mine")))
    assert desk.do(thread(of("one", "mine"))) == (PostArtifact(of("one", "mine", "other"), "generateTitle"),)


def test_an_earlier_version_is_chosen() -> None:
    desk = opened("one", "two")
    desk.do(i.Chosen(7))
    assert desk.session.saving is None
    desk.do(i.Chosen(1))
    chosen = of("one", "two", current=1)
    assert desk.do(thread(of("one", "two"))) == (PostArtifact(chosen, "generateTitle"),)
    desk.do(i.ArtifactSaved(chosen))
    assert desk.do(i.Chosen(1)) == (), "it is the current one"


def test_a_partial_version_is_kept_beside_what_is_edited() -> None:
    desk = opened()
    draft = Draft(Version(2, title="T", text="half"), DraftStanding.FAILED)
    desk.session = replace(desk.session, draft=draft)
    desk.do(i.Edited(mine(), 1), i.PartialKept())
    assert desk.session.draft is None
    desk.do(thread(of("one")))
    desk.do(i.ArtifactSaved(of("one", "mine")))
    assert desk.do(thread(of("one", "mine"))) == (PostArtifact(of("one", "mine", "half"), "generateTitle"),)


def test_on_an_older_branch_it_goes_on_from_there() -> None:
    desk = opened()
    desk.session = replace(desk.session, tip="c9", state=replace(desk.session.state, checkpoint_id="c5"))
    assert desk.do(i.Edited(mine(), 1)) == (PostArtifact(of("one", "mine"), "generateTitle", "c5", "c5"),)
    desk.do(i.ArtifactSaved(of("one", "mine"), "c10"))
    assert (desk.session.tip, desk.session.state.checkpoint_id) == ("", "c10")
