"""The user's side: messages, answers, stop, and what an earlier life of the program left of them."""

from __future__ import annotations

from dataclasses import replace

from . import drafting
from .branches import forked, head_of
from .effects import HangUp, ReadThread, SendAnswers, SendNothing
from .fork import Fork
from .inputs import (
    Answered,
    Opened,
    Proceeded,
    Regenerated,
    RetryNow,
    Submitted,
    WhenBusy,
    Withdrawn,
)
from .model import (
    Cursor,
    Message,
    NoticeKind,
    Outgoing,
    Payload,
    Phase,
    RunInfo,
    RunStatus,
    SendMessage,
    Session,
    Standing,
    ThreadState,
)
from .moves import (
    PASSING_NOTICES,
    Next,
    create,
    drop_notices,
    end_notices,
    find,
    idle,
    join,
    keep_places,
    link,
    mark_sent,
    new_run,
    resume,
    run,
    tell,
)
from .notice import FOR_NEWER
from .settling import leave_partial, put_history
from .turns import held_back, message_of, outdated, payload_of, why_outdated

# -- opening -----------------------------------------------------------------------------------------------------------


def opened(s: Session, i: Opened, now: float) -> Next:
    if i.known is not None and not _is_here(s, i.known):
        if not s.active and (i.sent is None or i.sent.standing is not Standing.UNSENT):
            return _take_up(replace(s, reading=True), i, i.known, now)
        if i.sent is not None and i.sent.id not in s.settled_ids:
            s = _put_behind(s, i, i.sent, i.known, now)
    if s.reading or s.active:
        return s, ()
    return replace(s, reading=True, read_retry_at=None), (ReadThread(),)


def _is_here(s: Session, known: RunInfo) -> bool:
    followed = s.active and s.run is not None and s.run.submit_id == known.submit_id
    return followed or any(o.submit_id == known.submit_id for o in s.queue)


def _put_behind(s: Session, i: Opened, sent: Message, known: RunInfo, now: float) -> Session:
    """What waits for the user's word, or finds another run on the thread. It may have arrived: it is looked for before it is sent."""
    waits = sent.standing is Standing.UNSENT
    message = sent if waits else replace(sent, standing=Standing.QUEUED)
    s = replace(s, queue=(*s.queue, Outgoing(message, known.submit_id, i.turn, unsure=True, interrupt=i.interrupt)))
    return tell(s, NoticeKind.UNSENT, now, over=True) if waits else s


def arrived(s: Session, state: ThreadState) -> Session:
    """The thread is there, and may have what was thought to be still on its way."""
    s = drop_notices(s, NoticeKind.GONE) if state.exists else s
    there = {m.id for m in state.messages}
    return _leave_in_queue(s, tuple(o for o in s.queue if not (o.unsure and o.message.id in there)))


def gone(s: Session, now: float) -> Session:
    """The server has the thread no more: what waits is not sent into a new one of its name without the user's word."""
    held = tuple(replace(o, message=replace(o.message, standing=Standing.UNSENT)) for o in s.queue)
    return tell(drop_notices(replace(s, queue=held), NoticeKind.UNSENT, NoticeKind.GONE), NoticeKind.GONE, now, over=True)


def _leave_in_queue(s: Session, queue: tuple[Outgoing, ...]) -> Session:
    if len(queue) == len(s.queue):
        return s
    s = replace(s, queue=queue)
    return s if any(o.message.standing is Standing.UNSENT for o in queue) else drop_notices(s, NoticeKind.UNSENT)


def _take_up(s: Session, i: Opened, known: RunInfo, now: float) -> Next:
    """A run in flight from the journal: rejoin it, or look whether it was ever made."""
    live, sending = ((i.sent,), payload_of(i.sent, i.turn)) if i.sent else ((), None)
    taken = replace(new_run(known.submit_id, now, interrupt=i.interrupt), id=known.id, late=True)
    s = replace(s, run=taken, cursor=Cursor(), live=live, sending=sending)
    if known.id:
        s, effects = join(run(mark_sent(s), status=RunStatus.PENDING), now)
    else:
        s, effects = find(s, now)
    return s, (ReadThread(), *effects)


# -- submitting ---------------------------------------------------------------------------------------------------------


def submitted(s: Session, i: Submitted, now: float) -> Next:
    message = message_of(i.message_id, i.text, i.turn, Standing.QUEUED)
    interrupt = i.how is WhenBusy.INTERRUPT
    if interrupt and not outdated(i.turn, s.state) and s.active and s.run is not None and s.run.id:
        s, effects = leave_partial(s, Standing.STOPPED), (HangUp(s.link.conn),)
        s = tell(end_notices(s, now, *PASSING_NOTICES), NoticeKind.PUSHED_OUT, now, detail=FOR_NEWER, over=True)
        s, more = _begin(s, i.submit_id, payload_of(message, i.turn), now, message, interrupt=True)
        return s, (*effects, *more)
    s = replace(s, queue=(*s.queue, Outgoing(message, i.submit_id, i.turn, interrupt=interrupt)))
    return send_next(replace(s, busy=0), now)


def send_next(s: Session, now: float) -> Next:
    """Start the oldest queued message, if the thread is free and known."""
    if s.active or not s.loaded or (s.saving is not None and s.saving.pending):
        return s, ()
    chosen = next((o for o in s.queue if o.message.standing is Standing.QUEUED), None)
    if chosen is None:
        return s, ()
    if outdated(chosen.turn, s.state) and not chosen.unsure:
        s = replace(s, queue=held_back(s.queue, chosen))
        return send_next(tell(s, NoticeKind.UNSENT, now, over=True, detail=why_outdated(chosen.turn)), now)
    s = replace(s, queue=tuple(o for o in s.queue if o is not chosen))
    payload = payload_of(chosen.message, chosen.turn)
    s, effects = _begin(s, chosen.submit_id, payload, now, chosen.message, interrupt=chosen.interrupt)
    return _perhaps_sent(s, now) if chosen.unsure else (s, effects)


def _perhaps_sent(s: Session, now: float) -> Next:
    """Look for it first. Where it has arrived the thread may hold its run's version already: that is not what it was sent with."""
    return find(replace(s, sending=replace(s.sending, artifact=None)) if isinstance(s.sending, SendMessage) else s, now)


def _begin(s: Session, submit_id: str, payload: Payload, now: float, message: Message | None = None, *, interrupt: bool = False) -> Next:
    s, payload = forked(s, payload)
    s = drafting.going_on(s, payload)
    live = (replace(message, standing=Standing.SENDING),) if message else ()
    s = replace(
        drop_notices(s, NoticeKind.CONTINUE),
        live=live,
        sending=payload,
        run=new_run(submit_id, now, interrupt=interrupt),
        cursor=Cursor(),
        interrupts=(),
        can_continue=False,
        undone=None,
    )
    return create(idle(s, now), now)


def answered(s: Session, i: Answered, now: float) -> Next:
    """One answer resumes the thread once: while the run of it is on, a second one is nothing."""
    if s.active or not s.interrupts:
        return s, ()
    known = {x.id for x in s.interrupts}
    answers = tuple(a for a in i.answers if a[0] in known)
    return _begin(s, i.submit_id, SendAnswers(answers), now) if answers else (s, ())


def proceeded(s: Session, i: Proceeded, now: float) -> Next:
    if s.active or not s.loaded:
        return s, ()
    return _begin(s, i.submit_id, SendNothing(), now)


def regenerated(s: Session, i: Regenerated, now: float) -> Next:
    """The last turn once more, with its own input; where the thread has nothing of it, its message goes again."""
    if s.active or not s.loaded or not s.history:
        return s, ()
    if s.undone is not None:
        message = message_of(s.undone.message_id, s.undone.text, s.undone.turn, Standing.QUEUED)
        return send_next(
            replace(_without(s, message.id), queue=(Outgoing(message, i.submit_id, s.undone.turn), *s.queue), undone=None), now
        )
    return _begin(s, i.submit_id, SendNothing(Fork(head_of(s.state), again=True)), now)


def _without(s: Session, message_id: str) -> Session:
    """The message stands in the history no more: it goes again."""
    left = tuple(each for each in s.leftovers if each[1].id != message_id)
    after = put_history(replace(s, leftovers=left), tuple(m for m in s.history if m.id != message_id))
    return keep_places(s, after)


def withdrawn(s: Session, i: Withdrawn, now: float) -> Next:
    return _leave_in_queue(s, tuple(o for o in s.queue if o.message.id != i.message_id)), ()


# -- retry ------------------------------------------------------------------------------------------------


def retry_now(s: Session, i: RetryNow, now: float) -> Next:
    if s.link.phase is Phase.WAITING:
        return resume(link(s, attempt=0), now)
    if s.read_retry_at is not None and not s.reading:
        return replace(s, reading=True, read_retry_at=None), (ReadThread(),)
    if s.active or not s.queue:
        return s, ()
    queue = tuple(replace(o, message=replace(o.message, standing=Standing.QUEUED)) for o in s.queue)
    return send_next(drop_notices(replace(s, queue=queue), NoticeKind.UNSENT), now)
