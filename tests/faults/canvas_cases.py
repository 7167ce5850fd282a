"""The faults that meet a stream midway, while the local agent writes an artifact: the call's JSON, a rewriting, a quick action."""

from __future__ import annotations

import asyncio
import uuid

from canvas_tui.core.model import NoticeKind

from .cases import AWAY, CUT, POLLING, QUIET, case
from .trial import Trial, post

WRITE = "/artifact text 90 /speed 30 write about tea"
"""The call of the tool: its JSON is the stream from about the tenth event on, for three seconds."""
CODE = "/artifact python 90 /speed 30 a program"
REWRITE = "/artifact /length 90 /speed 30 make it longer"
ACTION = "emojis"
TEXT = "# Tea\n\n" + "".join(f"Tea number {number} is made of green leaves and of water that does not boil.\n\n" for number in range(8))
INSIDE = "pass 20..70"


async def _document(trial: Trial) -> None:
    """The thread is an old one and has a text. A quick action is written at the pace of the thread's newest message."""
    trial.thread = str(uuid.uuid4())
    version = {"index": 1, "type": "text", "title": "Tea", "fullMarkdown": TEXT}
    said = [{"type": "human", "id": "first", "content": "/speed 30 about tea"}, {"type": "ai", "id": "second", "content": "Here it is."}]
    values = {"messages": said, "artifact": {"currentIndex": 1, "contents": [version]}}
    await asyncio.to_thread(post, f"{trial.server}/threads", {"thread_id": trial.thread, "metadata": {"graph_id": "agent"}})
    await asyncio.to_thread(post, f"{trial.server}/threads/{trial.thread}/state", {"values": values, "as_node": "generateTitle"})


CANVAS = (
    case("F02-text", WRITE, script="dark 9s", before="down 200ms", told=AWAY, within=6),
    case("F21-text", WRITE, script=f"{INSIDE}; reset", told=CUT, within=2),
    case("F21-code", CODE, script="pass 9000..30000b; reset", told=CUT, within=2),
    case("F22-more", REWRITE, script=f"{INSIDE}; cut", told=CUT, within=2, prepare=_document),
    case("F23-act", script=f"{INSIDE}; end", action=ACTION, told=CUT, within=2, prepare=_document),
    case("F24-text", WRITE, quiet=True),
    case("F25-text", WRITE, script=f"{INSIDE}; half; end", told=CUT, within=2),
    case("F26-more", REWRITE, script=f"{INSIDE}; hole", told=CUT | QUIET, within=16, prepare=_document),
    case("F28-text", WRITE, script=f"{INSIDE}; hole", told=QUIET, within=16),
    case("F44-more", REWRITE, told=POLLING, within=3, prepare=_document),
    case("F45-text", WRITE, told=POLLING, within=3),
    case("F50-text", f"/error @40 {WRITE}", ends="error", told=frozenset({NoticeKind.FAILED}), within=3),
    case("F55-act", action=ACTION, told=frozenset({NoticeKind.UNREADABLE}), within=1, prepare=_document),
)
