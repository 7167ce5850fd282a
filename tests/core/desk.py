"""A session with its clock, played by hand."""

from __future__ import annotations

from dataclasses import dataclass, field

from canvas_tui.core import inputs as i
from canvas_tui.core import policy
from canvas_tui.core.effects import CreateRun, Effect, FindRun, JoinRun
from canvas_tui.core.model import (
    Failure,
    FailureKind,
    Message,
    NoticeKind,
    Role,
    Session,
    ThreadState,
)
from canvas_tui.core.session import next_deadline, step

CUT = Failure(FailureKind.CUT)


@dataclass
class Desk:
    """A session with its clock, played by hand."""

    session: Session = field(default_factory=lambda: Session("t"))
    now: float = 100.0
    effects: list[Effect] = field(default_factory=list)

    def do(self, *inputs: i.Input) -> tuple[Effect, ...]:
        fresh: list[Effect] = []
        for one in inputs:
            self.session, effects = step(self.session, one, self.now)
            fresh += effects
        self.effects += fresh
        return tuple(fresh)

    def until_due(self) -> tuple[Effect, ...]:
        due = next_deadline(self.session)
        assert due is not None
        self.now = max(self.now, due)
        return self.do(i.Tick())

    @property
    def conn(self) -> int:
        return self.session.link.conn

    def event(self, body: i.Body, id: str | None) -> tuple[Effect, ...]:
        return self.do(i.Event(self.conn, id, body))

    def kinds(self) -> list[NoticeKind]:
        return [n.kind for n in self.session.notices]

    def texts(self) -> list[str]:
        return [m.text for m in (*self.session.history, *self.session.live)]


HUMAN = Message("m1", Role.HUMAN, "hello")


def started() -> Desk:
    """A run that streams: two tokens came."""
    desk = Desk()
    desk.do(i.Opened(), i.ThreadRead(ThreadState(exists=False)))
    assert desk.do(i.Submitted("hello", "m1", "s1")) == (desk.effects[-1],)
    assert isinstance(desk.effects[-1], CreateRun)
    assert desk.do(i.RunCreated("s1", "r1")) == (JoinRun("r1", 1, "-1"),)
    desk.do(i.Connected(1))
    desk.event(i.RunStarted("r1"), "10-0")
    desk.event(i.Chunk("a1", "one "), "11-0")
    desk.event(i.Chunk("a1", "two "), "12-0")
    return desk


def looked_twice(desk: Desk) -> None:
    """The message "s1", which is being looked for, is sent again after a second look, a while after the first, and not before."""
    first = desk.now
    assert desk.do(i.RunFound("s1", None)) == ()
    assert desk.until_due() == (FindRun("s1"),)
    assert desk.now >= first + policy.LOOKS_APART
    (create,) = desk.do(i.RunFound("s1", None))
    assert isinstance(create, CreateRun) and create.submit_id == "s1"


def answer(text: str) -> ThreadState:
    return ThreadState((HUMAN, Message("a1", Role.AI, text)))
