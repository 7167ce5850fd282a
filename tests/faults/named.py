"""Every fault of the matrix by its name, quickly: a turn on the scripted server in memory, in time that passes at once (A1 to A7).

`NAMED` are those that can be made here; `ELSEWHERE` says of the others which tests show them, and of all which stand for a part.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from canvas_tui.core.model import NoticeKind, Phase
from canvas_tui.core.safe_text import safe
from tests.support.scripted_faults import LOGIN_PAGE, UNAUTHORISED, Fault, How, LastId, cut, lose_answer, never_taken, reply, stall
from tests.support.scripted_steps import Ask, Fail, Pause, Raw, Say, Step

from .drawing import KNOWN
from .schedules import Play, Schedule, Seen
from .virtual import Path

TOKENS = Say(tuple(f"token-{n} " if n % 7 else "ha " for n in range(40)), 20.0)
LONG = Say(tuple(f"word-{n} " for n in range(200)), 10.0)
PHRASES: tuple[Step, ...] = tuple(step for part in range(4) for step in (Say(TOKENS.pieces[part * 10 : part * 10 + 10], 20.0), Pause(8.0)))
K = NoticeKind
CUT, AWAY, LINK = frozenset({K.CUT}), frozenset({K.UNREACHABLE, K.CUT}), frozenset({K.CUT, K.UNREACHABLE, K.LIMITED})
UNSENT, QUIET, STOPPING = frozenset({K.UNSENT}), frozenset({K.QUIET}), frozenset({K.STOPPING})
ALARMS = LINK | {K.QUIET, K.HELD, K.BURSTS, K.SLOW, K.RESTARTED, K.CORRECTED, K.NOT_RESUMABLE, K.LOST, K.UNREADABLE}
KILLS = (0.0, 0.7, 4.0)
"""Seconds after the message: while it leaves, in the middle of the answer, and late."""
Act = Callable[[Play], Awaitable[None]]
HOSTILE = ("\x1b]0;title\x07", "\x1b[2J", "[bold]x[/]", "\x9b31m", "\u202e", "\r", "[link=x]y[/link]", "\x1b]8;;http://x\x1b\\", "\x00")


@dataclass(frozen=True)
class Named(Schedule):
    """``wants``: one of these is told ``within`` seconds of the message; ``quiet``: no alarm; ``joined``: the most connections."""

    wants: frozenset[NoticeKind] = frozenset()
    within: float = 3.0
    quiet: bool = False
    ends: str = "success"
    joined: int = 0
    asked: int = 0  # the most questions about the run
    corrected: bool = False
    says: str = ""  # stands in a notice at the end

    def judge(self, seen: Seen) -> list[str]:
        wrong = list(seen.wrong)
        first = min((told.at - seen.began for told in seen.told if told.notice.kind in self.wants), default=None)
        if self.wants and (first is None or first > self.within + 0.1):
            wrong.append(
                f"A3: told after {first}, {self.within:g} s are allowed: {[(t.at - seen.began, t.notice.kind) for t in seen.told]}"
            )
        if self.quiet and seen.kinds & ALARMS:
            wrong.append(f"A3: told {seen.kinds & ALARMS} although nothing is wrong")
        if self.says and not any(self.says in text for text in seen.texts):
            wrong.append(f"A3: nothing says {self.says!r}: {seen.texts}")
        if self.ends and seen.status != self.ends:
            wrong.append(f"the run ended as {seen.status}")
        if self.joined and seen.joins > self.joined:
            wrong.append(f"{seen.joins} connections; {self.joined} are enough")
        if self.asked and seen.asks > self.asked:
            wrong.append(f"{seen.asks} questions about the run; {self.asked} are enough")
        if unclean := [text for text in seen.texts if safe(text) != text]:
            wrong.append(f"A7: control characters in {unclean}")
        return wrong


# -- what the user, the server or somebody else does ---------------------------------------------------------------------------


async def _stop_before_headers(play: Play) -> None:
    await play.until(lambda s: s.link.phase is Phase.CREATING)
    play.hub.stop(play.thread)


async def _stop_midway(play: Play) -> None:
    await play.until(lambda s: s.run is not None and s.run.tokens >= 5)
    play.hub.stop(play.thread)


async def _stop_while_away(play: Play) -> None:
    await play.until(lambda s: s.link.phase is Phase.WAITING)
    play.hub.stop(play.thread)


async def _sleep_unanswered(play: Play) -> None:
    """While the question about the run is on its way to nowhere."""
    await play.until(lambda s: s.link.phase is Phase.ASKING)
    play.slept = 600.0


async def _sleep_sending(play: Play) -> None:
    await play.until(lambda s: s.link.phase is Phase.CREATING)
    await asyncio.sleep(1.5)  # the clocks are looked at each second
    play.slept = 600.0


async def _answer_twice(play: Play) -> None:
    await play.until(lambda s: bool(s.interrupts))
    asked = [(question.id, "so") for question in play.hub.session(play.thread).interrupts]
    play.hub.answer(play.thread, asked)
    play.hub.answer(play.thread, asked)


async def _answer(play: Play) -> None:
    await play.until(lambda s: bool(s.interrupts))
    play.server.plan("create", lose_answer(How.RST))
    play.hub.answer(play.thread, [(question.id, "so") for question in play.hub.session(play.thread).interrupts])


async def _somebody_else(play: Play) -> None:
    await play.until(lambda s: s.run is not None and not s.active)
    await play.foreign_run()
    await play.until(lambda s: s.active)


async def _busy_thread(play: Play) -> None:
    await play.foreign_run()


async def _sleep(play: Play) -> None:
    await play.until(lambda s: s.run is not None and s.run.tokens >= 5)
    play.slept = 600.0


async def _forget(play: Play) -> None:
    await play.until(lambda s: s.run is not None and s.run.tokens >= 5)
    for run in [*play.server.runs.values()]:
        await play.server.cancel_task(run)
        play.server.forget(run)
    play.network.die("")


NAMED: dict[str, Named] = {
    "F01": Named(script=(TOKENS,), outage=("refused", 0.0, 6.0), wants=AWAY, within=2),
    "F02": Named(script=(TOKENS,), outage=("dark", 0.0, 8.0), wants=AWAY, within=6),
    "F03": Named(script=(TOKENS,), outage=("nameless", 0.0, 3.0), wants=AWAY, within=9, says="away"),
    "F04": Named(script=(TOKENS,), outage=("untrusted", 0.0, 3.0), wants=AWAY | UNSENT, within=3),
    "F05": Named(script=(TOKENS,), creates=(never_taken(How.HANG),), wants=QUIET | AWAY, within=11),
    "F05 acted": Named(script=(TOKENS,), creates=(lose_answer(How.HANG),), wants=QUIET | AWAY, within=11),
    "F06": Named(script=(TOKENS,), creates=(never_taken(How.RST),)),
    "F06 acted": Named(script=(TOKENS,), creates=(lose_answer(How.RST),)),
    "F07": Named(script=(TOKENS,), creates=(Fault(cut_headers=40),)),
    "F08": Named(script=(TOKENS,), creates=(reply(502), reply(503), reply(504))),
    "F09": Named(script=(TOKENS,), creates=(reply(502, acts=True),)),
    "F10": Named(script=(TOKENS,), creates=(reply(429, retry_after="7"),), wants=frozenset({K.LIMITED}), within=1),
    "F11": Named(script=(TOKENS,), creates=(UNAUTHORISED,), wants=UNSENT, within=1, says="wants a key"),
    "F12": Named(script=(TOKENS,), creates=(reply(404, {"detail": "Thread not found"}),), wants=UNSENT, within=1),
    "F13": Named(script=(TOKENS,), creates=(reply(409, {"detail": "busy"}), reply(409, {"detail": "busy"})), wants=UNSENT, within=1),
    "F14": Named(
        script=(TOKENS,), creates=(reply(422, {"detail": "no such \x1b[2J assistant"}),), wants=UNSENT, within=1, says="assistant"
    ),
    "F15": Named(script=(TOKENS,), joins=(LOGIN_PAGE,), wants=LINK, within=2),
    "F16": Named(script=(TOKENS,), joins=(reply(200, {"not": "a stream"}),), wants=LINK, within=2),
    "F17": Named(script=(TOKENS,), creates=(reply(302, location="http://elsewhere.invalid/x"),), wants=UNSENT, within=1),
    "F18": Named(script=(LONG,), joins=(stall(0),), wants=QUIET, within=7),
    "F19": Named(script=(LONG,), before=_busy_thread, others=1, wants=frozenset({K.QUEUED}), within=5),
    "F20": Named(script=(Pause(600.0), TOKENS), wants=QUIET, within=11, joined=1),
    "F21": Named(script=(TOKENS,), joins=tuple(cut(events=n) for n in range(8, 0, -1)), wants=CUT),
    "F22": Named(script=(TOKENS,), joins=tuple(cut(events=n, how=How.FIN) for n in range(8, 0, -1)), wants=CUT),
    "F23": Named(script=(TOKENS,), joins=tuple(cut(events=n, how=How.CLEAN) for n in range(8, 0, -1)), wants=CUT),
    "F24": Named(script=(TOKENS,), quiet=True, joined=1),
    "F25": Named(script=(TOKENS,), joins=(cut(bytes=2750, how=How.CLEAN), cut(bytes=900, how=How.CLEAN)), wants=CUT, within=4),
    "F26": Named(script=(Pause(6.0), LONG), joins=(Fault(stall_after=20),), wants=CUT, within=24),
    "F27": Named(script=(LONG,), joins=(Fault(stall_after=20),), act=_sleep, wants=frozenset(), joined=2),
    "F27 while the run is asked about": Named(
        script=(TOKENS,), joins=(cut(events=8),), asks=(never_taken(How.HANG),), act=_sleep_unanswered, wants=CUT
    ),
    "F27 while a message is sent": Named(script=(TOKENS,), creates=(lose_answer(How.HANG),), act=_sleep_sending, quiet=True),
    "F28": Named(script=(Pause(6.0), LONG), joins=(Fault(stall_after=20),), wants=QUIET, within=16),
    "F29": Named(script=(TOKENS,), path=Path(latency=2.0), quiet=True, joined=1),
    "F30": Named(script=(TOKENS,), path=Path(rate=1000.0), wants=frozenset({K.SLOW}), within=11, joined=1),
    "F31": Named(script=(Say(("zwölf ", "\u2028", "три ")),), joins=(Fault(slice=1, slice_gap=0.001),), joined=1),
    "F32": Named(kind="js", script=(LONG,), joins=(Fault(hold=4.0),), wants=frozenset({K.BURSTS}), within=15, joined=1),
    "F33": Named(script=(LONG,), joins=(Fault(buffer=True),) * 5, wants=frozenset({K.HELD}), within=16),
    "F35": Named(script=(LONG,), joins=(Fault(buffer=True),) * 5, wants=frozenset({K.HELD}), within=16, says="every 2 s"),
    "F35 and the other way round": Named(script=(LONG,), joins=(cut(events=8),), lasting=reply(502), wants=AWAY, joined=10, asked=20),
    "F26 on each connection": Named(
        script=(Pause(6.0), LONG), joins=(cut(events=8),), lasting=KNOWN, wants=CUT, within=8, joined=5, asked=10
    ),
    "F21 behind what is known": Named(script=(LONG,), joins=(cut(events=8),), lasting=cut(events=1), wants=CUT, joined=12, asked=15),
    "F20 by a hop": Named(script=(TOKENS,), lasting=Fault(mute_after=3), wants=QUIET, within=12, joined=1, asked=2),
    "F36": Named(script=PHRASES, path=Path(idle=3.0), wants=CUT, within=7, says="connections on which nothing comes for"),
    "F37": Named(script=(Say(LONG.pieces, 2.0),), path=Path(life=15.0), wants=CUT, within=16, says="closes each connection after 15 s"),
    "F38": Named(script=(Pause(600.0), TOKENS), joins=(Fault(beats=False),) * 20, wants=QUIET, within=8, joined=15),
    "F39": Named(script=(TOKENS,), joins=(Fault(cut_events=12), Fault(cut_events=9, last_id=LastId.STRIP)), wants=CUT),
    "F40": Named(script=(TOKENS,), joins=(Fault(cut_events=12), Fault(cut_events=20, last_id=LastId.REPLAY)), wants=CUT),
    "F41": Named(script=(Say(LONG.pieces, 0.0),), siblings=5, joins=tuple(cut(events=n * 11) for n in range(1, 5))),
    "F42": Named(script=(TOKENS,), overlap=3, joins=tuple(cut(events=n * 3) for n in range(1, 5)), wants=CUT),
    "F43": Named(script=(Say(("ha ",) * 60, 30.0),), siblings=2, joins=(cut(events=20),), wants=CUT, corrected=True),
    "F44": Named(script=(TOKENS,), resumable=False, joins=(cut(events=10),), wants=frozenset({K.NOT_RESUMABLE, K.CUT})),
    "F46": Named(script=(TOKENS,), dies=(1.0, 5.0, True), wants=AWAY | {K.RESTARTED}),
    "F47": Named(script=(TOKENS,), dies=(1.0, 2.0, False), wants=AWAY | {K.LOST}, ends="lost", says="does not know the run"),
    "F48": Named(script=(TOKENS,), outage=("refused", 1.0, 180.0), wants=AWAY, within=7, says="back"),
    "F49": Named(script=(TOKENS, Fail()), wants=frozenset({K.FAILED}), within=4, ends="error"),
    "F50": Named(script=(TOKENS, Fail()), joins=(cut(events=42),), wants=frozenset({K.FAILED}), within=5, ends="error"),
    "F51": Named(script=(TOKENS, Ask("go?"), Say(("so ",))), joins=(cut(events=30),), wants=CUT, act=_answer_twice, others=1),
    "F52": Named(script=(Ask("go?"), TOKENS), act=_answer, others=1),
    "F53": Named(script=(TOKENS,), joins=(cut(events=10), UNAUTHORISED), wants=LINK, within=3),
    "F54": Named(script=(TOKENS,), act=_forget, wants=frozenset({K.LOST}), ends="lost", forgotten=True),
    "F55": Named(
        script=(TOKENS, Raw("messages", "{oops"), Raw("hologram", "1"), Raw(None, "lonely"), Raw("custom", None), TOKENS),
        wants=frozenset({K.UNREADABLE}),
    ),
    "F60": Named(script=(LONG,), act=_stop_midway, wants=frozenset({K.STOPPED}), ends="interrupted"),
    "F60 before the headers": Named(script=(LONG,), act=_stop_before_headers, wants=frozenset({K.STOPPED}), ends="interrupted"),
    "F60 and the stop is refused": Named(
        script=(LONG,), act=_stop_midway, cancels=(reply(502), reply(503), reply(502)), wants=STOPPING, within=4, ends="interrupted"
    ),
    "F60 and its answer is lost": Named(
        script=(LONG,),
        act=_stop_midway,
        cancels=(never_taken(How.RST), lose_answer(How.RST)),
        wants=frozenset({K.STOPPED}),
        ends="interrupted",
    ),
    "F60 and the server is away": Named(
        script=(LONG,), act=_stop_while_away, outage=("refused", 1.5, 10.0), wants=STOPPING, ends="interrupted", says="Stopped by you"
    ),
    "F63": Named(script=(Say(HOSTILE, 5.0),), creates=(reply(502, "".join(HOSTILE)),), joins=(cut(events=5),), wants=AWAY),
    "F64": Named(script=(TOKENS,), act=_somebody_else, others=1),
}
