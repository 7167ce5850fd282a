"""The states of the screen that people meet, each as what the backend shows. The clock stands at 1000 s."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from canvas_tui.core.model import (
    Failure,
    FailureKind,
    Interrupt,
    Link,
    Message,
    Notice,
    NoticeKind,
    Outgoing,
    Phase,
    Role,
    Run,
    RunStatus,
    ServerPhase,
    ServerState,
    Session,
    Standing,
    Then,
    ThreadList,
    ThreadRow,
    ThreadState,
    ThreadStatus,
    ToolCall,
    Usage,
)

from .fake_backend import UP, FakeBackend

NOW = 1000.0
WALL = 1_790_000_000.0  # Monday 21 September 2026, 13:33 UTC
THREAD = "7f3c1a52-9d0e-4b7c-8a11-2f64d1c0aa01"
RUN = "1ef9b6c4-77aa-6f10-b0c9-5c1d2e3f4a5b"

ROWS = (
    ThreadRow(THREAD, "Tides in the North Sea", WALL - 20, ThreadStatus.BUSY, running=True),
    ThreadRow("t2", "A letter to the harbour office", WALL - 190, ThreadStatus.INTERRUPTED, waiting=True),
    ThreadRow("t3", "Compare three SQLite drivers", WALL - 2_000, unread=True),
    ThreadRow("t4", "Rename the columns of the survey", WALL - 7_500, ThreadStatus.ERROR, failed=True),
    ThreadRow("t5", "Bread without kneading", WALL - 30_000),
    ThreadRow("t6", "論文の要約を三行で", WALL - 2 * 86_400),
    ThreadRow("t7", "Why does the parser back up?", WALL - 4 * 86_400),
    ThreadRow("t8", "Packing list for Lofoten", WALL - 40 * 86_400),
    ThreadRow("t9", "Notes on a talk", WALL - 500 * 86_400),
)

QUESTION = Message("h1", Role.HUMAN, "Why are there two high tides a day, and why are they not equally high?")
ANSWER = Message(
    "a1",
    Role.AI,
    "The Moon pulls on the near side of the Earth more than on its centre, and on the centre more than on the far side. "
    "The water is drawn out into **two bulges**, and the Earth turns under both of them once a day.\n\n"
    "## Why they differ\n\n"
    "- The Moon stands north or south of the equator most of the time.\n"
    "- So one bulge lies to the north, the other to the south.\n"
    "- A place at 55° N passes through the *middle* of one and the *edge* of the other.\n\n"
    "| day | higher | lower |\n|---|---|---|\n| 1 | 3.9 m | 3.1 m |\n| 2 | 3.8 m | 3.2 m |\n\n"
    "```python\ndef range_of(high: float, low: float) -> float:\n    return high - low\n```\n",
)
PART = replace(ANSWER, text=ANSWER.text[:330], standing=Standing.WRITING, node="agent")

RUNNING = Run(
    "s1",
    RUN,
    RunStatus.RUNNING,
    started_at=NOW - 12.0,
    first_token_at=NOW - 10.9,
    attempt=1,
    node="agent",
    tokens=412,
    chars=1_930,
    events=431,
    received=61_240,
    buckets=(12, 38, 44, 41, 47, 39, 46, 50, 43, 37, 15),
)
LIVE = Link(Phase.LIVE, conn=1, since=NOW - 11.8, opened_at=NOW - 11.8, byte_at=NOW - 0.2, event_at=NOW - 0.2, shown_at=NOW - 0.2)
DONE = replace(RUNNING, status=RunStatus.SUCCESS, ended_at=NOW - 2.0, usage=Usage(58, 412, 470), node="")


def session(**changes: object) -> Session:
    base = Session(THREAD, loaded=True, state=ThreadState(exists=True))
    return replace(base, **changes)  # type: ignore[arg-type]


def talking(**changes: object) -> Session:
    return session(**{"live": (QUESTION, PART), "run": RUNNING, "link": LIVE, **changes})


def settled(**changes: object) -> Session:
    return session(**{"history": (QUESTION, ANSWER), "run": DONE, **changes})


def _backend(shown: Session | None = None, server: ServerState = UP, rows: tuple[ThreadRow, ...] = ROWS, **changes: object) -> FakeBackend:
    backend = FakeBackend(server, ThreadList(rows), clock=NOW)
    if shown is not None:
        backend.sessions[shown.thread_id] = shown
    for name, value in changes.items():
        setattr(backend, name, value)
    return backend


IDLE_ROW = replace(ROWS[0], running=False, status=ThreadStatus.IDLE)


def _calm(first: ThreadRow = IDLE_ROW) -> tuple[ThreadRow, ...]:
    return (first, *ROWS[1:])


STARTING = ServerState(
    ServerPhase.STARTING, "local agent", local=True, sentence="The first start takes some seconds: Python loads the agent server."
)
CANNOT = ServerState(
    ServerPhase.FAILED,
    "local agent",
    local=True,
    sentence="The agent server ended while it started: port 40123 was taken by another program.",
    log=("INFO  Starting Agent Server in development mode", "INFO  Registering graph 'agent'", "ERROR [Errno 98] Address already in use"),
    log_path="~/.local/state/canvas-tui/agent.log",
)
REFUSED = Failure(FailureKind.REFUSED, "Connection refused", where="127.0.0.1:2024")


def _reconnecting() -> Session:
    link = Link(Phase.WAITING, conn=2, since=NOW - 1, byte_at=NOW - 7, event_at=NOW - 7, attempt=3, retry_at=NOW + 4, down_since=NOW - 7)
    link = replace(link, failure=REFUSED, then=Then.JOIN)
    notice = Notice(1, NoticeKind.UNREACHABLE, NOW - 7, after="a1", tokens=412, failure=REFUSED)
    return talking(link=link, notices=(notice,), run=replace(RUNNING, reconnects=2))


def _quiet() -> Session:
    link = replace(LIVE, byte_at=NOW - 3, event_at=NOW - 24, shown_at=NOW - 24, beats=4, beating=True)
    return talking(link=link, notices=(Notice(1, NoticeKind.QUIET, NOW - 14, after="a1", tokens=412),))


def _stopped() -> Session:
    run = replace(RUNNING, status=RunStatus.INTERRUPTED, ended_at=NOW - 1, stopped=True)
    notice = Notice(1, NoticeKind.STOPPED, NOW - 1, NOW - 1, "a1", tokens=412)
    return session(history=(QUESTION, replace(PART, standing=Standing.STOPPED)), run=run, notices=(notice,))


def _failed() -> Session:
    run = replace(RUNNING, status=RunStatus.ERROR, ended_at=NOW - 1, error="RateLimitError: quota exceeded")
    notice = Notice(1, NoticeKind.FAILED, NOW - 1, NOW - 1, "a1", tokens=412, detail="RateLimitError: quota exceeded")
    return session(history=(QUESTION, replace(PART, standing=Standing.FAILED)), run=run, notices=(notice,))


def _asking() -> Session:
    value = {
        "question": "The letter is ready. What shall I do with it?",
        "options": ["Send it now", "Show it to me first", "Throw it away"],
    }
    return settled(interrupts=(Interrupt("i1", value),), state=ThreadState(status=ThreadStatus.INTERRUPTED))


def _continuing() -> Session:
    notice = Notice(1, NoticeKind.CONTINUE, NOW - 1, NOW - 1, "a1", detail="reflect")
    return settled(can_continue=True, notices=(notice,), state=ThreadState(next=("reflect",)))


def _tools() -> Session:
    call = ToolCall("c1", "sea_level", '{"place": "Cuxhaven", "date": "2026-09-21"}')
    asked = Message(
        "a0", Role.AI, "I look at the gauge first.", thinking="The user wants numbers.\nThe gauge has them.", tool_calls=(call,)
    )
    result = Message("r1", Role.TOOL, '{"high": [3.9, 3.1], "unit": "m"}', tool_call_id="c1", name="sea_level")
    return settled(history=(QUESTION, asked, result, ANSWER))


def _waiting() -> Session:
    said = Message("h2", Role.HUMAN, "And at the Bay of Fundy?", standing=Standing.QUEUED)
    return talking(queue=(Outgoing(said, "s2"),))


def _unsent() -> Session:
    said = Message("h2", Role.HUMAN, "And at the Bay of Fundy?", standing=Standing.UNSENT)
    notice = Notice(1, NoticeKind.UNSENT, NOW - 3, NOW - 3, "h2", failure=REFUSED)
    return settled(queue=(Outgoing(said, "s2"),), notices=(notice,))


STATES: dict[str, Callable[[], FakeBackend]] = {
    "starting": lambda: _backend(server=STARTING, rows=()),
    "cannot-start": lambda: _backend(server=CANNOT, rows=()),
    "empty": lambda: _backend(rows=_calm()),
    "streaming": lambda: _backend(talking()),
    "done": lambda: _backend(settled(), rows=_calm()),
    "quiet": lambda: _backend(_quiet()),
    "reconnecting": lambda: _backend(_reconnecting()),
    "stopped": lambda: _backend(_stopped(), rows=_calm()),
    "failed": lambda: _backend(_failed(), rows=_calm(replace(ROWS[0], running=False, failed=True))),
    "question": lambda: _backend(_asking(), rows=_calm(replace(ROWS[0], running=False, waiting=True))),
    "continue": lambda: _backend(_continuing(), rows=_calm()),
    "tools": lambda: _backend(_tools(), rows=_calm()),
    "queued": lambda: _backend(_waiting()),
    "unsent": lambda: _backend(_unsent(), rows=_calm()),
}
