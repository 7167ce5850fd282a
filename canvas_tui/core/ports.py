"""The Protocols through which the rooms meet. The screen sees the backend only as `Backend`, the driver its storage as `Journal`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from .frozen import frozen
from .inputs import WhenBusy
from .journal_port import CachedThread, Edit, Flight, Journal
from .model import Json, RunInfo, ServerState, Session, ThreadList
from .serverlog import ServerLog
from .wirelog import WireLog

if TYPE_CHECKING:
    from .diagnosis import Step, Verdict


class Change(StrEnum):
    """What a listener of the backend is told has changed; it then reads the newest state (nothing is queued)."""

    SERVER = "server"
    THREADS = "threads"
    SESSION = "session"
    LOG = "log"


Listener = Callable[[Change, str], None]
"""Called in the event loop with the change and the thread id (empty where it is not about one)."""


class Backend(Protocol):
    """Everything the screen can see and do. Reads give the newest state; actions return at once and never raise.

    All of it is used from one event loop. What an action brings about arrives as changes.
    """

    def server(self) -> ServerState: ...
    def threads(self) -> ThreadList: ...
    def session(self, thread_id: str) -> Session:
        """The thread's newest session (an empty one, not loaded, where it has not been opened)."""
        ...

    def wire(self, thread_id: str) -> WireLog:
        """What has come over the wire to the thread; it grows by itself."""
        ...

    def watch_log(self, on: bool) -> None:
        """Follow the server's own log from now on, or let go of it. The user's command for it is started here and nowhere else."""
        ...

    def server_log(self) -> ServerLog | None:
        """What the server's log has told since it is watched; it grows by itself. None while it is not watched."""
        ...

    def now(self) -> float:
        """The monotonic clock in which sessions tell their times."""
        ...

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear of changes until the returned function is called."""
        ...

    async def start(self) -> None:
        """Begin (start or find the server, list the threads); returns when what was kept of the user's typing is there, the rest comes
        as changes."""
        ...

    async def close(self) -> None:
        """Let go of everything. Runs on the server go on."""
        ...

    def retry_server(self) -> None: ...

    # threads
    def new_thread(self) -> str:
        """A fresh thread id; the server learns of it with the first message. Listed while it is open or something is typed in it."""
        ...

    def open(self, thread_id: str) -> None:
        """Read the thread and follow what runs on it; marks it read. Others stay followed while they run."""
        ...

    def rename(self, thread_id: str, title: str) -> None: ...
    def delete(self, thread_id: str) -> None:
        """Gone from the list at once, from the server after the time for undo."""
        ...

    def undo_delete(self) -> None: ...
    def search(self, query: str) -> None: ...
    def more_threads(self) -> None: ...
    def refresh_threads(self) -> None: ...

    # conversation
    def submit(self, thread_id: str, text: str, how: WhenBusy = WhenBusy.QUEUE) -> None: ...
    def answer(self, thread_id: str, answers: Sequence[tuple[str, Json]]) -> None:
        """(interrupt id, value) for every open interrupt."""
        ...

    def proceed(self, thread_id: str) -> None:
        """ "Continue": run on where the thread stopped."""
        ...

    def stop(self, thread_id: str) -> None: ...
    def retry(self, thread_id: str) -> None: ...
    def give_up(self, thread_id: str) -> None: ...
    def withdraw(self, thread_id: str, message_id: str) -> str:
        """Take a queued or unsent message back; its text, for the composer."""
        ...

    # what is kept of the user's typing
    def draft(self, thread_id: str) -> str: ...
    def keep_draft(self, thread_id: str, text: str) -> None: ...
    def prompts(self) -> Sequence[str]:
        """Earlier prompts, newest first."""
        ...


class Doctor(Protocol):
    """Says why nothing comes, beside the backend and without touching its connections. Used from the same event loop."""

    async def examine(self, thread_id: str, tell: Callable[[Step], None]) -> Verdict:
        """Look at the thread and its run, telling the checklist on the way. Never raises; cancelling ends it at once."""
        ...

    async def free(self, thread_id: str, run_id: str) -> str:
        """Cancel the run that holds the thread; a sentence about what came of it. Never raises."""
        ...


class Recordings(Protocol):
    """Keeps the last minutes of what came to each thread."""

    async def save(self, thread_id: str) -> str:
        """Write what is kept of the thread to a file; a sentence that says where, or why not. Never raises."""
        ...


class LocalServer(Protocol):
    """The local agent as the backend sees it (room ``local`` fulfils it)."""

    async def ensure(self, told: Callable[[str], None]) -> LocalAddress:
        """Start it or attach to the one that runs; returns when it answers. Tells sentences on the way.

        Raises:
            LocalFailure: with a sentence and the log's last lines.
        """
        ...

    def log_path(self) -> str: ...
    async def alive(self) -> bool: ...
    async def release(self) -> None:
        """This program leaves; the last one to leave stops it (it finishes a run in progress first)."""
        ...


@frozen
class LocalAddress:
    url: str
    assistant: str
    model: str  # in words: "gpt-4.1-mini at api.openai.com", "scripted model"
    note: str = ""  # a sentence worth telling, such as "attached to the agent that runs already"


class LocalFailure(Exception):
    """The local agent cannot be started. ``str()`` is a sentence for the user; ``log`` the last lines of its log.

    ``settings``: it is the configuration (or the environment that it names) that has to be mended.
    """

    def __init__(self, sentence: str, log: Sequence[str] = (), log_path: str = "", *, settings: bool = False) -> None:
        super().__init__(sentence)
        self.settings = settings
        self.log = tuple(log)
        self.log_path = log_path


# -- plain values that the command line hands to the rooms -------------------------------------------------------------


class Secret:
    """A key that shows itself only where it is asked for by name."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)


class KeyFailure(Exception):
    """The key of a server cannot be had. ``str()`` is a sentence for the user, and holds no part of the key."""


@frozen
class ServerTarget:
    """A server to talk to. ``key`` is asked for again (a command may print a fresh one) after a 401.

    ``key`` may take seconds (it runs the user's command: never call it in the event loop) and may raise KeyFailure.
    """

    name: str
    url: str  # without a trailing slash; empty for the local agent, whose address comes from LocalServer
    assistant: str = ""  # empty: the server's "agent", or its only one
    key: Callable[[], Secret] = field(default=lambda: Secret(""), repr=False)
    headers: tuple[tuple[str, Secret], ...] = ()
    model_config: Mapping[str, Json] | None = None  # goes into config.configurable
    user_id: str = ""  # Open Canvas's supabase_user_id; empty: a stable one of this machine
    log_command: tuple[str, ...] = ()  # prints the server's log, line by line
    log_file: str = ""  # or the file that it is written to
    local: bool = False


@frozen
class ScreenOptions:
    """How the screen looks and acts; from the configuration and the terminal."""

    theme: str = ""  # empty: the program's own, dark or light
    ascii: bool = False
    color: bool = True  # False: NO_COLOR
    truecolor: bool = True  # False: the terminal has 256 colours, or fewer
    animate: bool = True
    fps: int = 30
    remote: bool = False  # over SSH
    sidebar: bool = True
    thread_list: bool = True
    when_busy: WhenBusy = WhenBusy.QUEUE
    keys: Mapping[str, str] = field(default_factory=dict)  # action -> keys, as in Textual's keymap
    own_painting: bool = True  # False: Textual's writer
    title: bool = True  # the window's title tells the thread
    bell: bool = False  # ring where a run ends while the window is not in front
    first_thread: str = ""  # open this one at the start
    crash_log: str = ""  # file for the places of an unexpected error; empty: none is written


class Demonstration(Protocol):
    """Faults at the press of a key (room ``lab`` fulfils it). Nothing here blocks or raises; used from the backend's event loop."""

    def faults(self) -> Sequence[tuple[str, str]]:
        """(name, what it does in one line), in the order for a list."""
        ...

    def apply(self, name: str) -> None:
        """Make this fault now."""
        ...

    def line(self) -> str:
        """What is being shown now, in a sentence."""
        ...

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Hear that the line has changed, until the returned function is called."""
        ...


class Preferences(Protocol):
    """What the screen remembers between starts; never raises."""

    def remember(self, name: str, value: str) -> None: ...
    def recall(self, name: str) -> str: ...


__all__ = [
    "Backend",
    "CachedThread",
    "Change",
    "Demonstration",
    "Doctor",
    "Edit",
    "Flight",
    "Journal",
    "KeyFailure",
    "Listener",
    "LocalAddress",
    "LocalFailure",
    "LocalServer",
    "Preferences",
    "Recordings",
    "RunInfo",
    "ScreenOptions",
    "Secret",
    "ServerTarget",
]
