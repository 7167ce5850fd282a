"""F8: the checklist, the verdict, and what its keys do. Verdicts are those of recorded bundles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from textual.pilot import Pilot

from canvas_tui.core import bundle
from canvas_tui.core.diagnosis import Action, Code, Standing, Step, Sure, Verdict
from canvas_tui.core.evidence import Evidence
from canvas_tui.core.model import Notice, NoticeKind
from canvas_tui.core.notices import Act
from canvas_tui.core.ports import ScreenOptions
from canvas_tui.core.verdicts import verdict
from canvas_tui.ui.app import CanvasApp
from canvas_tui.ui.screens.doctor import DoctorScreen
from canvas_tui.ui.widgets.transcript import Transcript

from .driving import LARGE, SMALL, Opened
from .fake_backend import FakeBackend, FakePreferences
from .states import RUN, STATES, THREAD, WALL

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
BUNDLES = Path(__file__).parents[1] / "data" / "bundles"
STEPS = (
    Step("the way there", Standing.GOOD, "connected in 1 ms"),
    Step("the server", Standing.GOOD, "LangGraph 0.16.7, answers in 3 ms"),
    Step("thread and run", Standing.GOOD, "run running, started 40 s ago"),
    Step("a silent stream", Standing.BAD, "not a byte in 12 s"),
    Step("the run's stream", Standing.DOING, "listening"),
)
FREE = Verdict(Code.ZOMBIE_RUN, "The run is dead.", ("no step for 9 min",), Sure.LIKELY, now=("Free it.",), action=Action.FREE, run_id=RUN)


def recorded(name: str) -> Verdict:
    return verdict(bundle.read((BUNDLES / f"{name}.json").read_text()))


@dataclass
class FakeDoctor:
    """Tells its steps, then waits until it may tell the verdict."""

    told: Verdict | None = None
    steps: tuple[Step, ...] = STEPS
    may_tell: asyncio.Event = field(default_factory=asyncio.Event)
    looked: list[str] = field(default_factory=list)
    freed: list[tuple[str, str]] = field(default_factory=list)

    async def examine(self, thread_id: str, tell: Callable[[Step], None]) -> Verdict:
        self.looked.append(thread_id)
        for step in self.steps:
            tell(step)
        if self.told is None:
            await self.may_tell.wait()
        assert self.told is not None
        return self.told

    async def free(self, thread_id: str, run_id: str) -> str:
        self.freed.append((thread_id, run_id))
        return "The run was cancelled."


def make(doctor: FakeDoctor, state: str = "streaming", ascii: bool = False) -> CanvasApp:
    options = ScreenOptions(animate=False, first_thread=THREAD, fps=100_000, ascii=ascii)
    return CanvasApp(STATES[state](), options, FakePreferences(), wall=lambda: WALL, doctor=doctor)


@asynccontextmanager
async def looking(doctor: FakeDoctor, size: tuple[int, int] = LARGE) -> AsyncIterator[Opened]:
    app = make(doctor)
    async with app.run_test(size=size) as pilot:
        assert isinstance(app.backend, FakeBackend)
        await pilot.press("f8")
        await pilot.pause()
        yield Opened(app, pilot, app.backend, FakePreferences())


def is_open(ui: Opened) -> bool:
    return isinstance(ui.app.screen, DoctorScreen)


async def test_the_checklist_fills_in_while_the_run_goes_on() -> None:
    doctor = FakeDoctor()
    async with looking(doctor) as ui:
        assert is_open(ui) and doctor.looked == [THREAD]
        shown = ui.screen_text()
        assert "not a byte in 12 s" in shown and "looking" in shown and "What to do" not in shown
        doctor.told = recorded("BUFFERED.f32-bursts")
        doctor.may_tell.set()
        await ui.pilot.pause()
        await ui.pilot.pause()
        assert "BUFFERED" in ui.screen_text() and "What was found" in ui.screen_text()
        await ui.press("escape")
        assert not is_open(ui)
        assert not ui.backend.called("stop"), "Esc closes what is open; the run goes on"


async def test_a_notice_leads_there_too() -> None:
    app = make(FakeDoctor(recorded("RUN_SILENT.f20-model-silent")))
    async with app.run_test(size=LARGE) as pilot:
        app.main.transcript.post_message(Transcript.Acted(Act.WHY, Notice(1, NoticeKind.QUIET, 990.0)))
        await pilot.pause()
        assert isinstance(app.screen, DoctorScreen)


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("STATIC_BREAKPOINT.breakpoint", [("proceed", THREAD)]),
        ("ANSWERED.way-4-joined-after-the-end", [("open", THREAD)]),
        ("BUFFERED.f32-bursts", []),
    ],
)
async def test_enter_does_what_is_offered_and_nothing_else(name: str, calls: list[tuple[str, ...]]) -> None:
    async with looking(FakeDoctor(recorded(name))) as ui:
        before = len(ui.backend.calls)
        await ui.press("enter")
        assert [call for call in ui.backend.calls[before:] if call[0] in ("proceed", "open", "stop")] == calls
        assert not is_open(ui)


async def test_frees_a_thread_after_asking_says_so_and_looks_again() -> None:
    doctor = FakeDoctor(FREE)
    async with looking(doctor) as ui:
        await ui.press("enter")
        assert "Enter once more does it" in ui.screen_text() and not doctor.freed
        await ui.press("enter")
        await ui.pilot.pause()
        assert doctor.freed == [(THREAD, RUN)] and doctor.looked == [THREAD, THREAD]
        assert is_open(ui) and "The run was cancelled." in ui.screen_text() and "once more" not in ui.screen_text()


async def test_esc_leaves_the_run_alone() -> None:
    doctor = FakeDoctor(FREE)
    async with looking(doctor) as ui:
        await ui.press("enter", "escape")
        assert not is_open(ui) and not doctor.freed and not ui.backend.called("stop")


async def test_numbers_stay_beside_their_units() -> None:
    words = "the first byte after " + "x" * 27 + " 12 s"
    async with looking(FakeDoctor(Verdict(Code.RUN_FAILED, words, (words,)), ()), SMALL) as ui:
        shown = ui.screen_text()
        assert shown.count("12 s") == 2 and "\ue000" not in shown


async def test_looks_again_and_copies() -> None:
    doctor = FakeDoctor(FREE)
    async with looking(doctor) as ui:
        await ui.press("r", "c")
        assert doctor.looked == [THREAD, THREAD]
        assert "ZOMBIE_RUN  likely" in ui.app.clipboard and "no step for 9 min" in ui.app.clipboard


async def test_hostile_words_do_nothing() -> None:
    steps = (Step("the server", Standing.BAD, "\x1b]0;owned\x07[red]x[/red]"),)
    told = Verdict(Code.RUN_FAILED, "[bold]failed[/bold]", ("[link=x]y[/link]",), now=("[@click=app.quit]z[/]",))
    async with looking(FakeDoctor(told, steps)) as ui:
        shown = ui.screen_text()
        assert "[red]x[/red]" in shown and "[bold]failed[/bold]" in shown and "[@click=app.quit]z[/]" in shown
        assert "\x1b]0" not in shown


REFUSED = (Step("the way there", Standing.BAD, "cannot reach 127.0.0.1:1 (connection refused)"),)
STRANGE = (STEPS[0], Step("the server", Standing.BAD, "no LangGraph server"))
PLAIN = STEPS[:3]
QUIET = Step("a silent stream", Standing.GOOD, "first byte after 5.0 s, 1 heartbeat")
FLOWS = (*PLAIN, QUIET, Step("the run's stream", Standing.GOOD, "first byte after 12 ms, 2 events, 2 heartbeats"))
HELD = (*STEPS[:-1], Step("the run's stream", Standing.BAD, "not a byte in 12 s"))
CUT = (*PLAIN, QUIET, Step("the run's stream", Standing.BAD, "first byte after 8 ms, 1 event, cut after 3.0 s"))

FAMILIES = {
    "looking": (None, STEPS),
    "healthy": ("HEALTHY.healthy-canary", FLOWS),
    "answered": ("ANSWERED.way-4-joined-after-the-end", FLOWS),
    "way": ("REFUSED.f01-refused", REFUSED),
    "server": ("WRONG_SERVER.f15-login-page", STRANGE),
    "queue": ("QUEUE_STARVED.way-1-no-free-worker", PLAIN),
    "question": ("WAITING_FOR_YOU.way-3-interrupt-messages-only", PLAIN),
    "breakpoint": ("STATIC_BREAKPOINT.breakpoint", PLAIN),
    "failed": ("RUN_FAILED.f49-run-fails", PLAIN),
    "silent": ("RUN_SILENT.model-endpoint-down", FLOWS),
    "stream": ("BUFFERED.f33-buffered-proven-by-direct", HELD),
    "cut": ("IDLE_TIMEOUT.f36-idle-cut-at-3-s", CUT),
    "modes": ("MODE_MISMATCH.way-5-modes-without-tokens", FLOWS),
}
"""A recorded verdict of each family, and the checklist that goes with it; `UNKNOWN` is that of no evidence at all."""


async def _open(pilot: Pilot[None]) -> None:
    await pilot.press("f8")
    await pilot.pause()
    await pilot.pause()


@SIZES
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_looks(snap_compare: Callable[..., bool], family: str, size: tuple[int, int]) -> None:
    name, steps = FAMILIES[family]
    assert snap_compare(make(FakeDoctor(recorded(name) if name else None, steps)), terminal_size=size, run_before=_open)


@SIZES
def test_looks_when_no_cause_is_known(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    assert snap_compare(make(FakeDoctor(verdict(Evidence(seconds=12.0)), FLOWS)), terminal_size=size, run_before=_open)


@SIZES
def test_looks_before_a_thread_is_freed(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    async def ask(pilot: Pilot[None]) -> None:
        await _open(pilot)
        await pilot.press("enter")

    assert snap_compare(make(FakeDoctor(FREE, PLAIN)), terminal_size=size, run_before=ask)


def test_looks_in_ascii(snap_compare: Callable[..., bool]) -> None:
    doctor = FakeDoctor(recorded("BUFFERED.f32-bursts"), HELD)
    assert snap_compare(make(doctor, ascii=True), terminal_size=SMALL, run_before=_open)
