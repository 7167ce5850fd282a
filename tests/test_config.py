"""The configuration: defaults, the example file, and a table of mistakes with what is said about each."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from canvas_tui import config
from canvas_tui.toml_schema import settings

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
FILE = Path("/etc/canvas.toml")


def uncommented(text: str) -> str:
    """The example with every commented setting live."""
    return re.sub(r"^# (?=\[servers|[a-z_.]+ = )", "", text, flags=re.MULTILINE)


def test_the_example_parses_to_the_defaults() -> None:
    assert config.parse(EXAMPLE.read_text(encoding="utf-8"), EXAMPLE) == config.Settings()


def test_every_setting_stands_in_the_example_with_its_default() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    live, everything = tomllib.loads(text), tomllib.loads(uncommented(text))
    for name, section in (("local", config.Local), ("screen", config.Screen)):
        optional = {"temperature"}
        assert set(live[name]) == set(settings(section)) - optional
        assert set(everything[name]) == set(settings(section))
    assert set(everything["servers"]["work"]) == set(settings(config.Server))
    assert set(everything) == set(settings(config.Settings))
    defaults = config.Server(url="https://agents.example.com")
    assert config.parse(uncommented(text), EXAMPLE).servers["work"] == defaults


def test_without_a_file_there_are_defaults(home: Path) -> None:
    assert config.load() == config.Settings()


def test_a_named_file_must_be_there(home: Path) -> None:
    with pytest.raises(config.ConfigError, match=r"mine\.toml: there is no such file"):
        config.load(env={"CANVAS_TUI_CONFIG": str(home / "mine.toml")})


def test_the_whole_of_a_server(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        """
        server = "work"
        [servers.work]
        url = "https://Agents.example.com:8443/api/"
        assistant = "writer"
        key_command = ["pass", "show"]
        headers = { X-Team = "blue", X-Token = { env = "TEAM_TOKEN" } }
        model_config = { temperature = 0.5, nested = { a = [1, 2] } }
        user_id = "u-1"
        """
    )
    work = config.load(file).servers["work"]
    assert work.url == "https://agents.example.com:8443/api"
    assert work.headers["X-Token"] == config.HeaderFromEnv(env="TEAM_TOKEN")
    assert work.model_config == {"temperature": 0.5, "nested": {"a": [1, 2]}}
    assert "blue" not in repr(work)


MISTAKES = {
    "unknown section": ("\n[screan]\n", 2, "screan: there is no such setting; did you mean screen?"),
    "unknown setting": ("[screen]\n\nasci = true", 3, "[screen] asci: there is no such setting; did you mean ascii?"),
    "nothing like it": (
        '[servers.a]\nurl = "http://a"\nzzz = 1',
        3,
        "[servers.a] zzz: there is no such setting; there are url, assistant,",
    ),
    "a boolean in quotes": ('[screen]\nascii = "yes"', 2, "[screen] ascii: it takes true or false"),
    "a number out of range": (
        "[screen]\nfps = 200",
        2,
        '[screen] fps: it takes "auto" (30, and 15 over SSH) or a whole number from 1 to 60',
    ),
    "not one of the words": ('[screen]\nwhen_busy = "que"', 2, '[screen] when_busy: it takes "queue" or "interrupt"'),
    "a section as a value": ('screen = "dark"', 1, "screen: it takes a table: [screen]"),
    "no url": ('server = "local"\n\n[servers.work]\nassistant = "x"', 3, "[servers.work] needs url: an address in quotes"),
    "no address": ('[servers.work]\nurl = "agents.example.com"', 2, "[servers.work] url: 'agents.example.com' is not an address"),
    "a key in the address": (
        '[servers.work]\nurl = "https://me:secret@example.com"',
        2,
        "[servers.work] url: the address holds a user name",
    ),
    "a query": ('[servers.work]\nurl = "https://example.com/?a=1"', 2, "[servers.work] url: the address ends with its path"),
    "a port that is none": ('[servers.work]\nurl = "https://example.com:99999"', 2, "is not an address"),
    "the key itself": (
        '[servers.work]\nurl = "http://a"\nkey_env = "sk-123"',
        3,
        "[servers.work] key_env: this is the name of an environment",
    ),
    "a command as text": ('[servers.work]\nurl = "http://a"\nkey_command = "pass x"', 3, "key_command: it takes a command as a list"),
    "a command with a number": (
        '[servers.work]\nurl = "http://a"\nkey_command = [\n "a",\n 2\n]',
        3,
        "key_command: it takes a command as a list",
    ),
    "two ways to a key": (
        '[servers.work]\nurl = "http://a"\nkey_env = "K"\nkey_command = ["x"]',
        4,
        "[servers.work]: key_env and key_command are two",
    ),
    "two ways to a log": (
        '[servers.work]\nurl = "http://a"\nlog_command = ["x"]\nlog_file = "y"',
        4,
        "[servers.work]: log_command and log_file are two",
    ),
    "a header's number": (
        '[servers.work]\nurl = "http://a"\nheaders = { X = 1 }',
        3,
        "[servers.work.headers] X: it takes a table of texts",
    ),
    "a header's name": ('[servers.work]\nurl = "http://a"\nheaders = { "X Y" = "1" }', 3, "headers: 'X Y' is not a header's name"),
    "a header's break": ('[servers.work]\nurl = "http://a"\nheaders = { X = "1\\r\\nY: 2" }', 3, "X: its value holds control characters"),
    "an unknown server": ('server = "wrok"\n[servers.work]\nurl = "http://a"', 1, "server: there is no [servers.wrok]; did you mean work?"),
    "a server's name taken": ('[servers.local]\nurl = "http://a"', 1, '[servers.local]: "local" is the local agent'),
    "a temperature": ("[local]\ntemperature = 3", 2, "[local] temperature: it takes a number from 0 to 2"),
    "a model's address": ('[local]\nbase_url = "localhost:8000"', 2, "[local] base_url: 'localhost:8000' is not an address; it takes the"),
    "no number": ("[local]\ntemperature = nan", 2, "[local] temperature: it takes a number from 0 to 2"),
    "a date for a model": (
        '[servers.work]\nurl = "http://a"\nmodel_config = { since = 2026-01-01 }',
        3,
        "model_config: JSON has no dates; it takes",
    ),
    "a header's variable": (
        '[servers.work]\nurl = "http://a"\nheaders = { X = { enw = "K" } }',
        3,
        "[servers.work.headers] X: it takes a table of",
    ),
    "keys": ("[keys]\nstop = 3", 2, "[keys] stop: it takes an action and its keys in quotes"),
    "no quotes": ("# hello\nserver = work", 2, "this is not TOML (Invalid value): text stands in quotes"),
    "an open string": ('server = "work', 1, "this is not TOML"),
    "twice": ('server = "local"\nserver = "local"', 2, "this is not TOML (Cannot overwrite a value)"),
}


@pytest.mark.parametrize(("text", "line", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_line_and_what_would_be_right(text: str, line: int, says: str) -> None:
    with pytest.raises(config.ConfigError) as raised:
        config.parse(text, FILE)
    assert [problem.line for problem in raised.value.problems] == [line]
    assert str(raised.value).startswith(f"/etc/canvas.toml:{line}: ")
    assert says in str(raised.value)
    assert "secret" not in str(raised.value)


def test_all_mistakes_are_told_at_once_in_their_order() -> None:
    with pytest.raises(config.ConfigError) as raised:
        config.parse("[screen]\nfps = 0\nascii = 1\n[local]\nmodell = 'x'\n", FILE)
    assert [problem.line for problem in raised.value.problems] == [2, 3, 5]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"server = '\xff'\n", "config.toml:1: is not UTF-8"),
        (b"#" * 1_000_001, "over a megabyte"),
        (b"a = " + b"[" * 5000, "nested too deeply"),
    ],
    ids=["bytes", "size", "depth"],
)
def test_a_file_that_is_no_configuration(tmp_path: Path, data: bytes, says: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(data)
    with pytest.raises(config.ConfigError, match=re.escape(says)):
        config.load(file)


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError, match="cannot be read: is a directory"):
        config.load(tmp_path)


def test_windows_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbfserver = 'local'\r\n[screen]\r\nascii = true\r\n")
    assert config.load(file).screen.ascii


def test_actions_with_and_without_quotes() -> None:
    settings = config.parse('[keys]\nrun.stop = "ctrl+k"\n"thread.new" = ""\n', FILE)
    assert settings.keymap == {"run.stop": "ctrl+k", "thread.new": ""}
