"""Titles of threads: one short line."""

from __future__ import annotations

TITLE_LENGTH = 60


def title_of(message: str) -> str:
    """One short line out of a first message, cut between words."""
    line = " ".join(message.split())
    if len(line) <= TITLE_LENGTH:
        return line
    head, _, _ = line[:TITLE_LENGTH].rpartition(" ")
    return (head if len(head) > TITLE_LENGTH // 2 else line[: TITLE_LENGTH - 1]) + "…"
