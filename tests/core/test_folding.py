"""Many faults of one run are one line with a count, where the newest of them was; it opens to each of them."""

from __future__ import annotations

import pytest

from canvas_tui.core import inputs as i
from canvas_tui.core.model import Failure, FailureKind, Notice, NoticeKind, RunInfo, RunStatus
from canvas_tui.core.notice import MOST_PAST
from canvas_tui.core.notices import Act, Level, Words, words
from tests.core.desk import CUT, Desk, answer, started

LIMITED = Failure(FailureKind.LIMITED, status=429, retry_after=3.0)


def cut(desk: Desk, message: str, failure: Failure | None = CUT) -> None:
    """The connection is lost and comes back, and a piece of this message comes."""
    desk.do(i.Disconnected(desk.conn, failure), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    desk.until_due()
    desk.do(i.Connected(desk.conn))
    newest = desk.session.cursor.newest or ""
    desk.event(i.Chunk(message, ""), newest)
    desk.event(i.Chunk(message, "x"), f"{int(newest.partition('-')[0]) + 1}-0")


def last(desk: Desk) -> Words:
    return words(desk.session.notices[-1], desk.session, desk.now)


def test_cuts_fold_over_messages() -> None:
    """Seen: a run with tools, ten cuts, each in another message: nine lines."""
    desk = started()
    for number in range(10):
        cut(desk, f"m{number}")
    assert desk.kinds() == [NoticeKind.CUT]
    assert desk.session.notices[0].after == "m8"  # where the answer stood when it was lost last
    assert last(desk).text.startswith("Cut off 10 times, for ")
    assert last(desk).level is Level.QUIET


def test_a_line_opens_to_each_of_those_it_stands_for() -> None:
    desk = started()
    cut(desk, "a1")
    cut(desk, "a2", None)
    desk.do(i.Disconnected(desk.conn, Failure(FailureKind.REFUSED, where="host:1")), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    told = last(desk)
    assert "(3 times now)" in told.text or "for 0 s" in told.text
    lines = told.details.splitlines()
    assert lines[0] == "1. After 2 tokens: the connection to the server was cut."
    assert lines[1] == "2. After 3 tokens: the stream ended as if it were whole."
    assert lines[2] == "3. After 4 tokens: cannot reach host:1 (connection refused)."


def test_a_line_keeps_the_newest_of_many() -> None:
    desk = started()
    for number in range(30):
        cut(desk, f"m{number}")
    [notice] = desk.session.notices
    assert (notice.count, len(notice.past)) == (30, MOST_PAST)
    lines = last(desk).details.splitlines()
    assert lines[0] == "17 earlier"
    assert lines[1].startswith("18. ") and lines[MOST_PAST + 1].startswith("30. ")


def test_the_next_run_has_a_line_of_its_own() -> None:
    desk = started()
    cut(desk, "a1")
    desk.do(i.Disconnected(2), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)), i.ThreadRead(answer("one two x")))
    desk.do(i.Submitted("more", "m2", "s2"), i.RunCreated("s2", "r2"), i.Connected(desk.conn + 1))
    desk.event(i.RunStarted("r2"), "50-0")
    desk.do(i.Disconnected(desk.conn, CUT))
    assert [n.count for n in desk.session.notices if n.kind is NoticeKind.CUT] == [1, 1]


def test_a_server_that_asks_to_wait_again_and_again_is_one_line() -> None:
    desk = started()
    for _ in range(3):
        desk.do(i.Disconnected(desk.conn, CUT), i.RunReadFailed("r1", LIMITED))
        desk.until_due()
        desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
        desk.do(i.Connected(desk.conn))
        desk.event(i.Chunk("a1", ""), desk.session.cursor.newest)
    limited = [n for n in desk.session.notices if n.kind is NoticeKind.LIMITED]
    assert [n.count for n in limited] == [3]
    assert words(limited[0], desk.session, desk.now).text == "The server asked to wait 3 times; it took 9 s in all."


def test_long_silences_are_one_line_and_short_ones_none() -> None:
    desk = started()
    token = 12
    for seconds in (30, 12, 40, 11):
        desk.do(i.Received(1, 13, beats=1))
        for _ in range(seconds):
            desk.now += 1
            desk.do(i.Received(1, 13, beats=1), i.Tick())
        assert desk.session.notices[-1].until is None
        token += 1
        desk.event(i.Chunk("a1", "x"), f"{token}-0")
    assert desk.kinds() == [NoticeKind.QUIET]
    assert last(desk).text == "It was quiet 2 times, for 50 s in all."
    assert last(desk).details.splitlines()[1].startswith("2. After 4 tokens, for 30 s: nothing came")


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("failure", [None, CUT])
def test_every_quiet_line_opens_to_something(kind: NoticeKind, failure: Failure | None) -> None:
    """Seen: a clean end left a line that offered details and had none."""
    desk = started()
    told = words(Notice(1, kind, 1.0, 2.0, detail="2" if kind is NoticeKind.THEIRS else "", failure=failure), desk.session, desk.now)
    if told.level is Level.QUIET:
        assert told.details
        assert told.acts.count(Act.DETAILS) == 1
