"""The command line: what is understood, and one sentence for whatever is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from canvas_tui import __version__, cli
from canvas_tui.commands.mistakes import CRASHED, Mistake


def test_without_a_command_the_program_opens() -> None:
    args = cli.parser().parse_args(["--server", "work", "--thread", "t", "--ascii", "--theme", "x", "--no-own-painting"])
    assert args.command is cli.CHAT
    assert (args.server, args.assistant, args.thread, args.ascii, args.theme, args.no_own_painting) == ("work", None, "t", True, "x", True)


@pytest.mark.parametrize(
    ("argv", "server"),
    [
        (["send", "hi"], None),
        (["--server", "a", "send", "hi"], "a"),
        (["send", "--server", "b", "hi"], "b"),
        (["--server", "a", "send", "--server", "b", "hi"], "b"),
        (["threads", "--server", "c", "list"], "c"),
        (["threads", "list", "--server", "d"], "d"),
    ],
)
def test_a_server_may_be_named_before_or_after_the_command(argv: list[str], server: str | None) -> None:
    assert cli.parser().parse_args(argv).server == server


def test_every_command_has_its_module() -> None:
    folder = Path(cli.__file__).parent / "commands"
    assert all((folder / f"{command.name}.py").exists() for command in (cli.CHAT, *cli.COMMANDS))


MISTAKES = {
    "an unknown command": (["sned", "hi"], "There is no 'sned' here; did you mean send? See canvas-tui --help."),
    "nothing like it": (["zzz"], f"There is no 'zzz' here; there are {', '.join(command.name for command in cli.COMMANDS)}."),
    "an unknown option": (["--colour"], "There is no '--colour' here. See canvas-tui --help."),
    "half an option": (["send", "--jso", "hi"], "There is no '--jso' here; did you mean --json? See canvas-tui send --help."),
    "a value that is missing": (["--server"], "--server needs a value. See canvas-tui --help."),
    "a port that is no number": (["serve", "--port", "x"], "--port takes a number, not 'x'. See canvas-tui serve --help."),
    "config what": (["config"], "Say which: init, show, check, path. See canvas-tui config --help."),
    "config something": (["config", "chekc"], "There is no 'chekc' here; did you mean check? See canvas-tui config --help."),
    "threads what": (["threads"], "Say which: list, delete, export. See canvas-tui threads --help."),
    "an unknown option before a value": (["--srever", "x"], "There is no '--srever' here; did you mean --server? See canvas-tui --help."),
    "one word too many": (["config", "show", "x"], "'x' is one word too many. See canvas-tui config show --help."),
    "a file that is not named": (["replay"], "FILE is missing. See canvas-tui replay --help."),
    "nothing to send": (["send"], "There is nothing to send: canvas-tui send TEXT, or - to read it from stdin."),
    "blank": (["send", " \n"], "There is nothing to send: the text is empty."),
    "no quotes": (["send", "hello", "world"], "The text is one argument: put quotes round it."),
    "text and answer": (["send", "--thread", "t", "--answer", "1", "hi"], "Give either TEXT or --answer, not both."),
    "an answer to nothing": (["send", "--answer", "1"], "--answer needs --thread ID, the thread that waits for it."),
    "null": (["send", "--thread", "t", "--answer", "null"], "null is no answer; --answer takes any other JSON value."),
    "an unknown server": (["send", "--server", "wrok", "hi"], "There is no server 'wrok' in the configuration; an address begins with"),
    "no address": (["send", "--server", "ftp://x", "hi"], "--server: 'ftp://x' is not an address."),
    "a key in the address": (["send", "--server", "http://u:hunter2@x", "hi"], "--server: the address holds a user name or password"),
    "a model config that is none": (["send", "--model-config", "[1]", "hi"], "--model-config takes a JSON object"),
    "no terminal": ([], "The program needs a terminal. Without one: canvas-tui send TEXT."),
    "a limit of none": (["threads", "list", "--limit", "0"], "--limit takes a whole number from 1 on."),
}


@pytest.mark.parametrize(("argv", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_sentence(argv: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"canvas-tui: {says}")
    assert err.count("\n") == 1
    assert "hunter2" not in err


def test_mistakes_of_the_configuration_are_told_by_every_command(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / ".config" / "canvas-tui" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[screen]\nasci = true\n")
    for argv in (["send", "hi"], ["threads", "list"], ["config", "check"], ["config", "show"], ["serve"]):
        assert cli.main(argv) == 2
        assert capsys.readouterr().err == (
            "canvas-tui: ~/.config/canvas-tui/config.toml:2: [screen] asci: there is no such setting; did you mean ascii?\n"
        )


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        cli.main(["--version"])
    assert raised.value.code == 0
    assert capsys.readouterr().out == f"canvas-tui {__version__}\n"


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (Mistake("Put this right."), 2), (RuntimeError("sk-secret"), CRASHED)]
)
def test_however_a_command_ends_there_is_no_traceback(
    error: BaseException, code: int, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(self: cli.Command, args: object) -> int:
        key = "sk-secret"
        assert key
        raise error

    monkeypatch.setattr(cli.Command, "run", run)
    assert cli.main(["send", "hi"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert "secret" not in err
    if code == CRASHED:
        log = home / ".local" / "state" / "canvas-tui" / "crash.log"
        assert err == f"canvas-tui: an error of its own, and it had to stop. The details are in {log}.\n"
        assert "secret" not in log.read_text()
        assert "RuntimeError" in log.read_text()
        assert log.stat().st_mode & 0o777 == 0o600


def test_a_reader_that_has_gone_ends_it_quietly() -> None:
    """As ``canvas-tui config show | head -1`` does, at its worst: the reader is gone before the first byte."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command, pipe = [sys.executable, "-m", "canvas_tui", "config", "show"], subprocess.PIPE
    process = subprocess.Popen(command, stdout=pipe, stderr=pipe, cwd=Path(__file__).parents[1], env=env)
    assert process.stdout and process.stderr
    process.stdout.close()
    err = process.stderr.read()
    assert process.wait(30) == 141
    assert err == b""
    process.stderr.close()


@pytest.mark.parametrize(("option", "told"), [([], False), (["-W", "default"], True)])
def test_warnings_of_libraries_are_for_those_who_ask_for_them(option: list[str], told: bool) -> None:
    """One that gives up a connection which has just begun leaves a coroutine behind: Python tells, at any moment."""
    code = """
import sys
from canvas_tui import cli
from canvas_tui.commands import config

async def left():
    pass

def run(args):
    left()
    return 0

config.run = run
sys.exit(cli.main(["config", "path"]))
"""
    done = subprocess.run([sys.executable, *option, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[1], check=True)
    assert ("never awaited" in done.stderr) is told
    assert told or not done.stderr


@pytest.mark.parametrize(
    ("closed", "argv", "code", "told"),
    [
        ("2>&-", ["send", "--server", "http://127.0.0.1:9", "hi"], 5, ""),
        (">&-", ["doctor", "--server", "http://127.0.0.1:9"], 11, ""),
        ("2>&-", ["config", "path"], 0, "config.toml\n"),
        ("<&-", [], 2, "The program needs a terminal. Without one: canvas-tui send TEXT.\n"),
        (">&-", [], 2, "The program needs a terminal. Without one: canvas-tui send TEXT.\n"),
        ("<&- 2>&-", ["send", "-"], 2, ""),
    ],
)
def test_whatever_is_closed_nothing_breaks(tmp_path: Path, closed: str, argv: list[str], code: int, told: str) -> None:
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-m", "canvas_tui", *argv]
    env = {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state"), "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1], env=env, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == code and (said.endswith(told) if told else not said), said
    assert not (tmp_path / "state").exists() or not list((tmp_path / "state").rglob("crash.log"))
