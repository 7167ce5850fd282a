"""Rules about streams that are refused, held back or spoilt. They come after all that the server itself tells of the run."""

from __future__ import annotations

from . import measures
from .diagnosis import Action, Code, Sure, Verdict, many, said, size, span
from .evidence import Ended, Evidence, Line, Listening
from .frozen import frozen
from .model import FailureKind
from .verdict_run import ALIVE
from .verdict_server import hop_hints, refusal

BEATS_MISSED = 2
"""Heartbeats that may be late before bytes are said to be held back."""
# -- what one line says ----------------------------------------------------------------------------------------------------------


@frozen
class Held:
    """Bytes of a line that were held back: how it shows."""

    line: Listening
    words: str
    strong: bool = False  # the ids of the events prove it, whatever kind of server it is


def held(e: Evidence, heard: Listening, run_alive: bool) -> Held | None:
    """Whether something on the way kept this line's bytes for itself."""
    late = measures.held_bursts(heard)
    if len(late) > 1:
        longest = max(late, key=lambda burst: burst.held)
        words = f"{many(len(late), 'burst')} after silences of up to {span(max(burst.silence for burst in late))}: events made over "
        return Held(heard, f"{words}{span(longest.held)} came in {span(longest.until - longest.at)}", strong=True)
    if len(late) == 1 and heard.ended is Ended.EOF and heard.ended_at - late[0].until < 1.0 and measures.first_byte(heard) == late[0].at:
        return Held(heard, f"all {many(heard.event_count, 'event')} came at the end, made over {span(late[0].held)}", strong=True)
    if not _should_speak(e, heard, run_alive):
        return None
    if heard.headers_at is None and heard.failure is not None and heard.failure.kind is FailureKind.NO_ANSWER:
        return Held(heard, f"not even headers came within {span(heard.ended_at)}")
    if not heard.reads and heard.headers_at is not None and heard.ended is Ended.OPEN and measures.missed_beats(heard) >= BEATS_MISSED:
        beats = many(measures.missed_beats(heard), "heartbeat")
        return Held(heard, f"headers after {span(heard.headers_at)}, then not one byte in {span(measures.waited(heard))}: {beats} missing")
    return None


def _should_speak(e: Evidence, heard: Listening, run_alive: bool) -> bool:
    """Whether this line would bring heartbeats if nothing kept them back."""
    return e.server.beats and (run_alive or heard.line in (Line.QUIET, Line.QUIET_GZIP))


def flows(heard: Listening) -> bool:
    """Bytes come when they are made: heartbeats with no beat missing after them, or events without a held burst."""
    in_time = heard.beats > 0 and not measures.missed_beats(heard) >= BEATS_MISSED
    return bool(heard.reads) and not measures.held_bursts(heard) and (in_time or bool(measures.live_events(heard)))


def alive(e: Evidence) -> bool:
    """The run was alive all the while that was listened."""
    return bool(e.looks) and all(look.run is not None and look.run.status in ALIVE for look in e.looks)


# -- rules --------------------------------------------------------------------------------------------------------------------------


def stream_refused(e: Evidence) -> Verdict | None:
    """The run's stream is not opened although everything else answers."""
    heard = next(iter(e.heard(Line.RUN)), None)
    if heard is None or heard.ended is not Ended.REFUSED or heard.failure is None or heard.failure.kind is FailureKind.NO_ANSWER:
        return None
    if heard.failure.status == 504:
        return None  # a gateway that waited in vain: see `cuts`
    told = refusal(e, heard.failure)
    if told is None or told.code in (Code.AUTH, Code.GATEWAY, Code.LIMITED, Code.REDIRECTED):
        return told
    status = f"HTTP {heard.failure.status}" if heard.failure.status is not None else "no answer"
    return Verdict(
        Code.STREAM_ENDPOINT,
        "The server answers questions about the run, but does not open its stream.",
        (f"GET of the stream: {status} {said(heard.failure.detail)}", *hop_hints(e)),
        Sure.CERTAIN,
        "The stream opens at another moment.",
        ("Read the answer from the thread.", "See whether a proxy lets only some paths through: /threads/…/runs/…/stream is needed."),
        Action.FETCH if e.last is not None and e.last.answer else Action.NOTHING,
    )


def buffered(e: Evidence) -> Verdict | None:
    """Some hop keeps the bytes until it has enough of them."""
    running = alive(e)
    canary_alive = e.canary is not None
    post = next(iter(e.heard(Line.CANARY)), None)
    for line in (Line.RUN, Line.CANARY, Line.CANARY_JOIN, Line.QUIET):
        heard = next(iter(e.heard(line)), None)
        found = held(e, heard, running if line is Line.RUN else canary_alive) if heard is not None else None
        if heard is None or found is None:
            continue
        if line is not Line.CANARY and post is not None and flows(post):
            return _get_buffered(e, found)
        open_direct = next((each for each in e.heard(line, direct=True) if flows(each)), None)
        passing = next((each for each in e.lines if not each.direct and each.line in _IDENTITY and flows(each)), None)
        if passing is not None and not found.strong:
            continue  # one line is silent while another brings its heartbeats: no hop that buffers does that
        return _buffered(e, found, open_direct)
    return None


_IDENTITY = (Line.RUN, Line.CANARY, Line.CANARY_JOIN, Line.QUIET)
_NGINX = (
    "nginx: proxy_buffering off; proxy_cache off; gzip off;   (in the location of the server; then nginx -s reload)",
    "nginx: remove X-Accel-Buffering from proxy_ignore_headers, so that the server itself can say it.",
    "Apache: SetEnv proxy-sendchunked 1, no mod_deflate for text/event-stream. Cloudflare, CDNs: no caching or compression of these paths.",
    "To prove which hop it is: canvas-tui doctor … --direct URL (the server without the proxy).",
)


def _buffered(e: Evidence, found: Held, direct: Listening | None) -> Verdict:
    beside = f"{said(e.direct_url)}, asked directly, brings {size(direct.bytes)} as they are made" if direct is not None else ""
    quick = [each.seconds for each in e.server.ok if each.good]
    answers = f"meanwhile short questions are answered in {span(max(quick))}" if quick else ""
    encoding = measures.header(found.line, "content-encoding")
    return Verdict(
        Code.BUFFERED,
        "Something between you and the server holds the stream's bytes back."
        if direct is None
        else "The proxy in front of the server holds the stream's bytes back.",
        (
            found.words,
            answers,
            beside,
            f"content-encoding: {said(encoding)}, although none was asked for" if encoding else "",
            *hop_hints(e),
        ),
        Sure.CERTAIN if direct is not None or found.strong else Sure.LIKELY,
        "The same stream, asked from the server's own machine, brings nothing either (then the server hangs).",
        _NGINX if e.direct is None else _NGINX[:-1],
        Action.FETCH if e.last is not None and e.last.answer and e.last.run is not None and e.last.run.status.over else Action.NOTHING,
    )


def _get_buffered(e: Evidence, found: Held) -> Verdict:
    return Verdict(
        Code.GET_BUFFERED,
        "Streams that are joined with GET are held back on the way; those that are started with POST come through.",
        (found.words, "a run started with POST …/runs/stream came as it was made", *hop_hints(e)),
        Sure.CERTAIN if found.strong else Sure.LIKELY,
        "A joined stream brings its heartbeats.",
        ("Turn caching and buffering off for GET as well: it is usually a cache that waits for the whole answer.", *_NGINX[:1]),
    )


def buffered_by_gzip(e: Evidence) -> Verdict | None:
    """This program asks for no compression, so its own streams pass; browsers and SDKs ask for it."""
    running = alive(e)
    for zipped, plain in ((Line.RUN_GZIP, Line.RUN), (Line.QUIET_GZIP, Line.QUIET)):
        with_gzip, without = next(iter(e.heard(zipped)), None), next(iter(e.heard(plain)), None)
        if with_gzip is None or without is None or not flows(without):
            continue
        found = held(e, with_gzip, running)
        if found is None:
            continue
        encoding = measures.header(with_gzip, "content-encoding")
        return Verdict(
            Code.BUFFERED_BY_GZIP,
            "A hop that compresses holds the stream back: clients that accept gzip (browsers, most SDKs) see nothing until the end.",
            (
                f"with Accept-Encoding: gzip: {found.words}",
                f"without: {size(without.bytes)}, the first after {span(without.reads[0].at)}",
                f"content-encoding: {said(encoding)}" if encoding else "",
                *hop_hints(e),
            ),
            Sure.CERTAIN if encoding or found.strong else Sure.LIKELY,
            "With Accept-Encoding: gzip the heartbeats come too.",
            (
                "nginx: leave text/event-stream out of gzip_types (or gzip off; in that location).",
                "This program is not hit: it asks for Accept-Encoding: identity. Let the other client do so too.",
            ),
        )
    return None


def unreadable(e: Evidence) -> Verdict | None:
    heard = next((each for each in e.lines if each.unreadable), None)
    if heard is None:
        return None
    return Verdict(
        Code.UNREADABLE_STREAM,
        f"The stream holds {many(heard.unreadable, 'event')} that cannot be read.",
        (f"the first: {said(heard.first_unreadable)}", f"of {many(heard.event_count, 'event')} in all"),
        Sure.CERTAIN,
        "The same events are read well by another client.",
        ("What can be read is shown all the same; the end is compared with the thread's state.", "Look for a proxy that changes bodies."),
    )
