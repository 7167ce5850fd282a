"""The artifact between the thread's state and what is done here: changes by hand in the journal and on their way, and what a turn sends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from canvas_tui.core import policy
from canvas_tui.core.artifact import Artifact, Draft, DraftStanding, Saving
from canvas_tui.core.effects import CreateRun, LookBack, PostArtifact, SendMessage
from canvas_tui.core.inputs import ArtifactSaved, SavingFound
from canvas_tui.core.landing import chain
from canvas_tui.core.model import FailureKind, Session
from canvas_tui.core.ports import Edit, Journal
from canvas_tui.wire import history, requests
from canvas_tui.wire.artifact import read_artifact
from canvas_tui.wire.jsontext import mapping
from canvas_tui.wire.shape import InputShape

from . import checkpoints
from .failed import RequestFailed
from .tasks import Tasks

if TYPE_CHECKING:
    from .api import Api


class Edits:
    """Keeps a thread's changes by hand in the journal for as long as the thread does not have them."""

    def __init__(self, thread_id: str, server: str, journal: Journal, writes: Tasks) -> None:
        self._thread_id, self._server, self._journal, self._writes = thread_id, server, journal, writes
        self._kept: tuple[Edit, ...] = ()

    def follow(self, before: Session, after: Session) -> None:
        """The session has changed."""
        if before.saving is not after.saving:
            self._follow_saving(after)
        if (left := _left(after)) != _left(before):
            self._writes.spawn(self._journal.keep_partials(self._server, self._thread_id, left))

    def _follow_saving(self, after: Session) -> None:
        edits = tuple(self._edit(saving) for saving in chain(after.saving))
        if edits != self._kept:
            self._kept = edits
            self._writes.spawn(self.kept())

    async def kept(self) -> None:
        """Returns when they are durable."""
        await self._journal.keep_edits(self._server, self._thread_id, self._kept, saving=True)

    def found(self, edits: Sequence[Edit]) -> SavingFound:
        """They are in the journal already."""
        self._kept = (*self._kept, *edits)
        saving: Saving | None = None
        for edit in reversed(edits):
            saving = Saving(edit.version, edit.base, of=edit.of, choose=edit.choose, then=saving)
        assert saving is not None
        return SavingFound(saving)

    def _edit(self, saving: Saving) -> Edit:
        return Edit(self._thread_id, saving.mine, saving.base, saving=True, choose=saving.choose, of=saving.of)


def _left(s: Session) -> tuple[Draft, ...]:
    """What runs that are over left of versions."""
    return (*s.left, s.draft) if s.draft is not None and s.draft.standing is not DraftStanding.WRITING else s.left


async def post(api: Api, thread_id: str, effect: PostArtifact) -> ArtifactSaved:
    """Raises: RequestFailed."""
    checkpoint = history.checkpoint_json(thread_id, effect.checkpoint_id) if effect.checkpoint_id else None
    answer = await api.client.post(requests.state_path(thread_id), requests.save_body(effect, checkpoint))
    saved = ArtifactSaved(effect.artifact, requests.saved_at(answer.value))
    if effect.checkpoint_id:
        return saved  # it began a branch: nobody else does
    return await look_back(api, thread_id, LookBack(saved.artifact, saved.checkpoint_id, effect.since))


async def look_back(api: Api, thread_id: str, effect: LookBack) -> ArtifactSaved:
    """What was saved at the same moment. A server that keeps no history does not tell: what it lacks then is missed when the thread is
    read the next time.

    Raises:
        RequestFailed: the server is away.
    """
    try:
        return await checkpoints.look_back(api, thread_id, effect)
    except RequestFailed as failed:
        if policy.transient(failed.failure) and failed.failure.kind is not FailureKind.SERVER:
            raise
        return ArtifactSaved(effect.artifact, effect.checkpoint_id)


async def with_newest(api: Api, thread_id: str, effect: CreateRun) -> CreateRun:
    """The artifact of a turn takes the place of the thread's: versions that came from elsewhere meanwhile go with it. A turn that
    pushes a run out goes on from what that one has made, unless it is meant for another text.

    Raises:
        RequestFailed: the thread cannot be read.
    """
    payload = effect.payload
    if api.dialect.shape is not InputShape.OPEN_CANVAS or not isinstance(payload, SendMessage):
        return effect
    if payload.artifact is None or payload.fork is not None:
        return effect
    state = await api.client.get(requests.state_path(thread_id))
    theirs = read_artifact(mapping(mapping(state.value).get("values")).get("artifact"))
    if theirs is None or not set(payload.artifact.versions) < set(theirs.versions):
        return effect
    current = theirs.current if effect.interrupt and not payload.turn.of else payload.artifact.current
    return replace(effect, payload=replace(payload, artifact=Artifact(current, theirs.versions)))
