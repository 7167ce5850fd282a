"""``canvas-tui serve``: the local agent in the foreground."""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import asdict

from .. import paths
from ..core.ports import LocalFailure
from ..local import ModelSettings, serve
from .mistakes import Mistake
from .settings import load


def run(args: Namespace) -> int:
    settings = load()
    model = ModelSettings(**asdict(settings.local))
    try:
        return serve(paths.data_dir(), paths.state_dir(), model, host=args.host, port=args.port, told=_tell)
    except LocalFailure as failure:
        raise Mistake(failure) from None


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
