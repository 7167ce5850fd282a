"""Settings from the configuration file (TOML) and the environment; every mistake is told with its line and what would be right."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from . import paths, toml_places

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


def _header_names(headers: dict[str, Any]) -> dict[str, Any]:
    for name, value in headers.items():
        if not _HEADER.fullmatch(name):
            raise ValueError(f"{name!r} is not a header's name")
        if isinstance(value, SecretStr) and not value.get_secret_value().isprintable():
            raise ValueError(f"the value of {name} holds control characters")
    return headers


EnvName = Annotated[str, AfterValidator(_env_name)]


class _Section(BaseModel):
    """A table of the file. ``description`` of each field says what it takes; it stands in the sentences about mistakes."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class HeaderFromEnv(_Section):
    env: EnvName = Field(description="the name of an environment variable in quotes")


class Server(_Section):
    url: Annotated[str, AfterValidator(clean_url)] = Field(description='an address in quotes, like "https://agents.example.com"')
    assistant: str = Field(default="", description='the name or id of an assistant in quotes; "" for the server\'s own')
    key_env: EnvName = Field(default="", description="the name of an environment variable in quotes")
    key_command: list[str] = Field(default=[], description='a command as a list, like ["pass", "show", "agents"]')
    headers: Annotated[dict[str, SecretStr | HeaderFromEnv], AfterValidator(_header_names)] = Field(
        default={}, description='a table of texts, like { X-Team = "blue" }, or of { env = "NAME" }'
    )
    run_config: dict[str, Any] = Field(
        default={}, alias="model_config", description="a table, like { temperature = 0.5 }; it goes into config.configurable"
    )
    user_id: str = Field(default="", description='text in quotes; "" for an id of this machine\'s own')
    log_command: list[str] = Field(default=[], description='a command as a list, like ["ssh", "host", "docker", "logs", "-f", "agent"]')
    log_file: str = Field(default="", description='the path of a file in quotes, like "~/agent/server.log"')


class Local(_Section):
    provider: str = Field(
        default="auto",
        description='"auto", "scripted", "openai-compatible", "openai", "anthropic", "ollama" or another of LangChain\'s, in quotes',
    )
    model: str = Field(default="", description='the name of a model in quotes, like "gpt-4.1-mini"; "" for the provider\'s usual one')
    base_url: Annotated[str, AfterValidator(_base_url)] = Field(
        default="", description='the address of an OpenAI-compatible endpoint in quotes, like "http://localhost:8000/v1"'
    )
    key_env: EnvName = Field(default="", description="the name of an environment variable in quotes")
    temperature: Annotated[float, Field(ge=0, le=2)] | None = Field(default=None, description="a number from 0 to 2")


class Screen(_Section):
    theme: str = Field(default="", description='the name of a theme in quotes; "" for the one last chosen')
    ascii: bool = Field(default=False, description="true or false")
    fps: Annotated[int, Field(ge=1, le=60)] | Literal["auto"] = Field(
        default="auto", description='"auto" (30, and 15 over SSH) or a whole number from 1 to 60'
    )
    animate: bool | Literal["auto"] = Field(default="auto", description='true, false or "auto" (not over SSH)')
    thread_list: bool = Field(default=True, description="true or false")
    sidebar: bool = Field(default=True, description="true or false")
    when_busy: Literal["queue", "interrupt"] = Field(default="queue", description='"queue" or "interrupt"')
    own_painting: bool = Field(default=True, description="true or false")


class Settings(_Section):
    server: str = Field(default=LOCAL, description='"local", the name of a server below, or an address, in quotes')
    servers: dict[str, Server] = Field(default={}, description="tables, one a server: [servers.NAME]")
    local: Local = Field(default=Local(), description="a table: [local]")
    screen: Screen = Field(default=Screen(), description="a table: [screen]")
    keys: dict[str, str | dict[str, str]] = Field(default={}, description='an action and its keys in quotes, like run.stop = "ctrl+k"')

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


def parse(text: str, file: Path) -> Settings:
    """The settings that the text describes; ``file`` is for the sentences.

    Raises:
        ConfigError: with every mistake and its line.
    """
    text = text.replace("\r\n", "\n")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason = re.sub(r" \(at .*\)$", "", str(error))
        advice = 'text stands in quotes, like name = "value"; a # begins a comment'
        raise ConfigError(Problem(file, toml_places.error_line(error, text), f"this is not TOML ({reason}): {advice}")) from None
    except RecursionError:
        raise ConfigError(Problem(file, 0, "is nested too deeply")) from None
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        told = dict(_explain(each, data) for each in reversed(error.errors()))
    else:
        told = _disagreements(settings)
    if not told:
        return settings
    found = sorted((toml_places.line_of(text, path), sentence) for path, sentence in told.items())
    raise ConfigError(*(Problem(file, line, sentence) for line, sentence in found))


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """ "; did you mean NAME?", or else what is given."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else otherwise


def _disagreements(settings: Settings) -> dict[toml_places.Path, str]:
    """What each setting allows by itself, but not together."""
    told: dict[toml_places.Path, str] = {}
    names = (*settings.servers, LOCAL)
    if settings.server not in names and "://" not in settings.server:
        otherwise = f"; it takes {Settings.model_fields['server'].description}"
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


# -- pydantic's errors in a person's words ---------------------------------------------------------------------------------


def _explain(error: Any, data: Mapping[str, Any]) -> tuple[toml_places.Path, str]:
    """Where in the file the error is, and its sentence."""
    location: tuple[str | int, ...] = error["loc"]
    if error["type"] == "missing":
        above, name = location[:-1], str(location[-1])
        return above, f"{_table(above)} needs {name}: {_described(location)}"
    path = _as_written(location, data)
    label = ".".join(map(str, path[-1:])) if len(path) > 1 else str(path[0])
    where = f"{_table(path[:-1])} {label}" if len(path) > 1 else label
    if error["type"] == "extra_forbidden":
        known = _names(path[:-1])
        return path, f"{where}: there is no such setting{did_you_mean(label, known, '; there are ' + ', '.join(known))}"
    reason = f"{error['ctx']['error']}; " if error["type"] == "value_error" else ""
    return path, f"{where}: {reason}it takes {_described(path)}"


def _as_written(location: tuple[str | int, ...], data: Any) -> toml_places.Path:
    """The part of pydantic's location that stands in the file (it adds indices of lists and names of union members)."""
    path: list[str | int] = []
    for step in location:
        if not isinstance(data, Mapping) or step not in data:
            break
        data = data[step]
        path.append(step)
    return tuple(path)


def _table(path: toml_places.Path) -> str:
    return f"[{'.'.join(map(str, path))}]" if path else "the file"


def _field(path: toml_places.Path) -> tuple[FieldInfo | None, type[BaseModel] | None]:
    """The innermost field on the way along the path, and the section that the path ends in."""
    section: type[BaseModel] | None = Settings
    field: FieldInfo | None = None
    for step in path:
        if section is None:
            # a name inside a table of sections ([servers.NAME]) leads into one of them; inside other tables the field stays
            members = [each for each in get_args(field.annotation) if isinstance(each, type)] if field else []
            section = next((each for each in members if issubclass(each, BaseModel)), None)
            continue
        named = {each.alias or name: each for name, each in section.model_fields.items()}
        if step not in named:
            return field, section
        field = named[str(step)]
        kind = field.annotation
        section = kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
    return field, section


def _described(path: toml_places.Path) -> str:
    field, _ = _field(path)
    return (field.description if field else None) or "something else"


def _names(path: toml_places.Path) -> list[str]:
    _, section = _field(path)
    return [field.alias or name for name, field in section.model_fields.items()] if section else []
