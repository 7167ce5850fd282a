"""The configuration as the commands use it, and what of it the screen gets."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from .. import config, paths
from ..core.inputs import WhenBusy
from ..core.ports import ScreenOptions
from ..toml_schema import did_you_mean
from .mistakes import Mistake

REMOTE_FPS, FPS = 15, 30


def load() -> config.Settings:
    """Raises: Mistake: with a line for each mistake in the file."""
    try:
        return config.load()
    except config.ConfigError as error:
        raise Mistake(error) from None


def key_problems(settings: config.Settings, file: Path) -> list[config.Problem]:
    """What the screen's table of keys has to say about ``[keys]``."""
    if not settings.keys:
        return []
    from .. import toml_places
    from ..ui import keymap

    found = toml_places.lines(file.read_text(encoding="utf-8"))
    places = {".".join(map(str, path[1:])): line for path, line in found.items() if path[0] == "keys"}

    def line(sentence: str) -> int:
        told = [action for action in settings.keymap if action in places and action in sentence]
        named = [action for action in told if f'"{action}"' in sentence or sentence.startswith(f"{action}:")]
        return places[[*named, *told, ""][0]]

    return [config.Problem(file, line(sentence), f"[keys] {sentence}") for sentence in keymap.problems(settings.keymap)]


def theme_problems(settings: config.Settings, file: Path) -> list[config.Problem]:
    """Whether the screen has the theme that is named."""
    if not (wanted := settings.screen.theme):
        return []
    from .. import toml_places
    from ..ui.themes import names

    if wanted in (known := names()):
        return []
    line = toml_places.line_of(file.read_text(encoding="utf-8"), ("screen", "theme"))
    near = did_you_mean(wanted, known, f"; there are {', '.join(sorted(known))}")
    return [config.Problem(file, line, f"[screen] theme: there is no theme {wanted!r}{near}")]


def screen_options(settings: config.Settings, args: Namespace, env: Mapping[str, str] = os.environ) -> ScreenOptions:
    """How the screen looks and acts, by configuration, command line and terminal."""
    screen = settings.screen
    truecolor = env.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")  # as Textual tells colours, and 256 by TERM
    remote = bool(env.get("SSH_CONNECTION") or env.get("SSH_TTY"))
    return ScreenOptions(
        theme=args.theme or screen.theme,
        ascii=args.ascii or screen.ascii,
        color=not env.get("NO_COLOR") and (truecolor or env.get("TERM", "256color").rpartition("-")[2] in ("256color", "kitty")),
        truecolor=truecolor,
        animate=not remote if screen.animate == "auto" else screen.animate,
        fps=(REMOTE_FPS if remote else FPS) if screen.fps == "auto" else screen.fps,
        remote=remote,
        sidebar=screen.sidebar,
        thread_list=screen.thread_list,
        when_busy=WhenBusy(screen.when_busy),
        keys=settings.keymap,
        title=screen.title,
        bell=screen.bell,
        own_painting=screen.own_painting and not args.no_own_painting,
        first_thread=args.thread or "",
    )


def screen_settings() -> config.Settings:
    """As ``load``, with the keys looked at too. Raises: Mistake."""
    settings = load()
    if problems := key_problems(settings, paths.config_file()):
        raise Mistake("\n".join(map(str, problems)))
    return settings
