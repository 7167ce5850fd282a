"""Open Canvas's artifact: one document or piece of code a thread, every change of it a version. Frozen values, and where they stand.

Offsets are counted in code points here, as Python does; the wire counts UTF-16 units (`utf16`).
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from .failure import Failure
from .frozen import frozen


class ArtifactKind(StrEnum):
    TEXT = "text"
    CODE = "code"


@frozen
class Version:
    """One version. ``text`` is Markdown or code, exactly as the server has it, hostile characters included."""

    index: int  # as the server numbers it, from 1
    kind: ArtifactKind = ArtifactKind.TEXT
    title: str = ""
    text: str = ""
    language: str = ""  # of code, as Open Canvas names it: "python", "cpp"


@frozen
class Artifact:
    """``current`` is the ``index`` of the version that counts: later turns of the agent work on it."""

    current: int
    versions: tuple[Version, ...]  # oldest first, never empty

    @property
    def version(self) -> Version:
        """The current one; the newest where ``current`` names none."""
        return self.find(self.current) or self.versions[-1]

    @property
    def newest(self) -> Version:
        return max(self.versions, key=lambda version: version.index)

    def find(self, index: int) -> Version | None:
        return next((version for version in self.versions if version.index == index), None)


class DraftStanding(StrEnum):
    """How far a version that the agent writes has come."""

    WRITING = "writing"
    STOPPED = "stopped"  # the user stopped the run; partial
    FAILED = "failed"  # the run failed; partial


@frozen
class Draft:
    """A version while it streams, or what a failed run left of it: kept or dropped by the user's word.

    ``version.text`` is the whole text as it would stand now: where a part is rewritten, the text before and after it is there.
    ``grown`` is the offset at which the next piece will stand, ``start`` the offset at which this turn's own text begins.
    """

    version: Version
    standing: DraftStanding = DraftStanding.WRITING
    start: int = 0
    grown: int = 0
    node: str = ""
    chars: int = 0  # received of it
    run: str = ""  # what a run left: which one
    goes_on: bool = False  # that run goes on: what it writes now takes this one's place


class SaveStanding(StrEnum):
    WAITING = "waiting"  # a run is on, or a question is open: saved when it is over
    SAVING = "saving"  # on its way; with a failure: tried again by itself
    FAILED = "failed"  # not saved: tried again on the user's word
    CONFLICT = "conflict"  # the thread has a version that was not known when the change was begun, or none that it goes on from


@frozen
class Saving:
    """A change by hand on its way into the thread's state. Nothing of it is lost until it is there."""

    mine: Version  # what is to be the newest version
    base: int  # the newest version there was when the change was begun; 0 where there was none
    standing: SaveStanding = SaveStanding.WAITING
    failure: Failure | None = None  # why, where it could not be saved
    of: Version | None = None  # the version that it goes on from, where it does from one
    choose: bool = False  # no text of its own: an earlier version is to be the current one
    seen: int = 0  # the newest version there was when the user decided on a conflict
    theirs: tuple[Version, ...] = ()  # versions whose place our POST has taken: they go back
    posting: bool = False  # POST …/state is on its way
    plain: bool = False  # as no node's work: the graph has no such node
    attempt: int = 0
    retry_at: float | None = None
    then: Saving | None = None  # what is to be saved after it

    @property
    def pending(self) -> bool:
        """It goes on by itself; the next turn waits for it."""
        return self.standing in (SaveStanding.WAITING, SaveStanding.SAVING)

    @property
    def last(self) -> Saving:
        """Of those that are to be saved one after the other."""
        last = self
        while last.then is not None:
            last = last.then
        return last


@frozen
class Own:
    """A version that was posted from here: it comes from nobody else, and is missed where the thread has it no more."""

    version: Version
    after: tuple[str, ...] = ()  # ids of the messages there were: another branch need not have it
    at: str = ""  # the checkpoint at which the thread had it; what is read of an older one need not have it
    there: bool = False  # the thread has had it


class Keep(StrEnum):
    """The user's word on a conflict. Both end as versions in any case, unless THEIRS."""

    MINE = "mine"  # mine becomes the newest version, after theirs
    THEIRS = "theirs"  # mine is dropped (it was shown, and can be copied before)


@frozen
class Document:
    """A text file attached to a message, or given to the assistant as context."""

    name: str
    data: str
    type: str = "text"


@frozen
class Turn:
    """What a turn asks for beside its words: keys of Open Canvas's input, as its state names them.

    ``words`` tell the turn in the conversation where it has no message of the user's ("Translate to French").
    """

    keys: tuple[tuple[str, Any], ...] = ()  # JSON values: (("language", "french"),)
    words: str = ""
    documents: tuple[Document, ...] = ()
    before: str = ""  # id of the message whose place this one takes, in a branch of its own
    of: str = ""  # fingerprint of the text that the keys point into: it is sent while that is the current version


PLAIN = Turn()
"""A message and nothing else."""


@frozen
class Branch:
    """A message of the thread that has siblings: other words at the same place, or another answer."""

    message_id: str
    at: int  # which of them is shown, from 1
    count: int


@frozen
class Reflections:
    """What the assistant remembers of the user, in the server's store."""

    style: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


@frozen
class CustomAction:
    """A quick action of the user's own, in the server's store; names as Open Canvas keeps them."""

    id: str
    title: str
    prompt: str
    include_reflections: bool = True
    include_prefix: bool = True
    include_history: bool = True


def same(one: Version, other: Version) -> bool:
    """Whatever number they have."""
    return replace(one, index=0) == replace(other, index=0)


def fingerprint(text: str) -> str:
    """Of a version's text: tells it from every other one."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def utf16(text: str, offset: int) -> int:
    """UTF-16 units before the code point at ``offset``."""
    head = text[:offset]
    return len(head) + sum(1 for char in head if char > "\uffff")


def code_point(text: str, units: int) -> int:
    """The code point offset at so many UTF-16 units; within a surrogate pair, that of the pair. Beyond the end: the length."""
    if text.isascii():
        return max(0, min(units, len(text)))
    seen = 0
    for at, char in enumerate(text):
        seen += 2 if char > "\uffff" else 1
        if seen > units:
            return at
    return len(text)
