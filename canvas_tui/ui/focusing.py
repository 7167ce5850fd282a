"""The focus, and the keys that follow it: each goes where the one before it has led."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual import events
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker, get_current_worker

from .widgets.in_order import InOrder

if TYPE_CHECKING:
    from textual.app import App

    _Base = App[Any]
else:
    _Base = object

_PATIENCE = 1.0
"""Seconds after which a key waits no longer for what the one before it does, unless that is still on its way to the user."""
_ROUNDS = 20
"""How often a widget is waited for while it has messages left."""
_LEAVES_THE_PROGRAM = frozenset({"editor"})
"""Groups of workers that take no keys here."""


def focus(widget: Widget) -> None:
    """At once: ``Widget.focus`` does it later, and keys that have come meanwhile would go to the old field."""
    widget.screen.set_focus(widget, scroll_visible=False)


class KeysInTurn(_Base):
    """Mixin, before ``App``: a key is delivered when what the keys before it do is done.

    Textual hands keys out as they come. What a key does may take a way over messages, or a dialog that is made first; the rest of a
    burst would go to where the focus was (measured: Ctrl+F, "rivers" and Enter in one write sent "rivers" to the agent). Letters that
    go into a field wait for nothing.
    """

    _typed: deque[events.Key | events.Paste]  # not delivered yet
    _early = True  # there is no place to type yet
    _field: Widget | None = None  # letters are on their way into it
    _turn = 0  # which key is waited for
    _since: float | None = None  # when the waiting began; None: nothing is waited for
    _calm = False  # every message is answered: what is waited for comes by itself
    _screen_then: Screen[Any] | None = None
    _asking: dict[Worker[Any], Screen[Any]]  # workers that wait for an answer on their screen
    _not_waited_for: set[Worker[Any]]

    def __init__(self, *args: Any, **more: Any) -> None:
        self._typed, self._asking, self._not_waited_for = deque(), {}, set()
        super().__init__(*args, **more)

    async def on_event(self, event: events.Event) -> None:
        answer = isinstance(event, events.Key) and event.key.startswith("<")  # of the terminal
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded or answer:
            await super().on_event(event)
            return
        if self._since is not None and isinstance(event, events.Key) and await self._goes_first(event):
            return
        self._typed.append(event)
        if self._waited_long:
            if self._something_comes():
                self.keys_wait()
            else:
                self._since = None
        if not self._early and self._since is None:
            await self._deliver()

    async def hear_early(self) -> None:
        """The composer stands: what was typed before it did comes first, in its order."""
        for at, event in enumerate(self._typed):
            if isinstance(event, events.Key) and event.key == "ctrl+j":  # Enter, as a terminal sends it that is not ours yet
                self._typed[at] = events.Key("enter", "\r")
        self._early = False
        await self._deliver()

    def keys_wait(self) -> None:
        """A key has come for something that is long in coming: whoever types is to know why nothing is seen of it."""

    def keys_go_on(self) -> None:
        """Something that keys wait for may be there now."""
        if self._since is not None and self._calm:
            self.call_later(self._arrived)

    # -- one after another -----------------------------------------------------------------------------------------

    async def _deliver(self) -> None:
        while self._typed:
            event = self._typed[0]
            letter = self._is_letter(event)
            if self._field is not None and not (letter and self.focused is self._field):
                self._wait(self._field)
                return
            self._typed.popleft()
            before = self.focused or self.screen
            self._screen_then = self.screen
            await super().on_event(event)
            if letter:
                self._field = before if isinstance(before, Widget) else None
            else:
                self._wait(before)
                return

    def _is_letter(self, event: events.Event) -> bool:
        """It goes into the field and does nothing else there (a number may choose an answer)."""
        typed = event.character if isinstance(event, events.Key) and event.is_printable else None
        return bool(typed) and not str(typed).isdecimal() and isinstance(self.focused, InOrder)

    async def _goes_first(self, event: events.Key) -> bool:
        """Nobody is kept from leaving: quitting waits for nothing, and Esc gives up what has not come for long."""
        if event.key in self._quits:
            await super().on_event(event)
            return True
        if event.key == "escape" and self._waited_long and (workers := list(self._coming())):
            self._not_waited_for.update(workers)
            self._typed.clear()
            self.keys_go_on()
            return True
        return False

    @property
    def _quits(self) -> frozenset[str]:
        return frozenset()

    @property
    def _waited_long(self) -> bool:
        return self._since is not None and monotonic() - self._since > _PATIENCE

    # -- waiting ---------------------------------------------------------------------------------------------------

    def _wait(self, node: Any) -> None:
        """Until the widget that had the key, and everything above it, has nothing left to do; twice, as most of what keys do is done
        at the top, and may be told from below again."""
        self._turn += 1
        self._since, self._calm = monotonic(), False
        way: list[Any] = [node]
        while way[-1].parent is not None and way[-1] is not self:
            way.append(way[-1].parent)
        self._hop([*way, *way], self._turn)

    def _hop(self, way: list[Any], turn: int, rounds: int = 0) -> None:
        while way and not way[0].call_later(self._hopped, way, turn, rounds):
            way, rounds = way[1:], 0  # it is being taken away
        if not way:
            self.call_later(self._come, turn)

    def _hopped(self, way: list[Any], turn: int, rounds: int) -> None:
        if turn == self._turn and self._since is not None:
            if way[0].message_queue_size and rounds < _ROUNDS:
                self._hop(way, turn, rounds + 1)
            else:
                self._hop(way[1:], turn)

    async def _come(self, turn: int) -> None:
        if turn == self._turn:
            self._calm = True
            await self._arrived()

    async def _arrived(self) -> None:
        if self._since is None or not self._calm or self._something_comes():
            return
        if self.screen is not self._screen_then:  # which has its own to do first
            self._screen_then = self.screen
            self._wait(self.screen)
            return
        self._since = self._field = None
        await self._deliver()

    def _something_comes(self) -> bool:
        """A dialog or a widget that will take the keys is on its way."""
        return bool(getattr(self.screen_stack[0], "opening", False)) or next(self._coming(), None) is not None

    def _coming(self) -> Iterator[Worker[Any]]:
        """Workers of the main screen that have not come to ask the user anything yet."""
        self._not_waited_for = {worker for worker in self._not_waited_for if not worker.is_finished}
        for worker in self.workers:
            ours = worker.node is self.screen_stack[0] and worker.group not in _LEAVES_THE_PROGRAM
            asks = self._asking.get(worker) in self.screen_stack
            if ours and not asks and not worker.is_finished and worker not in self._not_waited_for:
                yield worker

    # -- what may be waited for ------------------------------------------------------------------------------------

    async def push_screen_wait(self, screen: Any, **more: Any) -> Any:
        worker = get_current_worker()
        self._asking[worker] = screen
        try:
            return await super().push_screen_wait(screen, **more)
        finally:
            self._asking.pop(worker, None)

    def push_screen(self, screen: Any, *args: Any, **more: Any) -> Any:
        pushed = super().push_screen(screen, *args, **more)
        self.keys_go_on()
        return pushed
