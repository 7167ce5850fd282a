"""How one version of the artifact comes while an agent's node writes it: pure, piece by piece, each read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from .artifact import ArtifactKind, Draft, Version
from .frozen import frozen
from .model_text import BEGIN, END, after_thoughts, unfenced_so_far
from .open_canvas import PART_CALL
from .partial_json import NOTHING, PartialObject, feed

GENERATE = "generateArtifact"
REWRITE = "rewriteArtifact"
REWRITE_CALL = "rewrite_artifact_model_call"
"""The name of the model's call that streams the new version; another one of the same node streams its kind and title as JSON (measured)."""

KINDS: Mapping[str, ArtifactKind] = {
    "updateArtifact": ArtifactKind.CODE,
    "rewriteCodeArtifactTheme": ArtifactKind.CODE,
    "updateHighlightedText": ArtifactKind.TEXT,
    "rewriteArtifactTheme": ArtifactKind.TEXT,
}
NO_LANGUAGE = ("", "other")


class Thought(StrEnum):
    """Where the text stands towards ``<think>…</think>`` at its head, which is no part of the version."""

    UNDECIDED = "undecided"
    WITHIN = "within"
    BEHIND = "behind"  # empty lines behind it go too
    OVER = "over"


@frozen
class Writing:
    """``base`` is the version it is made from. The whole text is ``head``, what has come, and ``tail``."""

    node: str
    base: Version | None = None
    index: int = 1
    head: str = ""
    tail: str = ""
    language: str = ""  # where the turn asks for another one
    message_id: str = ""  # of the model's call whose pieces are taken
    meta_id: str = ""  # of the one that tells kind and title
    tool: int | None = None  # which of the model's calls of tools is read
    call: PartialObject = NOTHING  # its arguments, or what the other call tells
    body: str = ""  # what has come as plain text
    thought: Thought = Thought.UNDECIDED
    held: str = ""  # not decided yet
    bare: bool = False  # of a part too, the server keeps no fence
    received: int = 0
    took_back: bool = False  # what had been painted of it did not stay: the model was asked again, or a replay's tail came amid JSON


def take(w: Writing, message_id: str, text: str, args: tuple[tuple[int, str], ...] = (), call: str = "") -> Writing:
    """The next piece. ``w`` itself where it brings nothing to the version.

    Args:
        args: pieces of the arguments of the model's calls of tools, by index.
        call: the name of the model's call; empty where the server tells none.
    """
    if w.node == GENERATE:
        return _generated(w, message_id, args)
    if w.node == REWRITE and _is_meta(w, message_id, text, args, call):
        return replace(w, meta_id=message_id, call=feed(w.call, text + "".join(piece for _, piece in args)))
    return _grown(replace(w, bare=call == PART_CALL), message_id, text) if text else w


def draft(w: Writing) -> Draft | None:
    """The version as it would stand now; None before there is anything to see."""
    body = w.call.get("artifact") or "" if w.node == GENERATE else w.body
    version = _version(w)
    if version.kind is ArtifactKind.CODE and (w.bare or not (w.head or w.tail)):
        body = unfenced_so_far(body)
    if not body or body.isspace():
        return None
    start = len(w.head)
    return Draft(replace(version, text=w.head + body + w.tail), start=start, grown=start + len(body), node=w.node, chars=w.received)


def _generated(w: Writing, message_id: str, args: tuple[tuple[int, str], ...]) -> Writing:
    if not args:
        return w
    if message_id != w.message_id:  # the first, or asked again
        w = replace(w, message_id=message_id, tool=args[0][0], call=NOTHING, received=0)
    piece = "".join(piece for index, piece in args if index == w.tool)
    return replace(w, call=feed(w.call, piece), received=w.received + len(piece)) if piece else w


def _is_meta(w: Writing, message_id: str, text: str, args: tuple[tuple[int, str], ...], call: str) -> bool:
    """Whether the piece belongs to the call that tells kind and title. Without names the JSON that comes first is taken for it."""
    if call or args:
        return call != REWRITE_CALL
    if message_id in (w.meta_id, w.message_id):
        return message_id == w.meta_id
    return not w.meta_id and not w.message_id and text.lstrip().startswith("{")


def _grown(w: Writing, message_id: str, text: str) -> Writing:
    if message_id != w.message_id:
        w = replace(w, message_id=message_id, body="", thought=Thought.UNDECIDED, held="", received=0)
    w = replace(w, received=w.received + len(text))
    if w.thought is Thought.OVER:
        return replace(w, body=w.body + text)
    return _past_thinking(replace(w, held=w.held + text))


def _past_thinking(w: Writing) -> Writing:
    thought, held = w.thought, w.held
    if thought is Thought.UNDECIDED:
        head = held.lstrip()
        if len(head) < len(BEGIN) and BEGIN.startswith(head):
            return w
        if not head.startswith(BEGIN):
            return replace(w, thought=Thought.OVER, held="", body=held)
        thought, held = Thought.WITHIN, head[len(BEGIN) :]
    if thought is Thought.WITHIN:
        _, end, behind = held.partition(END)
        if not end:
            return replace(w, thought=thought, held=held[1 - len(END) :])
        thought, held = Thought.BEHIND, behind
    body = after_thoughts(held)
    return replace(w, thought=Thought.OVER, held="", body=body) if body else replace(w, thought=thought, held=held)


def _version(w: Writing) -> Version:
    base = w.base or Version(w.index)
    kind, language = KINDS.get(w.node, base.kind), w.language or base.language
    told = w.call.get("type")
    if w.node in (GENERATE, REWRITE):
        language = w.call.get("language") or language
        kind = ArtifactKind(told) if told in tuple(ArtifactKind) else kind
    if w.node == GENERATE and not told and language not in NO_LANGUAGE:
        kind = ArtifactKind.CODE
    title = w.call.get("title") or base.title
    return Version(w.index, kind, title, "", language if kind is ArtifactKind.CODE else "")
