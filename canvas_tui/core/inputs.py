"""What happened: everything that ``session.step`` is told. Frozen values; ids come from outside."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from .artifact import PLAIN, Artifact, Draft, Keep, Saving, Turn, Version
from .fork import Head
from .frozen import frozen
from .model import Failure, Interrupt, Json, Message, RunInfo, ThreadState, ToolCall, Usage

# -- the user ------------------------------------------------------------------------------------------------------


class WhenBusy(StrEnum):
    """What to do with a message while a run is on."""

    QUEUE = "queue"
    INTERRUPT = "interrupt"


@frozen
class Opened:
    """The thread is (re)opened: read it and follow what runs.

    ``known`` and ``sent`` are the run in flight and its message from the journal; a run without an id is looked up by its key,
    and an UNSENT message waits for the user's word as it did before. Where another run has the thread it waits behind that one.
    """

    known: RunInfo | None = None
    sent: Message | None = None
    turn: Turn = PLAIN
    interrupt: bool = False


@frozen
class Submitted:
    """``message_id`` and ``submit_id`` are fresh UUIDs; the latter goes into the run's metadata.

    Without ``text`` and documents the turn has no message of the user's, and is told by ``turn.words``.
    """

    text: str
    message_id: str
    submit_id: str
    how: WhenBusy = WhenBusy.QUEUE
    turn: Turn = PLAIN


@frozen
class Answered:
    """Answers to the thread's interrupts: (interrupt id, value)."""

    answers: tuple[tuple[str, Json], ...]
    submit_id: str


@frozen
class Proceeded:
    """ "Continue": run on from where the thread stopped (``input: null``)."""

    submit_id: str


@frozen
class Regenerated:
    """The last turn is asked for again; its answer so far stays, as a branch."""

    submit_id: str


@frozen
class Switched:
    """Show the branch with the sibling so many places before or after this message."""

    message_id: str
    step: int


@frozen
class Stopped: ...


@frozen
class RetryNow:
    """Do not wait for the backoff; where a message could not be sent, send it again."""


@frozen
class GaveUp:
    """Stop following the run; the server may go on with it."""


@frozen
class Withdrawn:
    """Take a queued or unsent message back."""

    message_id: str


@frozen
class Edited:
    """A change by hand is to be the newest version; ``base`` and ``of`` as in `Saving`."""

    version: Version
    base: int
    of: Version | None = None


@frozen
class Chosen:
    """An earlier version is to be the current one."""

    index: int


@frozen
class Resolved:
    """The user's word on a change that could not be saved."""

    keep: Keep


@frozen
class PartialKept:
    """What a failed or stopped run left of a version is to be one."""


@frozen
class PartialDropped: ...


@frozen
class PartialFound:
    """An earlier life of the program was left with it; of several the newest is told first."""

    draft: Draft


@frozen
class SavingFound:
    saving: Saving  # the same of changes on their way, one after the other


# -- answers to effects ----------------------------------------------------------------------------------------------


@frozen
class ThreadRead:
    """``active`` is the run that is pending or running on it, the oldest first-to-finish one."""

    state: ThreadState
    active: RunInfo | None = None
    heads: tuple[str, ...] = ()  # checkpoints that end other branches, as far as the thread's runs tell
    left: tuple[str, ...] = ()  # runs whose last checkpoint does


@frozen
class ThreadFailed:
    failure: Failure


@frozen
class HeadsRead:
    """Answer to ReadHeads; those that could not be read are missing."""

    heads: tuple[Head, ...]


@frozen
class BranchRead:
    """Answer to ReadBranch: the thread as it stood at this checkpoint."""

    state: ThreadState


@frozen
class BranchFailed:
    failure: Failure


@frozen
class RunCreated:
    submit_id: str
    run_id: str


@frozen
class CreateFailed:
    submit_id: str
    failure: Failure


@frozen
class RunFound:
    """Answer to FindRun: the run that carries ``submit_id``, or None when the server has none."""

    submit_id: str
    run: RunInfo | None


@frozen
class FindFailed:
    submit_id: str
    failure: Failure


@frozen
class RunRead:
    run: RunInfo


@frozen
class RunReadFailed:
    """``failure.kind`` MISSING: the server does not know the run."""

    run_id: str
    failure: Failure


@frozen
class CancelFailed:
    run_id: str
    failure: Failure


@frozen
class ArtifactSaved:
    """``artifact`` is in the thread's state now, in a checkpoint of its own."""

    artifact: Artifact
    checkpoint_id: str = ""
    missed: tuple[Version, ...] = ()  # saved at the same moment, and it lacks them: one of several took the others' place


@frozen
class SaveFailed:
    failure: Failure


# -- the stream, each with the number of its connection --------------------------------------------------------------


@frozen
class Connected:
    """Response headers came: 200 and an event stream."""

    conn: int


@frozen
class Received:
    """Bytes came (any: an event's, part of one, or ``beats`` heartbeat comments); ``inside``: an event is on its way, not whole yet.

    Several reads may be told together: the last one was ``ago`` seconds before.
    """

    conn: int
    size: int
    beats: int = 0
    inside: bool = False
    ago: float = 0.0


@frozen
class RunStarted:
    """``metadata``: the server has begun to execute the run."""

    run_id: str
    attempt: int = 1


@frozen
class Chunk:
    """A piece of a message: text, thinking and tool-call pieces are appended."""

    message_id: str
    text: str = ""
    thinking: str = ""
    tool_calls: tuple[tuple[int, ToolCall], ...] = ()  # (index, piece: id and name may be empty)
    node: str = ""
    call: str = ""  # the model call's own name (``metadata.name``)
    usage: Usage | None = None


@frozen
class Whole:
    """A complete message: replaces what was streamed of it."""

    message: Message


@frozen
class Updated:
    """``updates``: a node has finished (or the graph asks: ``interrupts``)."""

    node: str = ""
    interrupts: tuple[Interrupt, ...] = ()


@frozen
class Custom:
    value: Json


@frozen
class RunErrored:
    """``error``: the run failed. ``missing``: the server says that it does not know the run."""

    error: str
    message: str
    missing: bool = False


@frozen
class Unreadable:
    """An event that could not be read; ``name`` and ``reason`` are for telling."""

    name: str
    reason: str


@frozen
class Other:
    """An event that carries nothing for the conversation (its id still counts)."""

    name: str


Body: TypeAlias = RunStarted | Chunk | Whole | Updated | Custom | RunErrored | Unreadable | Other


@frozen
class Event:
    """One complete event (its blank line has come)."""

    conn: int
    id: str | None
    body: Body


@frozen
class Disconnected:
    """The stream is over. ``failure`` None is a clean end of body, which proves nothing."""

    conn: int
    failure: Failure | None = None


# -- time ------------------------------------------------------------------------------------------------------------


@frozen
class Tick:
    """The deadline of ``session.next_deadline`` has come (early or late ticks do no harm)."""


@frozen
class Woke:
    """The machine slept: the wall clock ran ahead of the monotonic clock."""

    seconds: float


_ByUser: TypeAlias = Opened | Submitted | Answered | Proceeded | Regenerated | Switched | Stopped | RetryNow | GaveUp | Withdrawn
Heard: TypeAlias = (
    _ByUser
    | ThreadRead
    | ThreadFailed
    | HeadsRead
    | BranchRead
    | BranchFailed
    | RunCreated
    | CreateFailed
    | RunFound
    | FindFailed
    | RunRead
    | RunReadFailed
    | CancelFailed
    | Edited
    | Chosen
    | Resolved
    | PartialKept
    | PartialDropped
    | PartialFound
    | SavingFound
    | ArtifactSaved
    | SaveFailed
    | Disconnected
    | Tick
    | Woke
)
"""All but what the bytes of a stream make, which a recording keeps as bytes."""

Input: TypeAlias = Heard | Connected | Received | Event
