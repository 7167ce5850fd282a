"""A tiny app around a transcript, and sessions to show in it."""

from __future__ import annotations

from dataclasses import replace

from textual import on
from textual.app import App, ComposeResult

from canvas_tui.core.model import (
    Interrupt,
    Link,
    Message,
    Notice,
    NoticeKind,
    Outgoing,
    Phase,
    Role,
    Session,
    Standing,
    ToolCall,
)
from canvas_tui.ui.themes import OWN
from canvas_tui.ui.widgets.transcript import Transcript


class Host(App[None]):
    """Records what the transcript tells."""

    def __init__(self, session: Session | None = None, now: float = 100.0, theme: str = "canvas-dark", ascii_only: bool = False) -> None:
        super().__init__()
        for own in OWN:
            self.register_theme(own)
        self.theme = theme
        self.set_class(ascii_only, "-ascii")
        self.first = session
        self.now = now
        self.told: list[object] = []
        self.found: list[tuple[int, bool]] = []

    def compose(self) -> ComposeResult:
        yield Transcript()

    def on_mount(self) -> None:
        if self.first is not None:
            self.transcript.show(self.first, self.now)

    @property
    def transcript(self) -> Transcript:
        return self.query_one(Transcript)

    @on(Transcript.Acted)
    @on(Transcript.LinkChosen)
    @on(Transcript.Copied)
    def _tell(self, message: object) -> None:
        self.told.append(message)

    @on(Transcript.Found)
    def _count(self, message: Transcript.Found) -> None:
        self.found.append((message.count, message.complete))

    def rows(self) -> list[str]:
        """The screen as text."""
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]


ANSWER = """\
# Streaming you can trust

A paragraph with **bold**, *emphasis*, `code` and a [link](https://example.org/docs/streaming). Bare
addresses work as well: https://langchain-ai.github.io/langgraph/ — and 漢字 or 👩‍👩‍👧 keep their width.

## What happens

1. The run is created
2. Its stream is **joined**
   - with the last event id
   - nothing is painted twice

- [x] resumable
- [ ] perfect

| Event | What it carries | Painted |
|:------|-----------------|--------:|
| `messages/partial` | a piece of the answer, appended to what stands on the screen already | yes |
| `metadata` | the run's id | no |

> State is synchronised, not events:
> a skipped frame loses nothing.

```python
def step(session: Session, event: Input, now: float) -> Session:
    \"\"\"Total: any input in any state.\"\"\"
    if event.kind == "token":  # the usual case
        return replace(session, tokens=session.tokens + 1)
    return session
```

---

That is all.
"""


def human(text: str, id: str = "h1", standing: Standing = Standing.DONE) -> Message:
    return Message(id, Role.HUMAN, text, standing=standing)


def agent(text: str, id: str = "a1", standing: Standing = Standing.DONE, **more: object) -> Message:
    return replace(Message(id, Role.AI, text, standing=standing), **more)  # type: ignore[arg-type]


def thread(*history: Message, **more: object) -> Session:
    return replace(Session("t1", loaded=True, history=history), **more)  # type: ignore[arg-type]


CONVERSATION = thread(human("How does the **stream** work?\nShow me, please."), agent(ANSWER))

TOOLS = thread(
    human("What is the weather in Lisbon?"),
    agent(
        "Let me look that up.",
        thinking="The user wants the weather. I should call the tool first and then answer in one sentence.",
        tool_calls=(ToolCall("c1", "lookup", '{"query": "weather", "city": "Lisbon"}'), ToolCall("c2", "clock", "{}")),
    ),
    Message("r1", Role.TOOL, "18 degrees, light wind\nfrom the west", tool_call_id="c1", name="lookup"),
    Message("r2", Role.TOOL, "no such clock", tool_call_id="c2", name="clock", failed=True),
    agent("It is **18 degrees** with a light wind.", "a2"),
)

STANDINGS = thread(
    human("First", "h1"),
    agent("This answer was stopped in the mid", "a1", Standing.STOPPED),
    human("Second", "h2"),
    agent("This one is void, the server started over.", "a2", Standing.VOID),
    agent("This one failed half-way", "a3", Standing.FAILED),
    agent("An aside of a node: {}", "a4", Standing.ASIDE, node="planner"),
    link=Link(Phase.CREATING),
    live=(human("Third", "h3", Standing.SENDING),),
    queue=(
        Outgoing(human("Fourth waits", "h4", Standing.QUEUED), "s4"),
        Outgoing(human("Fifth failed", "h5", Standing.UNSENT), "s5"),
    ),
)

NOTICES = thread(
    human("Tell me a story."),
    agent("Once upon a time there was", "a1", Standing.STOPPED),
    notices=(
        Notice(1, NoticeKind.CUT, 40.0, 43.0, after="a1", tokens=6, detail="reset by peer"),
        Notice(2, NoticeKind.STOPPED, 50.0, 50.0, after="a1"),
        Notice(3, NoticeKind.FAILED, 90.0, None, detail="ValueError: no such model\nat node agent"),
    ),
    interrupts=(Interrupt("i1", {"question": "Which city do you mean?", "options": ["Lisbon", "Porto"], "why": "two match"}),),
)
