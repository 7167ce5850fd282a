"""Every close leads to a question about the run, and a run that is over ends the turn, whatever its stream does for ever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from canvas_tui.core import inputs as i
from canvas_tui.core.effects import Effect, JoinRun, ReadRun, ReadThread
from canvas_tui.core.model import Failure, FailureKind, NoticeKind, Phase, RunInfo, RunStatus
from canvas_tui.core.notices import words
from tests.core.desk import CUT, Desk, answer, started

Lasting = Callable[[int], Sequence[i.Input]]
HOUR = 3600.0
BAD_GATEWAY = Failure(FailureKind.SERVER, status=502)


def known(conn: int) -> i.Event:
    return i.Event(conn, "12-0", i.Chunk("a1", "two "))


LASTING: dict[str, Lasting] = {
    "silence behind what is known": lambda conn: (i.Connected(conn), i.Received(conn, 900), known(conn)),
    "cut behind what is known": lambda conn: (i.Connected(conn), known(conn), i.Disconnected(conn, CUT)),
    "ended behind what is known": lambda conn: (i.Connected(conn), known(conn), i.Disconnected(conn)),
    "cut at once": lambda conn: (i.Connected(conn), i.Disconnected(conn, CUT)),
    "502": lambda conn: (i.Disconnected(conn, BAD_GATEWAY),),
    "refused": lambda conn: (i.Disconnected(conn, Failure(FailureKind.REFUSED)),),
    "never answered": lambda conn: (i.Disconnected(conn, Failure(FailureKind.NO_ANSWER, sent=True)),),
    "never answered, and nobody tells": lambda conn: (),
}


@dataclass
class Server:
    """Answers whatever is asked; every connection ends the same way."""

    lasting: Lasting
    status: RunStatus = RunStatus.RUNNING
    desk: Desk = field(default_factory=started)
    joins: int = 0
    asks: int = 0

    def go_on(self, until: float) -> None:
        effects: list[Effect] = []
        while self.desk.session.active:
            inputs: list[i.Input] = []
            for effect in effects:
                if isinstance(effect, ReadRun):
                    self.asks += 1
                    inputs.append(i.RunRead(RunInfo("r1", self.status)))
                elif isinstance(effect, JoinRun):
                    self.joins += 1
                    inputs += self.lasting(effect.conn)
                elif isinstance(effect, ReadThread):
                    active = None if self.status.over else RunInfo("r1", self.status)
                    inputs.append(i.ThreadRead(answer("one two three" if self.status.over else ""), active))
            if not inputs and self.desk.now >= until:
                return
            effects = [*(self.desk.do(*inputs) if inputs else self.desk.until_due())]


@pytest.mark.parametrize("name", LASTING)
def test_a_turn_ends_although_its_stream_fails_for_ever(name: str) -> None:
    """Seen: the run over and readable, and two hours later 236 connections, not one question, and still "reconnecting"."""
    server = Server(LASTING[name])
    desk = server.desk
    desk.do(i.Received(1, 13, beats=1))
    server.go_on(desk.now + 120)
    assert desk.session.active
    server.status, began = RunStatus.SUCCESS, desk.now
    server.go_on(desk.now + HOUR)
    assert desk.session.link.phase is Phase.IDLE
    assert desk.texts() == ["hello", "one two three"]
    assert NoticeKind.CORRECTED not in desk.kinds()
    assert desk.now - began < 60


@pytest.mark.parametrize("name", LASTING)
def test_a_stream_that_fails_for_ever_is_asked_for_ever_more_rarely(name: str) -> None:
    """Seen: what brought only what was known was asked for 268 times a minute, as it counted as progress."""
    server = Server(LASTING[name])
    server.desk.do(i.Received(1, 13, beats=1))
    server.go_on(server.desk.now + HOUR)
    if server.desk.session.link.phase is not Phase.POLLING:  # there the thread tells of the run, every 2 s
        assert server.asks >= 60
    assert server.joins <= HOUR / 6 + 10
    assert server.asks <= server.joins + 10


def test_heartbeats_that_tell_of_no_run_are_not_believed_for_ever() -> None:
    """Seen: a hop that makes heartbeats of its own, or a server whose worker is dead: "The connection is alive", and nobody asked."""
    desk = started()
    asked: list[float] = []
    for _ in range(13):
        desk.now += 5
        asked += [desk.now for effect in desk.do(i.Received(1, 13, beats=1), i.Tick()) if isinstance(effect, ReadRun)]
    assert len(asked) == 1
    desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    said = words(desk.session.notices[-1], desk.session, desk.now).text
    assert said.startswith("Working, no word for 1 min 5 s. The connection is alive. The server says that the run goes on")
    assert desk.session.link.phase is Phase.LIVE
    while not (asks := [effect for effect in desk.do(i.Received(1, 13, beats=1), i.Tick()) if isinstance(effect, ReadRun)]):
        desk.now += 5
    assert asks and desk.now - asked[0] >= 60
    desk.do(i.RunRead(RunInfo("r1", RunStatus.SUCCESS)), i.ThreadRead(answer("one two three")))
    assert desk.texts()[-1] == "one two three"


def test_a_confirming_connection_that_falls_silent_has_nothing_more() -> None:
    desk = started()
    desk.do(i.Received(1, 13, beats=1), i.Disconnected(1, CUT), i.RunRead(RunInfo("r1", RunStatus.SUCCESS)), i.Connected(2))
    assert desk.session.link.confirming
    while desk.session.link.phase is Phase.LIVE:
        desk.until_due()
    assert desk.session.link.phase is Phase.SETTLING
    assert desk.effects[-1] == ReadThread()


def test_after_the_wait_for_a_question_its_answer_is_not_waited_for_again() -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    desk.until_due()
    desk.do(i.Disconnected(2, BAD_GATEWAY))
    assert desk.session.link.phase is Phase.WAITING
    assert desk.until_due() == (ReadRun("r1"),)
    assert desk.do(i.RunRead(RunInfo("r1", RunStatus.RUNNING))) == (JoinRun("r1", 3, "11-0"),)


@pytest.mark.parametrize("kind", [FailureKind.AUTH, FailureKind.STRANGE, FailureKind.REDIRECT, FailureKind.TLS])
def test_what_only_the_user_can_mend_waits_for_him(kind: FailureKind) -> None:
    desk = started()
    desk.do(i.Disconnected(1, CUT), i.RunRead(RunInfo("r1", RunStatus.RUNNING)))
    desk.until_due()
    desk.do(i.Disconnected(2, Failure(kind, status=401)))
    assert desk.session.link.retry_at == float("inf")
    assert desk.do(i.RetryNow()) == (ReadRun("r1"),)
