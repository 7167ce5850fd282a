"""The terminal's clipboard by OSC 52, which works over SSH; tmux takes it itself, or lets it through in an envelope."""

from __future__ import annotations

import base64

LIMIT = 1_000_000
"""Bytes of text; terminals cut or drop longer sequences (xterm and tmux at about 1 MB of base64 or less)."""


def osc52(text: str, tmux: bool) -> str:
    """The sequence that puts ``text`` on the clipboard.

    Inside tmux it comes twice: as it is, which tmux takes with ``set-clipboard on`` (measured with 3.3a: it then passes it on as
    well), and wrapped (DCS passthrough, ESC doubled), which it passes on with ``allow-passthrough on``. Each is ignored without.
    """
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    sequence = f"\x1b]52;c;{encoded}\x07"
    if tmux:
        return sequence + "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return sequence
