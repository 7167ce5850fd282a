"""What an earlier life left, of this program or of the local agent: taken up again, each where it stood."""

from __future__ import annotations

from collections.abc import Callable

from canvas_tui.core.inputs import Opened
from canvas_tui.core.model import RunInfo, RunStatus, Standing
from canvas_tui.core.ports import Flight, Journal
from canvas_tui.core.turns import message_of
from canvas_tui.wire.requests import SEARCH_PATH
from canvas_tui.wire.rows import read_row

from .driver import Driver
from .failed import RequestFailed
from .server import ServerLink


async def recall(journal: Journal, server: str, driver: Callable[[str], Driver]) -> None:
    """Each flight goes to its thread (``driver`` makes it where there is none yet), oldest first: the thread's session takes the first
    one up, puts the others behind it, and looks for each before it is sent.
    """
    for flight in await journal.flights(server):
        driver(flight.thread_id).adopt(flight, _left(flight))


def _left(flight: Flight) -> Opened:
    """A held one could not be sent: its message waits for the user's word."""
    status, standing = (RunStatus.CREATING, Standing.UNSENT) if flight.held else (RunStatus.PENDING, Standing.SENDING)
    known = RunInfo("" if flight.held else flight.run_id, status, flight.submit_id)
    sent = message_of(flight.message_id, flight.text, flight.turn, standing) if flight.message_id else None
    return Opened(known, sent, flight.turn, flight.interrupt)


async def restore_threads(server: ServerLink, journal: Journal) -> None:
    """A killed local agent has lost its rows, not its checkpoints: make the rows again from the journal."""
    try:
        api = await server.api()
        body = {"limit": 1000, "offset": 0, "select": ["thread_id"]}
        there = {row.id for item in (await api.client.post(SEARCH_PATH, body)).value or [] if (row := read_row(item))}
        for cached in await journal.cached_threads(server.key):
            if cached.id not in there:
                await api.make_thread(cached.id, title=cached.title, updated=cached.updated)
    except RequestFailed as failed:
        server.suspect(failed.failure)
