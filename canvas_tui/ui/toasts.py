"""Sentences that stand for some seconds: never more than two, none of them twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.notifications import Notify

from . import textual_parts as parts

if TYPE_CHECKING:
    from textual.app import App

    _Base = App[Any]
else:
    _Base = object

MOST = 2


class Toasts(_Base):
    """Mixin, before ``App``."""

    def say(self, text: str, warning: bool = False) -> None:
        """A sentence as a toast; never read as markup."""
        self.notify(text, severity="warning" if warning else "information", markup=False)

    def on_notify(self, event: Notify) -> None:
        standing = list(parts.toasts(self))
        if any((one.message, one.title) == (event.notification.message, event.notification.title) for one in standing):
            event.prevent_default()
            return
        for old in standing[: max(0, len(standing) + 1 - MOST)]:
            del parts.toasts(self)[old]

    def clear_toasts(self) -> bool:
        """False where none stands."""
        had = len(parts.toasts(self)) > 0
        if had:
            self.clear_notifications()
        return had
