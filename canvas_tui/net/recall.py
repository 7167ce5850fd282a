"""What an earlier life of the program left on its way: taken up again, each where it stood."""

from __future__ import annotations

from collections.abc import Callable

from canvas_tui.core.inputs import Opened, Submitted
from canvas_tui.core.model import RunInfo, RunStatus, Standing
from canvas_tui.core.ports import Flight, Journal
from canvas_tui.core.turns import message_of

from .driver import Driver
from .failed import RequestFailed
from .server import ServerLink


class Recall:
    """Args:
    driver: of a thread, made where there is none yet.
    """

    def __init__(self, journal: Journal, link: ServerLink, driver: Callable[[str], Driver]) -> None:
        self._journal = journal
        self._link = link
        self._driver = driver

    async def flights(self) -> None:
        """The first of a thread is rejoined or looked for; those behind it are sent again, unless the server has them."""
        first: set[str] = set()
        later: list[Flight] = []
        for flight in await self._journal.flights(self._link.key):
            if flight.held:
                self._open(flight, RunStatus.CREATING, Standing.UNSENT)
            elif flight.thread_id in first:
                later.append(flight)
            else:
                first.add(flight.thread_id)
                self._open(flight, RunStatus.PENDING, Standing.SENDING)
        for flight in later:
            await self._take_later(flight)

    def _open(self, flight: Flight, status: RunStatus, standing: Standing) -> None:
        known = RunInfo("" if flight.held else flight.run_id, status, flight.submit_id)
        sent = message_of(flight.message_id, flight.text, flight.turn, standing) if flight.message_id else None
        self._driver(flight.thread_id).adopt(flight, Opened(known, sent, flight.turn))

    async def _take_later(self, flight: Flight) -> None:
        """A message that waited behind another: sent again under its old ids, unless the server has its run already."""
        try:
            known = flight.run_id or await (await self._link.api()).find_run(flight.thread_id, flight.submit_id)
        except RequestFailed:
            known = None
        driver = self._driver(flight.thread_id)
        if known or not flight.message_id:
            await self._journal.landed(self._link.key, flight.submit_id)
        else:
            driver.adopt(flight, Submitted(flight.text, flight.message_id, flight.submit_id, turn=flight.turn))
