"""What opens below a line that tells of a fault: each of those it stands for, why, and what to do. Not yet clean of control characters."""

from __future__ import annotations

from .model import Failure, FailureKind, Notice, NoticeKind
from .notice import MAY_GO_ON, Past
from .spans import count, seconds
from .troubles import describe, explain

_OF_KIND = {
    NoticeKind.CUT: (
        "The stream ended as if it were whole, and the run was not over: the server closed it, or something between here and there. "
        "A close proves nothing, so the run was asked, and its stream joined again where it had stopped."
    ),
    NoticeKind.UNREACHABLE: "No answer came. The run went on at the server, and its stream was joined again where it had stopped.",
    NoticeKind.LIMITED: "It answered 429 (too many requests): what was asked for is asked for again when the time is over.",
    NoticeKind.UNREADABLE: "Its data is not what an event of this name holds. It is left out.",
    NoticeKind.RESTARTED: "It was restarted, or its worker died. What a run had said before that it says anew, in other words perhaps.",
    NoticeKind.QUIET: (
        "Nothing came that shows anything: a model that thinks, a tool at work, or a node that tells nothing. The run was on all the time."
    ),
    NoticeKind.HELD: "The server said that the run was at work, and of its stream came not one byte. The saved state was shown meanwhile.",
    NoticeKind.NOT_RESUMABLE: (
        "The server does not keep what this run streams (it was started so, or the server has forgotten it): what it said while the "
        "connection was lost came with the thread's saved state."
    ),
    NoticeKind.BURSTS: "By its ids the answer was made evenly; it came in one go after each silence. A proxy that buffers does this.",
    NoticeKind.SLOW: "Single events took seconds to arrive. The model's pace is another matter: its events are whole when they come.",
    NoticeKind.STOPPED: "The server was told to end the run. It keeps no partial answer, so what stands here stands here alone.",
    NoticeKind.PUSHED_OUT: "A message was sent that was not to wait for the run.",
    NoticeKind.THEIRS: "Another client wrote it into the thread while it was open here.",
    NoticeKind.UNSENT: "Nothing of it is on the server. It goes when it is sent again, and can be taken back to be changed.",
}
_LEFT = "Nobody follows the run here any more, and whether the server has ended it is not known. Opening the thread again shows it."


def details(n: Notice) -> str:
    """Some lines. Of a line that stands for many the newest are told one by one."""
    reason = explain(n.failure) if n.failure is not None else n.detail or _OF_KIND.get(n.kind, "")
    if n.kind is NoticeKind.STOPPED:
        reason = _LEFT if n.detail == MAY_GO_ON else _OF_KIND[n.kind]
    elif n.kind in (NoticeKind.PUSHED_OUT, NoticeKind.THEIRS):
        reason = _OF_KIND[n.kind]
    if n.count == 1:
        return reason
    newest = Past(n.kind, (n.until if n.until is not None else n.since) - n.since, n.tokens, n.detail, n.failure)
    told = (*n.past, newest)
    left = n.count - len(told)
    earlier = (f"{left} earlier",) if left > 0 else ()
    lines = (f"{left + number}. {_one(past)}" for number, past in enumerate(told, 1))
    return "\n".join((*earlier, *lines, reason))


def _one(past: Past) -> str:
    where = f"After {count(past.tokens, 'token')}" if past.tokens else "Before the first token"
    span = f", for {seconds(past.seconds)}" if past.seconds >= 1 else ""
    return f"{where}{span}: {_why(past)}."


def _why(past: Past) -> str:
    if past.failure is not None:
        silent = past.failure.kind is FailureKind.SILENT
        return f"{describe(past.failure)} ({past.failure.detail})" if silent and past.failure.detail else describe(past.failure)
    return past.detail.removesuffix(".") or _BRIEF.get(past.kind, "the connection was cut")


_BRIEF = {
    NoticeKind.CUT: "the stream ended as if it were whole",
    NoticeKind.UNREACHABLE: describe(Failure(FailureKind.REFUSED)),
    NoticeKind.QUIET: "nothing came that shows anything",
    NoticeKind.HELD: "nothing of the stream got through",
    NoticeKind.LIMITED: describe(Failure(FailureKind.LIMITED)),
    NoticeKind.RESTARTED: "the server started the run again",
}
