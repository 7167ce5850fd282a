"""Loads what the first message needs (50 ms of imports) while nobody waits for it."""

from __future__ import annotations

from threading import Thread


def _load() -> None:
    from .code import lexer_for
    from .parsing import parser

    parser()
    lexer_for("python")


def warm_up() -> None:
    """In a thread: the loop goes on."""
    Thread(target=_load, name="warm-up", daemon=True).start()
