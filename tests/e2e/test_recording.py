"""A turn recorded with the local agent, then played on the screen with no server anywhere."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from canvas_tui.core import recording
from canvas_tui.core.inputs import Opened
from canvas_tui.core.model import Message, Role, Session
from canvas_tui.core.recording import Begun, Header, Item, Line

from .program import Home, command, program

ANSWER = "Zwölf Boxkämpfer"


async def test_a_send_is_recorded_and_replayed(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "turn.jsonl"
    sent = await command(home, "send", "--record", str(file), f"/echo {ANSWER}")
    assert (sent.code, sent.out) == (0, f"{ANSWER}\n"), sent.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = await command(home, "send", "--record", str(file), "x")
    assert again.code == 2 and "there already" in again.err

    elsewhere = Home(tmp_path / "elsewhere")
    with program(elsewhere, "replay", str(file), "--speed", "4") as terminal:
        terminal.wait_for("REPLAY")
        terminal.wait_for(re.compile(r"over after[\s\S]*done in"))
        terminal.wait_for(re.compile(rf"/echo {ANSWER}[\s\S]*{ANSWER}"))
        terminal.send("Hello")
        terminal.wait_for("Hello")
        terminal.press("enter")
        terminal.wait_for("nothing can be sent")
        assert len(terminal.processes()) == 1
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0


async def test_what_is_no_recording_is_refused_with_a_sentence(home: Home, tmp_path: Path) -> None:
    cases = {"empty": b"", "other": b'{"a": 1}\n', "binary": b"\xff\xfe\x00"}
    for name, data in cases.items():
        (tmp_path / name).write_bytes(data)
        refused = await command(home, "replay", str(tmp_path / name))
        assert refused.code == 2 and "is no recording" in refused.err and "Traceback" not in refused.err
    missing = await command(home, "replay", str(tmp_path / "nowhere"))
    assert missing.code == 2 and "cannot be read (no such file or directory)" in missing.err


def test_a_shorter_conversation_leaves_nothing_of_a_longer_one(home: Home, tmp_path: Path) -> None:
    """On the terminal itself: rows below the last one that differs have to go too."""

    def talk(id: str, answer: str) -> Begun:
        return Begun(Session(id, loaded=True, history=(Message("h", Role.HUMAN, "Same words"), Message("a", Role.AI, answer))))

    told: list[tuple[str, Item]] = [("long", talk("long", "one\n\ntwo\n\nthree")), ("short", talk("short", "brief")), ("short", Opened())]
    lines = [recording.write_line(Line(float(n), thread, "", item)) for n, (thread, item) in enumerate(told)]
    file = tmp_path / "two.jsonl"
    file.write_text(recording.write_header(Header()) + "".join(lines))
    with program(home, "replay", str(file)) as terminal:
        terminal.wait_for("three")
        terminal.wait_for("brief")
        terminal.wait_gone("three")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
