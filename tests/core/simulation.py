"""A server in a few lines for the session: a log of events, replays with the measured defects, cuts where a test wants them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from canvas_tui.core import inputs as i
from canvas_tui.core.effects import CancelRun, CreateRun, Effect, FindRun, HangUp, JoinRun, ReadRun, ReadThread
from canvas_tui.core.model import Failure, FailureKind, Message, Phase, Role, RunInfo, RunStatus, Session, ThreadState
from canvas_tui.core.session import next_deadline, step

Log = list[tuple[str, i.Body]]


def number(id: str) -> tuple[int, int]:
    head, _, tail = id.partition("-")
    return int(head), int(tail or 0)


def python_log(texts: list[str], stamps: list[int]) -> Log:
    """Tokens under millisecond ids; ``stamps`` are the steps of the clock between events (0: a sibling of the same ms)."""
    ms = 1000
    log: Log = [(f"{ms}-0", i.RunStarted("r1"))]
    for text, dt in zip(texts, stamps, strict=True):
        ms += dt
        log.append((f"{ms}-0", i.Chunk("a1", text, node="agent")))
    return log


def numbered_log(texts: list[str]) -> Log:
    """Unique ids, as the JS server gives them."""
    return [("0", i.RunStarted("r1")), *((str(n + 1), i.Chunk("a1", text, node="agent")) for n, text in enumerate(texts))]


@dataclass
class Leg:
    """One connection: how many events come before it is cut, how many of the tail come twice, how it ends."""

    length: int
    overlap: int = 0
    failure: Failure | None = None
    kind: str = "exact"  # or "all" (the id is ignored), "live" (stripped: no replay), "trimmed" (the older half is gone)


@dataclass
class Simulation:
    """Plays a whole turn. ``legs`` are consumed by the connections in turn; then connections are faultless."""

    log: Log
    legs: list[Leg]
    session: Session = field(default_factory=lambda: Session("t"))
    now: float = 0.0
    sent: int = 0  # how much of the log has happened
    posts: int = 0
    painted: list[str] = field(default_factory=list)  # what the user saw, step by step
    over: bool = False

    def answer(self) -> str:
        return "".join(body.text for _, body in self.log if isinstance(body, i.Chunk))

    def state(self) -> ThreadState:
        human = Message("m1", Role.HUMAN, "q")
        return ThreadState((human, Message("a1", Role.AI, self.answer())) if self.over else (human,))

    def play(self) -> None:
        queue: list[i.Input] = [i.Opened(), i.Submitted("q", "m1", "s1")]
        self.over = False
        for _ in range(4000):
            if queue:
                one = queue.pop(0)
            else:
                due = next_deadline(self.session)
                if due is None:
                    return
                self.now, one = max(self.now, due), i.Tick()
            self.session, effects = step(self.session, one, self.now)
            self._paint()
            for effect in effects:
                queue += self._carry_out(effect)
        raise AssertionError("it does not come to rest")

    def _paint(self) -> None:
        text = "".join(m.text for m in (*self.session.history, *self.session.live) if m.role is Role.AI)
        if not self.painted or self.painted[-1] != text:
            self.painted.append(text)

    def _carry_out(self, effect: Effect) -> Iterator[i.Input]:
        match effect:
            case ReadThread():
                if self.session.link.phase is Phase.POLLING:  # the run goes on meanwhile
                    self.sent = min(self.sent + 1, len(self.log))
                    self.over = self.over or self.sent == len(self.log)
                yield i.ThreadRead(self.state(), None if self.over or not self.posts else RunInfo("r1", RunStatus.RUNNING))
            case CreateRun(submit_id):
                self.posts += 1
                yield i.RunCreated(submit_id, "r1")
            case FindRun(submit_id):
                yield i.RunFound(submit_id, RunInfo("r1", RunStatus.RUNNING))
            case ReadRun():
                yield i.RunRead(RunInfo("r1", RunStatus.SUCCESS if self.over else RunStatus.RUNNING))
            case JoinRun(_, conn, last):
                yield from self._stream(conn, last)
            case HangUp() | CancelRun():
                pass

    def _stream(self, conn: int, last: str) -> Iterator[i.Input]:
        leg = self.legs.pop(0) if self.legs else Leg(len(self.log) + 1)
        after = (-1, 0) if leg.kind == "all" or last == "-1" else number(last)
        happened = self.log[: self.sent]
        kept = {"live": [], "trimmed": happened[len(happened) // 2 :]}.get(leg.kind, happened)
        replay = [e for e in kept if number(e[0]) > after]
        again = happened[len(happened) - min(leg.overlap, len(replay)) :] if leg.overlap else []
        yield i.Connected(conn)
        budget = leg.length
        for id, body in (*replay, *again):
            if budget == 0:
                break
            budget -= 1
            yield i.Event(conn, id, body)
        while budget > 0 and self.sent < len(self.log):
            id, body = self.log[self.sent]
            self.sent, budget = self.sent + 1, budget - 1
            yield i.Event(conn, id, body)
        finished = self.sent == len(self.log) and budget > 0
        self.over = self.over or self.sent == len(self.log)
        yield i.Disconnected(conn, None if finished else leg.failure)


RESET = Failure(FailureKind.CUT)
