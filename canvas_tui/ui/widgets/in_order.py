"""Fields that take keys in the order of typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events

from ..keymap import BY_ACTION

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
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            # those of the table may have other keys in the user's configuration
            if binding.id not in BY_ACTION and not binding.priority and await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return
        above: Any = super()
        await above._on_key(event)
