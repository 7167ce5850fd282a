"""A backend in memory: tests set what it shows and read what the screen asked of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from canvas_tui.core.inputs import WhenBusy
from canvas_tui.core.model import Json, Message, Outgoing, Role, ServerPhase, ServerState, Session, Standing, ThreadList, ThreadRow
from canvas_tui.core.ports import Backend, Change, Listener, Preferences
from canvas_tui.core.serverlog import ServerLog
from canvas_tui.core.wirelog import WireLog

UP = ServerState(
    phase=ServerPhase.UP, name="local agent", url="http://127.0.0.1:2024", assistant="agent", model="scripted model", local=True
)


class FakePreferences:
    def __init__(self, **kept: str) -> None:
        self.kept = {name.replace("__", "."): value for name, value in kept.items()}

    def remember(self, name: str, value: str) -> None:
        self.kept[name] = value

    def recall(self, name: str) -> str:
        return self.kept.get(name, "")


@dataclass
class FakeBackend:
    """``calls`` lists every action as (name, arguments …); ``clock`` is the monotonic clock."""

    server_state: ServerState = UP
    thread_list: ThreadList = field(default_factory=ThreadList)
    sessions: dict[str, Session] = field(default_factory=dict)
    clock: float = 1000.0
    calls: list[tuple[object, ...]] = field(default_factory=list)
    drafts: dict[str, str] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    started: bool = False
    serial: int = 0
    wires: dict[str, WireLog] = field(default_factory=dict)
    log: ServerLog = field(default_factory=ServerLog)
    log_watched: bool = False

    # -- for tests -------------------------------------------------------------------------------------------------

    def tell(self, change: Change, thread_id: str = "") -> None:
        for listener in list(self.listeners):
            listener(change, thread_id)

    def set_server(self, **changes: object) -> None:
        self.server_state = replace(self.server_state, **changes)  # type: ignore[arg-type]
        self.tell(Change.SERVER)

    def set_rows(self, *rows: ThreadRow, **changes: object) -> None:
        self.thread_list = replace(self.thread_list, rows=rows, **changes)  # type: ignore[arg-type]
        self.tell(Change.THREADS)

    def set_session(self, session: Session) -> None:
        self.sessions[session.thread_id] = session
        self.tell(Change.SESSION, session.thread_id)

    def called(self, name: str) -> list[tuple[object, ...]]:
        return [call[1:] for call in self.calls if call[0] == name]

    # -- what the screen sees --------------------------------------------------------------------------------------

    def server(self) -> ServerState:
        return self.server_state

    def threads(self) -> ThreadList:
        return self.thread_list

    def session(self, thread_id: str) -> Session:
        return self.sessions.get(thread_id) or Session(thread_id)

    def wire(self, thread_id: str) -> WireLog:
        return self.wires.get(thread_id) or WireLog()

    def watch_log(self, on: bool) -> None:
        self.calls.append(("watch_log", on))
        self.log_watched = on
        self.tell(Change.LOG)

    def server_log(self) -> ServerLog | None:
        return self.log if self.log_watched else None

    def now(self) -> float:
        return self.clock

    def listen(self, listener: Listener) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    async def start(self) -> None:
        self.started = True
        self.calls.append(("start",))

    async def close(self) -> None:
        self.calls.append(("close",))

    def retry_server(self) -> None:
        self.calls.append(("retry_server",))

    def new_thread(self) -> str:
        self.serial += 1
        self.calls.append(("new_thread",))
        return f"00000000-0000-4000-8000-{self.serial:012}"

    def open(self, thread_id: str) -> None:
        self.calls.append(("open", thread_id))

    def rename(self, thread_id: str, title: str) -> None:
        self.calls.append(("rename", thread_id, title))
        self.set_rows(*(replace(row, title=title) if row.id == thread_id else row for row in self.thread_list.rows))

    def delete(self, thread_id: str) -> None:
        self.calls.append(("delete", thread_id))
        gone = next((row for row in self.thread_list.rows if row.id == thread_id), None)
        self.set_rows(*(row for row in self.thread_list.rows if row.id != thread_id), undo=gone)

    def undo_delete(self) -> None:
        self.calls.append(("undo_delete",))
        if self.thread_list.undo is not None:
            self.set_rows(self.thread_list.undo, *self.thread_list.rows, undo=None)

    def search(self, query: str) -> None:
        self.calls.append(("search", query))
        self.thread_list = replace(self.thread_list, query=query)
        self.tell(Change.THREADS)

    def more_threads(self) -> None:
        self.calls.append(("more_threads",))

    def refresh_threads(self) -> None:
        self.calls.append(("refresh_threads",))

    def submit(self, thread_id: str, text: str, how: WhenBusy = WhenBusy.QUEUE) -> None:
        self.calls.append(("submit", thread_id, text, how))
        self.serial += 1
        message = Message(f"m{self.serial}", Role.HUMAN, text, standing=Standing.QUEUED)
        session = self.session(thread_id)
        self.set_session(replace(session, queue=(*session.queue, Outgoing(message, f"s{self.serial}"))))

    def answer(self, thread_id: str, answers: Sequence[tuple[str, Json]]) -> None:
        self.calls.append(("answer", thread_id, tuple(answers)))

    def proceed(self, thread_id: str) -> None:
        self.calls.append(("proceed", thread_id))

    def stop(self, thread_id: str) -> None:
        self.calls.append(("stop", thread_id))

    def retry(self, thread_id: str) -> None:
        self.calls.append(("retry", thread_id))

    def give_up(self, thread_id: str) -> None:
        self.calls.append(("give_up", thread_id))

    def withdraw(self, thread_id: str, message_id: str) -> str:
        self.calls.append(("withdraw", thread_id, message_id))
        session = self.session(thread_id)
        taken = next((out for out in session.queue if out.message.id == message_id), None)
        if taken is None:
            return ""
        self.set_session(replace(session, queue=tuple(out for out in session.queue if out is not taken)))
        return taken.message.text

    def draft(self, thread_id: str) -> str:
        return self.drafts.get(thread_id, "")

    def keep_draft(self, thread_id: str, text: str) -> None:
        self.drafts[thread_id] = text

    def prompts(self) -> Sequence[str]:
        return self.history


def _fits(backend: FakeBackend, preferences: FakePreferences) -> tuple[Backend, Preferences]:
    """mypy proves here that the fakes fulfil the Protocols."""
    return backend, preferences
