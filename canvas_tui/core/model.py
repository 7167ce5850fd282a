"""What is true of a thread, its run and the link to the server: frozen values that every room shares.

Times named ``…_at``, ``since`` and ``until`` are seconds of the driver's monotonic clock; ``created`` and ``updated`` are
seconds since the epoch. ``Json`` values are what ``json.loads`` gives.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeAlias

from .artifact import PLAIN, Artifact, Branch, Draft, Own, Saving, Turn
from .failure import Failure as Failure
from .failure import FailureKind as FailureKind
from .flow import NOTHING, Flow
from .fork import Fork, Head
from .frozen import frozen
from .notice import Notice as Notice
from .notice import NoticeKind as NoticeKind
from .server_state import ServerKind as ServerKind
from .server_state import ServerPhase as ServerPhase
from .server_state import ServerState as ServerState
from .unstreamed import Unstreamed as Unstreamed
from .writing import Writing

Json: TypeAlias = Any
"""Decoded JSON: str, int, float, bool, None, or dicts and lists of them."""


class Role(StrEnum):
    HUMAN = "human"
    AI = "ai"
    TOOL = "tool"
    SYSTEM = "system"
    TURN = "turn"  # ours: a turn without a message of the user's, told in words
    OTHER = "other"

    @property
    def ours(self) -> bool:
        """Begins a turn, and stands here before the server has it."""
        return self in (Role.HUMAN, Role.TURN)


class Standing(StrEnum):
    """How far a message has come. Human messages pass QUEUED, SENDING, DONE (or UNSENT); the agent's WRITING, DONE."""

    QUEUED = "queued"  # submitted here, waits for the run before it
    SENDING = "sending"  # on its way, the server has not confirmed a run
    UNSENT = "unsent"  # given up with a reason; can be sent again
    WRITING = "writing"  # streaming
    DONE = "done"
    STOPPED = "stopped"  # the user stopped the run; partial
    FAILED = "failed"  # the run failed; partial
    VOID = "void"  # a new attempt of the server replaced it
    ASIDE = "aside"  # streamed by a node, but not part of the thread's messages


@frozen
class ToolCall:
    """A call the agent makes; ``args`` is JSON text and may be partial while it streams."""

    id: str
    name: str
    args: str = ""


@frozen
class Usage:
    """Tokens as the server's ``usage_metadata`` counts them."""

    input: int = 0
    output: int = 0
    total: int = 0


@frozen
class Message:
    """One message of a thread. ``text`` is the exact text of the server, hostile characters included."""

    id: str
    role: Role
    text: str = ""
    thinking: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""  # of a tool's result: the call that it answers
    name: str = ""  # of a tool's result: the tool
    node: str = ""  # the graph's node that wrote it
    failed: bool = False  # a tool's result with status "error"
    standing: Standing = Standing.DONE
    usage: Usage | None = None
    hidden: bool = False  # marked by the server as not for showing


@frozen
class Interrupt:
    """A question of the graph (``interrupt()``); ``value`` is whatever JSON it asked with."""

    id: str
    value: Json
    node: str = ""


class RunStatus(StrEnum):
    """The server's run statuses, and two of ours before it has named the run."""

    CREATING = "creating"
    PENDING = "pending"
    RUNNING = "running"
    SUCCESS = "success"
    ERROR = "error"
    TIMEOUT = "timeout"
    INTERRUPTED = "interrupted"  # cancelled, or pushed out by a newer run
    LOST = "lost"  # the server does not know it any more

    @property
    def over(self) -> bool:
        return self not in (RunStatus.CREATING, RunStatus.PENDING, RunStatus.RUNNING)


@frozen
class RunInfo:
    """A run as the server lists it."""

    id: str
    status: RunStatus
    submit_id: str = ""  # our own key from its metadata, where it is ours
    created: float = 0.0
    age: float = 0.0  # seconds since then, by the server's clock; 0: not known
    ahead: int = 0  # runs of the same thread that go before it
    error: str = ""
    sent: SendMessage | None = None  # what it was started with, where the server tells
    forked: bool = False  # it went on from a checkpoint that was named
    heads: tuple[str, ...] = ()  # checkpoints that end other branches, as our run knew them
    due_in: float = 0.0  # seconds until it is due, where it was started for later
    unstreamed: Unstreamed = Unstreamed.NOT  # as far as the server tells


@frozen
class Run:
    """The newest run of a thread as we follow it."""

    submit_id: str
    id: str = ""  # empty until the server has named it
    status: RunStatus = RunStatus.CREATING
    started_at: float = 0.0
    late: bool = False  # taken up while it was on: when its tokens were written is not known
    ended_at: float | None = None
    first_token_at: float | None = None
    attempt: int = 0  # 1 from the first metadata event on; +1 each time the server starts over
    begun_id: str = ""  # the newest metadata event's id
    node: str = ""
    ahead: int = 0
    due_at: float = 0.0  # it was started for later, and begins then
    unstreamed: Unstreamed = Unstreamed.NOT  # somebody else started it so
    tokens: int = 0  # pieces of text painted
    chars: int = 0
    events: int = 0
    received: int = 0  # bytes
    reconnects: int = 0
    usage: Usage | None = None
    error: str = ""
    stopped: bool = False  # the user asked to stop it
    interrupt: bool = False  # it is to push out the one before it, however often it has to be sent
    buckets: tuple[int, ...] = ()  # tokens in each second since first_token_at, the last 60 at most
    buckets_from: int = 0  # the second since first_token_at of buckets[0]


class Then(StrEnum):
    """What is done when a wait is over."""

    CREATE = "create"
    FIND = "find"
    JOIN = "join"
    ASK = "ask"
    READ = "read"
    POLL = "poll"


class Phase(StrEnum):
    """What the link to the followed run is doing."""

    IDLE = "idle"  # nothing to follow
    CREATING = "creating"  # POST …/runs is on its way
    FINDING = "finding"  # the POST's answer was lost: looking for its key
    JOINING = "joining"  # GET …/stream is on its way
    LIVE = "live"  # events may come
    ASKING = "asking"  # the stream closed: GET …/runs/{r}
    WAITING = "waiting"  # until retry_at, then again
    SETTLING = "settling"  # the run is over: the thread's state is being read
    POLLING = "polling"  # the run cannot be resumed: its state is asked for until it is over


@frozen
class Link:
    phase: Phase = Phase.IDLE
    conn: int = 0  # number of the newest connection; inputs of older ones do not count
    since: float = 0.0  # when the phase began
    opened_at: float = 0.0  # when the connection's headers came
    byte_at: float = 0.0  # last byte
    event_at: float = 0.0  # last event
    shown_at: float = 0.0  # last one that changed what is shown
    beats: int = 0  # heartbeats on this connection
    beating: bool = False  # this server has sent a heartbeat before
    asked_at: float = 0.0  # when the run was last asked about during silence
    waited: bool = False  # it is asked about after a wait: what follows is not waited for again
    attempt: int = 0  # tries since the last progress
    retry_at: float = 0.0
    then: Then = Then.JOIN  # after WAITING
    missed_at: float | None = None  # when the runs list first had no run of ours; nothing is sent again at once
    confirming: bool = False  # the run is over; this connection only replays what may be missing
    from_start: bool = False  # a gap was met: this connection asked for everything again
    down_since: float | None = None  # when the stream was lost, while it is
    failure: Failure | None = None  # why, newest
    resumable: bool = True  # events carry ids
    renewed: bool = False  # this connection took the place of a silent one; nothing was lost
    flow: Flow = NOTHING  # how the stream comes
    said_at: float = 0.0  # when the server last said that the run is at work
    read_at: float = 0.0  # when the thread was last read beside a stream that does not get through
    unheard: int = 0  # connections in a row that brought not a byte although it was
    cancels: int = 0  # times the server was told to stop the run
    cancel_at: float | None = None  # when it is told again


@frozen
class SendMessage:
    """A message, a turn of Open Canvas, or both. The artifact as it stood at the sending goes with it where the graph has one."""

    message_id: str
    text: str
    turn: Turn = PLAIN
    artifact: Artifact | None = None
    fork: Fork | None = None


@frozen
class SendAnswers:
    """``command.resume``: one interrupt takes its bare value, several take a map by interrupt id."""

    answers: tuple[tuple[str, Json], ...]
    fork: Fork | None = None


@frozen
class SendNothing:
    """``input: null``."""

    fork: Fork | None = None


Payload: TypeAlias = SendMessage | SendAnswers | SendNothing


@frozen
class Outgoing:
    """A message submitted and not yet on the server."""

    message: Message  # standing QUEUED, or UNSENT
    submit_id: str
    turn: Turn = PLAIN
    unsure: bool = False  # the server may have it all the same: looked for before it is sent again
    interrupt: bool = False  # as in `Run`


class ThreadStatus(StrEnum):
    IDLE = "idle"
    BUSY = "busy"
    INTERRUPTED = "interrupted"
    ERROR = "error"


@frozen
class ThreadState:
    """A thread as read from the server (GET thread, state and runs together)."""

    messages: tuple[Message, ...] = ()
    interrupts: tuple[Interrupt, ...] = ()
    next: tuple[str, ...] = ()  # nodes that would run next
    status: ThreadStatus = ThreadStatus.IDLE
    error: str = ""  # the thread's own account of a failed run
    checkpoint_id: str = ""
    has_messages: bool = True  # False: the graph's state has other keys only
    values_text: str = ""  # then: the state's values as indented JSON, for showing
    exists: bool = True  # False: 404, a thread that has not been created yet
    artifact: Artifact | None = None  # Open Canvas's, as it stands in the state
    mark: str = ""  # another one with every change of the thread; empty where the server does not tell
    by_hand: bool = False  # its newest checkpoint was written by a client, not by a run


@frozen
class Cursor:
    """Where an event stream stands, for exact resumption (rules: ``core.cursor``)."""

    before: str | None = None  # the id before the newest
    newest: str | None = None
    taken: int = 0  # events taken under the newest id
    skip: int = 0  # events still to skip under the newest id on this connection
    resumed: bool = False  # this connection resumed an earlier one
    overlaps: bool = False  # this connection began with a replay: the replay's tail may come again from the live queue
    late: bool = False  # and that replay is a long one, or ended at a word that came twice
    collides: bool = False  # several events of this run have shared an id
    repeat_used: bool = False  # the one immediate repeat of this connection has been dropped
    held: bool = False  # `last` has come once more; what that is the next event tells
    last: Json = None  # body of the newest event taken, for that comparison


@frozen
class Session:
    """All that is known of one thread. The transcript is ``history``, then ``live``, then the messages of ``queue``."""

    thread_id: str
    loaded: bool = False  # the thread has been read once (or is new)
    reading: bool = False  # a read is on its way
    reading_since: float = 0.0
    read_attempt: int = 0
    read_retry_at: float | None = None  # the read failed; tried again then
    state: ThreadState = ThreadState(exists=False)
    history: tuple[Message, ...] = ()  # what is settled, leftovers of stopped runs in their places
    leftovers: tuple[tuple[str, Message], ...] = ()  # (id of the message before it, partial message not in the state)
    settled_ids: frozenset[str] = frozenset()  # ids of the messages in history
    live: tuple[Message, ...] = ()  # of the followed run, from its human message on
    sending: Payload | None = None  # what the followed run was started with, where we started it
    queue: tuple[Outgoing, ...] = ()
    undone: SendMessage | None = None  # of a run that was lost or never began: the thread has nothing of it, the user may send it again
    interrupts: tuple[Interrupt, ...] = ()
    can_continue: bool = False  # stopped without a question: "Continue" is offered
    run: Run | None = None
    link: Link = Link()
    cursor: Cursor = Cursor()
    busy: int = 0  # times the server called the thread busy, for the message that goes next
    notices: tuple[Notice, ...] = ()
    notice_serial: int = 0
    writing: Writing | None = None  # how the followed run's version comes
    draft: Draft | None = None  # a version that the run writes, or what a failed one left of it; `state.artifact` is what is settled
    left: tuple[Draft, ...] = ()  # what earlier runs left of versions, not decided on yet: each is the draft when no newer one is
    saving: Saving | None = None  # a change by hand that is not in the thread's state yet
    own: tuple[Own, ...] = ()  # versions that were posted from here
    since: str = ""  # the checkpoint that was read before the first POST from which nobody has looked back yet
    branches: tuple[Branch, ...] = ()  # messages of the history that have siblings
    heads: tuple[Head, ...] = ()  # ends of branches, the shown one may be missing
    tip: str = ""  # the newest checkpoint, while an older branch is shown: then the next turn goes on from `state.checkpoint_id`

    @property
    def active(self) -> bool:
        """A run is being started, followed or settled."""
        return self.link.phase is not Phase.IDLE

    @property
    def resting(self) -> bool:
        """Nothing is on its way, and nothing stands here that is not on the server."""
        return not (self.active or self.queue or self.reading or self.saving or self.draft or self.left)


# -- beside the open thread ----------------------------------------------------------------------------------------


@frozen
class ThreadRow:
    """A thread in the list."""

    id: str
    title: str
    updated: float
    status: ThreadStatus = ThreadStatus.IDLE
    running: bool = False  # a run of it is alive, here or elsewhere
    waiting: bool = False  # it has a question for the user
    failed: bool = False
    unread: bool = False
    draft: bool = False  # exists here only, nothing sent yet


@frozen
class ThreadList:
    rows: tuple[ThreadRow, ...] = ()  # newest first
    query: str = ""
    more: bool = False  # older ones can be loaded
    loading: bool = False
    problem: str = ""  # a sentence, where the list could not be read
    undo: ThreadRow | None = None  # deleted a moment ago, can be brought back
    opened: ThreadRow | None = None  # the thread that is read, though the search does not find it
    saved_at: float = 0.0  # the rows are what was saved here, the newest of them then (epoch seconds); 0: they are the server's

    def row(self, thread_id: str) -> ThreadRow | None:
        """Of a listed thread, or of the open one."""
        rows = self.rows if self.opened is None else (self.opened, *self.rows)
        return next((row for row in rows if row.id == thread_id), None)
