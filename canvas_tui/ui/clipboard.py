"""The terminal's clipboard by OSC 52, which works over SSH; tmux lets it through inside its own envelope."""

from __future__ import annotations

import base64

LIMIT = 1_000_000
"""Bytes of text; terminals cut or drop longer sequences (xterm and tmux at about 1 MB of base64 or less)."""


def osc52(text: str, tmux: bool) -> str:
    """The sequence that puts ``text`` on the clipboard. Inside tmux it is wrapped (DCS passthrough, ESC doubled)."""
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    sequence = f"\x1b]52;c;{encoded}\x07"
    if tmux:
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return sequence
