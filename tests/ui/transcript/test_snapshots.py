"""The transcript in its states, as pictures."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from canvas_tui.core.model import Session

from .host import CONVERSATION, NOTICES, STANDINGS, TOOLS, Host

STATES = {"conversation": CONVERSATION, "tools": TOOLS, "standings": STANDINGS, "notices": NOTICES}
SIZES = {"80x24": (80, 24), "120x40": (120, 40)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", STATES)
def test_state(snap_compare: object, state: str, size: str) -> None:
    assert snap_compare(Host(STATES[state]), terminal_size=SIZES[size])  # type: ignore[operator]


def test_opened(snap_compare: object) -> None:
    async def open_all(pilot: Pilot[None]) -> None:
        await pilot.pause()
        transcript = pilot.app.query_one("Transcript")
        for entry in list(transcript.entries):  # type: ignore[attr-defined]
            for key in entry.folds:
                transcript._fold(key)  # type: ignore[attr-defined]
        await pilot.pause()

    assert snap_compare(Host(TOOLS), terminal_size=(80, 24), run_before=open_all)  # type: ignore[operator]


def test_found_and_chosen(snap_compare: object) -> None:
    async def find(pilot: Pilot[None]) -> None:
        await pilot.pause()
        transcript = pilot.app.query_one("Transcript")
        transcript.find("stream")  # type: ignore[attr-defined]
        transcript.move_message(-1)  # type: ignore[attr-defined]
        await pilot.pause()

    assert snap_compare(Host(CONVERSATION), terminal_size=(80, 24), run_before=find)  # type: ignore[operator]


@pytest.mark.parametrize("session", [CONVERSATION, NOTICES], ids=["conversation", "notices"])
def test_light(snap_compare: object, session: Session) -> None:
    assert snap_compare(Host(session, theme="canvas-light"), terminal_size=(80, 24))  # type: ignore[operator]


def test_ascii(snap_compare: object) -> None:
    assert snap_compare(Host(CONVERSATION, ascii_only=True), terminal_size=(80, 50))  # type: ignore[operator]
