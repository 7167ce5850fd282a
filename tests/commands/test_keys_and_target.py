"""Which server is meant, and where its key comes from."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

import pytest

from canvas_tui import config
from canvas_tui.commands import keys
from canvas_tui.commands.mistakes import Mistake
from canvas_tui.commands.target import target
from canvas_tui.core.ports import KeyFailure, ServerTarget

SETTINGS = config.parse(
    """
    server = "work"
    [servers.work]
    url = "https://agents.example.com/"
    assistant = "writer"
    key_env = "WORK_KEY"
    headers = { X-Team = "blue", X-Token = { env = "TEAM_TOKEN" } }
    model_config = { temperature = 0.5, size = "s" }
    [servers.plain]
    url = "http://10.0.0.1:2024"
    user_id = "me"
    """,
    Path("config.toml"),
)
ENV = {"WORK_KEY": "k-work", "TEAM_TOKEN": "t-team"}


def find(server: str | None = None, assistant: str | None = None, model_config: str | None = None, **env: str) -> ServerTarget:
    return target(SETTINGS, Namespace(server=server, assistant=assistant, model_config=model_config), {**ENV, **env}, "machine")


def test_the_configured_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORK_KEY", "k-work")
    found = find()
    assert (found.name, found.url, found.assistant, found.user_id, found.local) == (
        "work",
        "https://agents.example.com",
        "writer",
        "machine",
        False,
    )
    assert found.key().reveal() == "k-work"
    assert [(name, value.reveal()) for name, value in found.headers] == [("X-Team", "blue"), ("X-Token", "t-team")]
    assert found.model_config == {"temperature": 0.5, "size": "s"}
    assert "blue" not in repr(found)
    assert "k-work" not in repr(found)


def test_what_is_said_now_goes_before_what_is_configured() -> None:
    assert find("plain").url == "http://10.0.0.1:2024"
    assert find(CANVAS_TUI_SERVER="plain").user_id == "me"
    assert find("work", CANVAS_TUI_SERVER="plain").name == "work"
    assert find("local").local
    found = find(assistant="other", model_config='{"temperature": 1}')
    assert found.assistant == "other"
    assert found.model_config == {"temperature": 1, "size": "s"}


@pytest.mark.parametrize(
    ("named", "url", "name"),
    [
        ("http://localhost:2024/", "http://localhost:2024", "localhost:2024"),
        ("localhost:2024", "http://localhost:2024", "localhost:2024"),
        ("[::1]:2024", "http://[::1]:2024", "[::1]:2024"),
        ("https://x.example.com/api", "https://x.example.com/api", "x.example.com"),
    ],
)
def test_an_address(named: str, url: str, name: str) -> None:
    found = find(named)
    assert (found.url, found.name, found.key().reveal(), found.headers) == (url, name, "", ())


def test_the_address_of_a_configured_server_has_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORK_KEY", "k-work")
    found = find("https://agents.example.com")
    assert (found.name, found.key().reveal()) == ("work", "k-work")


@pytest.mark.parametrize(
    ("variable", "says"),
    [("WORK_KEY", "work: The environment variable WORK_KEY"), ("TEAM_TOKEN", "work: The environment variable TEAM_TOKEN")],
)
def test_a_variable_that_is_empty(variable: str, says: str) -> None:
    with pytest.raises(Mistake, match=says):
        find(**{variable: ""})


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(Mistake, match=r"There is no server 'wrk' in the configuration; did you mean work\?$"):
        find("wrk")


# -- keys


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_command_that_prints_the_key() -> None:
    assert keys.from_command(python("print('  sk-1  '); print('login: me')")).reveal() == "sk-1"


def test_the_command_is_asked_each_time(tmp_path: Path) -> None:
    count = tmp_path / "count"
    count.touch()
    code = f"import pathlib; p = pathlib.Path({str(count)!r}); t = p.read_text(); p.write_text(t + 'x'); print(f'k{{len(t)}}')"
    ask = keys.source("", python(code))
    assert [ask().reveal(), ask().reveal()] == ["k0", "k1"]


FAILURES = {
    "not there": (["/nowhere/pass"], "The command for the key (/nowhere/pass) cannot be started: no such file or directory."),
    "fails": (python("import sys; print('sk-1'); print('locked\\x1b[2J', file=sys.stderr); sys.exit(7)"), "failed with 7: locked␛[2J."),
    "silent": (python("pass"), "is empty."),
    "binary": (
        python("import sys; sys.stdout.buffer.write(b'sk\\xff')"),
        "is no key: it holds characters that cannot be sent in a header.",
    ),
    "a header's break": (python("print('a\\rb')"), "is no key"),
}


@pytest.mark.parametrize(("command", "says"), FAILURES.values(), ids=FAILURES)
def test_a_command_that_gives_no_key(command: list[str], says: str) -> None:
    with pytest.raises(KeyFailure) as raised:
        keys.from_command(command)
    assert says in str(raised.value)
    assert "sk-1" not in str(raised.value)


def test_a_command_that_hangs_is_ended() -> None:
    with pytest.raises(KeyFailure, match="printed nothing for 0 seconds and was ended"):
        keys.from_command(python("import time; time.sleep(600)"), timeout=0.3)


def test_the_environment() -> None:
    assert keys.from_env("K", {"K": " sk-1\n"}).reveal() == "sk-1"
    for value in ("", "  "):
        with pytest.raises(KeyFailure, match="The environment variable K, which should hold the key, is empty"):
            keys.from_env("K", {"K": value})


def test_every_key_is_known_for_masking() -> None:
    keys.from_env("K", {"K": "sk-to-mask"})
    assert "sk-to-mask" in keys.seen()
