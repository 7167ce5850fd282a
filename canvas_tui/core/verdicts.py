"""Evidence -> verdict: a table of rules, the first that matches wins. Pure and total.

The order is that of causes: the way there, the server, what the server itself tells of the run (a question, a queue, a failure explain
a silent stream better than any guess about the way), then the streams, and last what a run that is over or at work shows. A rule that
speaks of times is left to those before it where this machine itself was too busy to measure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from . import measures, verdict_cuts, verdict_over, verdict_run, verdict_running, verdict_server, verdict_stream
from .diagnosis import HARMLESS, Code, Sure, Verdict, many, said, span
from .evidence import Evidence, Line
from .model import RunStatus

Rule: TypeAlias = Callable[[Evidence], Verdict | None]


def canary_failed(e: Evidence) -> Verdict | None:
    """The run of our own did not do what a run should."""
    canary = e.canary
    if canary is None:
        return None
    if canary.started is not None and canary.started.failure is not None:
        return verdict_server.refusal(e, canary.started.failure)
    if canary.look is None:
        return None
    heard = e.heard(Line.CANARY)
    look = replace(canary.look, error=canary.look.error or next((each.error for each in heard if each.error), ""))
    for rule in (verdict_run.pending, verdict_run.failed):
        told = rule(replace(e, looks=(look,), run_id="", lines=heard))
        if told is not None and told.code is not Code.WORKING:
            return replace(told, evidence=("found with a run of doctor's own", *told.evidence))
    return None


def started_over(e: Evidence) -> Verdict | None:
    heard = next(iter(e.heard(Line.RUN)), None)
    begun = sum(1 for event in heard.events if event.name == "metadata") if heard is not None else 0
    alive = e.last is not None and e.last.run is not None and e.last.run.status is RunStatus.RUNNING
    if begun < 2 or not alive:
        return None
    return Verdict(
        Code.RE_EXECUTED,
        "The server started the run over: what had come before is void, and the answer comes again from its beginning.",
        (f"{many(begun, 'metadata event')} in one stream", "a server that was killed runs its unfinished runs again"),
        Sure.CERTAIN,
        "The stream holds one metadata event only.",
        ("Nothing: this program strikes the partial answer and shows the new one.", "See in the server's log why it went down."),
    )


def only_for_others(e: Evidence) -> Verdict | None:
    """A hop that holds compressed streams back, unless the run itself has something worse to tell."""
    told = verdict_running.running(e) or verdict_over.over(e)
    return verdict_stream.buffered_by_gzip(e) if told is None or told.code in HARMLESS else None


def healthy(e: Evidence) -> Verdict | None:
    """Everything that was looked at is as it should be."""
    server = e.server
    if not any(each.good for each in verdict_server.answers(server)):
        return None
    look = e.last
    if e.thread_id and (look is None or (look.run is not None and look.run.status is not RunStatus.SUCCESS)):
        return None
    who = f"{server.kind or 'the server'} {said(server.version, 40)}".strip()
    times = [each.seconds for each in server.ok if each.good]
    ways = [f"the way there {span(e.way.tcp)}"] if e.way.tcp is not None else []
    return Verdict(
        Code.HEALTHY,
        "Nothing is wrong: the server answers, and what it streams arrives."
        if _streams(e)
        else "Nothing is wrong that could be seen: the server answers.",
        (
            f"{who}: GET /ok in {', '.join(map(span, times))}; {''.join(ways)}" if times else who,
            *_streams(e),
            "the thread is idle: no run was started on it" if e.thread_id and look is not None and look.run is None else "",
            _queue(e),
        ),
        Sure.CERTAIN if _streams(e) else Sure.LIKELY,
        "A run on this server brings nothing: ask doctor about it with --thread ID.",
        ()
        if e.thread_id or e.canary
        else (
            "To look at a whole run: canvas-tui doctor --canary (it asks the model once, on a thread that is removed).",
            "A hop that cuts connections only after a longer silence than was listened to: canvas-tui doctor --listen 130, "
            "or F8 in the program while it happens (its own connections count there).",
        ),
    )


def _streams(e: Evidence) -> tuple[str, ...]:
    words = {
        Line.QUIET: "a silent stream",
        Line.CANARY: "a run of doctor's own, started with POST",
        Line.CANARY_JOIN: "the same run, joined with GET",
    }
    told = []
    for line, name in words.items():
        heard = next(iter(e.heard(line)), None)
        if heard is not None and heard.reads and not measures.held_bursts(heard):
            beats = f", {many(heard.beats, 'heartbeat')}" if heard.beats else ""
            events = f", {many(heard.event_count, 'event')}" if heard.event_count else ""
            told.append(f"{name}: first byte after {span(heard.reads[0].at)}{beats}{events}")
    return tuple(told)


def _queue(e: Evidence) -> str:
    queue = e.last.queue if e.last is not None else None
    if queue is None or not queue.pending:
        return ""
    return f"{many(queue.pending, 'run')} of this server {'waits' if queue.pending == 1 else 'wait'} for a worker at the moment"


def unknown(e: Evidence) -> Verdict:
    return Verdict(
        Code.UNKNOWN,
        "No cause that doctor knows fits what was found.",
        (f"{many(len(e.looks), 'look')} at the thread, {many(len(e.lines), 'stream')} listened to, in {span(e.seconds)}",),
        Sure.UNDECIDED,
        "",
        ("Write down what was found: canvas-tui doctor … --bundle FILE (no key and no text is in it), and look at the server's log.",),
    )


RULES: tuple[Rule, ...] = (
    verdict_server.way_there,
    verdict_server.server_refuses,
    verdict_server.no_graph,
    *verdict_run.BEFORE_STREAM,
    verdict_server.client_busy,
    verdict_server.server_blocked,
    canary_failed,
    verdict_stream.stream_refused,
    verdict_cuts.half_open,
    verdict_cuts.cuts,
    verdict_stream.buffered,
    verdict_stream.unreadable,
    started_over,
    only_for_others,
    verdict_running.running,
    verdict_over.over,
    healthy,
)
"""In the order in which they are asked."""


def verdict(e: Evidence) -> Verdict:
    """The first rule's that matches; evidence without empty lines."""
    told = next((found for rule in RULES if (found := rule(e)) is not None), None) or unknown(e)
    return replace(told, evidence=tuple(line for line in told.evidence if line.strip()))
