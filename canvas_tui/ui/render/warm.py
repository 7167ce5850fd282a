"""Loads what the first message, and the first document, need (50 and 30 ms of imports) while nobody waits for it."""

from __future__ import annotations

from threading import Thread


def _load(language: str) -> None:
    from . import markdown  # noqa: F401 - it is what a message is rendered with
    from .code import lexer_for
    from .parsing import parser

    parser()
    lexer_for(language)


def warm_up(language: str = "python") -> None:
    """In a thread: the loop goes on."""
    Thread(target=_load, args=(language,), name="warm-up", daemon=True).start()
