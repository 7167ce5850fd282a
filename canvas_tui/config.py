"""Settings from the configuration file (TOML) and the environment; every mistake is told with its line and what would be right."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from . import paths, toml_schema
from .core.ports import Secret
from .toml_schema import Setting, between, did_you_mean

LOCAL = "local"
"""The name of the local agent, among the servers."""

LIMIT = 1_000_000
"""Bytes; a configuration is smaller."""

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_ENV = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def clean_url(url: str) -> str:
    """The address of a server, without a trailing slash.

    Raises:
        ValueError: with what is wrong, as a sentence.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise ValueError(f"{url!r} is not an address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or any(each.isspace() or not each.isprintable() for each in url.strip()):
        raise ValueError(f"{url!r} is not an address")
    if parts.username or parts.password:
        raise ValueError("the address holds a user name or password; put the key in an environment variable and its name in key_env")
    if parts.query or parts.fragment:
        raise ValueError("the address ends with its path; leave out what follows ? or #")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _env_name(name: str) -> str:
    if name and not _ENV.fullmatch(name):
        raise ValueError("this is the name of an environment variable, never the key itself")
    return name


def _base_url(url: str) -> str:
    if url.strip():
        clean_url(url)
    return url


def _header(value: str | HeaderFromEnv) -> Secret | HeaderFromEnv:
    if isinstance(value, str) and not value.isprintable():
        raise ValueError("its value holds control characters")
    return Secret(value) if isinstance(value, str) else value


def _headers(headers: dict[str, Any]) -> dict[str, Any]:
    for name in headers:
        if not _HEADER.fullmatch(name):
            raise ValueError(f"{name!r} is not a header's name")
    return headers


def _values(value: Any) -> Any:
    """A table of whatever JSON has too."""
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _values(each)
    if not isinstance(value, dict | list | str | int | float):
        raise ValueError("JSON has no dates")
    return value


class _Section:
    """A table of the file: it knows its settings and no others."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class HeaderFromEnv(_Section):
    env: Annotated[str, Setting("the name of an environment variable in quotes", _env_name)]


@dataclass(frozen=True, slots=True)
class Server(_Section):
    url: Annotated[str, Setting('an address in quotes, like "https://agents.example.com"', clean_url)]
    assistant: Annotated[str, Setting('the name or id of an assistant in quotes; "" for the server\'s own')] = ""
    key_env: Annotated[str, Setting("the name of an environment variable in quotes", _env_name)] = ""
    key_command: Annotated[list[str], Setting('a command as a list, like ["pass", "show", "agents"]')] = field(default_factory=list)
    headers: Annotated[
        dict[str, Annotated[Secret | HeaderFromEnv, Setting("", _header, str | HeaderFromEnv)]],
        Setting('a table of texts, like { X-Team = "blue" }, or of { env = "NAME" }', _headers),
    ] = field(default_factory=dict)
    model_config: Annotated[dict[str, Any], Setting("a table, like { temperature = 0.5 }; it goes into config.configurable", _values)] = (
        field(default_factory=dict)
    )
    user_id: Annotated[str, Setting('text in quotes; "" for an id of this machine\'s own')] = ""
    log_command: Annotated[list[str], Setting('a command as a list, like ["ssh", "host", "docker", "logs", "-f", "agent"]')] = field(
        default_factory=list
    )
    log_file: Annotated[str, Setting('the path of a file in quotes, like "~/agent/server.log"')] = ""


@dataclass(frozen=True, slots=True)
class Local(_Section):
    provider: Annotated[
        str, Setting('"auto", "scripted", "openai-compatible", "openai", "anthropic", "ollama" or another of LangChain\'s, in quotes')
    ] = "auto"
    model: Annotated[str, Setting('the name of a model in quotes, like "gpt-4.1-mini"; "" for the provider\'s usual one')] = ""
    base_url: Annotated[
        str, Setting('the address of an OpenAI-compatible endpoint in quotes, like "http://localhost:8000/v1"', _base_url)
    ] = ""
    key_env: Annotated[str, Setting("the name of an environment variable in quotes", _env_name)] = ""
    temperature: Annotated[float | None, Setting("a number from 0 to 2", between(0, 2))] = None


@dataclass(frozen=True, slots=True)
class Screen(_Section):
    theme: Annotated[str, Setting('the name of a theme in quotes; "" for the one last chosen')] = ""
    ascii: Annotated[bool, Setting("true or false")] = False
    fps: Annotated[int | Literal["auto"], Setting('"auto" (30, and 15 over SSH) or a whole number from 1 to 60', between(1, 60))] = "auto"
    animate: Annotated[bool | Literal["auto"], Setting('true, false or "auto" (not over SSH)')] = "auto"
    thread_list: Annotated[bool, Setting("true or false")] = True
    sidebar: Annotated[bool, Setting("true or false")] = True
    when_busy: Annotated[Literal["queue", "interrupt"], Setting('"queue" or "interrupt"')] = "queue"
    own_painting: Annotated[bool, Setting("true or false")] = True
    title: Annotated[bool, Setting("true or false")] = True
    bell: Annotated[bool, Setting("true or false")] = False


@dataclass(frozen=True, slots=True)
class Settings(_Section):
    server: Annotated[str, Setting('"local", the name of a server below, or an address, in quotes')] = LOCAL
    servers: Annotated[dict[str, Server], Setting("tables, one a server: [servers.NAME]")] = field(default_factory=dict)
    local: Annotated[Local, Setting("a table: [local]")] = Local()
    screen: Annotated[Screen, Setting("a table: [screen]")] = Screen()
    keys: Annotated[dict[str, str | dict[str, str]], Setting('an action and its keys in quotes, like run.stop = "ctrl+k"')] = field(
        default_factory=dict
    )

    @property
    def keymap(self) -> dict[str, str]:
        """Action -> keys; ``run.stop`` in the file may stand with or without quotes round it."""
        flat: dict[str, str] = {}
        for name, value in self.keys.items():
            flat |= {name: value} if isinstance(value, str) else {f"{name}.{rest}": keys for rest, keys in value.items()}
        return flat


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it is, what it is and what would be right."""

    file: Path
    line: int  # from 1; 0 where it is about the file itself
    text: str

    def __str__(self) -> str:
        place = f"{paths.shown(self.file)}:{self.line}" if self.line else paths.shown(self.file)
        return f"{place}: {self.text}"


class ConfigError(Exception):
    """The configuration cannot be used. ``str()`` is a line for each problem."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def load(file: Path | None = None, env: Mapping[str, str] = os.environ) -> Settings:
    """The settings of the file, or of the usual place; the defaults where nothing is there.

    Raises:
        ConfigError: it cannot be read, or holds mistakes (all of them are told at once).
    """
    named = file is not None or bool(env.get("CANVAS_TUI_CONFIG"))
    file = file or paths.config_file(env)
    try:
        with file.open("rb") as source:
            data = source.read(LIMIT + 1)
    except FileNotFoundError:
        if not named:
            return Settings()
        raise ConfigError(Problem(file, 0, "there is no such file")) from None
    except OSError as error:
        raise ConfigError(Problem(file, 0, f"cannot be read: {(error.strerror or 'an error of the disk').lower()}")) from None
    if len(data) > LIMIT:
        raise ConfigError(Problem(file, 0, "is over a megabyte; this is not a configuration of canvas-tui"))
    try:
        return parse(data.decode("utf-8-sig"), file)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(Problem(file, line, "is not UTF-8 text from here on; save it as UTF-8")) from None


def parse(source: str, file: Path) -> Settings:
    """The settings that the source describes; ``file`` is for the sentences.

    Raises:
        ConfigError: with every mistake and its line.
    """
    import tomllib  # where there is a file

    from . import toml_places

    source = source.replace("\r\n", "\n")
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        reason = re.sub(r" \(at .*\)$", "", str(error))
        advice = 'text stands in quotes, like name = "value"; a # begins a comment'
        raise ConfigError(Problem(file, toml_places.error_line(error, source), f"this is not TOML ({reason}): {advice}")) from None
    except RecursionError:
        raise ConfigError(Problem(file, 0, "is nested too deeply")) from None
    settings, told = toml_schema.read(Settings, data)
    if settings is not None:
        told = _disagreements(settings)
        if not told:
            return settings
    found = sorted((toml_places.line_of(source, path), sentence) for path, sentence in told.items())
    raise ConfigError(*(Problem(file, line, sentence) for line, sentence in found))


def _disagreements(settings: Settings) -> dict[toml_schema.Path, str]:
    """What each setting allows by itself, but not together."""
    told: dict[toml_schema.Path, str] = {}
    names = (*settings.servers, LOCAL)
    if settings.server not in names and "://" not in settings.server:
        otherwise = f"; it takes {toml_schema.settings(Settings)['server'].takes}"
        told["server",] = f"server: there is no [servers.{settings.server}]{did_you_mean(settings.server, names, otherwise)}"
    elif "://" in settings.server:
        try:
            clean_url(settings.server)
        except ValueError as error:
            told["server",] = f"server: {error}"
    if LOCAL in settings.servers:
        told["servers", LOCAL] = '[servers.local]: "local" is the local agent; give this server another name'
    for name, server in settings.servers.items():
        if server.key_env and server.key_command:
            told["servers", name, "key_command"] = f"[servers.{name}]: key_env and key_command are two ways to one key; keep one"
        if server.log_command and server.log_file:
            told["servers", name, "log_file"] = f"[servers.{name}]: log_command and log_file are two ways to one log; keep one"
    return told
