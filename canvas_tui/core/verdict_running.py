"""Rules about a run at work: it makes progress, or is silent, and which of the two can be told."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from . import measures
from .diagnosis import Action, Code, Sure, Verdict, many, said, short, span
from .evidence import Evidence, Line, Listening, Look
from .model import RunStatus
from .verdict_run import STILL

SILENT = 20.0
"""Seconds without an event, or a step of the graph, until a run's silence is worth a verdict."""


LONG = 600.0
"""On a server without heartbeats a run that is silent for longer may as well be dead."""
_RESTARTED = "A JS server that was restarted keeps its unfinished runs like this for ever: let doctor free the thread."


def running(e: Evidence) -> Verdict | None:
    look = e.last
    if look is None or look.run is None or look.run.status is not RunStatus.RUNNING:
        return None
    heard = next(iter(e.heard(Line.RUN)), None)
    if heard is None or heard.headers_at is None:
        return _working(look, ("its stream was not listened to",))
    if measures.live_events(heard):
        came = measures.live_events(heard)
        return replace(
            _working(look, (f"{many(len(came), 'event')} came while doctor listened for {span(heard.ended_at)}",)), sure=Sure.CERTAIN
        )
    steps = _steps(e)
    if steps and heard.event_count <= 1:
        return _unheard(e, look, heard, steps)
    return _silence(e, look, heard)


def _steps(e: Evidence) -> int:
    """How often the thread's checkpoint changed from look to look."""
    known = [look.checkpoint for look in e.looks if look.checkpoint]
    return sum(1 for earlier, later in pairwise(known) if earlier != later)


def _unheard(e: Evidence, look: Look, heard: Listening, steps: int) -> Verdict:
    assert look.run is not None
    modes = f"the run was started with {', '.join(map(said, look.run.modes))}" if look.run.modes else ""
    return Verdict(
        Code.MODE_MISMATCH,
        "The run makes progress, but its stream does not tell of it.",
        (f"{many(steps, 'new checkpoint')} while doctor listened, and {many(heard.event_count, 'event')}", modes),
        Sure.LIKELY,
        "A run with messages-tuple and updates is as silent.",
        ("Start runs with the modes messages-tuple and updates, and stream_subgraphs: true (this program does).",),
    )


def _silence(e: Evidence, look: Look, heard: Listening) -> Verdict:
    assert look.run is not None
    quiet = _quiet_for(look, heard)
    node = f" in {', '.join(said(name, 60) for name in look.next)}" if look.next else ""
    since = f"no event and no step of the graph for {span(quiet)}"
    beats = f"{many(heard.beats, 'heartbeat')} came meanwhile: the way is open" if heard.beats else ""
    replayed = f"{many(heard.event_count, 'event')} came at once when doctor joined: the way is open" if heard.event_count else ""
    if quiet < SILENT:
        return _working(look, (since, beats or replayed))
    old = look.checkpoint_age if look.checkpoint_age is not None else look.run.age
    idle_workers = look.queue is not None and look.queue.running == 0
    if idle_workers and quiet > SILENT:
        return Verdict(
            Code.ZOMBIE_RUN,
            "The run is listed as running, but no worker of the server runs anything: it is dead.",
            (since, "the server's workers: none of them is busy"),
            Sure.LIKELY,
            "A new checkpoint appears.",
            ("Let doctor free the thread, then continue it.",),
            Action.FREE,
            look.run.id,
        )
    known = beats or replayed
    maybe_dead = not heard.beats and quiet > LONG
    return Verdict(
        Code.RUN_SILENT,
        f"The run is alive and says nothing{node}: the model's endpoint, or a tool, has not answered for {span(quiet)}.",
        (
            since,
            known or "not a byte came on its stream; this kind of server sends no heartbeats, so that proves nothing",
            f"the last checkpoint is {span(old)} old; the run began {span(look.run.age)} ago",
        ),
        Sure.LIKELY if known and not maybe_dead else Sure.UNDECIDED,
        "The server's log shows the model at work, or an answer of its endpoint.",
        (
            "Check the model's endpoint from the server's machine (curl its /v1/models), and its status page.",
            "Wait: most clients of models give up after 60 to 600 s, and the run then fails with the reason.",
            "Or stop the run (Esc) and send again.",
            *((_RESTARTED,) if maybe_dead else ()),
        ),
        Action.FREE if quiet > STILL else Action.NOTHING,
        look.run.id,
        instead=(*(() if known else (Code.BUFFERED,)), *((Code.ZOMBIE_RUN,) if maybe_dead or not known else ())),
    )


def _quiet_for(look: Look, heard: Listening) -> float:
    """Seconds since the last sign of progress, as far as the server's clock tells."""
    made = [event.made for event in heard.events if event.made is not None]
    ages = [look.run.age if look.run is not None else 0.0]
    if look.checkpoint_age is not None:
        ages.append(look.checkpoint_age)
    if made and look.clock is not None:
        ages.append(look.clock - max(made))
    return max(0.0, min(ages))


def _working(look: Look, evidence: tuple[str, ...]) -> Verdict:
    assert look.run is not None
    node = f" in {', '.join(said(name, 60) for name in look.next)}" if look.next else ""
    return Verdict(
        Code.WORKING,
        f"Nothing is wrong so far: the run is working{node}.",
        (f"status: running, since {span(look.run.age)}", *evidence),
        Sure.LIKELY,
        f"It stays silent for {span(SILENT)} or more: ask again then.",
        (f"Wait; the run is {short(look.run.id)}.",),
    )
