"""Evidence as JSON and back: the bundle that ``doctor --bundle`` writes and ``--from`` reads."""

from __future__ import annotations

import json

from .evidence import Evidence, Read, Seen
from .model import Json
from .typed import Broken, Codec

FORMAT = "canvas-tui doctor bundle"
VERSION = 1
CAP = 16 * 1024 * 1024
"""Characters of a bundle that are read."""

_CODEC = Codec(rows=(Read, Seen), digits=3)


class NoBundle(ValueError):
    """``str()`` is a sentence."""


def write(evidence: Evidence) -> str:
    """JSON text; what stands at its default is left out, times are kept to the millisecond."""
    told = {"format": FORMAT, "version": VERSION, "evidence": _CODEC.plain(evidence)}
    return json.dumps(told, ensure_ascii=True, separators=(",", ":")) + "\n"


def read(text: str) -> Evidence:
    """Raises:
    NoBundle: it is none, is broken, or of a newer program.
    """
    if len(text) > CAP:
        raise NoBundle("This file is too big for a bundle of doctor.")
    try:
        told = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise NoBundle("This file is no bundle of doctor: it is not JSON.") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise NoBundle("This file is no bundle of doctor.")
    if told.get("version") != VERSION:
        raise NoBundle("This bundle was written by another version of the program, in a form that this one does not know.")
    try:
        evidence = _CODEC.made(Evidence, told.get("evidence"), "evidence")
    except Broken as broken:
        raise NoBundle(f"This bundle is broken at {broken}.") from None
    except RecursionError:
        raise NoBundle("This bundle is broken: it is nested too deeply.") from None
    assert isinstance(evidence, Evidence)
    return evidence


def _no_number(word: str) -> Json:
    raise ValueError(f"{word} is no number of JSON")
