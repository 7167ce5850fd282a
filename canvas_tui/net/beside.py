"""Others at the open thread: what another client does with it is found by asking whether it has changed, else for its newest run."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from canvas_tui.core.inputs import Opened
from canvas_tui.core.model import RunInfo, Session

from .driver import Driver
from .failed import RequestFailed
from .server import ServerLink

EVERY = 3.0
"""Seconds between two looks at a thread on which nothing of ours runs. A small request (about 0.1 kB; where only the newest run can be
asked for, 2.4 kB: measured)."""
LATER = ((600.0, 30.0), (120.0, 10.0))
"""After so many seconds in which the user has done nothing: seconds between two looks. With the next key they come as at first."""


class Beside:
    """Args:
    open: the driver of the thread that is open.
    """

    def __init__(self, server: ServerLink, open: Callable[[], Driver | None], clock: Callable[[], float] = time.monotonic) -> None:
        self._server, self._open, self._clock = server, open, clock
        self._seen = ("", "")  # thread, and its mark or newest run when it was looked at last
        self._used_at = clock()
        self._awake = asyncio.Event()  # it is not to be waited longer than at first

    def used(self) -> None:
        """The user does something here."""
        self._used_at = self._clock()
        self._awake.set()

    async def watch(self) -> None:
        """For ever; what another client starts is read and followed, and what it saves is read."""
        while True:
            await self._pause()
            driver = self._open()
            if driver is None or driver.fresh or not self._server.is_up or not _rests(driver.session):
                continue
            if await self._has_news(driver.session) and _rests(driver.session):
                driver.take(Opened())

    async def _pause(self) -> None:
        await asyncio.sleep(EVERY)
        idle = self._clock() - self._used_at
        longer = next((every for after, every in LATER if idle >= after), 0.0) - EVERY
        if longer > 0:
            self._awake.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._awake.wait(), longer)

    async def _has_news(self, session: Session) -> bool:
        try:
            api = await self._server.api()
            mark = await api.mark(session.thread_id)
            run = await api.newest_run(session.thread_id) if not mark else None
        except RequestFailed:
            return False  # whoever sends or opens something is told
        return self._changed(session, mark) if mark else self._began(session, run)

    def _changed(self, session: Session, mark: str) -> bool:
        """Since it was read, and since the look before. Where an older branch is shown, the first look only remembers."""
        before, self._seen = self._seen, (session.thread_id, mark)
        known = session.tip and before[0] != session.thread_id
        return not known and mark != session.state.mark and before != self._seen

    def _began(self, session: Session, run: RunInfo | None) -> bool:
        """The first look at a thread only remembers, unless a run is on, or has come and gone since ours."""
        id = run.id if run is not None else ""
        before, self._seen = self._seen, (session.thread_id, id)
        if run is None or (session.run is not None and session.run.id == id):
            return False
        first = before[0] != session.thread_id
        return not run.status.over or session.run is not None if first else before[1] != id


def _rests(session: Session) -> bool:
    return session.loaded and session.state.exists and not (session.active or session.reading or session.queue)
