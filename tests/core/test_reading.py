"""Readings of the thread that fail are told, come more rarely, and wait for whoever can help; one that takes long is told too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from canvas_tui.core import inputs as i
from canvas_tui.core.effects import ReadThread
from canvas_tui.core.model import Failure, FailureKind, NoticeKind, Phase, RunInfo, RunStatus, ThreadState
from canvas_tui.core.notices import Act, words
from canvas_tui.core.session import next_deadline
from tests.core.desk import CUT, HUMAN, Desk, answer, started

HOPELESS = (FailureKind.AUTH, FailureKind.STRANGE, FailureKind.REDIRECT, FailureKind.TLS, FailureKind.TOO_BIG)
BAD_GATEWAY = Failure(FailureKind.SERVER, status=502)


def polling() -> Desk:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState()), i.Submitted("hello", "m1", "s1"), i.RunCreated("s1", "r1"), i.Connected(1))
    desk.event(i.RunStarted("r1"), None)
    desk.do(i.Disconnected(1, CUT), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    assert desk.session.link.phase is Phase.POLLING
    return desk


def settling() -> Desk:
    desk = started()
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)))
    return desk


def held() -> Desk:
    """Not a byte of the stream, and the run is at work."""
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState()), i.Submitted("hello", "m1", "s1"), i.RunCreated("s1", "r1"), i.Connected(1))
    while ReadThread() not in desk.effects[2:]:
        desk.until_due()
        desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    return desk


def reads(desk: Desk, failure: Failure, seconds: float) -> int:
    """How often the thread is read in that time, where each reading fails so."""
    end, count, effects = desk.now + seconds, 1, desk.do(i.ThreadFailed(failure))
    while True:
        if ReadThread() in effects:
            count += 1
            effects = desk.do(i.ThreadFailed(failure))
            continue
        due = next_deadline(desk.session)
        if due is None or due > end:
            return count
        effects = desk.until_due()


def texts(desk: Desk) -> list[str]:
    return [words(notice, desk.session, desk.now).text for notice in desk.session.notices if notice.until is None]


@pytest.mark.parametrize("kind", HOPELESS)
@pytest.mark.parametrize("state", [polling, settling])
def test_what_only_the_user_can_mend_is_told_and_waits_for_him(state: object, kind: FailureKind) -> None:
    """Seen: 300 readings in ten minutes with a key that was refused, and no word of it; 78 downloads of what was too big."""
    desk: Desk = state()  # type: ignore[operator]
    assert reads(desk, Failure(kind, status=401), 600) == 1
    assert any("waiting for you" in text for text in texts(desk))
    told = [words(notice, desk.session, desk.now) for notice in desk.session.notices if notice.kind is NoticeKind.UNREACHABLE]
    assert {Act.RETRY, Act.GIVE_UP} <= set(told[-1].acts)
    assert desk.do(i.RetryNow()) == (ReadThread(),)


@pytest.mark.parametrize("state", [polling, settling])
def test_a_server_that_fails_is_read_more_rarely_and_told(state: object) -> None:
    desk: Desk = state()  # type: ignore[operator]
    assert reads(desk, BAD_GATEWAY, 600) < 110
    assert any(text.startswith("The server or a proxy before it answers 502, for 9 min") for text in texts(desk))
    assert not any("every 2 s" in text for text in texts(desk))


def test_polling_goes_on_when_the_server_is_back() -> None:
    desk = polling()
    desk.do(i.ThreadFailed(BAD_GATEWAY))
    assert desk.until_due() == (ReadThread(),)
    assert desk.session.link.phase is Phase.POLLING
    desk.do(i.ThreadRead(ThreadState((HUMAN,)), RunInfo("r1", RunStatus.RUNNING)))
    assert texts(desk) == [
        "Live tokens are lost (this run cannot be resumed); the saved state is read every 2 s until the answer is there."
    ]
    assert desk.session.link.attempt == 0


def test_a_thread_that_shows_no_run_and_a_run_that_is_on_make_no_storm() -> None:
    desk = polling()
    count = 0
    for _ in range(60):
        effects = desk.do(i.ThreadRead(ThreadState((HUMAN,)), None))
        while effects or desk.session.link.phase is not Phase.POLLING or ReadThread() not in effects:
            effects = desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING))) if effects else desk.until_due()
            if ReadThread() in effects:
                break
        count += 1
    assert desk.now - 100 >= count * 2 - 2


def test_what_is_read_beside_a_stream_that_does_not_get_through_fails_with_a_word() -> None:
    desk = held()
    assert reads(desk, BAD_GATEWAY, 40) < 12
    assert any(text.endswith("The saved state cannot be read: the server or a proxy before it answers 502.") for text in texts(desk))
    desk.do(i.ThreadRead(ThreadState((HUMAN,)), RunInfo("r1", RunStatus.RUNNING)))
    assert any(text.endswith("The saved state is read every 2 s.") for text in texts(desk))
    assert reads(held(), Failure(FailureKind.TOO_BIG), 40) == 1


def test_a_thread_that_takes_long_to_be_read_says_since_when_and_which_key_helps() -> None:
    """Seen: "Reading the thread", for as long as it took."""
    desk = Desk()
    desk.do(i.Opened())
    assert desk.until_due() == ()
    assert desk.now == 110.0
    desk.now += 3
    assert texts(desk) == ["Reading the thread: the server has not answered for 13 s."]
    assert Act.RETRY in words(desk.session.notices[0], desk.session, desk.now).acts
    assert desk.do(i.RetryNow()) == (ReadThread(),)
    assert texts(desk) == ["Reading the thread: the server has not answered for 13 s."]
    desk.do(i.ThreadRead(answer("one two")))
    assert desk.session.notices == ()
    assert next_deadline(desk.session) is None


def test_a_thread_that_could_not_be_read_after_all_says_why() -> None:
    desk = Desk()
    desk.do(i.Opened())
    desk.until_due()
    desk.do(i.ThreadFailed(Failure(FailureKind.NO_ANSWER, sent=True)))
    assert desk.kinds() == [NoticeKind.THREAD]
    assert texts(desk)[0].startswith("The thread could not be read: the server took the request and does not answer; trying again")
    desk.until_due()
    desk.do(i.ThreadRead(answer("one two")))
    assert desk.session.notices == ()


def test_a_branch_that_takes_long_leaves_nothing_when_it_is_there() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(answer("one two")))
    for end, kinds in ((i.BranchRead(answer("other")), []), (i.BranchFailed(BAD_GATEWAY), [NoticeKind.THREAD])):
        desk.session = replace(desk.session, reading=True, reading_since=desk.now)
        desk.until_due()
        assert desk.kinds() == [NoticeKind.THREAD]
        desk.do(end)
        assert desk.kinds() == kinds and texts(desk) == []
