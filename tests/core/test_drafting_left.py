"""What runs left of versions: each is asked about until it is decided, whatever runs next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canvas_tui.core import inputs as i
from canvas_tui.core.artifact import Artifact, Version
from canvas_tui.core.model import Phase, RunInfo, RunStatus, ThreadState
from tests.core.desk import HUMAN, Desk
from tests.core.test_drafting import FIRST, rewriting


def left_behind(run: str, text: str) -> Desk:
    desk = rewriting(Artifact(1, (FIRST,)), ("language", "french"))
    desk.event(i.Chunk("x1", text, node="rewriteArtifactTheme"), "1")
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.ERROR)))
    state = ThreadState((HUMAN,), artifact=Artifact(1, (FIRST,)), next=("rewriteArtifactTheme",))
    desk.do(i.ThreadRead(state))
    return desk


def run_on(desk: Desk, text: str, status: RunStatus, *versions: Version) -> None:
    """The run that has been asked for writes this, and ends so."""
    run = desk.session.run
    assert run is not None
    desk.do(i.RunCreated(run.submit_id, "r2"), i.Connected(desk.conn))
    desk.event(i.RunStarted("r2"), "10-0")
    desk.event(i.Chunk("x2", text, node="rewriteArtifactTheme"), "11-0")
    assert desk.session.draft is not None and desk.session.draft.version.text == text
    desk.do(i.Disconnected(desk.conn), i.RunRead(RunInfo("r2", status)))
    for _ in range(2):
        if desk.session.link.phase is not Phase.SETTLING and desk.session.active:
            desk.do(i.Connected(desk.conn), i.Disconnected(desk.conn))
    artifact = Artifact(len(versions) + 1, (FIRST, *versions))
    desk.do(i.ThreadRead(ThreadState((HUMAN,), artifact=artifact)))


def texts_left(desk: Desk) -> list[str]:
    s = desk.session
    return [each.version.text for each in (*s.left, *((s.draft,) if s.draft is not None else ()))]


@pytest.mark.parametrize("fails", [True, False])
def test_what_a_run_left_is_asked_about_until_it_is_decided_whatever_runs_next(fails: bool) -> None:
    desk = left_behind("r1", "# Half")
    desk.do(i.Submitted("something else", "m3", "s2"))
    whole = Version(2, title="Tea", text="# New and whole")
    run_on(desk, "# New", RunStatus.ERROR if fails else RunStatus.SUCCESS, *(() if fails else (whole,)))
    assert texts_left(desk) == (["# Half", "# New"] if fails else ["# Half"])
    if fails:
        desk.do(i.PartialDropped())
    assert desk.session.draft is not None and desk.session.draft.version.text == "# Half"
    desk.do(i.PartialDropped())
    assert texts_left(desk) == []


def test_a_run_that_is_continued_writes_anew_what_it_left() -> None:
    desk = left_behind("r1", "# Half")
    desk.do(i.Proceeded("s2"))
    run_on(desk, "# Other", RunStatus.SUCCESS, Version(2, title="Tea", text="# Other, and whole"))
    assert texts_left(desk) == []


def test_another_runs_continuation_does_not() -> None:
    desk = left_behind("r1", "# Half")
    desk.session = replace(desk.session, run=replace(desk.session.run, id="r7"))  # type: ignore[type-var]
    desk.do(i.Proceeded("s2"))
    run_on(desk, "# Other", RunStatus.SUCCESS, Version(2, title="Tea", text="# Other, and whole"))
    assert texts_left(desk) == ["# Half"]
