"""Two clients that save at once, one's own changes one after the other, and branches: no version takes another one's place unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canvas_tui.core import inputs as i
from canvas_tui.core import notices
from canvas_tui.core.artifact import Keep, SaveStanding, Saving, Version
from canvas_tui.core.branches import relate
from canvas_tui.core.effects import LookBack, PostArtifact, ReadBranch, ReadThread
from canvas_tui.core.fork import Head
from canvas_tui.core.model import Failure, FailureKind, Message, Role, ThreadState
from tests.core.desk import HUMAN, Desk
from tests.core.test_saving import BUSY, LOST, artifact_of, mine, of, opened, saving, thread

THEIRS = Version(2, title="T", text="theirs")
NODE = "generateTitle"


def told(desk: Desk) -> str:
    return notices.words(desk.session.notices[-1], desk.session, desk.now).text


# -- saved at the same moment ----------------------------------------------------------------------------------------------


def test_a_version_whose_place_ours_has_taken_goes_back_before_ours() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), thread(of("one")))
    both = of("one", "theirs", "mine")
    assert desk.do(i.ArtifactSaved(of("one", "mine"), "c3", (THEIRS,))) == (PostArtifact(both, NODE, "", "c3"),)
    assert told(desk) == "Version 2 was saved elsewhere at the same moment as yours; both are kept."
    desk.do(i.ArtifactSaved(both, "c4"))
    assert desk.session.saving is None and artifact_of(desk) == both


@pytest.mark.parametrize("fails", [LOST, BUSY])
@pytest.mark.parametrize("there", [True, False])
def test_that_is_not_forgotten_while_it_does_not_get_through(fails: Failure, there: bool) -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), thread(of("one")), i.ArtifactSaved(of("one", "mine"), "c3", (THEIRS,)), i.SaveFailed(fails))
    assert desk.until_due() == (ReadThread(),)
    both = of("one", "theirs", "mine")
    effects = desk.do(thread(both if there else of("one", "mine"), checkpoint_id="c4"))
    assert effects == ((LookBack(both, "c4", "c3") if there else PostArtifact(both, NODE, "", "c3")),)


def test_an_answer_that_was_lost_is_looked_back_from_where_it_was_read() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), thread(of("one"), checkpoint_id="c1"), i.SaveFailed(LOST))
    desk.until_due()
    assert desk.do(thread(of("one", "mine"), checkpoint_id="c3")) == (LookBack(of("one", "mine"), "c3", "c1"),)
    assert desk.do(i.ArtifactSaved(of("one", "mine"), "c3", (THEIRS,))) == (PostArtifact(of("one", "theirs", "mine"), NODE, "", "c3"),)


def test_the_choice_of_a_version_displaces_none() -> None:
    desk = opened("one", "two")
    desk.do(i.Chosen(1), thread(of("one", "two")))
    whole = of("one", "two", "theirs", current=1)
    effects = desk.do(i.ArtifactSaved(of("one", "two", current=1), "c3", (replace(THEIRS, index=3),)))
    assert effects == (PostArtifact(whole, NODE, "", "c3"),)


def test_ours_that_somebody_else_displaces_is_a_conflict_again() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), thread(of("one")), i.ArtifactSaved(of("one", "mine"), "c2"))
    desk.do(i.Opened(), thread(of("one", "theirs"), checkpoint_id="c3"))
    assert (saving(desk).standing, saving(desk).mine.text) == (SaveStanding.CONFLICT, "mine")
    desk.do(i.Resolved(Keep.MINE))
    assert desk.do(thread(of("one", "theirs"), checkpoint_id="c3")) == (PostArtifact(of("one", "theirs", "mine"), NODE, "", "c3"),)


def test_it_is_none_any_more_when_they_have_put_it_back() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), thread(of("one")), i.ArtifactSaved(of("one", "mine"), "c2"))
    desk.do(i.Opened(), thread(of("one", "theirs"), checkpoint_id="c3"))
    desk.do(i.Opened(), thread(of("one", "mine", "theirs"), checkpoint_id="c4", by_hand=True))
    assert desk.session.saving is None and told(desk) == "Version 3 was saved elsewhere."


@pytest.mark.parametrize(
    "state",
    [
        ThreadState((HUMAN,), artifact=of("one"), checkpoint_id="c1"),
        ThreadState((Message("m9", Role.HUMAN, "other"),), artifact=of("one"), checkpoint_id="c3"),
        ThreadState(exists=False),
    ],
    ids=["read before it was saved", "another branch", "the thread is gone"],
)
def test_what_need_not_be_there_is_not_missed(state: ThreadState) -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), thread(of("one")), i.ArtifactSaved(of("one", "mine"), "c2"))
    desk.do(i.Opened(), i.ThreadRead(state))
    assert desk.session.saving is None


# -- one's own -------------------------------------------------------------------------------------------------------------


def test_what_is_begun_while_the_one_before_is_being_saved_does_not_conflict_with_it() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), thread(of("one")), i.ArtifactSaved(of("one", "mine")))
    desk.do(i.Edited(mine("mine too"), 1, of("one").version))
    assert desk.do(thread(of("one", "mine"))) == (PostArtifact(of("one", "mine", "mine too"), NODE),)


def test_nor_with_one_whose_answer_was_lost() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), thread(of("one")), i.SaveFailed(LOST), i.Edited(mine("mine too"), 1, mine()))
    assert desk.do(thread(of("one", "mine"))) == (PostArtifact(of("one", "mine", "mine too"), NODE),)


def test_nor_after_a_restart_with_the_version_that_it_goes_on_from() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.SavingFound(Saving(mine("mine too"), 1, of=mine())))
    assert isinstance(desk.do(thread(of("one", "mine")))[-1], PostArtifact)


def test_a_text_that_was_saved_before_is_saved_again_in_its_turn() -> None:
    desk = opened()
    for number, text in enumerate(("a", "b"), 2):
        desk.do(i.Edited(mine(text), number - 1), thread(artifact_of(desk)))
        desk.do(i.ArtifactSaved(of(*("one", "a", "b")[:number]), f"c{number}"))
    desk.do(i.Edited(mine("a"), 1))
    assert desk.do(thread(of("one", "a", "b"), checkpoint_id="c3")) == (PostArtifact(of("one", "a", "b", "a"), NODE, "", "c3"),)


def test_theirs_between_ours_is_still_a_conflict() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1), thread(of("one")), i.ArtifactSaved(of("one", "mine")))
    desk.do(i.Edited(mine("mine too"), 1))
    assert desk.do(thread(of("one", "mine", "theirs"))) == ()
    assert saving(desk).standing is SaveStanding.CONFLICT


def test_what_an_earlier_life_had_on_its_way_goes_on_in_its_order() -> None:
    desk = Desk()
    chosen = Saving(of("one").version, 2, choose=True)
    desk.do(i.Opened(), i.SavingFound(Saving(mine("a"), 1, then=Saving(mine("b"), 1, then=chosen))))
    posts = [of("one", "a"), of("one", "a", "b"), of("one", "a", "b", current=1)]
    there = of("one")
    for post in posts:
        assert desk.do(thread(there))[-1] == PostArtifact(post, NODE)
        desk.do(i.ArtifactSaved(post))
        there = post
    assert desk.session.saving is None


# -- branches --------------------------------------------------------------------------------------------------------------


def branched() -> Desk:
    desk = opened("one", "two")
    state = replace(desk.session.state, checkpoint_id="c2")
    desk.session = relate(replace(desk.session, state=state, heads=(Head("c1", ("mX",)), Head("c2", ("m1",)))))
    return desk


def other_branch() -> i.BranchRead:
    return i.BranchRead(ThreadState((Message("mX", Role.HUMAN, "other"),), artifact=of("other"), checkpoint_id="c1"))


PREVIOUS = i.Switched("m1", -1)


@pytest.mark.parametrize("standing", [SaveStanding.SAVING, SaveStanding.CONFLICT, SaveStanding.FAILED])
def test_the_branch_stays_until_the_change_to_it_is_saved(standing: SaveStanding) -> None:
    desk = branched()
    assert desk.do(PREVIOUS) == (ReadBranch("c1"),)
    desk = branched()
    desk.do(i.Edited(mine(), 2))
    if standing is SaveStanding.CONFLICT:
        desk.do(thread(of("one", "two", "theirs"), checkpoint_id="c2"))
    elif standing is SaveStanding.FAILED:
        desk.do(i.ThreadFailed(Failure(FailureKind.AUTH)))
    else:
        desk.do(thread(of("one", "two"), checkpoint_id="c2"), i.SaveFailed(LOST))
    assert saving(desk).standing is standing
    before = len(desk.session.notices)
    assert desk.do(PREVIOUS) == () and not desk.session.tip
    assert "The branch stays" in told(desk) and len(desk.session.notices) == before + 1
    desk.do(PREVIOUS)
    assert len(desk.session.notices) == before + 1, "told once"


@pytest.mark.parametrize("answer", [other_branch(), i.BranchFailed(LOST)], ids=["read", "not read"])
def test_what_is_saved_while_a_branch_is_being_read_goes_on_where_it_was_made(answer: i.Input) -> None:
    desk = branched()
    desk.do(PREVIOUS)
    assert desk.do(i.Edited(mine(), 2), i.Submitted("then", "m9", "s9")) == ()
    assert desk.do(answer) == (ReadThread(),)
    assert artifact_of(desk) == of("one", "two") and not desk.session.tip
    assert desk.do(thread(of("one", "two"), checkpoint_id="c2")) == (PostArtifact(of("one", "two", "mine"), NODE, "", "c2"),)
    assert len(desk.do(i.ArtifactSaved(of("one", "two", "mine")))) == 1, "then the message"


def test_what_goes_on_from_a_version_that_the_branch_has_not_is_asked_about() -> None:
    desk = branched()
    edit = i.Edited(mine(), 2, of("one", "two").version)
    desk.do(PREVIOUS, other_branch())
    assert desk.do(edit) == ()
    assert saving(desk).standing is SaveStanding.CONFLICT
    (post,) = desk.do(i.Resolved(Keep.MINE))
    assert post == PostArtifact(of("other", "mine"), NODE, "c1", "c1")


def test_a_blank_page_goes_on_from_nothing() -> None:
    desk = opened()
    desk.do(i.Edited(mine(), 1, Version(1, title="Untitled")))
    assert isinstance(desk.do(thread(of("one")))[0], PostArtifact)
