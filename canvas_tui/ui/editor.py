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


async def edit(text: str, name: str = "message.md") -> str:
    """The text as the editor left it (in a file of this name); it runs in a thread, so that streams go on meanwhile.

    Raises:
        NoEditor: it could not be started, or ended with an error.
    """
    words = command()
    with tempfile.TemporaryDirectory(prefix="canvas-tui-") as folder:
        path = Path(folder) / name
        path.touch(mode=0o600)
        path.write_bytes(text.encode("utf-8", "replace"))
        try:
            done = await asyncio.to_thread(subprocess.run, [*words, str(path)], check=False)
        except OSError:
            raise NoEditor(f"{words[0]} could not be started; set $EDITOR to your editor.") from None
        if done.returncode:
            raise NoEditor(f"{words[0]} ended with an error; your text is as it was.")
        return path.read_bytes().decode("utf-8", "replace").removesuffix("\n")
