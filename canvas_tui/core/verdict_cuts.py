"""Rules about connections that end, or are dead, although the run goes on."""

from __future__ import annotations

from dataclasses import replace

from . import measures
from .diagnosis import Code, Sure, Verdict, many, said, size, span
from .evidence import BEAT, Ended, Evidence, Line, Listening
from .verdict_server import hop_hints
from .verdict_stream import BEATS_MISSED, alive, flows

HALF_OPEN = 15.0
"""Three heartbeats: an old connection without a byte for so long is dead, if a new one brings some at once."""

USUAL = (
    (30, "a load balancer"),
    (55, "Heroku"),
    (60, "nginx, and AWS's load balancers"),
    (100, "Cloudflare"),
    (120, "Azure"),
    (350, "AWS NAT"),
)
"""Seconds of silence after which well-known hops cut."""


def half_open(e: Evidence) -> Verdict | None:
    """A connection on which nothing comes any more, while another brings its bytes."""
    heard = next(iter(e.heard(Line.RUN)), None)
    if heard is None or not heard.reads or not e.server.beats:
        return None
    watched = e.watched
    if watched is not None and watched.open_for is not None and (watched.byte_age or 0.0) >= HALF_OPEN:
        return _half_open(f"the program's connection: not one byte for {span(watched.byte_age or 0.0)}", heard, Sure.CERTAIN)
    other = next((each for each in e.heard(Line.QUIET) if flows(each)), None)
    if other is None or not alive(e) or heard.ended is not Ended.OPEN or measures.missed_beats(heard) < BEATS_MISSED:
        return None
    quiet = f"the run's stream: {size(heard.bytes)}, then not one byte for {span(measures.quiet_at_end(heard))}"
    return _half_open(quiet, other, Sure.LIKELY)


def _half_open(dead: str, fresh: Listening, sure: Sure) -> Verdict:
    return Verdict(
        Code.HALF_OPEN,
        "A connection is dead without having been closed; a new one works.",
        (dead, f"a new connection: the first byte after {span(fresh.reads[0].at)}"),
        sure,
        "Bytes arrive on the old connection again.",
        (
            "Nothing: the program joins again by itself after 15 s of silence, and loses nothing.",
            "It happens after sleep, a change of network, or where a firewall forgets connections: see its state table's timeout.",
        ),
    )


def cuts(e: Evidence) -> Verdict | None:
    """Connections that end although the run, or the heartbeats, go on."""
    for line in (Line.RUN, Line.QUIET, Line.CANARY_JOIN):
        lost = [found for each in e.heard(line) if (found := _cut(e, each)) is not None]
        if lost:
            return _classified(e, lost, measures.longest_silence(e.heard(line)), _clean_elsewhere(e, line))
    if e.watched is not None and len(e.watched.cuts) > 1:
        return _classified(e, [(cut.since_byte, cut.since_start) for cut in e.watched.cuts], e.watched.survived, False)
    return None


def _cut(e: Evidence, heard: Listening) -> tuple[float, float] | None:
    """(seconds since the last byte, seconds since the start), where this line was cut."""
    if heard.ended is Ended.REFUSED:
        gave_up = heard.failure is not None and heard.failure.status == 504 and heard.ended_at > 1.0
        return (heard.ended_at, heard.ended_at) if gave_up else None
    unfinished = heard.line is Line.QUIET or (heard.line is Line.RUN and alive(e))
    lost = heard.ended is Ended.CUT or (heard.ended is Ended.EOF and unfinished and e.server.beats)
    if not lost or (heard.line is Line.QUIET and heard.ended is Ended.EOF and measures.waited(heard) < 1.0):
        return None
    return measures.quiet_at_end(heard), measures.waited(heard)


def _clean_elsewhere(e: Evidence, line: Line) -> bool:
    return any(each.ended is Ended.OPEN and each.reads for each in e.heard(line, direct=True))


def _classified(e: Evidence, lost: list[tuple[float, float]], survived: float, proven: bool) -> Verdict:
    idle, total = [each[0] for each in lost], [each[1] for each in lost]
    after_byte, after_start = ", ".join(map(span, idle)), ", ".join(map(span, total))
    seen = f"{many(len(lost), 'connection')} cut: {after_byte} after the last byte, {after_start} after the start"
    direct = f"{said(e.direct_url)} keeps the connection open" if proven else ""
    evidence = (seen, *hop_hints(e), direct)
    sure = Sure.CERTAIN if proven or len(lost) > 2 else Sure.LIKELY
    usual = sum(idle) / len(idle)
    if measures.equal(idle) and usual >= 1.0 and usual > survived * 1.1:
        told = _idle_timeout(e, usual, evidence, sure)
        # Where not a byte came between start and cut, a limit on the whole duration looks the same.
        same = measures.equal([*idle, *total]) and not any(measures.waited(each) > usual * 1.1 for each in e.lines if each.reads)
        return replace(told, sure=Sure.LIKELY, instead=(Code.DURATION_CAP,)) if same and not proven else told
    if measures.equal(total) and total[0] >= 1.0:
        return Verdict(
            Code.DURATION_CAP,
            f"Something on the way ends every connection after {span(sum(total) / len(total))}, however busy it is.",
            evidence,
            sure,
            "A connection lives longer than that.",
            (
                "Raise the limit on a request's duration (a serverless platform's, a load balancer's, a gateway's route timeout).",
                "Until then this program joins again each time and loses nothing.",
            ),
        )
    return Verdict(
        Code.FLAKY_LINK,
        "The connection breaks while the run goes on, at no regular time.",
        evidence,
        Sure.LIKELY,
        "The breaks come at equal intervals (then a timeout does it), or no more.",
        (
            "See whether the server was restarted: its log.",
            "Check the network on the way (wireless, VPN); this program joins again and loses nothing.",
        ),
    )


def _idle_timeout(e: Evidence, seconds: float, evidence: tuple[str, ...], sure: Sure) -> Verdict:
    known = next((f"{who} cuts after {limit} s by default" for limit, who in USUAL if abs(seconds - limit) < max(1.5, 0.02 * limit)), "")
    too_short = (
        f"the server's heartbeats come every {BEAT:g} s: the limit is shorter than that" if e.server.beats and seconds < BEAT else ""
    )
    without = "this kind of server sends no heartbeats: a silent model is enough" if not e.server.beats and seconds >= BEAT else ""
    return Verdict(
        Code.IDLE_TIMEOUT,
        f"Something on the way cuts connections on which nothing comes for {span(seconds)}.",
        (*evidence, known, too_short, without),
        sure,
        "A connection survives a longer silence.",
        (
            "nginx: proxy_read_timeout 3600s;   (in the location of the server; then nginx -s reload)",
            "Elsewhere: the idle timeout of the load balancer or gateway; 60 s is enough where the server sends heartbeats.",
            "Until then this program joins again each time and loses nothing.",
        ),
    )
