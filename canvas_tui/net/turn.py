"""One turn without a screen, for ``canvas-tui send``: what a session's changes mean for someone who reads a pipe.

``run_turn`` compares each session with what it has told so far and yields every piece of text exactly once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import TypeAlias

from canvas_tui.core.artifact import Artifact
from canvas_tui.core.assemble import shown, split_thinking
from canvas_tui.core.canvas_port import Canvas
from canvas_tui.core.export import message_json
from canvas_tui.core.frozen import frozen
from canvas_tui.core.model import (
    Failure,
    FailureKind,
    Json,
    Message,
    Notice,
    NoticeKind,
    Phase,
    Role,
    RunStatus,
    ServerPhase,
    Session,
    Standing,
)
from canvas_tui.core.notices import WAITING_FOR_YOU, inline, words
from canvas_tui.core.ports import Backend

from .server import AGAIN
from .turn_artifact import ArtifactEvent, ArtifactTelling
from .turn_wish import Laying, Wish

REACH = 5.0
"""Seconds to find a server that does not answer."""
KEEP = 120.0
"""Seconds to find a lost one again while a run is on."""
_LOOK = 0.5


@frozen
class RunNamed:
    """The server has accepted the run."""

    thread_id: str
    run_id: str


@frozen
class Text:
    """A piece of the agent's answer, in order."""

    message_id: str
    text: str


@frozen
class Discard:
    """What was told of this message so far is void (the server started over, or its final state differs)."""

    message_id: str


@frozen
class Told:
    """A notice when it appears, and again when it has ended or changed. ``text`` is one line for a person."""

    notice: Notice
    text: str
    more: str = ""  # lines that belong below it: the state of a graph without messages


@frozen
class Asked:
    """The graph waits for an answer to ``value``."""

    interrupt_id: str
    value: Json


@frozen
class Ended:
    """Last of all.

    ``status``: ``success``, ``interrupted`` (waits for an answer, or for "Continue"), ``error``, ``stopped``, or ``unreachable``.
    ``messages`` are the thread's final messages as JSON-able dicts, ``artifact`` its artifact.
    """

    status: str
    thread_id: str
    run_id: str
    messages: tuple[dict[str, Json], ...] = ()
    sentence: str = ""  # why, where it did not succeed
    failure: Failure | None = None
    artifact: Artifact | None = None


TurnEvent: TypeAlias = RunNamed | Text | Discard | Told | Asked | ArtifactEvent | Ended


async def run_turn(
    backend: Backend,
    wish: Wish,
    *,
    canvas: Canvas | None = None,
    thread_id: str | None = None,
    stop: asyncio.Event | None = None,
    reach: float = REACH,
    keep: float = KEEP,
) -> AsyncIterator[TurnEvent]:
    """Start the backend, begin the turn that is wished for, and tell what comes of it until it is over.

    Leaving it early leaves the run alone. The caller closes the backend.

    Args:
        thread_id: the thread to go on with; None begins a new one.
        canvas: for a wish that is more than a message, an answer or "Continue".
        stop: once set, the run is stopped, or the message taken back where it has not left yet; the turn then ends as ``stopped``.
        reach, keep: seconds of patience, see `REACH` and `KEEP`.
    """
    changed = asyncio.Event()
    stopping = asyncio.ensure_future(stop.wait()) if stop is not None else None
    if stopping is not None:
        stopping.add_done_callback(lambda _: changed.set())
    unlisten = backend.listen(lambda change, id: changed.set())
    began = backend.now()
    try:
        await backend.start()
        id = thread_id or backend.new_thread()
        backend.open(id)
        turn = _Turn(backend, canvas, id, wish, asked_for=thread_id is not None)
        while True:
            changed.clear()
            for event in turn.look(began, reach, keep, stop is not None and stop.is_set()):
                yield event
                if isinstance(event, Ended):
                    return
            try:
                await asyncio.wait_for(changed.wait(), _LOOK)
            except TimeoutError:
                pass
    finally:
        unlisten()
        if stopping is not None:
            stopping.cancel()


class _Turn:
    """What has been told so far."""

    def __init__(self, backend: Backend, canvas: Canvas | None, thread_id: str, wish: Wish, *, asked_for: bool) -> None:
        self._backend = backend
        self._canvas = canvas
        self._thread_id = thread_id
        self._wish = wish
        self._laying = Laying(canvas, thread_id, wish.version) if canvas is not None and wish.version is not None else None
        self._artifact = ArtifactTelling()
        self._asked_for = asked_for
        self._started = False
        self._stopped = False
        self._message_id = ""  # of our message
        self._submit_id = ""  # of our run, once it is seen
        self._before: frozenset[str] = frozenset()  # messages that were there
        self._told: dict[str, str] = {}
        self._run_id = ""
        self._notices: dict[int, tuple[object, ...]] = {}

    def look(self, began: float, reach: float, keep: float, stop: bool = False) -> Iterator[TurnEvent]:
        if stop and not self._stopped:
            self._stopped = True
            if self._take_back():
                yield self._end("stopped", self._backend.session(self._thread_id), "Stopped before it was sent.")
                return
        session = self._backend.session(self._thread_id)
        if not self._started:
            ended = self._ready(session)
            if ended is not None:
                yield ended
                return
            session = self._backend.session(self._thread_id)
        yield from self._notes(session)
        if self._started:
            yield from self._progress(session)
            if self._is_over(session):
                yield from self._close(session)
                return
        yield from self._lost(session, began, reach, keep)

    # -- beginning

    def _ready(self, session: Session) -> Ended | None:
        """Begin as soon as the thread is as the turn wants it; its end, where there is nothing (more) to do."""
        if self._asked_for and session.loaded and not session.state.exists:
            return self._end("refused", session, "The server does not know this thread.")
        if self._laying is not None:
            if refusal := self._laying.refused(session):
                return self._end("error", session, refusal, session.saving.failure if session.saving else None)
            if not self._laying.look(session):
                return None
            if self._wish.only_saves:
                return self._end("success", session)
        if session.loaded or (self._wish.at_once and not self._asked_for):
            refusal = self._start(session)
            if refusal:
                return self._end("refused", session, refusal)
        return None

    def _start(self, session: Session) -> str:
        """Send what there is to send; a sentence where that cannot be."""
        self._before = frozenset(m.id for m in session.history)
        self._artifact.begin(session.state.artifact)
        self._started = True
        if refusal := self._wish.begin(self._backend, self._canvas, self._thread_id, session):
            return refusal
        session = self._backend.session(self._thread_id)
        if self._wish.sends:
            mine = [o.message.id for o in session.queue] or [m.id for m in session.live if m.role.ours]
            self._message_id = mine[-1] if mine else ""
        else:
            self._submit_id = session.run.submit_id if session.run is not None else ""
        return ""

    def _take_back(self) -> bool:
        """Stop what there is to stop; whether nothing of it has left."""
        self._backend.stop(self._thread_id)
        session = self._backend.session(self._thread_id)
        if self._started and any(o.message.id == self._message_id for o in session.queue):
            self._backend.withdraw(self._thread_id, self._message_id)
            return True
        return not self._started

    # -- while it goes on

    def _progress(self, session: Session) -> Iterator[TurnEvent]:
        if self._message_id and session.run is not None and any(m.id == self._message_id for m in session.live):
            self._submit_id = session.run.submit_id
        if not self._is_ours(session):
            return
        assert session.run is not None
        if session.run.id and session.run.id != self._run_id:
            self._run_id = session.run.id
            yield RunNamed(self._thread_id, self._run_id)
        if session.active:
            yield from self._texts([m for m in session.live if m.role is Role.AI and not m.hidden])
            gone = set(self._told) - {m.id for m in session.live} - session.settled_ids
            yield from self._discard(gone)
            yield from self._artifact.pieces(session.draft)

    def _is_ours(self, session: Session) -> bool:
        return bool(self._submit_id) and session.run is not None and session.run.submit_id == self._submit_id

    def _texts(self, messages: list[Message]) -> Iterator[TurnEvent]:
        for message in messages:
            text, told = _answer_text(message), self._told.get(message.id, "")
            if len(text) == len(told) and text == told:
                continue
            if not text.startswith(told):
                yield Discard(message.id)
                told = ""
            self._told[message.id] = text
            if len(text) > len(told):
                yield Text(message.id, text[len(told) :])

    def _discard(self, ids: set[str]) -> Iterator[TurnEvent]:
        for id in ids:
            if self._told.pop(id):
                yield Discard(id)

    def _notes(self, session: Session) -> Iterator[TurnEvent]:
        for notice in inline(session, self._backend.server()):
            seen = (notice.kind, notice.count, notice.until is None)
            if self._notices.get(notice.id) != seen:
                self._notices[notice.id] = seen
                said = words(notice, session, self._backend.now())
                more = said.details if notice.kind is NoticeKind.NO_MESSAGES else ""
                yield Told(notice, _alone(said.text), more)

    # -- the end

    def _is_over(self, session: Session) -> bool:
        if session.active or session.reading:
            return False
        waiting = [o for o in session.queue if o.message.id == self._message_id]
        if waiting:
            return waiting[0].message.standing is Standing.UNSENT
        return self._is_ours(session) or self._message_id in session.settled_ids or not self._message_id

    def _close(self, session: Session) -> Iterator[TurnEvent]:
        unsent = next((n for n in reversed(session.notices) if n.kind in (NoticeKind.UNSENT, NoticeKind.GONE)), None)
        run = session.run if self._is_ours(session) else None
        if run is None and unsent is not None:
            kept_from_us = unsent.failure is None or unsent.failure.status is None
            status = "unreachable" if unsent.failure is not None and kept_from_us else "error"
            yield self._end(status, session, words(unsent, session, self._backend.now()).text, unsent.failure)
            return
        yield from self._texts([m for m in self._final(session) if m.role is Role.AI and shown(m.node) and not m.hidden])
        yield from self._discard(set(self._told) - session.settled_ids)
        yield from self._artifact.end(session)
        for asked in session.interrupts:
            yield Asked(asked.id, asked.value)
        yield self._end(*_outcome(session))

    def _final(self, session: Session) -> list[Message]:
        """The turn's messages as they stand now."""
        ids = [m.id for m in session.history]
        start = ids.index(self._message_id) + 1 if self._message_id in ids else 0
        return [m for m in session.history[start:] if m.id not in self._before]

    def _lost(self, session: Session, began: float, reach: float, keep: float) -> Iterator[TurnEvent]:
        """Nothing comes any more without the user, or not in time."""
        server, now = self._backend.server(), self._backend.now()
        down = session.link.down_since
        hopeless = (session.link.phase is Phase.WAITING and session.link.retry_at == float("inf")) or session.read_retry_at == float("inf")
        if server.phase is ServerPhase.FAILED or (server.phase is ServerPhase.DOWN and not session.active and now - began > reach):
            yield self._end(
                "refused" if _our_mistake(server.failure) else "unreachable",
                session,
                server.sentence.removesuffix(AGAIN).strip(),
                session.link.failure,
            )
        elif hopeless or (down is not None and now - down > keep):
            told = session.notices[-1] if session.notices else None
            sentence = _alone(words(told, session, now).text) if told is not None else server.sentence
            failure = session.link.failure or (told.failure if told else None)
            wrong_id = not self._started and failure is not None and failure.kind is FailureKind.REJECTED
            yield self._end("refused" if wrong_id else "unreachable", session, sentence, failure)

    def _end(self, status: str, session: Session, sentence: str = "", failure: Failure | None = None) -> Ended:
        messages = tuple(message_json(m) for m in session.state.messages)
        return Ended(status, self._thread_id, self._run_id, messages, sentence, failure, session.state.artifact)


def _our_mistake(failure: Failure | None) -> bool:
    """Such as an assistant that is not there, or a key that is not where the configuration says."""
    if failure is None:
        return False
    return failure.kind in (FailureKind.REJECTED, FailureKind.SETTINGS) or (failure.kind is FailureKind.AUTH and failure.status is None)


def _alone(sentence: str) -> str:
    """As somebody reads it who is not there to help."""
    return sentence.replace(f"; {WAITING_FOR_YOU}.", ".")


def _outcome(session: Session) -> tuple[str, Session, str]:
    status = session.run.status if session.run is not None else RunStatus.SUCCESS
    if session.run is not None and session.run.stopped:
        told = any(n.kind is NoticeKind.STOPPED for n in session.notices)
        return "stopped", session, "" if told else "Stopped."
    if status in (RunStatus.ERROR, RunStatus.TIMEOUT, RunStatus.LOST):
        reason = (session.run.error if session.run is not None else "") or session.state.error
        return "error", session, reason or ("The server lost the run." if status is RunStatus.LOST else "The run failed.")
    if session.interrupts or session.can_continue:
        return "interrupted", session, ""
    if status is RunStatus.INTERRUPTED:
        return "stopped", session, "Another run, or somebody else, ended this one."
    return "success", session, ""


_THINK = "<think>"


def _answer_text(message: Message) -> str:
    """What is told of a message: thinking is not, nor what may become the mark of thinking."""
    head = message.text[:16].lstrip()
    if head and len(head) < len(_THINK) and _THINK.startswith(head) and message.standing is Standing.WRITING:
        return ""
    return split_thinking(message)[1]
