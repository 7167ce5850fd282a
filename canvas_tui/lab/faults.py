"""The faults that a stream has to survive, by number and name: the script that makes each, or what stands for it. Pure.

Numbers are those of the project's fault matrix; the tests, the benches and ``canvas-tui lab --list`` use them.
"""

from __future__ import annotations

import difflib

from canvas_tui.core.frozen import frozen

from .vocabulary import ScriptError


@frozen
class Fault:
    """``script`` empty: no proxy can make it, and ``line`` says what does instead."""

    id: str
    name: str
    script: str
    line: str


FAULTS = (
    Fault("F01", "refused", "down 6s", "new connections are refused"),
    Fault("F02", "unanswered", "dark 8s", "new connections get no answer, open ones fall silent"),
    Fault("F03", "no name", "", "the name of the server cannot be found, or slowly: a name that does not resolve stands for it"),
    Fault("F04", "certificate", "", "a certificate that cannot be trusted: servers with certificates of their own stand for it"),
    Fault("F05", "no answer", "create: hole", "the request is taken and never answered"),
    Fault(
        "F06",
        "answer lost",
        "create: lose or reset",
        "the connection dies between the request and the answer, which may have been acted on",
    ),
    Fault("F07", "half a head", "create: head 5..80b", "the connection dies inside the answer's head"),
    Fault("F08", "bad gateway", "create: 502 or 503 or 504", "a proxy answers for the server, which has not seen the request"),
    Fault("F09", "bad gateway, acted", "create: lose 502", "a proxy answers 502 although the server has started the run"),
    Fault("F10", "rate limit", "create: 429 7s", "too many requests, with a time to wait"),
    Fault("F11", "key refused", "create: 401 or 403", "the key is missing or wrong"),
    Fault("F12", "no thread", "create: 404", "the thread is not there"),
    Fault("F13", "busy", "create: 409 or 422 busy", "another run has the thread"),
    Fault("F14", "no assistant", "create: 422", "the server refuses the request and says why"),
    Fault("F15", "login page", "html", "200 and a page of HTML instead of the stream"),
    Fault("F16", "not a stream", "json", "200 and JSON instead of the stream"),
    Fault("F17", "redirected", "create: redirect", "sent to another place, where the key must not go"),
    Fault("F18", "headers, then nothing", "stall", "the stream opens and not even a heartbeat comes"),
    Fault("F19", "queued", "swallow", "heartbeats only: here all events are thrown away; a busy worker makes the true one"),
    Fault(
        "F20", "long thought", "pass 1; swallow", "the run begins, then heartbeats only; the scripted model's /silence makes the true one"
    ),
    Fault("F21", "reset midway", "pass 3..40; reset", "the connection is reset"),
    Fault("F22", "cut midway", "pass 3..40; cut", "the connection is closed without the body's end"),
    Fault("F23", "clean end", "pass 3..40; end", "the body ends cleanly, as if that had been all"),
    Fault("F24", "whole", "pass; end", "a clean end after the last event: no fault, and none may be told"),
    Fault("F25", "half an event", "pass 3..40; half; end", "a clean end between an event's data and its id"),
    Fault("F26", "half-open", "pass 5..30; hole", "the path dies without a word"),
    Fault("F27", "sleep", "pass 5..30; hole", "the machine sleeps: a dead path here; the jump of the clock is tested in the session"),
    Fault("F28", "new address", "pass 5..30; hole", "the client's address changes: the old connection is dead, new ones work"),
    Fault("F29", "latency", "any: delay 1..3s", "everything comes one to three seconds later"),
    Fault("F30", "slow link", "slow 1k", "a thousand bytes a second"),
    Fault("F31", "slices", "any: slice 1", "every byte by itself"),
    Fault("F32", "bursts", "coalesce 4s", "held back, released each 4 s"),
    Fault("F33", "buffered", "any: buffer", "a proxy that holds every body back until it is whole"),
    Fault("F34", "compressed", "gzip", "compressed although identity was asked for (gzip end: flushed only at the end)"),
    Fault("F35", "buffered GET", "get: buffer", "only answers to GET are held back"),
    Fault("F36", "idle cut", "idle 3s; cut; loop", "a proxy that closes connections which have been quiet for 3 s"),
    Fault("F37", "duration cut", "pass 15s; cut; loop", "a proxy that closes every connection after 15 s"),
    Fault("F38", "no heartbeats", "any: heartbeats off", "a proxy that strips comments"),
    Fault("F39", "cursor stripped", "last-event-id off; pass 3..40; reset", "the server does not learn where to go on"),
    Fault("F40", "cursor ignored", "last-event-id -1; pass 3..40; reset", "the server replays everything"),
    Fault(
        "F41",
        "ids of one millisecond",
        "(pass 3..40; reset) x4",
        "events share ids: a burst from the Python server makes them, the cuts bring them out",
    ),
    Fault(
        "F42",
        "overlap",
        "(pass 3..40; cut) x4",
        "replay and live queue overlap: the Python server does it by itself where it is joined in a burst",
    ),
    Fault("F43", "equal tokens", "(pass 3..40; end) x4", "the same token again and again, cut in between"),
    Fault("F44", "not resumable", "ids off; last-event-id off; pass 3..40; reset", "a run without ids that cannot be replayed"),
    Fault("F45", "trimmed", "pass 10; reset; (swallow 20; pass; end) x2", "the server has forgotten the middle of the stream"),
    Fault(
        "F46",
        "server restart",
        "",
        "the server stops and runs the run again: a real restart (here: down 5s for what the network shows of it)",
    ),
    Fault("F47", "run lost", "pass 5; reset; 404 | run: 404", "the server has forgotten the run"),
    Fault("F48", "server away", "pass 5..20; down 180s", "the server is away for three minutes"),
    Fault("F49", "run fails", "", "the run fails and says so: the scripted model's /error makes it"),
    Fault("F50", "cut before error", "until error; cut", "the run fails, and the stream is cut before it says so"),
    Fault("F51", "question lost", "pass 1; end", "the stream ends before the graph's question has come"),
    Fault(
        "F52",
        "answered twice",
        "create: lose 502",
        "the answer to a question is lost on its way back; Enter pressed twice is tested in the session",
    ),
    Fault("F53", "key refused later", "pass 3..40; reset; 401", "the key has run out when the stream is joined again"),
    Fault("F54", "gone later", "pass 3..40; reset; 404", "the run is not there when it is joined again"),
    Fault("F55", "junk", "pass 3..20; insert junk", "events that cannot be read"),
    Fault("F56", "broken text", "pass 3..20; corrupt", "bytes that are no UTF-8 inside an event"),
    Fault("F57", "huge event", "pass 3..20; insert big 20MB", "an event of 20 MB (insert big 200MB: too big)"),
    Fault("F58", "burst", "", "20,000 tokens a second: the scripted model's /speed makes it"),
    Fault("F59", "HTTP/2", "", "the client speaks HTTP/1.1 only: a cut stands for GOAWAY"),
    Fault("F60", "stopped", "", "the user stops the run in every state: tested in the session and on the real server"),
    Fault("F61", "killed", "", "the program is killed at any point: signals make it"),
    Fault("F62", "disk full", "", "the journal cannot be written: tested there"),
    Fault(
        "F63",
        "hostile text",
        "pass 3..20; insert hostile",
        "escape sequences and markup; the scripted model's /hostile sends them as an answer",
    ),
    Fault("F64", "two clients", "", "another client starts a run on the open thread: a second client makes it"),
)

_BY_NAME = {key.lower(): fault for fault in FAULTS for key in (fault.id, fault.name)}


def find(name: str) -> Fault | None:
    """The fault of this number or name."""
    return _BY_NAME.get(name.strip().lower())


def script_of(text: str) -> str:
    """The script of a fault's name, or the script itself. Raises: ScriptError: no proxy can make that fault."""
    fault = find(text)
    if fault is None:
        return text
    if not fault.script:
        raise ScriptError(f"{fault.id} is nothing a proxy can make: {fault.line}.")
    return fault.script


def named(name: str) -> Fault:
    """Raises: ScriptError: there is none of this name."""
    fault = find(name)
    if fault is None:
        near = difflib.get_close_matches(name.lower(), list(_BY_NAME), 1)
        hint = f"; did you mean {_BY_NAME[near[0]].name!r}?" if near else ""
        raise ScriptError(f"There is no fault {name!r}{hint} (canvas-tui lab --list shows them).")
    return fault
