"""The text of PDF documents, read once each, in a process of its own that ends in time."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import sys
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from canvas_tui.core.file_text import PDF
from canvas_tui.core.frozen import frozen

from .pdf_child import DAMAGED, SECONDS

MOST = 16_000_000
"""Bytes of a document that is looked into."""
KEPT = 64
"""Documents whose text is remembered."""
SLOW = "it takes too long to read"
BIG = f"it is longer than {MOST // 1_000_000} MB"
AWAY = "it was read before the agent was started again; send it once more"

_CHILD = str(Path(__file__).with_name("pdf_child.py"))


@frozen
class Paper:
    """``problem`` says why there is no ``text``; ``rest`` that there is more than was read."""

    text: str = ""
    problem: str = ""
    rest: bool = False


_papers: dict[str, Paper] = {}


def is_pdf(document: Mapping[str, Any]) -> bool:
    return document.get("type") == PDF


def paper(document: Mapping[str, Any]) -> Paper:
    """What `read` has found in it."""
    return _papers.get(_key(document), Paper(problem=AWAY))


async def read(documents: Iterable[Mapping[str, Any]], *, seconds: float = SECONDS) -> None:
    """Read those that were not read yet, so that `paper` has them."""
    wanted = {_key(document): document for document in documents if is_pdf(document)}
    for key, document in wanted.items():
        if key not in _papers:
            _papers[key] = await _read(_bytes(document), seconds)
        _papers[key] = _papers.pop(key)  # the newest stays longest
    for key in list(_papers)[: max(0, len(_papers) - max(KEPT, len(wanted)))]:
        del _papers[key]


def _key(document: Mapping[str, Any]) -> str:
    return sha256(str(document.get("data") or "").encode("utf-8", "replace")).hexdigest()


def _bytes(document: Mapping[str, Any]) -> bytes:
    """Empty where it is no base64. Some clients send it as a ``data:`` address."""
    data = str(document.get("data") or "")
    head, comma, rest = data.partition(",")
    try:
        return base64.b64decode(rest if comma and head.startswith("data:") else data, validate=True)
    except (binascii.Error, ValueError):
        return b""


async def _read(data: bytes, seconds: float) -> Paper:
    if not data or len(data) > MOST:
        return Paper(problem=BIG if data else DAMAGED)
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-I", _CHILD, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env={}
    )
    try:
        out, _ = await asyncio.wait_for(child.communicate(data), seconds)
        found = json.loads(out)
    except TimeoutError:
        return Paper(problem=SLOW)
    except ValueError:  # it came to one of its limits
        return Paper(problem=SLOW if child.returncode and child.returncode < 0 else DAMAGED)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if problem := found.get("problem"):
        return Paper(problem=str(problem))
    return Paper(str(found["text"]), rest=found["read"] < found["pages"])
