"""Every fault of the matrix as a turn on the real server: what is asked, what the lab does, what has to be told and when."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from canvas_tui.core.model import NoticeKind, Phase
from canvas_tui.lab.faults import FAULTS

from .trial import LINK, Case, Trial, post

PACED = "/length 90 /speed 30"
"""Three seconds of tokens: whatever comes after the fortieth event meets a run that goes on."""
BURST = "/length 400 /speed 100000"
SHORT = "/length 14 /speed 30"
QUIET, UNSENT, QUEUED = frozenset({NoticeKind.QUIET}), frozenset({NoticeKind.UNSENT}), frozenset({NoticeKind.QUEUED})
CUT, AWAY = frozenset({NoticeKind.CUT}), frozenset({NoticeKind.UNREACHABLE, NoticeKind.CUT})
HELD, BURSTS, SLOW = frozenset({NoticeKind.HELD}), frozenset({NoticeKind.BURSTS}), frozenset({NoticeKind.SLOW})
LONG = "/length 200 /speed 10"
"""Twenty seconds, for what is told only after some of them."""
POLLING = frozenset({NoticeKind.NOT_RESUMABLE, NoticeKind.RECOVERED})


def case(id: str, prompt: str = PACED, **changes: object) -> Case:
    fault = next(each for each in FAULTS if each.id == id[:3])
    made = Case(id, prompt, fault.script, note=fault.line)
    return replace(made, **changes)  # type: ignore[arg-type]


# -- what a proxy cannot do ---------------------------------------------------------------------------------------------------------


async def _busy_thread(trial: Trial) -> None:
    """Another client's run has the thread."""
    await asyncio.to_thread(post, f"{trial.server}/threads", {"thread_id": trial.thread, "metadata": {"graph_id": "agent"}})
    await _foreign_run(trial, "/length 200 /speed 20")


async def _foreign_run(trial: Trial, text: str) -> None:
    body = {
        "assistant_id": "agent",
        "input": {"messages": [{"type": "human", "content": text}]},
        "metadata": {"foreign": True},
        "stream_mode": ["messages-tuple", "values", "updates", "custom"],
        "stream_resumable": True,
    }
    await asyncio.to_thread(post, f"{trial.server}/threads/{trial.thread}/runs", body)


async def _second_client(trial: Trial) -> None:
    """When our turn is over another client goes on with the thread."""
    await trial.witness.until(lambda s: bool(s.run) and not s.active and s.loaded, 60)
    trial.fault_at = trial.hub.now()
    await _foreign_run(trial, "/length 60 /speed 30 from elsewhere")
    await trial.witness.until(lambda s: s.active, 30)


async def _stop_midway(trial: Trial) -> None:
    await trial.witness.until(lambda s: s.run is not None and s.run.tokens >= 10, 30)
    trial.fault_at = trial.hub.now()
    trial.hub.stop(trial.thread)


async def _stop_at_once(trial: Trial) -> None:
    await trial.witness.until(lambda s: s.link.phase in (Phase.JOINING, Phase.LIVE), 30)
    trial.hub.stop(trial.thread)


CASES = (
    case("F01", told=AWAY, within=2),
    case("F02", script="dark 9s", before="down 200ms", told=AWAY, within=6),
    case("F05", told=QUIET | AWAY, within=11),
    case("F05b", script="hole", told=QUIET | AWAY, within=11),
    case("F06", told=AWAY, within=3),
    case("F07", told=AWAY, within=3),
    case("F08", told=AWAY, within=3),
    case("F09", told=AWAY, within=5),
    case("F10", told=frozenset({NoticeKind.LIMITED}), within=1),
    case("F11", told=UNSENT, within=1),
    case("F12", told=UNSENT, within=1),
    case("F13", told=QUEUED | UNSENT, within=1),
    case("F14", told=UNSENT, within=1),
    case("F15", told=LINK, within=2),
    case("F16", told=LINK, within=2),
    case("F17", told=UNSENT, within=1),
    case("F18", told=QUIET, within=7),
    case("F19", SHORT, script="", prepare=_busy_thread, told=QUEUED, within=5),
    case("F20", "/silence 12 " + SHORT, script="", told=QUIET, within=11.5),
    case("F21", told=CUT, within=2),
    case("F21b", script="pass 1..60000b; reset", told=CUT, within=2),
    case("F22", told=CUT, within=2),
    case("F22b", script="pass 1..60000b; cut", told=CUT, within=2),
    case("F23", told=CUT, within=2),
    case("F23b", script="pass 1..60000b; end", told=CUT, within=2),
    case("F24", quiet=True),
    case("F25", told=CUT, within=2),
    case("F26", "/silence 6 " + PACED, script="pass 5..30; hole", told=CUT, within=16),
    case("F28", script="pass 5..30; hole", told=QUIET, within=16),
    case("F29", SHORT, quiet=True),
    case("F30", SHORT, quiet=True, told=SLOW, must=True, within=11),
    case("F31", "/length 6 /speed 30", script="slice 1", patience=300),
    case("F32", LONG, quiet=True, told=BURSTS, must=True, within=15),
    case("F33", LONG, told=HELD, must=True, within=16),
    case("F34", quiet=True),
    case("F34b", LONG, script="gzip end", told=HELD, must=True, within=16),
    case("F35", LONG, told=HELD, must=True, within=16),
    case(
        "F36",
        "/length 90 /speed 30 /pause 3 @10 /pause 3 @50 /pause 3 @70",
        script="idle 1500ms; cut; loop",
        told=CUT,
        within=3,
        names="closes connections on which nothing comes for 1.",
    ),
    case("F36b", "/length 60 /speed 30 /pause 8 @15", told=CUT, within=3, names="on which nothing comes for 3 s"),
    case("F37", LONG, script="pass 3s; cut; loop", told=CUT, within=3, names="closes each connection after 3"),
    case("F38", "/silence 9 " + SHORT, told=QUIET, within=8),
    case("F39", told=CUT, within=3),
    case("F40", told=CUT, within=2),
    case("F41", BURST),
    case("F42", BURST),
    case("F42b", "/length 3000 /speed 100000", script="join: delay 500..900ms"),
    case("F43", "/speed 5000 /echo " + "ha " * 200),
    case("F44", told=POLLING, within=3),
    case("F45", told=POLLING, within=3),
    case("F48", "/length 90 /speed 10", script="pass 5..20; down 12s", told=AWAY, within=7),
    case("F49", "/length 90 /speed 30 /error @20", ends="error"),
    case("F50", "/length 90 /speed 30 /error @20", ends="error", told=frozenset({NoticeKind.FAILED}), within=3),
    case("F51", "/ask " + SHORT),
    case("F52", "/ask " + SHORT, script="", after_rest="create: lose 502"),
    case("F53", told=LINK, within=2),
    case("F54", told=LINK, within=2),
    case("F55", told=frozenset({NoticeKind.UNREADABLE}), within=1),
    case("F56", corrected=True),
    case("F57", told=frozenset(), within=5),
    case("F57b", script="pass 3..20; insert big 64MB", told=frozenset({NoticeKind.UNREADABLE}), within=15),
    case("F58", "/length 20000 /speed 100000", script="", patience=180),
    case("F60", script="", act=_stop_midway, ends="interrupted"),
    case("F60b", script="", act=_stop_at_once, ends="interrupted"),
    case("F63", "/hostile"),
    case("F64", SHORT, script="", act=_second_client, told=QUEUED, within=5),
)

ELSEWHERE = {
    "F03": "tests/net: a name that does not resolve",
    "F04": "tests/net: servers with certificates of their own",
    "F59": "no HTTP/2 is spoken; a cut (F22) is what GOAWAY would be",
    "F62": "tests/journal: a full and a read-only disk",
}
"""Faults that are shown in another way."""
