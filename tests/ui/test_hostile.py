"""Text from servers, everywhere it is shown: no escape sequence, no markup, no link of theirs acts."""

from __future__ import annotations

import pytest

from canvas_tui.core.model import Interrupt, Message, Role, ServerKind, ServerPhase, ServerState, ThreadRow

from .driving import LARGE, SMALL, opened
from .fake_backend import FakeBackend
from .states import NOW, RUNNING, THREAD, WALL, settled

ESCAPES = "\x1b]52;c;UFdORUQ=\x1b\\\x1b]0;PWNED\x07\x9b31m\u202e\u2066"
MARKUP = "[bold]x[/] [/] list[int] [@click=app.quit]T[/]"
EVIL = f"\x1b\u202e{MARKUP} {ESCAPES}"  # the first of them even where there is no room for more
ACTS = "\x1b\x07\x9b\u202e\u2066"


def hostile_backend(**changes: object) -> FakeBackend:
    value = {"question": EVIL, "options": [EVIL, {"label": EVIL, "value": 1}], "more": EVIL}
    session = settled(
        history=(Message("h", Role.HUMAN, EVIL), Message("a", Role.AI, EVIL)),
        interrupts=(Interrupt("i", value, node=EVIL), Interrupt("j", EVIL)),
        run=RUNNING.__class__("s", f"run-{EVIL}", started_at=NOW - 5, node=EVIL, attempt=1, events=1, error=EVIL),
    )
    backend = FakeBackend(
        ServerState(ServerPhase.UP, EVIL, EVIL, ServerKind.PYTHON, EVIL, EVIL, EVIL, sentence=EVIL, log=(EVIL, EVIL), log_path=EVIL),
        clock=NOW,
    )
    backend.sessions[THREAD] = session
    backend.set_rows(ThreadRow(THREAD, EVIL, WALL), ThreadRow("t2", EVIL, WALL, waiting=True))
    for name, changed in changes.items():
        setattr(backend, name, changed)
    return backend


@pytest.mark.parametrize("size", [SMALL, LARGE, (200, 50)])
@pytest.mark.parametrize("keys", [(), ("ctrl+t",), ("f2",), ("f7",), ("f4",), ("ctrl+p", "o", "p", "e", "n"), ("f1",)])
async def test_nothing_of_it_acts(size: tuple[int, int], keys: tuple[str, ...]) -> None:
    async with opened(hostile_backend(), size) as ui:
        await ui.press(*keys)
        await ui.app.workers.wait_for_complete()
        await ui.pilot.pause()
        shown = ui.screen_text()
        assert not set(shown) & set(ACTS)
        assert "[bold]x[/]" in shown or keys
        assert ui.app.title == "canvas-tui"
        for strip in ui.app.screen._compositor.render_strips():
            for segment in strip:
                assert segment.style is None or "@click" not in str(segment.style.meta)


@pytest.mark.parametrize("phase", [ServerPhase.FAILED, ServerPhase.DOWN, ServerPhase.STARTING])
async def test_words_of_a_server_that_is_not_there(phase: ServerPhase) -> None:
    async with opened(hostile_backend()) as ui:
        ui.backend.set_server(phase=phase)
        await ui.pilot.pause()
        shown = ui.screen_text()
        assert not set(shown) & set(ACTS)
        assert "list[int]" in shown


async def test_clicks_on_every_cell_of_a_hostile_title_quit_nothing() -> None:
    async with opened(hostile_backend(), (200, 50)) as ui:
        for x in range(0, 36, 3):
            await ui.pilot.click("#threads-list", offset=(x, 0))
        await ui.pilot.pause()
        assert not ui.app._exit


async def test_a_copied_id_is_the_servers_own_text() -> None:
    async with opened(hostile_backend()) as ui:
        rows = ui.text("#run").splitlines()
        await ui.pilot.click("#run", offset=(16, next(n for n, row in enumerate(rows) if "run-" in row)))
        await ui.pilot.pause()
        assert ui.app.clipboard == f"run-{EVIL}"
