"""The version that the followed run writes: what is shown of it meanwhile, and what is left of it at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .artifact import Artifact, Draft, DraftStanding, Version, code_point
from .assemble import ARTIFACT_NODES
from .changing import replace
from .inputs import Chunk
from .model import Json, Message, Payload, RunStatus, SendMessage, Session, ThreadState
from .writing import GENERATE, REWRITE, Writing, draft, take

_ROUTER = "generatePath"


def drafts(node: str) -> bool:
    return node in ARTIFACT_NODES and node != _ROUTER


def drafted(s: Session, chunk: Chunk) -> tuple[Session, int]:
    """A piece from a node that writes the artifact; the characters that it brought."""
    before = s.writing if s.writing is not None and s.writing.node == chunk.node else _begin(s, chunk.node)
    if s.writing is not None and s.writing.took_back:
        before = replace(before, took_back=True)
    args = tuple((index, piece.args) for index, piece in chunk.tool_calls)
    after = take(before, chunk.message_id, chunk.text, args, chunk.call)
    came = len(chunk.text) + sum(len(piece) for _, piece in args) if after is not before else 0
    return _show(s, after), came


def drafted_whole(s: Session, message: Message) -> tuple[Session, int]:
    """A model that does not stream has answered in such a node. Of a rewriting it cannot be told which call it was: the state brings it."""
    calls = tuple((index, call) for index, call in enumerate(message.tool_calls))
    if s.writing is not None and message.id in (s.writing.message_id, s.writing.meta_id):
        return s, 0
    if message.node == REWRITE or message.hidden:
        return s, 0
    return drafted(s, Chunk(message.id, message.text, tool_calls=calls, node=message.node))


def rebase(s: Session) -> Session:
    """The thread has been read only now (an earlier life of the program began the turn): what is rewritten is known from here on."""
    w = s.writing
    if w is None or s.state.artifact is None:
        return s
    if w.base is None and w.node != GENERATE:
        fresh = _begin(s, w.node)
        w = replace(w, base=fresh.base, index=fresh.index, head=fresh.head, tail=fresh.tail)
    return _show(s, w)


def _show(s: Session, writing: Writing) -> Session:
    seen = draft(writing)
    if seen is not None and _there(s, seen):
        seen = None
    elif _takes_back(s.draft, seen):
        writing = replace(writing, took_back=True)
    kept = _partial(s.draft)
    if seen is None:
        return replace(s, writing=writing, draft=kept)
    left = (*s.left, kept) if kept is not None and not kept.goes_on else s.left
    return replace(s, writing=writing, draft=seen, left=left)


def _takes_back(shown: Draft | None, seen: Draft | None) -> bool:
    """White space and backquotes at the end tell nothing: they may be the beginning of a fence's end."""
    if shown is None or shown.standing is not DraftStanding.WRITING:
        return False
    painted = shown.version.text[: shown.grown].rstrip().rstrip("`").rstrip()
    return seen is None or not seen.version.text.startswith(painted)


def _there(s: Session, seen: Draft) -> bool:
    """A version that the thread has already is told again, to a program that joined late: it is not written anew.

    Where it is not known what the run was started with, a text that begins as the thread's newest version is taken for it until they part.
    """
    given = s.sending.artifact if isinstance(s.sending, SendMessage) else None
    artifact = s.state.artifact
    if artifact is None or artifact == given:
        return False
    return (given is None or artifact.version not in given.versions) and _holds(artifact.version, seen, fresh=True)


def _partial(shown: Draft | None) -> Draft | None:
    """What an earlier run left is shown until this one has something to show."""
    return shown if shown is not None and shown.standing is not DraftStanding.WRITING else None


# -- what it is made from ------------------------------------------------------------------------------------------------


def _begin(s: Session, node: str) -> Writing:
    artifact, keys = _given(s)
    base = artifact.version if artifact is not None else None
    index = max(version.index for version in artifact.versions) + 1 if artifact is not None else 1
    place = _PLACES.get(node)
    head, tail = place(base, keys) if place is not None else ("", "")
    port = keys.get("portLanguage")
    return Writing(node, base, index, head, tail, port if isinstance(port, str) else "")


def _given(s: Session) -> tuple[Artifact | None, Mapping[str, Json]]:
    """The artifact and the turn's keys that the run was started with, as far as that is known; else the thread's artifact."""
    sent = s.sending if isinstance(s.sending, SendMessage) else None
    if sent is None:
        return s.state.artifact, {}
    return sent.artifact or s.state.artifact, dict(sent.turn.keys)


def _code_around(base: Version | None, keys: Mapping[str, Json]) -> tuple[str, str]:
    marked = keys.get("highlightedCode")
    start, end = (marked.get(key) for key in ("startCharIndex", "endCharIndex")) if isinstance(marked, dict) else (None, None)
    if base is None or not (isinstance(start, int) and isinstance(end, int)):
        return "", ""
    return base.text[: code_point(base.text, start)], base.text[code_point(base.text, end) :]


def _text_around(base: Version | None, keys: Mapping[str, Json]) -> tuple[str, str]:
    marked = keys.get("highlightedText")
    whole, block = (marked.get(key) for key in ("fullMarkdown", "markdownBlock")) if isinstance(marked, dict) else (None, None)
    if not (isinstance(whole, str) and isinstance(block, str) and block):
        return "", ""
    head, found, tail = whole.partition(block)
    return (head, tail) if found else ("", "")


_PLACES: Mapping[str, Callable[[Version | None, Mapping[str, Json]], tuple[str, str]]] = {
    "updateArtifact": _code_around,
    "updateHighlightedText": _text_around,
}


# -- the end -------------------------------------------------------------------------------------------------------------


def void(s: Session) -> Session:
    """The server started over."""
    return replace(s, writing=None, draft=_partial(s.draft))


def beside(s: Session, state: ThreadState) -> Session:
    """Read while nothing of the stream gets through: a version that the thread has by now is shown."""
    return s if wrote(s) else replace(s, state=replace(s.state, artifact=state.artifact))


def changed(s: Session, state: ThreadState) -> bool:
    """Whether the run has left another artifact than it was started with."""
    began = s.sending.artifact if isinstance(s.sending, SendMessage) else s.state.artifact
    return wrote(s) or state.artifact != began


def wrote(s: Session) -> bool:
    return s.draft is not None and s.draft.standing is DraftStanding.WRITING


def leave(s: Session, standing: DraftStanding) -> Session:
    """Nobody follows the run any more: what has come stays, marked."""
    if s.draft is None or not wrote(s):
        return uncovered(replace(s, writing=None))
    return replace(s, writing=None, draft=replace(s.draft, standing=standing, run=s.run.id if s.run is not None else ""))


def uncovered(s: Session) -> Session:
    """Where nothing newer is there, what an earlier run left is to be decided on next."""
    return replace(s, draft=s.left[-1], left=s.left[:-1]) if s.draft is None and s.left else s


def going_on(s: Session, payload: Payload) -> Session:
    """A run begins. Where it takes up the last one, it writes anew what that one left."""
    if s.draft is None or wrote(s):
        return s
    again = payload.fork is not None and payload.fork.again
    goes_on = not isinstance(payload, SendMessage) and not again and s.run is not None and s.run.id == s.draft.run != ""
    return s if s.draft.goes_on == goes_on else replace(s, draft=replace(s.draft, goes_on=goes_on))


def settle(s: Session, state: ThreadState) -> tuple[Session, bool]:
    """The run is over: the state wins. Whether what was painted truly differed from it, then or before."""
    base, took_back = (s.writing.base, s.writing.took_back) if s.writing is not None else (None, False)
    if s.draft is None or not wrote(s):
        return refresh(uncovered(replace(s, writing=None)), state), took_back
    truth = state.artifact.version if state.artifact is not None else None
    unfinished = s.run is not None and (s.run.stopped or s.run.status is not RunStatus.SUCCESS)
    fresh = truth is not None and truth != base
    there = truth is not None and _holds(truth, s.draft, fresh=fresh)
    if unfinished and not fresh and not there:
        failed = s.run is not None and not s.run.stopped and s.run.status is not RunStatus.INTERRUPTED
        return leave(s, DraftStanding.FAILED if failed else DraftStanding.STOPPED), False
    return refresh(uncovered(replace(s, writing=None, draft=None)), state), took_back or not there


def refresh(s: Session, state: ThreadState) -> Session:
    """A run that was let go of may have gone on: a partial version that the thread has whole now is nothing to keep."""
    if s.draft is None or wrote(s) or state.artifact is None:
        return s
    versions = state.artifact.versions

    def whole(kept: Draft) -> bool:
        return any(_holds(version, kept, fresh=True) for version in versions if version.index >= kept.version.index)

    kept = tuple(each for each in (*s.left, s.draft) if not whole(each))
    return s if len(kept) > len(s.left) else uncovered(replace(s, draft=None, left=kept))


def _holds(truth: Version, shown: Draft, *, fresh: bool) -> bool:
    """Whether the version is what was painted, or goes on from it; white space at the end tells nothing."""
    if truth.text.rstrip() == shown.version.text.rstrip():
        return True
    return fresh and truth.text.startswith(shown.version.text[: shown.grown].rstrip())
