"""How the stream comes: bursts, a slow link, cuts after the same time, a stream that does not get through; and no alarm without them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from canvas_tui.core import inputs as i
from canvas_tui.core.effects import ReadThread
from canvas_tui.core.model import Failure, FailureKind, NoticeKind, Phase, RunInfo, RunStatus, ThreadState
from canvas_tui.core.notices import words
from canvas_tui.core.session import next_deadline
from tests.core.desk import CUT, HUMAN, Desk, answer

EPOCH = 1_795_351_541_000
FLOWING = {NoticeKind.BURSTS, NoticeKind.SLOW, NoticeKind.HELD}


def joined() -> Desk:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Submitted("hello", "m1", "s1"), i.RunCreated("s1", "r1"), i.Connected(1))
    return desk


def at(desk: Desk, seconds: float, *inputs: i.Input) -> None:
    """Time goes on to ``seconds`` after the beginning: what is due on the way is done."""
    until = 100.0 + seconds
    while (due := next_deadline(desk.session)) is not None and due <= until:
        desk.now = max(desk.now, due)
        desk.do(i.Tick())
    desk.now = max(desk.now, until)
    desk.do(*inputs)


def token(desk: Desk, number: int, made: float | None) -> i.Event:
    """``made``: seconds after the beginning, by the server's clock; None: ids that hold no time."""
    id = str(number) if made is None else f"{EPOCH + round(made * 1000)}-0"
    return i.Event(desk.conn, id, i.Chunk("a1", f"t{number} ") if number else i.RunStarted("r1"))


def said(desk: Desk, kind: NoticeKind) -> str:
    return next((words(n, desk.session, desk.now).text for n in desk.session.notices if n.kind is kind), "")


# -- bursts ----------------------------------------------------------------------------------------------------------------


def bursts(every: float, *, timed: bool, count: int, jitter: tuple[float, ...] = (0.0, 0.0, 0.0)) -> Desk:
    """Ten tokens a second, let go together."""
    desk, number = joined(), 0
    for burst in range(1, count + 1):
        moment = burst * every + jitter[(burst - 1) % len(jitter)]
        for _ in range(round(every * 10)):
            at(desk, moment, token(desk, number, number / 10 if timed else None))
            number += 1
    return desk


def test_bursts_are_told_when_three_have_come() -> None:
    for timed in (True, False):
        assert not said(bursts(4.0, timed=timed, count=2), NoticeKind.BURSTS)
        desk = bursts(4.0, timed=timed, count=3)
        assert said(desk, NoticeKind.BURSTS).startswith("The answer comes in bursts, every 4 s: something between here and the server")
        desk = bursts(4.0, timed=timed, count=9)
        assert desk.kinds().count(NoticeKind.BURSTS) == 1


def test_long_pauses_between_bursts_are_not_told_again_and_again() -> None:
    desk = bursts(9.0, timed=True, count=9)
    assert desk.kinds().count(NoticeKind.QUIET) == 0
    assert [n.kind for n in desk.session.notices if n.until is None] == [NoticeKind.BURSTS]


def test_after_the_run_a_quiet_line_stays() -> None:
    desk = bursts(4.0, timed=True, count=3)
    desk.do(i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)), i.ThreadRead(answer("x")))
    assert said(desk, NoticeKind.BURSTS).startswith("The answer came in bursts, every 4 s")


def test_unequal_silences_prove_nothing_where_ids_hold_no_time() -> None:
    assert not said(bursts(4.0, timed=False, count=9, jitter=(0.0, 1.6, 0.3)), NoticeKind.BURSTS)


@given(st.lists(st.tuples(st.floats(0.0, 9.0), st.integers(1, 30)), min_size=3, max_size=12), st.booleans(), st.booleans())
def test_a_model_that_pauses_is_no_proxy(phrases: list[tuple[float, int]], beats: bool, whole: bool) -> None:
    """Phrases with pauses, each event whole and made when it comes (within the way's tenth of a second), heartbeats or none."""
    desk, moment, number = joined(), 0.0, 0
    for pause, size in phrases:
        for second in range(1, int(pause) + 1):
            if beats and second % 5 == 0:
                at(desk, moment + second, i.Received(desk.conn, 15, beats=1))
        moment += pause
        for _ in range(size):
            arrives = moment + 0.1 * (number % 2)
            if whole:
                at(desk, arrives, i.Received(desk.conn, 1059))
            at(desk, arrives, token(desk, number, moment))
            moment += 0.02
            number += 1
    assert not FLOWING & set(desk.kinds())


def test_a_replay_is_no_burst() -> None:
    desk, number = joined(), 0
    at(desk, 0.5, token(desk, 0, 0.0))
    for conn in (2, 3, 4, 5):
        moment = desk.now - 100 + 3
        at(desk, moment, i.Disconnected(conn - 1, CUT), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
        desk.until_due()
        desk.do(i.Connected(conn))
        for _ in range(30):
            number += 1
            desk.do(token(desk, number, desk.now - 103 + number % 30 / 10))
    assert not said(desk, NoticeKind.BURSTS)


def test_bytes_that_are_told_late_came_when_they_came() -> None:
    desk = joined()
    at(desk, 1.0, i.Received(desk.conn, 900))
    at(desk, 4.0, i.Received(desk.conn, 100, ago=0.5))
    assert desk.session.link.byte_at == desk.now - 0.5
    at(desk, 5.0, token(desk, 0, 5.0), i.Received(desk.conn, 100, ago=3.0))  # what came since has been told
    assert desk.session.link.byte_at == desk.now


# -- a slow link -----------------------------------------------------------------------------------------------------------


def trickle(rate: float, event: int, span: float, *, piece: float = 0.1) -> Desk:
    """Events of so many bytes, back to back, at so many bytes a second."""
    desk, sent, number = joined(), 0.0, 0
    for step in range(1, round(span / piece)):
        sent += rate * piece
        whole = int(sent // event)
        at(desk, step * piece, *(token(desk, n, n * event / rate) for n in range(number, whole)))
        number = max(number, whole)
        desk.do(i.Received(desk.conn, round(rate * piece), inside=sent % event > 1))
    return desk


def test_a_slow_link_is_told_within_eleven_seconds_and_stays_one_line() -> None:
    assert said(trickle(1000, 1059, 11), NoticeKind.SLOW).startswith("Slow link: about 1.0 kB/s get through")
    assert trickle(1000, 1059, 60).kinds().count(NoticeKind.SLOW) == 1
    assert said(trickle(700, 1059, 11, piece=2.0), NoticeKind.SLOW)


def test_a_slow_model_is_no_slow_link() -> None:
    """The same rate, but each event comes whole."""
    desk = joined()
    for number in range(60):
        at(desk, number * 1.0, i.Received(1, 1059), token(desk, number, float(number)))
    assert desk.kinds() == []


def test_a_huge_event_on_a_fast_link_is_no_slow_link() -> None:
    desk = joined()
    for step in range(100):
        at(desk, step * 0.1, i.Received(1, 200_000, inside=True))
    assert not said(desk, NoticeKind.SLOW)


def test_a_stall_inside_an_event_is_no_slow_link() -> None:
    desk = joined()
    at(desk, 1.0, token(desk, 0, 0.0), i.Received(1, 1500, inside=True))
    at(desk, 6.2, i.Received(1, 300), token(desk, 1, 1.0))
    at(desk, 7.0, i.Received(1, 1059), token(desk, 2, 7.0))
    assert not said(desk, NoticeKind.SLOW)


# -- cuts after the same time ----------------------------------------------------------------------------------------------


def cut_again_and_again(lives: list[tuple[float, float]]) -> Desk:
    """Each connection lasts so long, the last part of it without a byte; then the run goes on."""
    desk, number = joined(), 0
    last = token(desk, 0, 0.0)
    for lasted, quiet in lives:
        conn, began = desk.conn, desk.now - 100
        if number:
            desk.do(replace(last, conn=conn))  # the newest comes again
        step = min(1.0, max(0.1, lasted - quiet))
        moment = 0.0
        while moment <= lasted - quiet + 0.001:
            last = token(desk, number, desk.now - 100)
            at(desk, began + moment, last, i.Received(conn, 1059))
            number += 1
            moment += step
        at(desk, began + lasted, i.Disconnected(conn, CUT), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
        while desk.session.link.phase is Phase.WAITING:
            desk.until_due()
        desk.do(i.Connected(desk.conn))
    return desk


def last_cut(desk: Desk) -> str:
    return next(words(n, desk.session, desk.now).text for n in reversed(desk.session.notices) if n.kind is NoticeKind.CUT)


def test_cuts_after_the_same_life_are_named() -> None:
    assert "closes" not in last_cut(cut_again_and_again([(15.0, 0.2)]))
    told = last_cut(cut_again_and_again([(15.0, 0.2), (15.1, 0.9)]))
    assert told.endswith("Something between here and the server closes each connection after 15 s.")
    many = cut_again_and_again([(15.0, 0.2), (15.1, 0.9), (15.0, 0.5), (15.05, 0.1), (15.0, 0.0)])
    assert many.kinds() == [NoticeKind.CUT], "one line for all"
    assert "5 times" in last_cut(many)


def test_cuts_after_the_same_silence_are_named() -> None:
    told = last_cut(cut_again_and_again([(9.0, 3.0), (4.0, 3.1)]))
    assert told.endswith("Something between here and the server closes connections on which nothing comes for 3 s.")


def test_short_lives_need_three_to_be_alike() -> None:
    assert "closes" not in last_cut(cut_again_and_again([(1.0, 0.0), (1.02, 0.1)]))
    assert "closes each connection after 1 s" in last_cut(cut_again_and_again([(1.0, 0.0), (1.02, 0.1), (1.0, 0.0)]))


def test_cuts_at_any_time_are_not_named() -> None:
    assert "closes" not in last_cut(cut_again_and_again([(9.0, 1.0), (4.0, 0.2), (13.0, 3.0), (2.0, 0.0)]))


def test_a_life_that_was_longer_refutes_the_period() -> None:
    assert "closes" not in last_cut(cut_again_and_again([(40.0, 0.1), (15.0, 0.4), (15.1, 0.9)]))


def test_a_silence_that_was_survived_refutes_the_period() -> None:
    desk = joined()
    at(desk, 0.5, token(desk, 0, 0.0), i.Received(1, 10))
    at(desk, 8.5, token(desk, 1, 8.5), i.Received(1, 10))
    flow = desk.session.link.flow
    assert flow.longest == 8.0


# -- a stream that does not get through ------------------------------------------------------------------------------------


def answer_asks(desk: Desk, seconds: float, status: RunStatus = RunStatus.RUNNING) -> None:
    """Time goes on; the server answers every question about the run at once."""
    until = desk.now + seconds
    asked = len(desk.effects)
    while (due := next_deadline(desk.session)) is not None and due <= until:
        desk.now = max(desk.now, due)
        desk.do(i.Tick())
        for effect in desk.effects[asked:]:
            if type(effect).__name__ == "ReadRun":
                desk.do(i.RunRead(RunInfo("r1", status)))
            elif isinstance(effect, ReadThread):
                desk.do(i.ThreadRead(ThreadState((HUMAN,)), RunInfo("r1", status)))
            elif type(effect).__name__ == "JoinRun":
                desk.do(i.Connected(desk.conn))
        asked = len(desk.effects)
    desk.now = until


def test_a_run_at_work_of_which_not_a_byte_comes_is_held_back_and_its_state_is_read() -> None:
    desk = joined()
    answer_asks(desk, 16)
    assert said(desk, NoticeKind.HELD) == (
        "The run is at work, but nothing of its stream gets through: something between here and the server holds it back "
        "(a proxy that buffers?). The saved state is read every 2 s."
    )
    assert NoticeKind.QUIET not in desk.kinds()
    reads = sum(isinstance(effect, ReadThread) for effect in desk.effects)
    answer_asks(desk, 20)
    assert sum(isinstance(effect, ReadThread) for effect in desk.effects) - reads >= 9
    assert desk.texts() == ["hello"]


def test_what_comes_after_all_is_taken_and_ends_the_word() -> None:
    desk = joined()
    answer_asks(desk, 20)
    desk.do(token(desk, 0, 0.0), token(desk, 1, 1.0))
    assert desk.texts() == ["hello", "t1 "]
    assert said(desk, NoticeKind.HELD).startswith("Nothing of the stream got through for 10 s:")


def test_a_run_that_waits_is_not_held_back() -> None:
    desk = joined()
    answer_asks(desk, 120, RunStatus.PENDING)
    assert not FLOWING & set(desk.kinds())


def test_held_back_for_long_it_joins_rarely_and_without_a_word() -> None:
    desk = joined()
    desk.do(i.Received(1, 15, beats=1), token(desk, 0, 0.0), i.Disconnected(1), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    desk.until_due()
    desk.do(i.Connected(2))
    answer_asks(desk, 600)
    assert desk.conn <= 2 + 1 + 600 / 45
    assert [n.kind for n in desk.session.notices if n.until is None] == [NoticeKind.HELD]


def test_a_join_without_an_answer_while_the_server_answers_is_held_back_too() -> None:
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)), i.Submitted("hello", "m1", "s1"), i.RunCreated("s1", "r1"))
    unanswered = Failure(FailureKind.NO_ANSWER, sent=True)
    desk.now += 15
    desk.do(i.Disconnected(1, unanswered), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    assert [n.kind for n in desk.session.notices if n.until is None] == [NoticeKind.HELD]
    desk.until_due()
    desk.now += 15
    desk.do(i.Disconnected(2, unanswered), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    assert desk.session.link.phase is Phase.POLLING
    assert [n.kind for n in desk.session.notices if n.until is None] == [NoticeKind.HELD]
    desk.do(i.ThreadRead(answer("all")), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)), i.ThreadRead(answer("all")))
    assert desk.texts() == ["hello", "all"]


def test_what_is_named_stays_named_until_it_is_refuted() -> None:
    alike = [(15.0, 0.2), (15.1, 0.9)]
    assert "after 15 s" in last_cut(cut_again_and_again([*alike, (7.0, 0.4)]))
    assert "closes" not in last_cut(cut_again_and_again([*alike, (27.0, 0.4)]))
