"""The user's own editor for the text in the composer."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import tempfile
from pathlib import Path


class NoEditor(Exception):
    """``str()`` is a sentence for the user."""


def command() -> list[str]:
    """$VISUAL, $EDITOR, or vi.

    Raises:
        NoEditor: the variable cannot be read as a command.
    """
    wanted = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        return shlex.split(wanted)
    except ValueError:
        raise NoEditor(f"$VISUAL or $EDITOR cannot be read as a command: {wanted}") from None


async def edit(text: str) -> str:
    """The text as the editor left it; it runs in a thread, so that streams go on meanwhile.

    Raises:
        NoEditor: it could not be started, or ended with an error.
    """
    words = command()
    with tempfile.TemporaryDirectory(prefix="canvas-tui-") as folder:
        path = Path(folder) / "message.md"
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        try:
            done = await asyncio.to_thread(subprocess.run, [*words, str(path)], check=False)
        except OSError:
            raise NoEditor(f"{words[0]} could not be started; set $EDITOR to your editor.") from None
        if done.returncode:
            raise NoEditor(f"{words[0]} ended with an error; your text is as it was.")
        return path.read_text(encoding="utf-8", errors="replace").removesuffix("\n")
