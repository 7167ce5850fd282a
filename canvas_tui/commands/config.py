"""``canvas-tui config init|show|check|path``."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from .. import config, paths
from .mistakes import DONE, USAGE, Mistake
from .settings import key_problems, load, theme_problems

EXAMPLE = "config.example.toml"


def run(args: Namespace) -> int:
    return {"init": init, "show": show, "check": check, "path": path}[args.what]()


def path() -> int:
    print(paths.config_file())
    return DONE


def init() -> int:
    """Write the example, every setting at its default, where no file is yet."""
    from importlib.resources import files

    file = paths.config_file()
    text = (files("canvas_tui") / EXAMPLE).read_text(encoding="utf-8")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if file.exists() or file.is_symlink():
            raise FileExistsError
        paths.write_private(file, text)
    except FileExistsError:
        raise Mistake(f"{paths.shown(file)} is there already and is left as it is.") from None
    except OSError as error:
        raise Mistake(f"{paths.shown(file)} cannot be written: {(error.strerror or 'an error of the disk').lower()}.") from None
    print(f"Wrote {paths.shown(file)}: every setting with its default.")
    return DONE


def check() -> int:
    """All mistakes, one a line; then what is right but cannot work as things are."""
    file = paths.config_file()
    settings = load()
    if not file.exists():
        print(f"There is no configuration at {paths.shown(file)}; the defaults hold. canvas-tui config init writes one.")
        return DONE
    if problems := [*theme_problems(settings, file), *key_problems(settings, file)]:
        print("\n".join(map(str, problems)), file=sys.stderr)
        return USAGE
    for line in _missing(settings, os.environ):
        print(line, file=sys.stderr)
    print(f"{paths.shown(file)} is right.")
    return DONE


def show() -> int:
    """The settings that hold, as TOML; secrets masked."""
    from ..ui.keymap import KEYS, Keymap

    file, settings = paths.config_file(), load()
    print(f"# {paths.shown(file)}" if file.exists() else f"# There is no {paths.shown(file)}; these are the defaults.")
    if named := os.environ.get("CANVAS_TUI_SERVER"):
        print(f"# CANVAS_TUI_SERVER={named} goes before the server below")
    shown = asdict(settings)
    keymap = Keymap(settings.keymap)
    shown["keys"] = {key.action: keymap.keys(key.action) for key in KEYS}
    print("\n".join(_toml(shown)).strip())
    return DONE


def _missing(settings: config.Settings, env: Mapping[str, str]) -> Iterator[str]:
    """Variables of the environment that the configuration names and that are empty now."""
    named = [("[local]", settings.local.key_env)]
    for name, server in settings.servers.items():
        named.append((f"[servers.{name}]", server.key_env))
        named += [(f"[servers.{name}]", value.env) for value in server.headers.values() if isinstance(value, config.HeaderFromEnv)]
    for where, variable in named:
        if variable and not env.get(variable):
            yield f"{where}: the environment variable {variable} is empty now."


def _toml(table: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """The settings as TOML text: plain values first, then the sections."""
    sections = {name: value for name, value in table.items() if isinstance(value, dict) and not above.startswith("servers.")}
    for name, value in table.items():
        if name not in sections and value is not None:
            yield f"{_key(name) if above != 'keys' else name} = {_value(value)}"
    for name, value in sections.items():
        where = f"{above}.{_key(name)}" if above else name
        if where != "servers":
            yield f"\n[{where}]"
        yield from _toml(value, where)


def _key(name: str) -> str:
    return name if name and name.replace("_", "").replace("-", "").isalnum() and name.isascii() else json.dumps(name)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(name)} = {_value(each)}" for name, each in value.items()) + " }" if value else "{}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    return str(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=True, default=str)
