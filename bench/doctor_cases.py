"""The faults that doctor is tried on, each with the verdict that is right. Times are scaled down where nothing depends on them."""

from __future__ import annotations

from dataclasses import replace

from canvas_tui.core import verdict_running
from canvas_tui.core.diagnosis import Code
from tests.support.diagnosing import Case

NOBODY = "00000000-0000-4000-8000-000000000001"
LONG = "/length 400 /speed 20"
SILENT = "/silence 60"

HEALTHY = (
    Case("healthy, no run", (Code.HEALTHY,)),
    Case("healthy, canary", (Code.HEALTHY,), canary=True),
    Case("healthy, fast run", (Code.ANSWERED,), ("/length 200 /speed 2000",), wait=1.5),
    Case("healthy, run at work", (Code.WORKING,), (LONG,), wait=1.0),
    Case("healthy, slow model", (Code.WORKING, Code.ANSWERED), ("/length 20 /speed 1",), wait=1.0),
    Case("healthy, far", (Code.HEALTHY,), script="any: delay 300..500ms"),
    Case("healthy, far run", (Code.WORKING, Code.ANSWERED), (LONG,), script="any: delay 300..500ms", wait=1.0),
)
"""Every verdict that accuses nobody is right here, but for a thread's own state."""

EIGHT_WAYS = (
    Case("way 1: the thread's queue", (Code.BEHIND_RUN,), (SILENT, "hello"), wait=1.0),
    Case("way 3: interrupt, messages only", (Code.WAITING_FOR_YOU,), ("/ask",), {"stream_mode": ["messages-tuple"]}, wait=2.0),
    Case("way 4: joined after the end", (Code.ANSWERED,), ("/length 20",), wait=2.0),
    Case("way 5: modes without tokens", (Code.MODE_MISMATCH,), ("/length 20",), {"stream_mode": ["updates"]}, wait=2.0),
    Case("way 6: cancelled in the queue", (Code.RUN_CANCELLED,), (SILENT, "hello"), wait=1.0, cancel=True),
    Case("way 7: after_seconds", (Code.SCHEDULED,), ("hello",), {"after_seconds": 60}, wait=0.5),
    Case("way 8: unknown thread", (Code.NO_THREAD,), thread_id=NOBODY),
)

RUNS = (
    Case("F20 model silent", (Code.RUN_SILENT,), (SILENT,), wait=16.0),
    Case("F47 run lost", (Code.RUN_LOST,), ("/length 3",), run_id=NOBODY),
    Case("F49 run fails", (Code.RUN_FAILED,), ("/error",), wait=2.0),
    Case("F60 stopped", (Code.RUN_CANCELLED,), (SILENT,), wait=2.0, cancel=True),
    Case("breakpoint", (Code.STATIC_BREAKPOINT,), ("hello",), {"interrupt_before": "*"}, wait=2.0),
    Case("F44 not resumable", (Code.NOT_RESUMABLE,), ("/length 10",), {"stream_resumable": False}, wait=2.0),
    Case("no tokens, stopped by modes", (Code.MODE_MISMATCH,), ("/length 10",), {"stream_mode": ["custom"]}, wait=2.0),
)

SERVER = (
    Case("F01 refused", (Code.REFUSED,), url="http://127.0.0.1:1"),
    Case("F03 no name", (Code.DNS,), url="http://no-such-name.invalid:2024"),
    Case("F05 no answer", (Code.NO_ANSWER,), script="any: hole x50"),
    Case("F08 bad gateway", (Code.GATEWAY,), script="any: 502; loop"),
    Case("F10 rate limit", (Code.LIMITED,), script="any: 429 7s; loop"),
    Case("F11 key refused", (Code.AUTH,), script="any: 401; loop"),
    Case("F15 login page", (Code.WRONG_SERVER,), script="any: html; loop"),
    Case("F16 not a stream", (Code.WRONG_SERVER,), script="any: json; loop"),
    Case("F17 redirected", (Code.REDIRECTED,), script="any: redirect; loop"),
)

STREAMS = (
    Case("F18 headers, then nothing", (Code.BUFFERED,), (SILENT,), script="(stall 40s; cut) x20", wait=1.0),
    Case("F31 slices", (Code.WORKING, Code.ANSWERED), (LONG,), script="any: slice 7", wait=1.0),
    Case("F30 slow link", (Code.WORKING,), (LONG,), script="slow 4k", wait=1.0),
    Case("F32 bursts", (Code.BUFFERED,), (LONG,), script="coalesce 4s", wait=1.0),
    Case("F33 buffered, run at work", (Code.BUFFERED,), (LONG,), script="any: buffer", wait=1.0),
    Case("F33 buffered, no run", (Code.BUFFERED,), script="any: buffer"),
    Case("F33 buffered, proven by --direct", (Code.BUFFERED,), script="any: buffer", direct=True),
    Case("F34 compressed, flushed at the end", (Code.BUFFERED,), script="gzip end"),
    Case("F35 GET buffered", (Code.GET_BUFFERED,), script="get: buffer", canary=True),
    Case("F36 idle cut at 3 s", (Code.IDLE_TIMEOUT,), (SILENT,), script="idle 3s; cut; loop", wait=1.0),
    Case("F36 idle cut at 3 s, no run", (Code.IDLE_TIMEOUT,), script="idle 3s; cut; loop"),
    Case("F37 cut every 3 s", (Code.DURATION_CAP,), (LONG,), script="pass 3s; cut; loop", wait=1.0),
    Case("F23 clean end every 3 s", (Code.DURATION_CAP,), (LONG,), script="pass 3s; end; loop", wait=1.0),
    Case("F21 reset at any time", (Code.FLAKY_LINK,), (LONG,), script="(pass 30; reset); (pass 5s; reset); (pass 80; reset)", wait=1.0),
    Case("F26 half-open", (Code.HALF_OPEN,), (LONG,), script="(pass 20; hole) x9", wait=1.0),
    Case("F38 no heartbeats, run at work", (Code.WORKING,), (LONG,), script="any: heartbeats off", wait=1.0),
    Case("F55 junk", (Code.UNREADABLE_STREAM,), (LONG,), script="(pass 3; insert junk; pass 900; cut) x9", wait=1.0),
    Case("F63 hostile text", (Code.ANSWERED, Code.WORKING), ("/hostile",), wait=2.0),
)

CASES = (*HEALTHY, *EIGHT_WAYS, *RUNS, *SERVER, *STREAMS)

ONE_WORKER = (
    Case(
        "way 2: subgraphs off",
        (Code.NOT_TOKENISED,),
        ("n=8 sub=1",),
        {"stream_subgraphs": False, "stream_mode": ["messages-tuple"]},
        wait=3.0,
    ),
    Case("way 1: no free worker", (Code.QUEUE_STARVED,), ("n=3",), wait=4.0),
)
"""On a server with one worker. The first ends before the second begins; the second finds the worker taken."""

BUSY_WORKER = Case("takes the worker", (), ("n=3 pre=60",))

MODEL_DOWN = Case("model endpoint down", (Code.RUN_SILENT,), ("hello",), wait=verdict_running.SILENT + 1)
"""On a local agent whose model takes the question and does not answer. The server's own clock tells for how long."""
MODEL_DOWN_JS = Case("model endpoint down, no heartbeats", (Code.RUN_SILENT,), ("hello",), wait=0.5)
"""The same on a server without heartbeats, by whose clock it began 90 s before."""

PROMPTS = (
    "/length 60 /speed 400",
    LONG,
    "/length 30 /speed 5",
    "/silence 3 /length 20",
    "/tool",
    "/think /length 40",
    "/blocks",
    "/table",
    "/unicode",
)
PATHS = ("", "any: delay 50..150ms", "any: delay 300..500ms", "any: slice 200", "")


def healthy(count: int) -> tuple[Case, ...]:
    """Healthy runs of all kinds: fast, slow, far, in slices, just begun and long over."""
    right = (Code.WORKING, Code.ANSWERED)
    return tuple(
        replace(
            Case(f"healthy {number}", right, (PROMPTS[number % len(PROMPTS)],), script=PATHS[number % len(PATHS)]), wait=(number % 4) * 0.7
        )
        for number in range(count)
    )
