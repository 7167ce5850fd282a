"""What the backend lends to those that act on threads beside it."""

from __future__ import annotations

from collections.abc import Callable

from canvas_tui.core.artifact import Turn
from canvas_tui.core.frozen import frozen
from canvas_tui.core.inputs import WhenBusy
from canvas_tui.core.model import Session
from canvas_tui.core.ports import Journal

from .driver import Driver
from .server import ServerLink
from .tasks import Tasks


@frozen
class Desk:
    """
    Args:
        driver: of a thread, made where there is none yet.
        begin: a turn is submitted: (thread id, text, turn, how), as `Backend.submit` does.
        touched: something is done in the thread, which gets this title where it has none: the list follows.
    """

    link: ServerLink
    journal: Journal
    tasks: Tasks
    writes: Tasks
    new_id: Callable[[], str]
    driver: Callable[[str], Driver]
    session: Callable[[str], Session]
    begin: Callable[[str, str, Turn, WhenBusy], None]
    touched: Callable[[str, str], None]
