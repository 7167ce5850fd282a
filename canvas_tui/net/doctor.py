"""Doctor inside the program: looks at the thread on the screen, with what its own connection has seen. Fulfils `Doctor`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from canvas_tui.core.model import Phase, Session
from canvas_tui.core.ports import Backend, ServerTarget
from canvas_tui.core.wirelog import Cut, WireLog

if TYPE_CHECKING:  # doctor's own words come at the first use: the start waits for none
    from canvas_tui.core.diagnosis import Step, Verdict
    from canvas_tui.core.evidence import Watched


class ProgramDoctor:
    """Args:
    backend: its server's address is looked at (the local agent's port is known only there), its sessions are read.
    """

    def __init__(self, target: ServerTarget, backend: Backend) -> None:
        self._target = target
        self._backend = backend

    async def examine(self, thread_id: str, tell: Callable[[Step], None]) -> Verdict:
        from canvas_tui.core.verdicts import verdict

        from .probes import Examination, Wish

        target, session = self._reached(), self._backend.session(thread_id)
        if not target.url:
            return _not_started(self._backend.server().sentence)
        known = session.state.exists or (session.run is not None and bool(session.run.id))
        run_id = session.run.id if session.run is not None else ""
        wish = Wish(
            thread_id if known else "", run_id, with_text=True, watched=watched(session, self._backend.wire(thread_id), self._backend.now())
        )
        return verdict(await Examination(target, wish, tell).run())

    async def free(self, thread_id: str, run_id: str) -> str:
        from . import probes_act

        try:
            done = await probes_act.free(self._reached(), thread_id, run_id)
        except probes_act.NotDone as error:
            return f"It could not be done: {error}."
        return f"{done[:1].upper()}{done[1:]}."

    def _reached(self) -> ServerTarget:
        return replace(self._target, url=self._backend.server().url, local=False)


def watched(session: Session, wire: WireLog, now: float) -> Watched | None:
    """What the program's own connection to the run has seen."""
    from canvas_tui.core.evidence import Watched

    run, link, flow = session.run, session.link, session.link.flow
    if run is None or not session.active:
        return None
    is_open = link.phase is Phase.LIVE
    return Watched(
        open_for=now - link.opened_at if is_open else None,
        byte_age=now - link.byte_at if is_open else None,
        event_age=now - link.event_at if is_open else None,
        bytes=run.received,
        events=run.events,
        text=run.chars,
        attempt=run.attempt,
        reconnects=run.reconnects,
        # The flow knows the clean ends too, the wire the older ones of the thread.
        cuts=wire.cuts if len(wire.cuts) >= len(flow.cuts) else tuple(Cut(*each) for each in flow.cuts),
        survived=flow.longest,
    )


def _not_started(sentence: str) -> Verdict:
    from canvas_tui.core.diagnosis import Code, Sure, Verdict

    return Verdict(
        Code.REFUSED,
        "There is no server yet to look at.",
        (sentence,),
        Sure.CERTAIN,
        now=("Wait until it has started; Enter in an empty message tries again.",),
    )
