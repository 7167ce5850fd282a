"""Evidence as probes of a Python server find it, made by hand: healthy unless a test changes it."""

from __future__ import annotations

from dataclasses import replace

from canvas_tui.core.evidence import (
    BEAT,
    Asked,
    Ended,
    Evidence,
    Line,
    Listening,
    Look,
    Queue,
    Read,
    RunFacts,
    Seen,
    Server,
    Way,
)
from canvas_tui.core.model import Failure, FailureKind, RunStatus, ServerKind, ThreadStatus

CLOCK = 1_795_000_000.0
STREAM_HEADERS = (("server", "uvicorn"), ("content-type", "text/event-stream"), ("x-accel-buffering", "no"))


def server(latency: float = 0.002, kind: ServerKind = ServerKind.PYTHON) -> Server:
    asked = Asked(0.1, latency, 200)
    return Server(ok=(asked,) * 3, says_ok=True, info=asked, langgraph=True, kind=kind, version="0.16.7", auth=asked, assistants=2)


def listening(line: Line, *, latency: float = 0.002, seconds: float = 12.0, beats: bool = True) -> Listening:
    """A stream that brings its heartbeats and nothing else, listened to for so many seconds after its headers."""
    at = [latency + BEAT * n + latency for n in range(1, int(seconds / BEAT) + 1)] if beats else []
    reads = tuple(Read(t, 15, 1) for t in at)
    return Listening(
        line,
        0.3,
        status=200,
        headers=STREAM_HEADERS,
        headers_at=2 * latency,
        reads=reads,
        bytes=15 * len(reads),
        beats=len(reads),
        ended_at=2 * latency + seconds,
    )


def silent(line: Line, seconds: float = 12.0) -> Listening:
    return listening(line, seconds=seconds, beats=False)


def with_events(heard: Listening, events: tuple[Seen, ...], ended: Ended = Ended.OPEN, until: float = 0.0) -> Listening:
    """The stream with these events besides what it brings already."""
    reads = sorted([*heard.reads, *(Read(event.at, 200) for event in events)], key=lambda read: read.at)
    text = sum(event.text for event in events)
    pieces = sum(1 for event in events if event.text and not event.whole)
    return replace(
        heard,
        reads=tuple(reads),
        events=events,
        event_count=len(events),
        text=text,
        pieces=pieces,
        bytes=heard.bytes + 200 * len(events),
        ids=True,
        ended=ended,
        ended_at=until or heard.ended_at,
    )


def tokens(count: int, every: float, *, start: float = 0.6, delay: float = 0.002, made: float = CLOCK) -> tuple[Seen, ...]:
    """``metadata`` and so many pieces of text, made one every so many seconds, each arriving so much later."""
    begun = Seen(start + delay, "metadata", 60, made + start)
    return (begun, *(Seen(start + n * every + delay, "messages", 900, made + start + n * every, text=6) for n in range(1, count + 1)))


def cut_after(heard: Listening, seconds: float) -> Listening:
    """The stream cut so many seconds after its headers."""
    end = (heard.headers_at or 0.0) + seconds
    reads = tuple(read for read in heard.reads if read.at < end)
    return replace(heard, reads=reads, beats=len(reads), ended=Ended.CUT, ended_at=end, failure=Failure(FailureKind.CUT))


def run(status: RunStatus = RunStatus.RUNNING, age: float = 8.0, id: str = "r1") -> RunFacts:
    return RunFacts(id, status, age, age, modes=("messages-tuple", "updates", "custom"), subgraphs=True, resumable=True)


def look(of: RunFacts | None, *, at: float = 0.2) -> Look:
    """A thread with this run as its newest."""
    over = of is None or of.status.over
    return Look(
        at,
        CLOCK + at,
        True,
        ThreadStatus.IDLE if over else ThreadStatus.BUSY,
        run=of,
        runs=(of,) if of else (),
        next=() if over else ("generate",),
        checkpoint="c1",
        checkpoint_age=of.age if of else 100.0,
        messages=2 if over else 1,
        answer=120 if over else 0,
        queue=Queue(pending=0, running=0 if over else 1, workers=10, free=10 if over else 9),
    )


def healthy(latency: float = 0.002) -> Evidence:
    """A server that was looked at without a run."""
    return Evidence(
        url="http://127.0.0.1:2024",
        way=Way("127.0.0.1", 2024, True, dns=0.0, addresses=1, tcp=latency),
        server=server(latency),
        lines=(listening(Line.QUIET, latency=latency), listening(Line.QUIET_GZIP, latency=latency)),
    )


def with_run(of: RunFacts, *lines: Listening, later: RunFacts | None = None, quiet: bool = True) -> Evidence:
    """The healthy server, and this run on a thread of it, looked at before and after listening."""
    base = healthy()
    looks = (look(of), look(later or replace(of, age=of.age + 12 if of.age >= 0 else of.age), at=12.5))
    return replace(base, thread_id="t1", run_id=of.id, looks=looks, lines=(*(base.lines if quiet else ()), *lines))
