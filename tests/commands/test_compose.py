"""What the program is put together from, and what the screen is told to be."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest

from canvas_tui import config, paths
from canvas_tui.commands import chat, compose
from canvas_tui.commands.mistakes import Mistake
from canvas_tui.commands.settings import screen_options
from canvas_tui.core.inputs import WhenBusy
from canvas_tui.core.ports import Change
from canvas_tui.journal import SqliteJournal

HERE = Path("config.toml")


def arguments(**given: object) -> Namespace:
    names = {
        "server": None,
        "assistant": None,
        "thread": None,
        "model_config": None,
        "ascii": False,
        "theme": None,
        "no_own_painting": False,
    }
    return Namespace(**{**names, **given})


def test_the_screen_at_home() -> None:
    options = screen_options(config.Settings(), arguments(), {})
    assert (options.fps, options.animate, options.remote, options.color, options.own_painting) == (30, True, False, True, True)
    assert (options.theme, options.ascii, options.keys, options.when_busy) == ("", False, {}, WhenBusy.QUEUE)


@pytest.mark.parametrize("variable", ["SSH_CONNECTION", "SSH_TTY"])
def test_over_ssh_there_are_fewer_frames_and_no_animation(variable: str) -> None:
    options = screen_options(config.Settings(), arguments(), {variable: "x"})
    assert (options.fps, options.animate, options.remote) == (15, False, True)
    chosen = config.parse("[screen]\nfps = 60\nanimate = true", HERE)
    options = screen_options(chosen, arguments(), {variable: "x"})
    assert (options.fps, options.animate, options.remote) == (60, True, True)


def test_no_color() -> None:
    assert not screen_options(config.Settings(), arguments(), {"NO_COLOR": "1"}).color
    assert screen_options(config.Settings(), arguments(), {"NO_COLOR": ""}).color


@pytest.mark.parametrize(
    ("term", "said", "color"),
    [("xterm-256color", "", True), ("xterm-kitty", "", True), ("linux", "", False), ("screen", "", False), ("xterm", "truecolor", True)],
)
def test_sixteen_colours_are_none_since_grounds_and_borders_would_be_black(term: str, said: str, color: bool) -> None:
    assert screen_options(config.Settings(), arguments(), {"TERM": term, "COLORTERM": said}).color is color


@pytest.mark.parametrize(("said", "truecolor"), [("truecolor", True), ("24bit", True), ("", False), ("yes", False)])
def test_how_many_colours_the_terminal_has(said: str, truecolor: bool) -> None:
    assert screen_options(config.Settings(), arguments(), {"COLORTERM": said}).truecolor is truecolor


def test_the_command_line_goes_before_the_file() -> None:
    chosen = config.parse('[screen]\ntheme = "nord"\nwhen_busy = "interrupt"\nown_painting = true\n[keys]\nrun.stop = "f2"', HERE)
    options = screen_options(chosen, arguments(theme="dracula", ascii=True, no_own_painting=True, thread="t"), {})
    assert (options.theme, options.ascii, options.own_painting, options.first_thread) == ("dracula", True, False, "t")
    assert (options.when_busy, options.keys) == (WhenBusy.INTERRUPT, {"run.stop": "f2"})
    assert screen_options(chosen, arguments(), {}).theme == "nord"


def test_the_local_agent_is_the_default(home: Path) -> None:
    parts = compose.compose(arguments(), config.Settings())
    assert parts.target.local
    assert parts.local is not None
    assert parts.notes == ()
    assert parts.target.user_id
    parts.preferences.flush()
    again = compose.compose(arguments(), config.Settings())
    assert again.target.user_id == parts.target.user_id
    assert paths.state_dir().stat().st_mode & 0o777 == 0o700


def test_a_server_needs_no_local_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canvas_tui.local.launch.missing_packages", lambda: ["langgraph_api"])
    assert compose.compose(arguments(server="http://localhost:1"), config.Settings()).local is None


def test_without_the_extra_and_without_a_server_both_ways_on_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canvas_tui.local.launch.missing_packages", lambda: ["langgraph_api"])
    with pytest.raises(Mistake) as raised:
        compose.compose(arguments(), config.Settings())
    assert "'.[local]'" in str(raised.value)
    assert "--server http://HOST:PORT" in str(raised.value)


async def test_a_state_folder_that_cannot_be_written_is_told_and_the_program_works(home: Path) -> None:
    (home / ".local").write_text("a file in the way")
    parts = compose.compose(arguments(), config.Settings())
    (note,) = parts.notes
    assert note.startswith("~/.local/share/canvas-tui cannot be written (not a directory): the local agent keeps its threads in ")
    await parts.journal.drafts("local")
    assert parts.journal.problem().startswith(f"Nothing can be written to {home}/.local/state/canvas-tui")
    await parts.journal.close()


def test_what_should_be_known_is_said_once_when_the_screen_is_there(home: Path, tmp_path: Path) -> None:
    class Screen:
        is_running = False

        def __init__(self) -> None:
            self.said: list[str] = []

        def say(self, text: str, warning: bool = False) -> None:
            self.said.append(text)

    class Troubled(SqliteJournal):
        trouble = ""

        def problem(self) -> str:
            return self.trouble

    screen, journal = Screen(), Troubled(tmp_path / "journal.db")
    parts = replace(compose.compose(arguments(), config.Settings()), notes=("a note",), journal=journal)
    notes = chat._Notes(screen, parts)  # type: ignore[arg-type]
    notes(Change.SERVER, "")
    assert screen.said == []
    screen.is_running = True
    notes(Change.SERVER, "")
    journal.trouble = "the disk is full"
    for _ in range(2):
        notes(Change.SESSION, "t")
    assert screen.said == ["a note", "the disk is full"]
