"""What doctor's probes have found: plain facts with times and sizes, kept apart from what is concluded (`core.verdicts`).

Times named ``at`` and ``…_at`` are seconds since the probing began, in a stream (`Listening`) since its request left; ``…age`` are
seconds by the server's own clock (its ``Date`` header), so that two clocks that disagree accuse nobody. No key, and no text of a
message, is ever part of it; ``question`` alone holds words of the graph, and only where the user asked for text.
"""

from __future__ import annotations

from enum import StrEnum

from .frozen import frozen
from .model import Failure, RunStatus, ServerKind, ThreadStatus
from .wirelog import Cut as Cut

BEAT = 5.0
"""Seconds between the Python server's heartbeats, from the response's start (measured)."""

Headers = tuple[tuple[str, str], ...]


@frozen
class Asked:
    """One short question to the server."""

    at: float
    seconds: float
    status: int | None = None
    failure: Failure | None = None  # None: a good answer
    headers: Headers = ()

    @property
    def good(self) -> bool:
        return self.failure is None


@frozen
class Way:
    """The way to the server's port, step by step. None where a step was not taken or did not come to its end."""

    host: str = ""
    port: int = 0
    loopback: bool = False
    proxy: str = ""  # host:port of the environment's proxy that applies
    proxy_variable: str = ""  # the variable that names it
    dns: float | None = None  # seconds
    addresses: int = 0
    tcp: float | None = None  # seconds, of the address that answered
    failure: Failure | None = None
    around_proxy: float | None = None  # seconds of a TCP connection that goes past the proxy


@frozen
class Server:
    """Who answers there."""

    ok: tuple[Asked, ...] = ()  # GET /ok, several times
    says_ok: bool | None = None  # its answer is LangGraph's; None: it has no such path, or did not answer
    info: Asked | None = None
    langgraph: bool | None = None  # its /info is LangGraph's; None: not known
    kind: ServerKind = ServerKind.UNKNOWN
    version: str = ""
    auth: Asked | None = None  # POST /threads/search
    assistants: int | None = None

    @property
    def beats(self) -> bool:
        """Whether it is known to send heartbeats (measured: the Python server does, the others send none)."""
        return self.kind is ServerKind.PYTHON


@frozen
class Queue:
    """GET /metrics; None where it does not tell."""

    pending: int | None = None
    running: int | None = None
    wait: float | None = None  # seconds that the longest unblocked run waits
    workers: int | None = None
    free: int | None = None  # workers without a run


@frozen
class RunFacts:
    """A run as the server tells it; None where it does not."""

    id: str
    status: RunStatus
    age: float = 0.0  # negative: it is to begin so many seconds from now
    idle: float = 0.0  # since the row last changed
    after: float = 0.0  # it was started with ``after_seconds``
    modes: tuple[str, ...] | None = None  # stream modes
    subgraphs: bool | None = None
    resumable: bool | None = None
    assistant: str = ""  # its id
    error: str = ""


@frozen
class Look:
    """Thread, run, state and queue at one moment."""

    at: float
    clock: float | None = None  # epoch seconds, the server's clock
    thread: bool | None = None  # whether it exists; None: could not be read
    status: ThreadStatus | None = None
    error: str = ""
    run: RunFacts | None = None  # the one that is looked at
    run_missing: bool = False  # 404, or not among the thread's
    runs: tuple[RunFacts, ...] = ()  # newest first
    next: tuple[str, ...] = ()  # nodes that would run next
    questions: int = 0  # open interrupts
    asking: str = ""  # the node that asks
    question: str = ""  # its words, where text was asked for
    checkpoint: str = ""
    checkpoint_age: float | None = None
    messages: int = 0
    answer: int | None = None  # characters of the agent's messages since the last human one; None: the state has no messages
    failure: Failure | None = None  # why it could not be read
    queue: Queue | None = None


class Line(StrEnum):
    """Which stream was listened to, and how."""

    QUIET = "quiet"  # the stream of a thread that does not exist: heartbeats and nothing else (Python server, measured)
    QUIET_GZIP = "quiet, gzip"
    RUN = "run"  # the run's stream, replayed from its beginning
    RUN_GZIP = "run, gzip"
    CANARY = "canary"  # POST …/runs/stream of a run of our own
    CANARY_JOIN = "canary, joined"  # GET of the same run


class Ended(StrEnum):
    OPEN = "open"  # we hung up: listened long enough
    EOF = "eof"  # it closed cleanly
    CUT = "cut"  # reset, or closed in the middle of the body
    REFUSED = "refused"  # no stream was opened


@frozen
class Read:
    """Bytes that came together."""

    at: float
    size: int
    beats: int = 0  # heartbeats (comments) among them


@frozen
class Seen:
    """One event. ``made`` is the time in its id (seconds since the epoch, the server's clock) where ids hold one."""

    at: float
    name: str
    size: int = 0  # characters of its data
    made: float | None = None
    text: int = 0  # characters of the agent's text in it
    whole: bool = False  # a message that came in one piece


@frozen
class Listening:
    """One stream as it came. Only the first `READS` reads and `EVENTS` events are kept; the totals count all."""

    line: Line
    at: float  # of its request
    direct: bool = False  # by the address of --direct
    status: int | None = None
    headers: Headers = ()
    headers_at: float | None = None
    reads: tuple[Read, ...] = ()
    events: tuple[Seen, ...] = ()
    bytes: int = 0
    beats: int = 0
    event_count: int = 0
    text: int = 0  # characters of the agent's text
    pieces: int = 0  # events that brought a piece of it
    ended: Ended = Ended.OPEN
    ended_at: float = 0.0
    failure: Failure | None = None
    ids: bool = False  # events carry ids
    error: str = ""  # words of an ``error`` event
    missing: bool = False  # it says that there is no such run
    unreadable: int = 0
    first_unreadable: str = ""  # event's name and why


READS, EVENTS = 600, 600


@frozen
class Canary:
    """A run of our own on a thread of its own."""

    started: Asked | None = None  # making the thread
    thread_id: str = ""
    look: Look | None = None  # after it was listened to
    removed: bool = False


@frozen
class Watched:
    """What the program's own connection to the run has seen, where doctor is asked from inside of it."""

    open_for: float | None = None  # seconds; None: not connected now
    byte_age: float | None = None
    event_age: float | None = None
    bytes: int = 0
    events: int = 0
    text: int = 0
    attempt: int = 0
    reconnects: int = 0
    cuts: tuple[Cut, ...] = ()
    survived: float = 0.0  # the longest silence that a connection came through


@frozen
class Own:
    """This program itself."""

    loop_lag: float = 0.0  # the longest that its event loop was late, seconds


@frozen
class Evidence:
    """Everything that was found. What was not looked at is None or empty."""

    url: str = ""  # without user and password
    direct_url: str = ""
    thread_id: str = ""
    run_id: str = ""
    began: float = 0.0  # epoch seconds, this machine's clock
    seconds: float = 0.0  # how long it all took
    version: str = ""  # of canvas-tui
    way: Way = Way()
    server: Server = Server()
    direct: Server | None = None
    looks: tuple[Look, ...] = ()
    lines: tuple[Listening, ...] = ()
    canary: Canary | None = None
    watched: Watched | None = None
    own: Own = Own()

    def heard(self, line: Line, *, direct: bool = False) -> tuple[Listening, ...]:
        """All listening to this line, in the order of time (a line that was cut is joined again)."""
        return tuple(each for each in self.lines if each.line is line and each.direct is direct)

    @property
    def first(self) -> Look | None:
        return self.looks[0] if self.looks else None

    @property
    def last(self) -> Look | None:
        return self.looks[-1] if self.looks else None
