"""JSON decoded beside the thread that paints: in one go, nothing else runs meanwhile (measured: 60 ms for a thread of 10,000 messages)."""

from __future__ import annotations

import json
import json.decoder
import json.scanner
from collections.abc import Callable
from typing import Any

_LIBRARY: Any = json  # its parts are public, but known to no stub


class InPieces(json.JSONDecoder):
    """Decodes each item of the outermost lists by itself, what is around these lists in Python: other threads get their turn between."""

    def __init__(self, parse_constant: Callable[[str], Any] | None = None) -> None:
        super().__init__(parse_constant=parse_constant)
        whole = _LIBRARY.JSONDecoder(parse_constant=parse_constant).scan_once
        self.parse_object = _LIBRARY.decoder.JSONObject
        self.parse_array = lambda place, _: _LIBRARY.decoder.JSONArray(place, whole)
        self.scan_once = _LIBRARY.scanner.py_make_scanner(self)
