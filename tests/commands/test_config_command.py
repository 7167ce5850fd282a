"""``canvas-tui config``: a file that is written once, shown without secrets, and checked."""

from __future__ import annotations

import os
import stat
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from canvas_tui import cli, config


@pytest.fixture
def file(home: Path) -> Path:
    return home / ".config" / "canvas-tui" / "config.toml"


def written(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(text)


def test_path(file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli.main(["config", "path"]) == 0
    assert capsys.readouterr().out == f"{file}\n"
    monkeypatch.setenv("CANVAS_TUI_CONFIG", "/etc/mine.toml")
    assert cli.main(["config", "path"]) == 0
    assert capsys.readouterr().out == "/etc/mine.toml\n"


def test_init_writes_the_example_and_never_again(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config", "init"]) == 0
    example = Path(__file__).parents[2] / "config.example.toml"
    assert file.read_text() == example.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert config.load() == config.Settings()
    file.write_text("server = 'local'\n")
    capsys.readouterr()
    assert cli.main(["config", "init"]) == 2
    assert capsys.readouterr().err == "canvas-tui: ~/.config/canvas-tui/config.toml is there already and is left as it is.\n"
    assert file.read_text() == "server = 'local'\n"


def test_init_does_not_follow_a_link(file: Path, home: Path) -> None:
    file.parent.mkdir(parents=True)
    file.symlink_to(home / "elsewhere")
    assert cli.main(["config", "init"]) == 2
    assert not (home / "elsewhere").exists()


def test_init_where_nothing_can_be_written(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / ".config").write_text("a file in the way")
    assert cli.main(["config", "init"]) == 2
    assert capsys.readouterr().err == "canvas-tui: ~/.config/canvas-tui/config.toml cannot be written: not a directory.\n"


SECRETS = """
server = "work"
[local]
temperature = 0.5
[servers.work]
url = "https://agents.example.com"
key_env = "WORK_KEY"
headers = { X-Token = "hunter2", X-Other = { env = "OTHER" } }
model_config = { nested = { a = [1, "two", true] } }
[servers."a b"]
url = "http://a"
[keys]
run.stop = "ctrl+k"
"""


def test_show_says_what_holds_and_no_secret(file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    written(file, SECRETS)
    monkeypatch.setenv("WORK_KEY", "sk-secret")
    monkeypatch.setenv("CANVAS_TUI_SERVER", "a b")
    assert cli.main(["config", "show"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# ~/.config/canvas-tui/config.toml\n# CANVAS_TUI_SERVER=a b goes before the server below\n")
    assert "hunter2" not in out
    assert "sk-secret" not in out
    shown = tomllib.loads(out)
    assert shown["servers"]["work"]["headers"] == {"X-Token": "***", "X-Other": {"env": "OTHER"}}
    assert shown["servers"]["work"]["model_config"] == {"nested": {"a": [1, "two", True]}}
    assert shown["servers"]["a b"]["url"] == "http://a"
    assert shown["local"]["temperature"] == 0.5
    assert (shown["keys"]["run"]["stop"], shown["keys"]["thread"]["new"]) == ("ctrl+k", "ctrl+n")


def test_what_is_shown_can_be_read_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config", "show"]) == 0
    out = capsys.readouterr().out
    assert "these are the defaults" in out
    shown = config.parse(out, Path("shown.toml"))
    assert replace(shown, keys={}) == config.Settings()


def test_check(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config", "check"]) == 0
    assert capsys.readouterr().out.startswith("There is no configuration at ~/.config/canvas-tui/config.toml; the defaults hold.")
    written(file, SECRETS)
    assert cli.main(["config", "check"]) == 0
    out, err = capsys.readouterr()
    assert out == "~/.config/canvas-tui/config.toml is right.\n"
    assert err == (
        "[servers.work]: the environment variable WORK_KEY is empty now.\n[servers.work]: the environment variable OTHER is empty now.\n"
    )


@pytest.mark.parametrize(
    ("keys", "line", "says"),
    [
        ('run.stpo = "f2"', 3, '[keys] there is no action "run.stpo"'),
        ('# a comment\n"thread.new" = "ctrl+q"', 4, "is bound twice: thread.new and program.quit"),
        ('run.stop = "escpe"', 3, '[keys] run.stop: there is no key "escpe"'),
    ],
)
def test_check_knows_the_keys(file: Path, capsys: pytest.CaptureFixture[str], keys: str, line: int, says: str) -> None:
    written(file, f"\n[keys]\n{keys}\n")
    assert cli.main(["config", "check"]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"~/.config/canvas-tui/config.toml:{line}: ")
    assert says in err


def test_a_terminal_program_tells_mistakes_of_the_keys_too(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from canvas_tui.commands.mistakes import Mistake
    from canvas_tui.commands.settings import screen_settings

    written(file, '[keys]\nrun.stpo = "f2"\n')
    with pytest.raises(Mistake, match=r"config\.toml:2: \[keys\] there is no action"):
        screen_settings()


def test_the_file_is_not_read_by_others(file: Path) -> None:
    old = os.umask(0)
    try:
        assert cli.main(["config", "init"]) == 0
    finally:
        os.umask(old)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_check_knows_the_themes(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(file, '[screen]\nfps = 20\ntheme = "canvas-drak"\n')
    assert cli.main(["config", "check"]) == 2
    assert "config.toml:3: [screen] theme: there is no theme 'canvas-drak'; did you mean canvas-dark?" in capsys.readouterr().err
    file.write_text('[screen]\ntheme = "nord"\n')
    assert cli.main(["config", "check"]) == 0
