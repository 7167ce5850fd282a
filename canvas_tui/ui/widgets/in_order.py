"""Fields that take keys in the order of typing, and joiners between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events
from textual.widgets import Input

from ..keymap import BY_ACTION
from ..textual_parts import bindings

_JOINERS = "\u200c\u200d"
"""Typed between letters (Persian, Indic scripts) and between emoji that are one."""

if TYPE_CHECKING:
    from textual.widget import Widget

    _Base = Widget
else:
    _Base = object


class InOrder(_Base):
    """Mixin, before ``Input`` or ``TextArea``: carries out the field's own bindings as the key comes.

    Textual looks at bindings only after the key has gone up through every parent's queue; characters typed meanwhile get ahead of
    a Backspace (measured: "number 3", eight Backspaces and "/help" in one burst left "nu/he").
    """

    async def _on_key(self, event: events.Key) -> None:
        for binding in bindings(self, event.key):
            # those of the table may have other keys in the user's configuration
            if binding.id not in BY_ACTION and not binding.priority and await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return
        if event.character and event.character in _JOINERS:  # no printable characters for Textual, which leaves them out
            event.stop()
            event.prevent_default()
            field: Any = self
            (field.insert_text_at_cursor if isinstance(self, Input) else field.insert)(event.character)
            return
        above: Any = super()
        await above._on_key(event)
