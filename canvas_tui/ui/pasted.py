"""Big pastes: kept aside, with a short stand-in where they will go, so that the composer stays quick."""

from __future__ import annotations

from .ages import size

INLINE = 20_000
"""Characters up to which a paste is put into the composer as it is."""
LIMIT = 1_000_000
"""Characters that one message can hold; more is refused with a sentence."""


class Pasted:
    """The texts behind the stand-ins of one composer."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}
        self._count = 0

    def stand_in(self, text: str) -> str:
        """A short name for ``text``: "[pasted 1: 210.0 kB, 3120 lines]". ``expand`` puts the text back."""
        self._count += 1
        lines = text.count("\n") + 1
        name = f"[pasted {self._count}: {size(len(text.encode('utf-8', 'replace')))}, {lines} line{'s' if lines > 1 else ''}]"
        self._kept[name] = text
        return name

    def expand(self, text: str) -> str:
        for name, kept in self._kept.items():
            text = text.replace(name, kept)
        return text

    def fit(self, text: str) -> str:
        """``text`` as the composer should show it."""
        return self.stand_in(text) if len(text) > INLINE else text

    def forget(self) -> None:
        self._kept.clear()


def refusal(text: str, held: int) -> str:
    """Why ``text`` cannot be pasted beside ``held`` characters already there; empty where it can."""
    if len(text) + held <= LIMIT:
        return ""
    return f"The pasted text is {size(len(text.encode('utf-8', 'replace')))}; a message holds {size(LIMIT)}. Nothing was put in."
