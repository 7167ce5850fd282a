"""Which server the program talks to: from the command line, the environment and the configuration, in this order."""

from __future__ import annotations

import json
import os
import re
from argparse import Namespace
from collections.abc import Mapping
from urllib.parse import urlsplit

from .. import config
from ..core.model import Json
from ..core.ports import KeyFailure, Secret, ServerTarget
from ..toml_schema import did_you_mean
from . import keys
from .mistakes import Mistake

_BARE = re.compile(r"(localhost|[0-9.]+|\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}(/.*)?")
"""host:port without a scheme."""


def target(settings: config.Settings, args: Namespace, env: Mapping[str, str] = os.environ, user_id: str = "") -> ServerTarget:
    """The server that is meant.

    Raises:
        Mistake: there is no such server, or its key is not where the configuration says.
    """
    wanted = args.server or env.get("CANVAS_TUI_SERVER", "") or settings.server
    given = model_config(getattr(args, "model_config", None))
    if wanted == config.LOCAL:
        return ServerTarget("", "", args.assistant or "", model_config=given, user_id=user_id, local=True)
    name, server = _find(wanted, settings)
    try:
        if server.key_env:
            keys.from_env(server.key_env, env)
        headers = tuple((header, _value(value, env)) for header, value in server.headers.items())
    except KeyFailure as failure:
        raise Mistake(f"{name}: {failure}") from None
    return ServerTarget(
        name=name,
        url=server.url,
        assistant=args.assistant or server.assistant,
        key=keys.source(server.key_env, server.key_command),
        headers=headers,
        model_config={**server.model_config, **(given or {})} or None,
        user_id=server.user_id or user_id,
        log_command=tuple(server.log_command),
        log_file=os.path.expanduser(server.log_file),
    )


def model_config(text: str | None) -> Mapping[str, Json] | None:
    """The object of ``--model-config``. Raises: Mistake."""
    if text is None:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Mistake("""--model-config takes a JSON object, like '{"temperature": 0.5}'.""")
    return value


def _find(wanted: str, settings: config.Settings) -> tuple[str, config.Server]:
    """The configured server of this name or address, or one made of the address alone."""
    if wanted in settings.servers:
        return wanted, settings.servers[wanted]
    address = f"http://{wanted}" if _BARE.fullmatch(wanted) else wanted
    if "://" not in address:
        near = did_you_mean(wanted, (*settings.servers, config.LOCAL))
        raise Mistake(f"There is no server {wanted!r} in the configuration{near or '; an address begins with http:// or https://.'}")
    try:
        url = config.clean_url(address)
    except ValueError as error:
        raise Mistake(f"--server: {error}.") from None
    for name, server in settings.servers.items():
        if server.url == url:
            return name, server
    return urlsplit(url).netloc, config.Server(url=url)


def _value(value: Secret | config.HeaderFromEnv, env: Mapping[str, str]) -> Secret:
    return keys.from_env(value.env, env) if isinstance(value, config.HeaderFromEnv) else value
